/**
 * The Worker for tests as `stackcast dev` runs it: on the runtime itself, in a process group of its own. It bears what wrangler's
 * development server falls over: pages that are closed in the middle of their requests.
 */
import { spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { workerParts, type WorkerParts } from "../../src/cli/local/worker-parts.ts";
import { freePort } from "../../src/cli/local/worker-process.ts";
import { eventually } from "./eventually.ts";
import { leash } from "./leash.ts";
import { groupEnded, signalGroup, type ServedWorker } from "./wrangler-dev.ts";

type HostOptions = Readonly<{
  /** Absent: a free one. */
  port?: number;
  folder: string;
  variables: Readonly<Record<string, string>>;
  /** Absent: built. */
  parts?: WorkerParts;
}>;

const HOST = join(import.meta.dirname, "..", "..", "src", "cli", "local", "worker-host.ts");

/** What the Worker is made of, built into the folder. */
export const builtParts = async (folder: string): Promise<WorkerParts> => {
  const parts = await workerParts(folder);
  if (!parts.ok) throw new Error(parts.failure);
  return parts.value;
};

/** Starts it; whoever does so stops it, and deletes its folder. */
export const startHosted = async ({ folder, variables, ...given }: HostOptions): Promise<ServedWorker> => {
  const port = given.port ?? (await freePort());
  const parts = given.parts ?? (await builtParts(folder));
  const url = `http://127.0.0.1:${port}`;
  const log = join(folder, "worker.log");
  const written = openSync(log, "a");
  const child = spawn(process.execPath, [HOST], { detached: true, stdio: ["pipe", written, written] });
  closeSync(written);
  child.stdin?.on("error", () => undefined);
  child.stdin?.write(`${JSON.stringify({ ...parts, port, folder, variables })}\n`);
  const group = child.pid;
  if (group === undefined) throw new Error("The host of the Worker could not be started");
  const held = leash(group, "SIGKILL");
  const output = (): string => readFileSync(log, "utf8");
  return {
    port,
    url,
    output,
    ready: () =>
      eventually(
        async () => {
          if (child.exitCode !== null) throw new Error(`the Worker cannot start: ${output().slice(-2000)}`);
          const signal = AbortSignal.timeout(2_000);
          return (await fetch(`${url}/healthz`, { signal }).catch(() => undefined)) !== undefined;
        },
        () => `the Worker's first answer. It said: ${output().slice(-2000)}`,
        50_000,
      ).then(() => undefined),
    kill: async () => {
      signalGroup(group, "SIGKILL");
      await groupEnded(group);
      held.release();
    },
    stop: async () => {
      signalGroup(group, "SIGTERM");
      await groupEnded(group).catch(() => signalGroup(group, "SIGKILL"));
      await groupEnded(group);
      held.release();
    },
  };
};
