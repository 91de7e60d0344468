/** How far a deployment and its stacks are, reported now and then: no offset, never replayed, and lost without harm. */
import * as z from "zod";
import { estimateSchema } from "../estimate.ts";

const transient = <Type extends string, Data extends z.ZodType>(type: Type, data: Data) =>
  z.object({
    type: z.literal(type),
    timestamp: z.string(),
    data,
    channel: z.string(),
    /** Offset of the newest event that is taken into account. */
    asOf: z.number().int().nonnegative(),
  });

const deployment = { deploymentId: z.string(), environment: z.string() };
const percent = z.number().min(0).max(100);

export const transientFrameSchema = z.discriminatedUnion("type", [
  transient(
    "deployment_progress",
    z.object({
      ...deployment,
      progressPercent: percent,
      deployedStacks: z.number().int().nonnegative(),
      currentLayer: z.number().int().positive().optional(),
      currentStack: z.string().optional(),
      estimatedTimeRemaining: z.number().nonnegative().optional(),
      estimate: estimateSchema.optional(),
    }),
  ),
  transient(
    "stack_progress",
    z.object({
      ...deployment,
      stack: z.string(),
      progressPercent: percent,
      currentResource: z.string().optional(),
      message: z.string().optional(),
      estimate: estimateSchema.optional(),
    }),
  ),
]);
