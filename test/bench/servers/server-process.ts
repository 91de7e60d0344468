/** A measured server: its process started quietly, waited for until it answers, ended with the run. */
import { spawn } from "node:child_process";
import { openSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { cpuMsOf, privateKibOf } from "../process-tree.ts";

export type ServerProcess = Readonly<{
  port: number;
  url: string;
  cpuMs(): number;
  privateKib(): number;
  stop(): Promise<void>;
}>;

/** A port of the loopback address on which nothing listens. */
export const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() =>
        typeof address === "object" && address ? resolve(address.port) : reject(new Error("no port")),
      );
    });
  });

const STARTING_MS = 20_000;

/** Starts a command that answers `/healthz`, with anything, once it is ready. */
export const startServer = async (
  command: string,
  args: readonly string[],
  { folder, port }: Readonly<{ folder: string; port: number }>,
): Promise<ServerProcess> => {
  const log = join(folder, "server.log");
  const output = openSync(log, "a");
  const child = spawn(command, args, { cwd: folder, stdio: ["ignore", output, output] });
  const ended = new Promise<void>((resolve) => {
    child.once("error", () => resolve());
    child.once("exit", () => resolve());
  });
  const pid = child.pid;
  if (pid === undefined) throw new Error(`${command} cannot be started`);
  const url = `http://127.0.0.1:${port}`;
  const kill = (): void => void child.kill("SIGKILL");
  // Nothing is to run on after a benchmark that was broken off.
  process.once("exit", kill);
  const stop = async (): Promise<void> => {
    process.off("exit", kill);
    kill();
    await ended;
  };
  const deadline = Date.now() + STARTING_MS;
  while (
    !(await fetch(`${url}/healthz`).then(
      () => true,
      () => false,
    ))
  ) {
    if (child.exitCode === null && Date.now() < deadline) await sleep(50);
    else {
      await stop();
      throw new Error(`${command} does not answer:\n${readFileSync(log, "utf8").slice(-2000)}`);
    }
  }
  return { port, url, stop, cpuMs: () => cpuMsOf(pid), privateKib: () => privateKibOf(pid) };
};
