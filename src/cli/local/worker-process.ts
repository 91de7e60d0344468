/** The Worker in a process of ours: started quietly, asked until it answers, ended with all it has started. */
import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { createServer } from "node:net";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Hosted } from "./worker-options.ts";

/** `folder`: for its state and its log; whoever made it deletes it. */
type WorkerOptions = Hosted & Readonly<{ env: NodeJS.ProcessEnv }>;

export type WorkerProcess = Readonly<{
  /** Resolves when it answers; false if it ended or was stopped before. */
  ready(signal: AbortSignal): Promise<boolean>;
  /** Resolves with the reason when it is gone. */
  ended: Promise<string>;
  stop(): Promise<void>;
}>;

/** Whether nothing listens on this port of the loopback address. */
export const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", () => resolve(false));
    probe.listen(port, "127.0.0.1", () => probe.close(() => resolve(true)));
  });

/** A port of the loopback address on which nothing listens. */
export const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      probe.close(() => resolve(port));
    });
  });

/** Milliseconds that it is given to end by itself. */
const GRACE = 5_000;

/** Beside this file, as it is written or as it is packed. */
const HOST = join(import.meta.dirname, import.meta.url.endsWith(".ts") ? "worker-host.ts" : "worker-host.js");

export const startWorker = ({ env, ...hosted }: WorkerOptions): WorkerProcess => {
  const { folder, port } = hosted;
  const log = join(folder, "worker.log");
  const output = openSync(log, "a");
  // A group of its own, so that the runtime it starts ends with it, and not at the terminal's Ctrl-C before it.
  const child = spawn(process.execPath, [HOST], { detached: true, stdio: ["pipe", output, output], env });
  // It may be gone before it has read its input.
  child.stdin?.on("error", () => undefined);
  child.stdin?.write(`${JSON.stringify(hosted)}\n`);
  closeSync(output);
  const signalGroup = (signal: NodeJS.Signals): void => {
    if (child.pid === undefined) return;
    try {
      process.kill(-child.pid, signal);
    } catch {
      // Nothing is left of the group.
    }
  };
  const killGroup = (): void => signalGroup("SIGKILL");
  const life = { gone: false };
  const ended = new Promise<string>((resolve) => {
    const end = (why: string): void => {
      life.gone = true;
      resolve(why);
    };
    child.once("error", (error) => end(error.message));
    child.once("exit", () => {
      // The runtime may have outlived it, and holds the port.
      signalGroup("SIGKILL");
      process.off("exit", killGroup);
      void lastLines(log).then(end);
    });
  });

  // Whatever ends this process ends it, too.
  process.once("exit", killGroup);

  return {
    ended,
    ready: async (signal) => {
      while (!life.gone && !signal.aborted) {
        const answer = await fetch(`http://127.0.0.1:${port}/healthz`).catch(() => undefined);
        if (answer?.ok) return true;
        await sleep(200);
      }
      return false;
    },
    stop: async () => {
      signalGroup("SIGTERM");
      await Promise.race([ended, sleep(GRACE, undefined, { ref: false })]);
      signalGroup("SIGKILL");
    },
  };
};

const lastLines = async (file: string): Promise<string> => {
  const text = await readFile(file, "utf8").catch(() => "");
  return text.trim().split("\n").slice(-15).join("\n");
};
