/** What the Worker prints is read by many: none of it may hold a token, a key or the tokens' secret. */
import { expect } from "vitest";
import { KEYS, type System } from "./system.ts";
import { TEST_SECRET } from "./token.ts";

/** Looks through all that the Worker has printed, which may be nothing where nothing failed. `more` are secrets beside the system's own. */
export const expectNothingSecret = (system: System, more: readonly string[] = []): void => {
  const printed = system.worker().output();
  const secrets = [TEST_SECRET, KEYS.accessKeyId, KEYS.secretAccessKey, system.token, ...more];
  // A token's signature alone, wherever it is quoted, would be half of it too many.
  const parts = secrets.flatMap((secret) => [secret, secret.split(".").at(-1) ?? secret]);
  expect(parts.filter((part) => printed.includes(part))).toEqual([]);
};
