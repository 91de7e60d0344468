/**
 * What is kept from one command to the next, a file each, in the place where the system keeps a user's own files. Nobody
 * else can read them.
 */
import { chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";

export type ProcessEnvironment = Readonly<Record<string, string | undefined>>;

/** https://specifications.freedesktop.org/basedir-spec/latest/ and what macOS and Windows have for it. */
const folderOf = (env: ProcessEnvironment, platform: NodeJS.Platform): string => {
  if (env["XDG_CONFIG_HOME"]) return join(env["XDG_CONFIG_HOME"], "stackcast");
  const home = env["HOME"] || homedir();
  if (platform === "win32") return join(env["APPDATA"] || join(home, "AppData", "Roaming"), "stackcast");
  if (platform === "darwin") return join(home, "Library", "Application Support", "stackcast");
  return join(home, ".config", "stackcast");
};

export const keptFile = (
  env: ProcessEnvironment,
  name: string,
  platform: NodeJS.Platform = process.platform,
): string => join(folderOf(env, platform), `${name}.json`);

/** Undefined: there is none, or nobody can read it. */
export const readKept = (env: ProcessEnvironment, name: string): unknown => {
  try {
    return JSON.parse(readFileSync(keptFile(env, name), "utf8"));
  } catch {
    return undefined;
  }
};

/** In the place of the file that was there, so that it is whole at any moment; with the right mode before it holds anything. */
export const writeKept = (env: ProcessEnvironment, name: string, kept: object): void => {
  const file = keptFile(env, name);
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const next = `${file}.${process.pid}`;
  writeFileSync(next, "", { mode: 0o600 });
  chmodSync(next, 0o600);
  writeFileSync(next, `${JSON.stringify(kept, null, 2)}\n`);
  renameSync(next, file);
};
