/** Whether many stacks slow each other down: from an event's appearance to its viewer, at AWS's distance. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Measure, Surroundings } from "../measure.ts";
import { monotonicMs } from "../monotonic.ts";
import type { ServerProcess } from "../servers/server-process.ts";
import { trackPath } from "../servers/servers.ts";
import { median, quantile } from "../statistics.ts";

const POLL_SECONDS = 3;
const AWS_MS = 150;
const MANY = 50;

/** How often the server is asked for its health meanwhile. */
const HEALTH_MS = 100;

type Latency = Readonly<{ p50: number; p99: number; health: number }>;

const healthMs = async (server: ServerProcess): Promise<number> => {
  const asked = monotonicMs();
  await (await fetch(`${server.url}/healthz`)).arrayBuffer();
  return monotonicMs() - asked;
};

let runs = 0;

const latencyOf = async ({ aws, load, servers, quick }: Surroundings, stacks: number): Promise<Latency> => {
  const names = Array.from({ length: stacks }, () => `many-${++runs}`);
  const server = await servers.product({ aws, pollSeconds: POLL_SECONDS });
  const health: number[] = [];
  try {
    await aws.delay(AWS_MS);
    for (const name of names) {
      await aws.add(name, 20);
      await load.connect(name, {
        port: server.port,
        path: trackPath(name),
        count: 1,
        measuresLatency: true,
      });
      // Stacks are not started in step.
      await sleep((POLL_SECONDS * 1000) / stacks);
    }
    await sleep(1_000);
    const seconds = quick ? 6 : 15;
    const end = monotonicMs() + seconds * 1000;
    const over = aws.stream(names, Math.max(2, 40 / stacks), seconds);
    while (monotonicMs() < end) {
      health.push(await healthMs(server));
      await sleep(HEALTH_MS);
    }
    await over;
    await sleep(POLL_SECONDS * 1000 + 4 * AWS_MS);
    const all: number[] = [];
    for (const name of names) all.push(...(await load.latencies(name)));
    return { p50: median(all), p99: quantile(all, 0.99), health: quantile(health, 0.99) };
  } finally {
    await aws.delay(0);
    for (const name of names) await load.close(name).catch(() => undefined);
    await server.stop();
  }
};

/** Fifty stacks beside one. */
export const manyStacks: Measure = async (surroundings) => {
  const one: Latency[] = [];
  const many: Latency[] = [];
  for (let round = 0; round < surroundings.rounds; round++) {
    one.push(await latencyOf(surroundings, 1));
    many.push(await latencyOf(surroundings, MANY));
  }
  const of = (latencies: readonly Latency[], part: keyof Latency) =>
    median(latencies.map((latency) => latency[part]));
  const baseline = (part: keyof Latency) => ({ name: "one stack", value: of(one, part) });
  return [
    {
      what: `event to viewer, ${MANY} stacks: p99`,
      unit: "ms",
      value: of(many, "p99"),
      baseline: baseline("p99"),
      aim: { on: "ratio", atMost: 1.15 },
    },
    { what: "the same: p50", unit: "ms", value: of(many, "p50"), baseline: baseline("p50") },
    {
      what: "/healthz meanwhile: p99",
      unit: "ms",
      value: of(many, "health"),
      baseline: baseline("health"),
      aim: { on: "value", atMost: 50 },
    },
  ];
};
