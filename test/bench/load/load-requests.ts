/** What the benchmarks ask of the process that stands for the viewers. */
import * as z from "zod";

const groupOptionsSchema = z.object({
  port: z.number(),
  path: z.string(),
  count: z.number(),
  optsIn: z.boolean(),
  offersDeflate: z.boolean(),
  /** Sends the acks of the protocol. */
  acknowledges: z.boolean(),
  /** Reads what comes; a viewer that does not lets its connection fill up. */
  reads: z.boolean(),
  /** Looks for moments in the events. */
  measuresLatency: z.boolean(),
  /** Keeps the newest frame's text. */
  keepsText: z.boolean(),
  /** Waits for batches only, whatever else comes. */
  awaitsBatches: z.boolean(),
  /** What each viewer subscribes to as soon as it is open. */
  channel: z.string().optional(),
});

export type GroupOptions = z.infer<typeof groupOptionsSchema>;

const group = z.string();

export const requestSchema = z.discriminatedUnion("do", [
  /** Answered when all are open. */
  z.object({ do: z.literal("connect"), group, options: groupOptionsSchema }),
  /** All subscribe, at once; answered with the moment before. */
  z.object({ do: z.literal("subscribe"), group, channel: z.string() }),
  /** Counts again, and waits for so many frames at each viewer. */
  z.object({ do: z.literal("expect"), group, frames: z.number() }),
  /** Answered with the moment at which the last viewer had all that was expected. */
  z.object({ do: z.literal("await"), group }),
  z.object({ do: z.literal("counts"), group }),
  z.object({ do: z.literal("latencies"), group }),
  z.object({ do: z.literal("close"), group }),
]);

export type LoadRequest = z.infer<typeof requestSchema>;

export const groupCountsSchema = z.object({
  frames: z.number(),
  bytes: z.number(),
  open: z.number(),
  lastText: z.string(),
});

/** Text frames and their bytes since the last `expect`, over all viewers; how many are still connected. */
export type GroupCounts = z.infer<typeof groupCountsSchema>;
