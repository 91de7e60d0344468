/**
 * Some viewers stop reading: the others must not notice, and what waits for them must be bounded. Their memory is the
 * server's growth beyond that of the same run in which they read. They are four as the garbage of one run differs from
 * that of the next by about what waits for one.
 */
import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";
import type { Measure, Row, Surroundings } from "../measure.ts";
import type { ServerProcess } from "../servers/server-process.ts";
import { trackPath } from "../servers/servers.ts";
import { median } from "../statistics.ts";

const POLL_SECONDS = 0.2;
const OTHERS = 50;
const STALLED = 4;

/** Large events, so that any bound is reached soon: about a megabyte a second to each viewer. */
const REASON_BYTES = 4_000;
const EVENTS_A_POLL = 40;

/** For one viewer: twice the 16 MiB of text that the product lets wait, for what the runtime adds to each frame. */
const MOST_MIB = 32;

type Run = Readonly<{
  /** Bytes a second to each of the others. */
  rate: number;
  growthMib: number;
  /** Seconds until all of them were cut off; undefined: they never were. */
  cutOffSeconds: number | undefined;
}>;

const summarySchema = z.object({ data: z.object({ viewers: z.number() }) });

const viewersOf = async (server: ServerProcess, name: string): Promise<number> => {
  const answer = await fetch(`${server.url}/api/v1/stacks/${name}?region=us-east-1`);
  return summarySchema.parse(await answer.json()).data.viewers;
};

let runs = 0;

const runOf = async (
  { aws, load, servers }: Surroundings,
  seconds: number,
  stalls: boolean,
  optsIn: boolean,
): Promise<Run> => {
  const name = `stalled-${++runs}`;
  const last = `${name}-last`;
  const server = await servers.product({ aws, pollSeconds: POLL_SECONDS });
  try {
    await aws.add(name, 1, { resources: 200, reasonBytes: REASON_BYTES });
    const common = { port: server.port, path: trackPath(name) };
    // The others are good viewers of the newer protocol: a silent classic one is let go of as well after a while.
    await load.connect(name, { ...common, count: OTHERS });
    await load.connect(last, { ...common, count: STALLED, optsIn, acknowledges: optsIn, reads: !stalls });
    await load.silence(name, 700);
    await load.expect(name, Number.MAX_SAFE_INTEGER);
    const before = server.privateKib();
    let most = before;
    let cutOffSeconds: number | undefined;
    await aws.flow([name], EVENTS_A_POLL);
    for (let second = 1; second <= seconds; second++) {
      await sleep(1_000);
      most = Math.max(most, server.privateKib());
      if (stalls && cutOffSeconds === undefined && (await viewersOf(server, name)) === OTHERS)
        cutOffSeconds = second;
    }
    const { bytes } = await load.counts(name);
    return { rate: bytes / OTHERS / seconds, growthMib: (most - before) / 1024, cutOffSeconds };
  } finally {
    await server.stop();
    await load.close(name);
    await load.close(last);
  }
};

const rowsOf = async (surroundings: Surroundings, optsIn: boolean): Promise<Row[]> => {
  const seconds = surroundings.quick ? 25 : 40;
  const usual: Run[] = [];
  const stalled: Run[] = [];
  for (let round = 0; round < Math.min(3, surroundings.rounds); round++) {
    usual.push(await runOf(surroundings, seconds, false, optsIn));
    stalled.push(await runOf(surroundings, seconds, true, optsIn));
  }
  const of = (all: readonly Run[], part: (run: Run) => number): number => median(all.map(part));
  const kind = optsIn ? "opted in" : "classic";
  return [
    {
      what: `${STALLED} of ${OTHERS + STALLED} stop reading (${kind}): bytes a second to each other one`,
      unit: "B/s",
      value: of(stalled, ({ rate }) => rate),
      baseline: { name: "all read", value: of(usual, ({ rate }) => rate) },
      aim: { on: "ratio", atLeast: 0.8 },
    },
    {
      what: `the same: seconds until they are cut off, of ${seconds}`,
      unit: "s",
      value: of(stalled, ({ cutOffSeconds }) => cutOffSeconds ?? Infinity),
      aim: { on: "value", atMost: seconds },
    },
    {
      what: "the same: memory kept for each of them",
      unit: "MiB",
      value: (of(stalled, ({ growthMib }) => growthMib) - of(usual, ({ growthMib }) => growthMib)) / STALLED,
      aim: { on: "value", atMost: MOST_MIB },
    },
  ];
};

/** A viewer of each protocol. */
export const stalled: Measure = async (surroundings) => [
  ...(await rowsOf(surroundings, true)),
  ...(await rowsOf(surroundings, false)),
];
