/**
 * What a commit costs with many viewers: one event beside a bare Durable Object that sends the same text, and 50 events
 * beside the seed's tracker. The product's cost holds all of it: the poll, reading, the commit and the sockets.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { Measure, Row, Surroundings } from "../measure.ts";
import { monotonicMs } from "../monotonic.ts";
import type { ServerProcess } from "../servers/server-process.ts";
import { trackPath } from "../servers/servers.ts";
import { median } from "../statistics.ts";

/** The shortest period that the product takes: the wait for a poll is not what is measured. */
const POLL_SECONDS = 0.2;

/** A full page before the first measured event. */
const PAST = 120;

/** Of one broadcast to all viewers. */
type Cost = Readonly<{ cpuMs: number; elapsedMs: number; bytes: number }>;

type Size = Readonly<{ viewers: number; broadcasts: number }>;

let stacks = 0;

/** Broadcasts of `events` new events by a server that follows a stack. What its quiet polls cost in between is taken off. */
const tracked = async (
  { aws, load }: Surroundings,
  server: ServerProcess,
  { viewers, broadcasts }: Size,
  events: number,
  viewer: Readonly<{ optsIn: boolean; offersDeflate: boolean }>,
): Promise<Cost & Readonly<{ text: string }>> => {
  const name = `broadcast-${++stacks}`;
  await aws.add(name, PAST);
  await load.connect(name, {
    port: server.port,
    path: trackPath(name),
    count: viewers,
    ...viewer,
    acknowledges: viewer.optsIn,
    keepsText: events === 1,
  });
  await load.silence(name, 700);
  await aws.takeCounts();
  const idle = server.cpuMs();
  await sleep(2_000);
  const quietPollMs = (server.cpuMs() - idle) / (await aws.takeCounts()).looks;
  const before = server.cpuMs();
  const elapsed: number[] = [];
  let bytes = 0;
  for (let n = 0; n < broadcasts; n++) {
    await load.expect(name, viewer.optsIn ? 1 : events);
    await aws.reveal(name, events);
    const done = await load.complete(name);
    elapsed.push(done - (await aws.servedAt(name)));
    bytes = (await load.counts(name)).bytes / viewers;
    await sleep(50);
  }
  const quietPolls = (await aws.takeCounts()).looks - broadcasts;
  const cpuMs = (server.cpuMs() - before - quietPolls * quietPollMs) / broadcasts;
  const { lastText: text } = await load.counts(name);
  await load.close(name);
  return { cpuMs, elapsedMs: median(elapsed), bytes, text };
};

/** Broadcasts of a text by the bare object. */
const bare = async (
  { load }: Surroundings,
  server: ServerProcess,
  { viewers, broadcasts }: Size,
  text: string,
): Promise<Cost> => {
  const group = "bare";
  await load.connect(group, {
    port: server.port,
    path: "/",
    count: viewers,
    acknowledges: false,
    keepsText: true,
  });
  await fetch(`${server.url}/text`, { method: "PUT", body: text });
  await sleep(1_000);
  const before = server.cpuMs();
  const elapsed: number[] = [];
  for (let n = 0; n < broadcasts; n++) {
    await load.expect(group, 1);
    const asked = monotonicMs();
    const answered = fetch(`${server.url}/send`, { method: "POST" });
    elapsed.push((await load.complete(group)) - asked);
    await answered;
    await sleep(50);
  }
  const cpuMs = (server.cpuMs() - before) / broadcasts;
  await load.close(group);
  return { cpuMs, elapsedMs: median(elapsed), bytes: text.length };
};

const using = async <Value>(
  starting: Promise<ServerProcess>,
  use: (server: ServerProcess) => Promise<Value>,
) => {
  const server = await starting;
  try {
    return await use(server);
  } finally {
    await server.stop();
  }
};

const medianOf = (costs: readonly Cost[], part: keyof Cost): number =>
  median(costs.map((cost) => cost[part]));

/** With many viewers, and with so few that they hardly count: the difference is what sending costs. */
type Pair = Readonly<{ few: Cost; many: Cost }>;

const FEW = 10;

const oneEvent = async (surroundings: Surroundings, size: Size): Promise<Row[]> => {
  const { servers, aws, rounds } = surroundings;
  const ours: Pair[] = [];
  const theirs: Pair[] = [];
  const few = { ...size, viewers: FEW };
  let text = "";
  const product = async (server: ServerProcess): Promise<Pair> => {
    const viewer = { optsIn: true, offersDeflate: false };
    const first = await tracked(surroundings, server, few, 1, viewer);
    const second = await tracked(surroundings, server, size, 1, viewer);
    ({ text } = second);
    return { few: first, many: second };
  };
  const baseline = async (server: ServerProcess): Promise<Pair> => ({
    few: await bare(surroundings, server, few, text),
    many: await bare(surroundings, server, size, text),
  });
  for (let round = 0; round < rounds; round++) {
    const runs = [
      async () => ours.push(await using(servers.product({ aws, pollSeconds: POLL_SECONDS }), product)),
      async () => theirs.push(await using(servers.bare("product's"), baseline)),
    ];
    // In turns; the text of the first round has to come from the product.
    for (const run of round % 2 === 0 ? runs : runs.toReversed()) await run();
  }
  const row = (what: string, unit: string, valueOf: (pair: Pair) => number, aim?: Row["aim"]): Row => ({
    what: `1 event to ${size.viewers}: ${what}`,
    unit,
    value: median(ours.map(valueOf)),
    baseline: { name: "bare object", value: median(theirs.map(valueOf)) },
    ...(aim && { aim }),
  });
  const aViewer = (part: "cpuMs" | "elapsedMs") => (pair: Pair) =>
    ((pair.many[part] - pair.few[part]) * 1000) / (size.viewers - FEW);
  return [
    row("CPU for each viewer", "µs", aViewer("cpuMs"), { on: "ratio", atMost: 1.15 }),
    row("time for each viewer", "µs", aViewer("elapsedMs"), { on: "ratio", atMost: 1.15 }),
    row("CPU, with poll and commit", "ms", ({ many }) => many.cpuMs),
    row("time, with poll and commit", "ms", ({ many }) => many.elapsedMs),
    row("bytes a viewer", "B", ({ many }) => many.bytes),
  ];
};

const manyEvents = async (surroundings: Surroundings, size: Size, events: number): Promise<Row[]> => {
  const { servers, aws, rounds } = surroundings;
  const ours: Cost[] = [];
  const theirs: Cost[] = [];
  for (let round = 0; round < rounds; round++) {
    const product = async () => {
      const costs = using(servers.product({ aws, pollSeconds: POLL_SECONDS }), (server) =>
        tracked(surroundings, server, size, events, { optsIn: true, offersDeflate: true }),
      );
      ours.push(await costs);
    };
    const baseline = async () => {
      const costs = using(servers.seed({ aws, pollSeconds: POLL_SECONDS }), (server) =>
        tracked(surroundings, server, size, events, { optsIn: false, offersDeflate: true }),
      );
      theirs.push(await costs);
    };
    for (const run of round % 2 === 0 ? [product, baseline] : [baseline, product]) await run();
  }
  const row = (what: string, unit: string, part: keyof Cost, aim?: Row["aim"]): Row => ({
    what: `${events} events to ${size.viewers} browser-like: ${what}`,
    unit,
    value: medianOf(ours, part),
    baseline: { name: "seed's port", value: medianOf(theirs, part) },
    ...(aim && { aim }),
  });
  return [
    row("CPU, acks included", "ms", "cpuMs", { on: "ratio", atMost: 1 / 8 }),
    row("time", "ms", "elapsedMs", { on: "ratio", atMost: 1 / 8 }),
    row("bytes a viewer", "B", "bytes"),
  ];
};

/** Frames, not bytes, are what a broadcast costs. */
export const broadcast: Measure = async (surroundings) => {
  const size = surroundings.quick ? { viewers: 200, broadcasts: 5 } : { viewers: 1_000, broadcasts: 20 };
  return [
    ...(await oneEvent(surroundings, size)),
    ...(await manyEvents(surroundings, { ...size, broadcasts: surroundings.quick ? 4 : 8 }, 50)),
  ];
};
