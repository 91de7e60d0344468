/** What an idle viewer of a stack, or of a gateway, takes in memory, if it offers compression as every browser does, beside workerd's default. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Measure, Row, Surroundings } from "../measure.ts";
import { Orchestrator } from "../orchestrator.ts";
import type { ServerProcess } from "../servers/server-process.ts";
import { GATEWAY_PATH, trackPath } from "../servers/servers.ts";
import { median } from "../statistics.ts";

/** Joined before the first look at the memory: what is made once is not a viewer's. */
const FIRST = 50;

const SETTLING_MS = 1_500;

let runs = 0;

const kibAViewer = async (
  { load }: Surroundings,
  server: ServerProcess,
  place: Readonly<{ path: string; channel?: string }>,
  viewers: number,
): Promise<number> => {
  const group = `memory-${++runs}`;
  try {
    await load.connect(`${group}-first`, { ...place, port: server.port, count: FIRST, offersDeflate: true });
    await sleep(SETTLING_MS);
    const before = server.privateKib();
    await load.connect(group, { ...place, port: server.port, count: viewers, offersDeflate: true });
    await sleep(SETTLING_MS);
    return (server.privateKib() - before) / viewers;
  } finally {
    await server.stop();
    await load.close(group);
    await load.close(`${group}-first`);
  }
};

/** Browser-like viewers of a stack, and of a deployment, that wait: nothing is sent but the beginning. */
export const memory: Measure = async (surroundings) => {
  const { aws, servers, rounds, quick } = surroundings;
  const viewers = quick ? 300 : 3_000;
  const name = "memory";
  await aws.add(name, 30);
  const atStack: number[] = [];
  const atGateway: number[] = [];
  const theirs: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const product = await servers.product({ aws, pollSeconds: 3 });
    atStack.push(await kibAViewer(surroundings, product, { path: trackPath(name) }, viewers));
    const withGateway = await servers.product({ aws, pollSeconds: 3 });
    const orchestrator = new Orchestrator(withGateway);
    await orchestrator.begin();
    const place = { path: GATEWAY_PATH, channel: orchestrator.channel };
    atGateway.push(await kibAViewer(surroundings, withGateway, place, viewers));
    theirs.push(await kibAViewer(surroundings, await servers.bare("default"), { path: "/" }, viewers));
  }
  const row = (where: string, ours: readonly number[]): Row => ({
    what: `memory of an idle browser-like viewer ${where}, of ${viewers}`,
    unit: "KiB",
    value: median(ours),
    baseline: { name: "bare, workerd's default", value: median(theirs) },
    aim: { on: "ratio", atMost: 0.35 },
  });
  return [row("of a stack", atStack), row("of a gateway", atGateway)];
};
