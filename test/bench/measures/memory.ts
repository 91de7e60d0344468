/** What an idle viewer takes in memory, if it offers compression as every browser does, beside workerd's default. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Measure, Surroundings } from "../measure.ts";
import type { ServerProcess } from "../servers/server-process.ts";
import { trackPath } from "../servers/servers.ts";
import { median } from "../statistics.ts";

/** Joined before the first look at the memory: what is made once is not a viewer's. */
const FIRST = 50;

const SETTLING_MS = 1_500;

let runs = 0;

const kibAViewer = async (
  { load }: Surroundings,
  server: ServerProcess,
  path: string,
  viewers: number,
): Promise<number> => {
  const group = `memory-${++runs}`;
  try {
    await load.connect(`${group}-first`, { port: server.port, path, count: FIRST, offersDeflate: true });
    await sleep(SETTLING_MS);
    const before = server.privateKib();
    await load.connect(group, { port: server.port, path, count: viewers, offersDeflate: true });
    await sleep(SETTLING_MS);
    return (server.privateKib() - before) / viewers;
  } finally {
    await server.stop();
    await load.close(group);
    await load.close(`${group}-first`);
  }
};

/** Browser-like viewers of a stack that waits: nothing is sent. */
export const memory: Measure = async (surroundings) => {
  const { aws, servers, rounds, quick } = surroundings;
  const viewers = quick ? 300 : 3_000;
  const name = "memory";
  await aws.add(name, 30);
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const product = await servers.product({ aws, pollSeconds: 3 });
    ours.push(await kibAViewer(surroundings, product, trackPath(name), viewers));
    theirs.push(await kibAViewer(surroundings, await servers.bare("default"), "/", viewers));
  }
  return [
    {
      what: `memory of an idle browser-like viewer, of ${viewers}`,
      unit: "KiB",
      value: median(ours),
      baseline: { name: "bare, workerd's default", value: median(theirs) },
      aim: { on: "ratio", atMost: 0.35 },
    },
  ];
};
