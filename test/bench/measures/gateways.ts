/**
 * What a deployment's event costs with thousands of viewers behind gateways, beside one bare object that holds all of
 * them and only sends. The product's cost holds all of it: the request, the commit, the pushes and the sockets.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { Measure, Row, Surroundings } from "../measure.ts";
import { monotonicMs } from "../monotonic.ts";
import { Orchestrator } from "../orchestrator.ts";
import type { ServerProcess } from "../servers/server-process.ts";
import { GATEWAY_PATH } from "../servers/servers.ts";
import { median } from "../statistics.ts";

const SHARDS = 4;

/** So few viewers that they hardly count: the difference to many is what sending costs. */
const FEW = 10 * SHARDS;

/** Until the transient frames of an event have gone out as well. */
const SETTLING_MS = 300;

/** With the times above more than a second: transient frames come with the event before, never with the measured one. */
const REST_MS = 700;

type Size = Readonly<{ viewers: number; broadcasts: number }>;

/** `frames`: those that each viewer got by one broadcast. */
type Cost = Readonly<{ cpuMs: number; elapsedMs: number; frames: number; bytes: number }>;

type Broadcast = Readonly<{ before(): Promise<unknown>; send(): Promise<unknown> }>;

const costOf = async (
  { load }: Surroundings,
  server: ServerProcess,
  group: string,
  { viewers, broadcasts }: Size,
  broadcast: Broadcast,
): Promise<Cost> => {
  const elapsed: number[] = [];
  let cpuMs = 0;
  let frames = 0;
  let bytes = 0;
  for (let n = 0; n < broadcasts; n++) {
    await load.expect(group, 1);
    await broadcast.before();
    await load.complete(group);
    await sleep(SETTLING_MS);
    await load.expect(group, 1);
    const cpuBefore = server.cpuMs();
    const asked = monotonicMs();
    const sent = broadcast.send();
    elapsed.push((await load.complete(group)) - asked);
    await sent;
    await sleep(SETTLING_MS);
    cpuMs += server.cpuMs() - cpuBefore;
    const counts = await load.counts(group);
    frames += counts.frames / viewers;
    bytes += counts.bytes / viewers;
    await sleep(REST_MS);
  }
  return {
    cpuMs: cpuMs / broadcasts,
    elapsedMs: median(elapsed),
    frames: frames / broadcasts,
    bytes: bytes / broadcasts,
  };
};

let groups = 0;

const throughGateways = async (
  surroundings: Surroundings,
  server: ServerProcess,
  size: Size,
): Promise<Cost> => {
  const { load } = surroundings;
  const group = `gateways-${++groups}`;
  const orchestrator = new Orchestrator(server);
  await orchestrator.begin();
  await load.connect(group, {
    port: server.port,
    path: GATEWAY_PATH,
    count: size.viewers,
    channel: orchestrator.channel,
    // So few events need no acks, which would fall on one broadcast or another.
    acknowledges: false,
    awaitsBatches: true,
  });
  await load.silence(group, 700);
  const post = () => orchestrator.post(orchestrator.resourceEvents(1));
  const cost = await costOf(surroundings, server, group, size, { before: post, send: post });
  await load.close(group);
  return cost;
};

const fromBareObject = async (
  surroundings: Surroundings,
  server: ServerProcess,
  size: Size,
  text: string,
): Promise<Cost> => {
  const { load } = surroundings;
  const group = `bare-${++groups}`;
  await load.connect(group, { port: server.port, path: "/", count: size.viewers, acknowledges: false });
  await fetch(`${server.url}/text`, { method: "PUT", body: text });
  await sleep(1_000);
  const send = async () => (await fetch(`${server.url}/send`, { method: "POST" })).arrayBuffer();
  const cost = await costOf(surroundings, server, group, size, { before: send, send });
  await load.close(group);
  return cost;
};

type Pair = Readonly<{ few: Cost; many: Cost }>;

/** As many viewers again at each of four gateways. */
export const gateways: Measure = async (surroundings) => {
  const { aws, servers, rounds, quick } = surroundings;
  const size = quick ? { viewers: 1_000, broadcasts: 6 } : { viewers: 1_000 * SHARDS, broadcasts: 10 };
  const few = { ...size, viewers: FEW };
  const ours: Pair[] = [];
  const theirs: Pair[] = [];
  let text = "";
  const product = async (): Promise<void> => {
    const server = await servers.product({ aws, pollSeconds: 3, gatewayShards: SHARDS });
    try {
      const first = await throughGateways(surroundings, server, few);
      const second = await throughGateways(surroundings, server, size);
      ours.push({ few: first, many: second });
      // What it says does not matter, only how long it is.
      text = "x".repeat(Math.round(second.bytes / second.frames));
    } finally {
      await server.stop();
    }
  };
  const baseline = async (): Promise<void> => {
    const server = await servers.bare("product's");
    try {
      const first = await fromBareObject(surroundings, server, few, text);
      theirs.push({ few: first, many: await fromBareObject(surroundings, server, size, text) });
    } finally {
      await server.stop();
    }
  };
  for (let round = 0; round < rounds; round++)
    // In turns; the text of the first round has to come from the product.
    for (const run of round % 2 === 0 ? [product, baseline] : [baseline, product]) await run();
  const row = (what: string, unit: string, valueOf: (pair: Pair) => number, aim?: Row["aim"]): Row => ({
    what: `a deployment's event to ${size.viewers}, ${SHARDS} gateways: ${what}`,
    unit,
    value: median(ours.map(valueOf)),
    baseline: { name: "one bare object", value: median(theirs.map(valueOf)) },
    ...(aim && { aim }),
  });
  const aFrame = (pair: Pair): number =>
    ((pair.many.cpuMs - pair.few.cpuMs) * 1000) / (pair.many.frames * size.viewers - pair.few.frames * FEW);
  return [
    row("CPU for each viewer's frame", "µs", aFrame, { on: "ratio", atMost: 1.15 }),
    row(
      "time for each viewer",
      "µs",
      ({ few: less, many }) => ((many.elapsedMs - less.elapsedMs) * 1000) / (size.viewers - FEW),
      { on: "ratio", atMost: 1.15 },
    ),
    row("time to the last viewer, with request and commit", "ms", ({ many }) => many.elapsedMs),
    row("CPU, with request and commit", "ms", ({ many }) => many.cpuMs),
    row("frames a viewer", "", ({ many }) => many.frames),
  ];
};
