/** What the benchmarks ask of the process that stands for AWS. */
import * as z from "zod";

const name = z.string();
const names = z.array(name);

export const requestSchema = z.discriminatedUnion("do", [
  z.object({ do: z.literal("listen") }),
  z.object({
    do: z.literal("add"),
    name,
    past: z.number(),
    resources: z.number(),
    reasonBytes: z.number(),
  }),
  /** More events become visible, all at once. */
  z.object({ do: z.literal("reveal"), name, count: z.number() }),
  /** From now on every look at a stack's first page finds so many more events, a fraction on average, up to `most`. */
  z.object({ do: z.literal("flow"), names, perLook: z.number(), most: z.number() }),
  /** Events at random moments; answered when it is over. */
  z.object({ do: z.literal("stream"), names, perSecond: z.number(), seconds: z.number() }),
  z.object({ do: z.literal("finish"), names }),
  z.object({ do: z.literal("delay"), milliseconds: z.number() }),
  /** When the newest events were first handed out. */
  z.object({ do: z.literal("served"), name }),
  /** The calls since it was asked last. */
  z.object({ do: z.literal("take-counts") }),
]);

export type FakeAwsRequest = z.infer<typeof requestSchema>;

export const countsSchema = z.object({ looks: z.number(), furtherPages: z.number(), others: z.number() });

/** Calls of DescribeStackEvents for a first page, for further ones, and calls of other actions. */
export type Counts = z.infer<typeof countsSchema>;
