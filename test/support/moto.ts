/** An independent stand-in for AWS, if this machine has one: moto's server, which knows nothing of ours. */
import { spawn } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { freePort } from "../../src/cli/local/worker-process.ts";
import { eventually } from "./eventually.ts";

const PLACES = [...(process.env["PATH"] ?? "").split(delimiter), "/root/.pyenv/shims"];

/** Where it is; undefined: not on this machine. */
export const motoPath = (): string | undefined =>
  PLACES.map((folder) => join(folder, "moto_server")).find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });

export type Moto = Readonly<{ url: string; stop(): void }>;

/** Resolves when it answers. Whoever starts it stops it. */
export const startMoto = async (path: string): Promise<Moto> => {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const child = spawn(path, ["-H", "127.0.0.1", "-p", String(port)], { stdio: "ignore", detached: true });
  const stop = (): void => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
    } catch {
      // It has ended by itself.
    }
  };
  try {
    await eventually(
      async () => (await fetch(url).catch(() => undefined)) !== undefined,
      "moto's first answer",
      60_000,
    );
  } catch (error) {
    stop();
    throw error;
  }
  return { url, stop };
};
