/** What a poll costs by the length of the stack's past and by how much is new, beside the seed's tracker. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Measure, Row, Surroundings } from "../measure.ts";
import type { ServerProcess } from "../servers/server-process.ts";
import { trackPath } from "../servers/servers.ts";
import { median } from "../statistics.ts";

const POLL_SECONDS = 0.2;

/** Stacks polled at the same time, to see more polls in less time. */
const STACKS = 4;

type Cost = Readonly<{ cpuMs: number; calls: number }>;

let stacks = 0;

/** Per poll of stacks with `past` events, each finding `fresh` more. */
const pollsOf = async (
  { aws, load, quick }: Surroundings,
  server: ServerProcess,
  optsIn: boolean,
  past: number,
  fresh: number,
): Promise<Cost> => {
  const names = Array.from({ length: STACKS }, () => `poll-${++stacks}`);
  for (const name of names) {
    await aws.add(name, past);
    await load.connect(name, {
      port: server.port,
      path: trackPath(name),
      count: 1,
      optsIn,
      acknowledges: optsIn,
    });
  }
  for (const name of names) await load.silence(name, 1_000);
  await aws.flow(names, fresh);
  await sleep(2 * POLL_SECONDS * 1000);
  await aws.takeCounts();
  const before = server.cpuMs();
  await sleep(quick ? 1_500 : 3_000);
  const cpuMs = server.cpuMs() - before;
  const { looks, furtherPages, others } = await aws.takeCounts();
  await aws.finish(names);
  // Both stop asking when the stack has ended; the product asks once more to be sure of it.
  do {
    await aws.takeCounts();
    await sleep(3 * POLL_SECONDS * 1000);
  } while ((await aws.takeCounts()).looks > 0);
  for (const name of names) await load.close(name);
  return { cpuMs: cpuMs / looks, calls: (looks + furtherPages + others) / looks };
};

type Costs = Map<string, Cost[]>;

const keyOf = (past: number, fresh: number): string => `${past} events, ${fresh} new`;

const runAll = async (
  surroundings: Surroundings,
  server: ServerProcess,
  optsIn: boolean,
  cases: readonly (readonly [number, number])[],
  costs: Costs,
): Promise<void> => {
  try {
    for (const [past, fresh] of cases) {
      const key = keyOf(past, fresh);
      const cost = await pollsOf(surroundings, server, optsIn, past, fresh);
      costs.set(key, [...(costs.get(key) ?? []), cost]);
    }
  } finally {
    await server.stop();
  }
};

/** What the runtime takes for an alarm that is set and one unsigned question: no product on it can do with less. */
const leastPoll = async ({ aws, servers, quick }: Surroundings, past: number): Promise<number> => {
  const server = await servers.bare("product's");
  try {
    for (let n = 0; n < STACKS; n++) {
      const name = `poll-${++stacks}`;
      await aws.add(name, past);
      await fetch(`${server.url}/poll/${name}`, { method: "PUT", body: `${aws.url}/` });
    }
    await sleep(1_000);
    await aws.takeCounts();
    const before = server.cpuMs();
    await sleep(quick ? 1_500 : 3_000);
    return (server.cpuMs() - before) / (await aws.takeCounts()).looks;
  } finally {
    await server.stop();
  }
};

/** Polls of quiet and of busy stacks. */
export const poll: Measure = async (surroundings) => {
  const { aws, servers, rounds, quick } = surroundings;
  const pasts = quick ? [10, 100, 5_000] : [10, 100, 1_000, 5_000];
  const cases = pasts.flatMap((past) => [0, 1, 50].map((fresh) => [past, fresh] as const));
  const ours: Costs = new Map();
  const theirs: Costs = new Map();
  const least: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const product = async () =>
      runAll(surroundings, await servers.product({ aws, pollSeconds: POLL_SECONDS }), true, cases, ours);
    const baseline = async () =>
      runAll(surroundings, await servers.seed({ aws, pollSeconds: POLL_SECONDS }), false, cases, theirs);
    for (const run of round % 2 === 0 ? [product, baseline] : [baseline, product]) await run();
    least.push(await leastPoll(surroundings, 100));
  }
  const cpuOf = (costs: Costs, past: number, fresh: number): number =>
    median((costs.get(keyOf(past, fresh)) ?? []).map(({ cpuMs }) => cpuMs));
  const mostCalls = Math.max(...[...ours.values()].flat().map(({ calls }) => calls));
  return [
    ...cases.map(([past, fresh]): Row => ({
      what: `CPU a poll: ${keyOf(past, fresh)}`,
      unit: "ms",
      value: cpuOf(ours, past, fresh),
      baseline: { name: "seed's port", value: cpuOf(theirs, past, fresh) },
      // A short page is cheap to parse for everybody.
      ...(past >= 100 && { aim: { on: "ratio", atMost: fresh === 0 ? 1 / 7 : 1 / 2.5 } }),
    })),
    {
      what: "CPU a quiet poll: 5000 events beside 100",
      unit: "ms",
      value: cpuOf(ours, 5_000, 0),
      baseline: { name: "of 100", value: cpuOf(ours, 100, 0) },
      aim: { on: "ratio", atMost: 1.2 },
    },
    {
      what: "CPU a quiet poll of 100 events",
      unit: "ms",
      value: cpuOf(ours, 100, 0),
      baseline: { name: "bare alarm and fetch", value: median(least) },
    },
    {
      what: "AWS calls a poll, most",
      unit: "calls",
      value: mostCalls,
      aim: { on: "value", atMost: 1 },
    },
  ];
};
