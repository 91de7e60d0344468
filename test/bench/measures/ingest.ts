/** Events a second that one orchestrator gets accepted, request by request, beside an object that only keeps them. */
import type { Measure, Row } from "../measure.ts";
import { monotonicMs } from "../monotonic.ts";
import { Orchestrator } from "../orchestrator.ts";
import type { ServerProcess } from "../servers/server-process.ts";
import { median } from "../statistics.ts";

type Size = Readonly<{ batch: number; requests: number }>;

const WHOLE: readonly Size[] = [
  { batch: 1, requests: 1_000 },
  { batch: 100, requests: 50 },
  { batch: 500, requests: 20 },
];

const QUICK: readonly Size[] = [
  { batch: 1, requests: 300 },
  { batch: 100, requests: 20 },
  { batch: 500, requests: 8 },
];

/** Sent before the measured requests: what is compiled and opened once is no event's. */
const WARM_UP = 5;

type Cost = Readonly<{ perSecond: number; cpuUs: number }>;

const costOf = async (
  server: ServerProcess,
  { batch, requests }: Size,
  send: (events: ReturnType<Orchestrator["resourceEvents"]>) => Promise<unknown>,
  orchestrator: Orchestrator,
): Promise<Cost> => {
  for (let n = 0; n < WARM_UP; n++) await send(orchestrator.resourceEvents(batch));
  const bodies = Array.from({ length: requests }, () => orchestrator.resourceEvents(batch));
  const cpuBefore = server.cpuMs();
  const before = monotonicMs();
  for (const events of bodies) await send(events);
  const elapsed = monotonicMs() - before;
  const events = batch * requests;
  return { perSecond: (events * 1000) / elapsed, cpuUs: ((server.cpuMs() - cpuBefore) * 1000) / events };
};

const keep = async (server: ServerProcess, events: readonly object[]): Promise<void> => {
  const answer = await fetch(`${server.url}/rows`, { method: "POST", body: JSON.stringify(events) });
  if (!answer.ok) throw new Error(`rows: ${answer.status}`);
};

/** A deployment of twelve stacks, nobody watching. */
export const ingest: Measure = async ({ aws, servers, rounds, quick }) => {
  const sizes = quick ? QUICK : WHOLE;
  const ours = new Map<number, Cost[]>(sizes.map(({ batch }) => [batch, []]));
  const theirs = new Map<number, Cost[]>(sizes.map(({ batch }) => [batch, []]));
  for (let round = 0; round < rounds; round++) {
    for (const size of sizes) {
      const product = await servers.product({ aws, pollSeconds: 3 });
      try {
        const orchestrator = new Orchestrator(product);
        await orchestrator.begin();
        const cost = await costOf(product, size, (events) => orchestrator.post(events), orchestrator);
        ours.get(size.batch)?.push(cost);
      } finally {
        await product.stop();
      }
      const bare = await servers.bare("product's");
      try {
        const cost = await costOf(bare, size, (events) => keep(bare, events), new Orchestrator(bare));
        theirs.get(size.batch)?.push(cost);
      } finally {
        await bare.stop();
      }
    }
  }
  const of = (costs: readonly Cost[] = [], part: keyof Cost): number =>
    median(costs.map((cost) => cost[part]));
  return sizes.flatMap(({ batch }): Row[] => {
    const row = (what: string, unit: string, part: keyof Cost): Row => ({
      what: `ingest in batches of ${batch}: ${what}`,
      unit,
      value: of(ours.get(batch), part),
      baseline: { name: "bare, a row an event", value: of(theirs.get(batch), part) },
    });
    return [row("events a second", "", "perSecond"), row("CPU an event", "µs", "cpuUs")];
  });
};
