/**
 * Tokens of those who have signed in, one for each server, in the place where the system keeps a user's own files. Nobody
 * else can read them.
 */
import { chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";

type Env = Readonly<Record<string, string | undefined>>;

/** By server, without a slash at the end. */
type Kept = Readonly<Record<string, Readonly<{ token: string; expiresAt: string }>>>;

/** https://specifications.freedesktop.org/basedir-spec/latest/ and what macOS and Windows have for it. */
export const tokensFile = (env: Env, platform: NodeJS.Platform = process.platform): string => {
  if (env["XDG_CONFIG_HOME"]) return join(env["XDG_CONFIG_HOME"], "stackcast", "tokens.json");
  const home = env["HOME"] || homedir();
  if (platform === "win32")
    return join(env["APPDATA"] || join(home, "AppData", "Roaming"), "stackcast", "tokens.json");
  if (platform === "darwin") return join(home, "Library", "Application Support", "stackcast", "tokens.json");
  return join(home, ".config", "stackcast", "tokens.json");
};

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

const readTokens = (env: Env): Kept => {
  try {
    const kept: unknown = JSON.parse(readFileSync(tokensFile(env), "utf8"));
    return isKept(kept) ? kept : {};
  } catch {
    return {};
  }
};

/** In the place of the file that was there, so that it is whole at any moment; with the right mode before it holds anything. */
const writeTokens = (env: Env, kept: Kept): void => {
  const file = tokensFile(env);
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const next = `${file}.${process.pid}`;
  writeFileSync(next, "", { mode: 0o600 });
  chmodSync(next, 0o600);
  writeFileSync(next, `${JSON.stringify(kept, null, 2)}\n`);
  renameSync(next, file);
};

/** The token for a server, if somebody has signed in there and it has not ended. */
export const keptToken = (env: Env, url: string, now: number): string | undefined => {
  const entry = readTokens(env)[url];
  return entry && Date.parse(entry.expiresAt) > now ? entry.token : undefined;
};

export const keepToken = (env: Env, url: string, token: string, expiresAt: string): void =>
  writeTokens(env, { ...readTokens(env), [url]: { token, expiresAt } });

/** Whether there was one. */
export const dropToken = (env: Env, url: string): boolean => {
  const { [url]: dropped, ...rest } = readTokens(env);
  if (dropped) writeTokens(env, rest);
  return dropped !== undefined;
};
