/** That something takes longer than it does usually, or is stuck: since when, how long it takes usually, and what can be done. */
import * as z from "zod";

const seconds = z.number().nonnegative();

const range = z.object({ p50: seconds, p90: seconds });

/** What is known of a way of being stuck, or of what only looks like it. */
export const adviceSchema = z.object({ code: z.string(), text: z.string(), url: z.string() });

export type Advice = Readonly<z.infer<typeof adviceSchema>>;

const lightKinds = ["slow", "stuck"] as const;

export type LightKind = (typeof lightKinds)[number];

/** What is reported of what takes long. */
export const lightFacts = {
  elapsedSeconds: seconds,
  /** How long it takes usually, and nearly always. */
  typicalSeconds: range,
  /** After so many seconds it counts as stuck; absent: nobody can tell. */
  stuckAfterSeconds: seconds.optional(),
  /** ISO 8601 UTC: when it fails by itself, if it does not end before. */
  failsAt: z.string().optional(),
  /** What CloudFormation rolls back once it fails, or is cancelled: how many resources, and how long that takes. */
  rollback: z.object({ resources: z.number().int().nonnegative(), seconds: range.optional() }).optional(),
  advice: adviceSchema.optional(),
};

/** As it stands beside its resource. */
export const lightSchema = z.object({ kind: z.enum(lightKinds), at: z.string(), ...lightFacts });

export type Light = Readonly<z.infer<typeof lightSchema>>;
