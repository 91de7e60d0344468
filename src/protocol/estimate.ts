/** How much longer something takes: a range from the median to the ninth decile, and what it is based on. */
import * as z from "zod";

const seconds = z.object({ p50: z.number().nonnegative(), p90: z.number().nonnegative() });

export const estimateSchema = z.object({
  /** Absent where it is overdue: nobody knows, and no number is given. */
  remainingSeconds: seconds.optional(),
  /** ISO 8601 UTC. */
  endsAt: z.object({ p50: z.string(), p90: z.string() }).optional(),
  /**
   * `history`: what this account has seen; `typical`: the table of types; `pace`: this run alone; `overdue`: it takes longer
   * than it ever has.
   */
  basis: z.enum(["history", "typical", "pace", "overdue"]),
  /** Successes that it was learned from. */
  sample: z.number().int().nonnegative(),
  /** How long that takes usually for which the whole waits; reported where it is overdue. */
  usualSeconds: seconds.optional(),
  /** How long the way back takes if it fails now, or is cancelled; absent: nothing would be rolled back, or nobody knows. */
  rollbackSeconds: seconds.optional(),
});

export type Estimate = Readonly<z.infer<typeof estimateSchema>>;
