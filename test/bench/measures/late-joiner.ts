/**
 * What it costs to come late to a deployment: from the subscription to the end of the one snapshot, alone and with 500
 * at once, by how much has happened before.
 */
import type { Measure, Row, Surroundings } from "../measure.ts";
import { Orchestrator } from "../orchestrator.ts";
import type { ServerProcess } from "../servers/server-process.ts";
import { GATEWAY_PATH } from "../servers/servers.ts";
import { median } from "../statistics.ts";

/** Events before, in deployments of the same twelve stacks. */
const FEW = 50;
const SOME = 1_000;
const MANY = 5_000;

/** Who joins gets `subscribed`, then the snapshot. */
const FRAMES = 2;

type Joining = Readonly<{ bytes: number; aloneMs: number; togetherMs: number; cpuMs: number }>;

let groups = 0;

/** `count` viewers subscribe at once; until the last one has all. */
const join = async (
  { load }: Surroundings,
  server: ServerProcess,
  channel: string,
  count: number,
): Promise<Readonly<{ elapsedMs: number; cpuMs: number; bytes: number }>> => {
  const group = `late-${++groups}`;
  await load.connect(group, { port: server.port, path: GATEWAY_PATH, count });
  await load.expect(group, FRAMES);
  const cpuBefore = server.cpuMs();
  const asked = await load.subscribe(group, channel);
  const elapsedMs = (await load.complete(group)) - asked;
  const cpuMs = (server.cpuMs() - cpuBefore) / count;
  const { frames, bytes } = await load.counts(group);
  await load.close(group);
  if (frames !== FRAMES * count) throw new Error(`${frames} frames for ${count} who joined`);
  return { elapsedMs, cpuMs, bytes: bytes / count };
};

const joiningOf = async (
  surroundings: Surroundings,
  server: ServerProcess,
  channel: string,
): Promise<Joining> => {
  const { quick } = surroundings;
  // The first makes the text that all others get.
  await join(surroundings, server, channel, 1);
  const alone: number[] = [];
  for (let n = 0; n < (quick ? 11 : 31); n++)
    alone.push((await join(surroundings, server, channel, 1)).elapsedMs);
  const together = await join(surroundings, server, channel, quick ? 200 : 500);
  return {
    bytes: together.bytes,
    aloneMs: median(alone),
    togetherMs: together.elapsedMs,
    cpuMs: together.cpuMs,
  };
};

/** Deployments with 50, 1,000 and 5,000 events. */
export const lateJoiner: Measure = async (surroundings) => {
  const { aws, servers, rounds, quick } = surroundings;
  const all = new Map<number, Joining[]>([FEW, SOME, MANY].map((events) => [events, []]));
  for (let round = 0; round < rounds; round++) {
    const server = await servers.product({ aws, pollSeconds: 3 });
    try {
      for (const [events, joinings] of all) {
        const orchestrator = new Orchestrator(server);
        await orchestrator.reach(events);
        joinings.push(await joiningOf(surroundings, server, orchestrator.channel));
      }
    } finally {
      await server.stop();
    }
  }
  const of = (events: number, part: keyof Joining): number =>
    median((all.get(events) ?? []).map((joining) => joining[part]));
  const row = (what: string, unit: string, part: keyof Joining, before = FEW): Row => ({
    what: `late joiner, ${MANY} events: ${what}`,
    unit,
    value: of(MANY, part),
    baseline: { name: `of ${before}`, value: of(before, part) },
    ...(before === FEW && { aim: { on: "ratio", atMost: 2 } }),
  });
  const together = quick ? 200 : 500;
  return [
    row("time, alone", "ms", "aloneMs"),
    row("bytes", "B", "bytes"),
    row("bytes, once the stacks have long logs", "B", "bytes", SOME),
    row(`time for ${together} at once`, "ms", "togetherMs"),
    row(`CPU for each of ${together} at once`, "ms", "cpuMs"),
  ];
};
