/**
 * `wrangler dev` for tests: its own port, its own folder, its output kept. It runs in a process group of its own, which
 * ends as a whole: politely, at once as in a power cut, or with the test's process whatever becomes of that.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { freePort } from "../../src/cli/local/worker-process.ts";
import { eventually } from "./eventually.ts";
import { leash } from "./leash.ts";
import { livingInGroup } from "./processes.ts";

type WranglerOptions = Readonly<{
  /** Absent: a free one. */
  port?: number;
  /** Of the state that outlives a restart, and of the output of all starts. */
  folder: string;
  variables: Readonly<Record<string, string>>;
  /** Where the code is; absent: this release's. */
  code?: string | undefined;
  /** Files with settings, of several Workers; absent: the code's own. */
  configs?: readonly string[] | undefined;
}>;

export type ServedWorker = Readonly<{
  port: number;
  /** Without a slash at the end. */
  url: string;
  /** All that it and those before it in the same folder have printed. */
  output(): string;
  /** Resolves when it answers requests, be it with a failure. */
  ready(): Promise<void>;
  /** Ends the whole group at once, without a word. */
  kill(): Promise<void>;
  stop(): Promise<void>;
}>;

const GRACE_MS = 5_000;

export const signalGroup = (group: number, signal: NodeJS.Signals): void => {
  try {
    process.kill(-group, signal);
  } catch {
    // Nothing is left of the group.
  }
};

export const groupEnded = (group: number): Promise<true> =>
  eventually(() => livingInGroup(group).length === 0, `the end of process group ${group}`, GRACE_MS);

const processOf = (
  port: number,
  { folder, variables, code, configs = [] }: WranglerOptions,
): ChildProcess => {
  const output = openSync(join(folder, "wrangler.log"), "a");
  const given = Object.entries(variables).flatMap(([name, value]) => ["--var", `${name}:${value}`]);
  const child = spawn(
    "wrangler",
    [
      "dev",
      "--ip",
      "127.0.0.1",
      "--port",
      String(port),
      "--inspector-port",
      "0",
      "--persist-to",
      folder,
      ...given,
      ...configs.flatMap((file) => ["-c", file]),
    ],
    {
      cwd: code,
      detached: true,
      stdio: ["ignore", output, output],
      env: { ...process.env, CI: "true", WRANGLER_SEND_METRICS: "false" },
    },
  );
  closeSync(output);
  return child;
};

/** Starts it; whoever does so stops it, and deletes its folder. */
export const startWrangler = async (options: WranglerOptions): Promise<ServedWorker> => {
  const port = options.port ?? (await freePort());
  const url = `http://127.0.0.1:${port}`;
  const child = processOf(port, options);
  const group = child.pid;
  if (group === undefined) throw new Error("wrangler could not be started: is node_modules/.bin in PATH?");
  const held = leash(group, "SIGKILL");
  const output = (): string => readFileSync(join(options.folder, "wrangler.log"), "utf8");
  return {
    port,
    url,
    output,
    ready: () =>
      eventually(
        async () => {
          // It waits for whoever fixes what cannot be built.
          if (child.exitCode !== null || output().includes("Build failed"))
            throw new Error(`wrangler cannot start: ${output().slice(-2000)}`);
          // Until there is something to run, requests are held.
          const signal = AbortSignal.timeout(2_000);
          return (await fetch(`${url}/healthz`, { signal }).catch(() => undefined)) !== undefined;
        },
        () => `wrangler's first answer. It said: ${output().slice(-2000)}`,
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
