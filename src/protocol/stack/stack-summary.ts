/** A stack as REST shows it: where its newest operation stands, and every resource of it. */
import * as z from "zod";
import {
  endingFacts,
  outcomes,
  phases,
  stackCountsSchema,
  stackFrameSchema,
  trackedResourceSchema,
  troubleFrameSchema,
} from "./stack-frames.ts";

/** Where the answer stands in the channel: resume from here. */
const position = {
  channel: z.string(),
  epoch: z.string(),
  offset: z.number().int().nonnegative(),
  floor: z.number().int().positive(),
};

export const stackSummarySchema = stackCountsSchema.extend({
  ...position,
  /** Absent: that of the Worker's own credentials. */
  account: z.string().optional(),
  region: z.string(),
  stackId: z.string(),
  phase: z.enum(phases),
  startedAt: z.string(),
  /** Time of the stack's last own event; present when it has come to rest. */
  endedAt: z.string().optional(),
  durationSeconds: z.number().optional(),
  outcome: z.enum(outcomes).optional(),
  outputs: z.record(z.string(), z.string()),
  /** Outputs that are not sent for want of room. */
  outputsOmitted: z.number().int().positive().optional(),
  ...endingFacts,
  /** Whether the stack is being polled now. */
  tracking: z.boolean(),
  viewers: z.number().int(),
  /** Channels of the deployments that it belongs to, as far as the token covers them. */
  deployments: z.array(z.string()).optional(),
  trouble: troubleFrameSchema.shape.error.optional(),
  resources: z.array(trackedResourceSchema),
});

export type StackSummary = Readonly<z.infer<typeof stackSummarySchema>>;

export const stackEventsSchema = z.object({
  ...position,
  events: z.array(stackFrameSchema),
  /** Whether events follow the last one given. */
  more: z.boolean(),
});

export type StackEvents = Readonly<z.infer<typeof stackEventsSchema>>;

export const trackingSchema = z.object({ ...position, tracking: z.boolean() });

export type Tracking = Readonly<z.infer<typeof trackingSchema>>;
