/**
 * The Worker for tests as `stackcast dev` runs it: on the runtime itself, in a process group of its own. It bears what wrangler's
 * development server falls over: pages that are closed in the middle of their requests. No cron trigger wakes it, so that what it
 * does on its own it does by its alarms.
 */
import { spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { WorkerParts } from "../../src/cli/local/worker-parts.ts";
import { freePort } from "../../src/cli/local/worker-process.ts";
import { eventually } from "./eventually.ts";
import { leash } from "./leash.ts";
import { groupEnded, signalGroup, type ServedWorker } from "./wrangler-dev.ts";

type HostOptions = Readonly<{
  /** Absent: a free one. */
  port?: number;
  folder: string;
  variables: Readonly<Record<string, string>>;
  parts: WorkerParts;
}>;

const HOST = join(import.meta.dirname, "..", "..", "src", "cli", "local", "worker-host.ts");

/** `wrangler.toml` without what wakes the Worker. */
const withoutCrons = (config: string): string => config.replace(/^crons = .*$/m, "crons = []");

/** Starts it; whoever does so stops it, and deletes its folder. */
export const startHosted = async ({
  folder,
  variables,
  parts,
  ...given
}: HostOptions): Promise<ServedWorker> => {
  const port = given.port ?? (await freePort());
  const url = `http://127.0.0.1:${port}`;
  const log = join(folder, "worker.log");
  const written = openSync(log, "a");
  const child = spawn(process.execPath, [HOST], { detached: true, stdio: ["pipe", written, written] });
  closeSync(written);
  child.stdin?.on("error", () => undefined);
  const config = withoutCrons(parts.config);
  child.stdin?.write(`${JSON.stringify({ ...parts, config, port, folder, variables })}\n`);
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
