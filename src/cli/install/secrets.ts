/** The secrets of an install: read from the input or typed unseen. No message repeats any part of what was given. */
import { randomBytes } from "node:crypto";
import { parseEnv } from "node:util";
import { failed, success, type Result } from "../../protocol/result.ts";
import { isLongEnough } from "../arguments/tokens.ts";
import type { Surroundings } from "../surroundings.ts";

const SECRETS = [
  "AUTH_JWT_SECRET",
  "AUTH_JWT_SECRET_PREVIOUS",
  "AWS_ACCESS_KEY_ID",
  "AWS_SECRET_ACCESS_KEY",
  "AWS_SESSION_TOKEN",
  "AWS_CONTAINER_AUTHORIZATION_TOKEN",
  "OIDC_CLIENT_SECRET",
] as const;

type SecretName = (typeof SECRETS)[number];

export type InstallSecrets = Readonly<Partial<Record<SecretName, string>>>;

const isSecretName = (name: string): name is SecretName => SECRETS.some((one) => one === name);

const entriesOf = (text: string): [string, unknown][] | undefined => {
  if (!text.trimStart().startsWith("{")) {
    const lines = text.split(/\r?\n/).map((line) => line.trim());
    const isRead = lines.every((line) => line === "" || /^(#|\w+\s*=)/.test(line));
    return isRead ? Object.entries(parseEnv(text)) : undefined;
  }
  try {
    return Object.entries(JSON.parse(text) as object);
  } catch {
    return undefined;
  }
};

/** Of the whole input; the failure says which entry is wrong, by its number, since what is mistyped may be the secret. */
export const secretsIn = (text: string): Result<InstallSecrets, string> => {
  const entries = entriesOf(text);
  if (entries === undefined)
    return failed("the input holds neither lines of the form NAME=value nor a JSON object");
  if (entries.length === 0) return failed("the input holds no secrets");
  const wrong = entries.findIndex(([name]) => !isSecretName(name));
  if (wrong >= 0) return failed(`secret ${wrong + 1} of the input is none of ${SECRETS.join(", ")}`);
  const empty = entries.find(([, value]) => typeof value !== "string" || value.trim() === "");
  if (empty) return failed(`${empty[0]} of the input has no value`);
  const secrets = Object.fromEntries(entries) as InstallSecrets;
  if (secrets.AUTH_JWT_SECRET !== undefined && !isLongEnough(secrets.AUTH_JWT_SECRET))
    return failed("AUTH_JWT_SECRET of the input must hold at least 32 bytes");
  return success(secrets);
};

/** Which secrets a new Worker with these variables needs, beside the one that tokens are signed with. */
export const neededSecrets = (vars: Readonly<Record<string, string>>): readonly SecretName[] =>
  vars["AWS_ROLE_ARN"] || vars["AWS_CONTAINER_CREDENTIALS_FULL_URI"]
    ? []
    : ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"];

export const newInstallSecret = (): string => randomBytes(32).toString("base64url");

/** Asks without showing what is typed. */
export const askSecret = async (
  name: SecretName,
  { stderr, readLine, echo }: Surroundings,
): Promise<string | undefined> => {
  const keys = echo?.();
  stderr.write(`${name} (not shown): `);
  keys?.off();
  try {
    return (await readLine()).trim() || undefined;
  } finally {
    keys?.restore();
    stderr.write("\n");
  }
};
