/**
 * What the terminal client costs: from its start to the first frame that shows the deployment, beside a Node that prints
 * one word, and the CPU that it takes while a minute brings 500 events, beside the same stream written as JSON.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { Measure, Row } from "../measure.ts";
import { monotonicMs } from "../monotonic.ts";
import { Orchestrator } from "../orchestrator.ts";
import { cpuMsOf } from "../process-tree.ts";
import type { ServerProcess } from "../servers/server-process.ts";
import { median } from "../statistics.ts";

const LAUNCHER = fileURLToPath(import.meta.resolve("../../../src/cli/launcher.mjs"));

const EVENTS_A_MINUTE = 500;
const POST_EVERY_MS = 960;
const EVENTS_A_POST = (EVENTS_A_MINUTE * POST_EVERY_MS) / 60_000;

type Watching = Readonly<{
  child: ChildProcess;
  ended: Promise<unknown>;
  saw: (text: string) => Promise<number>;
}>;

/** A Node with its output in a pipe, and when some text was in it. */
const started = (args: readonly string[]): Watching => {
  const begun = monotonicMs();
  const env = { ...process.env, LANG: "C.UTF-8", TERM: "xterm-256color" };
  const child = spawn(process.execPath, args, { env, stdio: ["ignore", "pipe", "inherit"] });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  let written = "";
  const waiting = new Set<() => void>();
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    written += text;
    for (const look of waiting) look();
  });
  return {
    child,
    ended,
    saw: (text) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (!written.includes(text)) return;
          waiting.delete(look);
          resolve(monotonicMs() - begun);
        };
        waiting.add(look);
        look();
        void ended.then(() => reject(new Error(`It ended without ${text}: ${written}`)));
      }),
  };
};

const watchArgs = (server: ServerProcess, { channel }: Orchestrator, output: string): string[] => {
  const id = channel.replace(/^deployments\/(.*)-dev$/, "$1");
  return [LAUNCHER, "watch", id, "--environment", "dev", "--url", server.url, "--output", output];
};

const stop = async ({ child, ended }: Watching): Promise<void> => {
  child.kill("SIGKILL");
  await ended;
};

/** Milliseconds from the start until the text is there. */
const startMs = async (args: readonly string[], text: string): Promise<number> => {
  const watching = started(args);
  const ms = await watching.saw(text);
  await stop(watching);
  return ms;
};

/** Percent of one core that each of them takes while events come at the rate of 500 a minute. */
const percents = async (server: ServerProcess, seconds: number): Promise<readonly [number, number]> => {
  const orchestrator = new Orchestrator(server);
  await orchestrator.begin();
  const both = ["tty", "ndjson"].map((output) => started(watchArgs(server, orchestrator, output)));
  await Promise.all([both[0]?.saw("stack-12"), both[1]?.saw("snapshot")]);
  // What starting has left to be done.
  await sleep(2_000);
  const before = both.map(({ child }) => cpuMsOf(child.pid ?? 0));
  const begun = monotonicMs();
  for (let next = begun; next - begun < seconds * 1_000; next += POST_EVERY_MS) {
    await orchestrator.post(orchestrator.resourceEvents(EVENTS_A_POST));
    await sleep(Math.max(0, next + POST_EVERY_MS - monotonicMs()));
  }
  const elapsed = monotonicMs() - begun;
  const [ours = 0, theirs = 0] = both.map(
    ({ child }, index) => (100 * (cpuMsOf(child.pid ?? 0) - (before[index] ?? 0))) / elapsed,
  );
  await Promise.all(both.map(stop));
  return [ours, theirs];
};

/** Starting and following. */
export const terminal: Measure = async ({ aws, servers, rounds, quick }) => {
  const starts: number[] = [];
  const bare: number[] = [];
  const ours: number[] = [];
  const theirs: number[] = [];
  const server = await servers.product({ aws, pollSeconds: 3 });
  try {
    const orchestrator = new Orchestrator(server);
    await orchestrator.begin();
    // The first start compiles what the others find compiled.
    await startMs(watchArgs(server, orchestrator, "tty"), "Deploying");
    for (let n = 0; n < 5 * rounds; n++) {
      starts.push(await startMs(watchArgs(server, orchestrator, "tty"), "Deploying"));
      bare.push(await startMs(["--eval", "process.stdout.write('up')"], "up"));
    }
    for (let round = 0; round < (quick ? 1 : Math.min(2, rounds)); round++) {
      const [display, lines] = await percents(server, quick ? 10 : 60);
      ours.push(display);
      theirs.push(lines);
    }
  } finally {
    await server.stop();
  }
  const rows: Row[] = [
    {
      what: "terminal client: start to the first frame of a deployment",
      unit: "ms",
      value: median(starts),
      baseline: { name: "a Node that prints a word", value: median(bare) },
      aim: { on: "value", atMost: 300 },
    },
    {
      what: "terminal client: of a core, while a minute brings 500 events",
      unit: "%",
      value: median(ours),
      baseline: { name: "as lines of JSON", value: median(theirs) },
      aim: { on: "value", atMost: 3 },
    },
  ];
  return rows;
};
