/** Tokens of those who have signed in, one for each server. */
import { keptFile, readKept, writeKept, type ProcessEnvironment } from "./kept-files.ts";

const NAME = "tokens";

/** By server, without a slash at the end. */
type Kept = Readonly<Record<string, Readonly<{ token: string; expiresAt: string }>>>;

export const tokensFile = (env: ProcessEnvironment, platform?: NodeJS.Platform): string =>
  keptFile(env, NAME, platform);

const isKept = (value: unknown): value is Kept =>
  typeof value === "object" &&
  value !== null &&
  Object.values(value).every(
    (entry: unknown) =>
      typeof entry === "object" &&
      entry !== null &&
      typeof Reflect.get(entry, "token") === "string" &&
      typeof Reflect.get(entry, "expiresAt") === "string",
  );

const readTokens = (env: ProcessEnvironment): Kept => {
  const kept = readKept(env, NAME);
  return isKept(kept) ? kept : {};
};

/** The token for a server, if somebody has signed in there and it has not ended. */
export const keptToken = (env: ProcessEnvironment, url: string, now: number): string | undefined => {
  const entry = readTokens(env)[url];
  return entry && Date.parse(entry.expiresAt) > now ? entry.token : undefined;
};

export const keepToken = (env: ProcessEnvironment, url: string, token: string, expiresAt: string): void =>
  writeKept(env, NAME, { ...readTokens(env), [url]: { token, expiresAt } });

/** Whether there was one. */
export const dropToken = (env: ProcessEnvironment, url: string): boolean => {
  const { [url]: dropped, ...rest } = readTokens(env);
  if (dropped) writeKept(env, NAME, rest);
  return dropped !== undefined;
};
