/** The handle of the process that stands for the viewers. */
import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";
import { startHelper } from "../helper-process.ts";
import { groupCountsSchema, type GroupCounts, type GroupOptions, type LoadRequest } from "./load-requests.ts";

const nothing = z.undefined();

/** Viewers that opted in, read, and acknowledge as they should, unless it is said otherwise. */
const USUAL = {
  optsIn: true,
  offersDeflate: false,
  acknowledges: true,
  reads: true,
  measuresLatency: false,
  keepsText: false,
  awaitsBatches: false,
} as const;

type ConnectOptions = Pick<GroupOptions, "port" | "path" | "count"> & Partial<GroupOptions>;

export type Load = Readonly<{
  /** Resolves when all are open. */
  connect(group: string, options: ConnectOptions): Promise<void>;
  /** All viewers of the group subscribe, at once. The answer is the moment before, in `monotonicMs`. */
  subscribe(group: string, channel: string): Promise<number>;
  /** Counts again, and waits for so many frames at each viewer. */
  expect(group: string, frames: number): Promise<void>;
  /** The moment, in `monotonicMs`, at which the last viewer had all that was expected. */
  complete(group: string): Promise<number>;
  /** Resolves when nothing has come for a while. */
  silence(group: string, milliseconds: number): Promise<void>;
  counts(group: string): Promise<GroupCounts>;
  latencies(group: string): Promise<number[]>;
  close(group: string): Promise<void>;
  stop(): void;
}>;

/** No broadcast of a benchmark takes this long, in milliseconds: something is wrong. */
const PATIENCE = 60_000;

/** Starts it. */
export const startLoad = (): Load => {
  const helper = startHelper<LoadRequest>(import.meta.resolve("./load-generator.ts"));
  const counts = (group: string) => helper.ask({ do: "counts", group }, groupCountsSchema);
  return {
    counts,
    connect: (group, options) =>
      helper.ask({ do: "connect", group, options: { ...USUAL, ...options } }, nothing),
    subscribe: (group, channel) => helper.ask({ do: "subscribe", group, channel }, z.number()),
    expect: (group, frames) => helper.ask({ do: "expect", group, frames }, nothing),
    complete: async (group) => {
      const late = new AbortController();
      const arrived = helper.ask({ do: "await", group }, z.number());
      const overdue = sleep(PATIENCE, undefined, { signal: late.signal });
      const done = await Promise.race([arrived, overdue.catch(() => undefined)]);
      late.abort();
      if (done === undefined)
        throw new Error(`${group}: frames are missing: ${JSON.stringify(await counts(group))}`);
      return done;
    },
    silence: async (group, milliseconds) => {
      for (let before = -1; ;) {
        const { frames } = await counts(group);
        if (frames === before) return;
        before = frames;
        await sleep(milliseconds);
      }
    },
    latencies: (group) => helper.ask({ do: "latencies", group }, z.array(z.number())),
    close: (group) => helper.ask({ do: "close", group }, nothing),
    stop: () => helper.stop(),
  };
};
