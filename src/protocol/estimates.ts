/** How good the estimates of past runs were: what was predicted on the way, beside what came. */
import * as z from "zod";
import { estimateSchema } from "./estimate.ts";

const seconds = z.number().nonnegative();

const predictionSchema = z.object({
  /** How much of the time was over, in percent. */
  percent: z.number().int().min(1).max(99),
  remainingSeconds: estimateSchema.shape.remainingSeconds,
  basis: estimateSchema.shape.basis,
  /** How much longer it took indeed. */
  actualSeconds: seconds,
  /** Whether it ended within the range; absent: no range was given. */
  held: z.boolean().optional(),
});

export type Prediction = Readonly<z.infer<typeof predictionSchema>>;

const estimatedRunSchema = z.object({
  /** Of a deployment. */
  run: z.number().int().positive().optional(),
  /** What was estimated: the way there, the way back, or a deletion; a clean-up afterwards does not count. */
  phase: z.enum(["forward", "rollback", "delete"]),
  startTime: z.string(),
  endTime: z.string(),
  durationSeconds: seconds,
  /** How it ended. */
  status: z.string(),
  /** It ended as it was to: nobody can know in advance when something fails or is called off. */
  counts: z.boolean(),
  predictions: z.array(predictionSchema),
});

export type EstimatedRun = Readonly<z.infer<typeof estimatedRunSchema>>;

export const estimatesSchema = z.object({
  /** Newest first. */
  runs: z.array(estimatedRunSchema),
  /** Of the newest that count, those that were estimated, and those of them that ended within the range given half-way. */
  estimatedRuns: z.number().int().nonnegative(),
  heldRuns: z.number().int().nonnegative(),
  /** Share of all predictions whose range held; absent: nothing was predicted. */
  coverage: z.number().min(0).max(1).optional(),
  /** Median of how far off the predictions were, as a share of the whole time. */
  medianError: seconds.optional(),
});

export type Estimates = Readonly<z.infer<typeof estimatesSchema>>;
