/**
 * How long something takes, as quantiles at fixed levels, and what is left of it once some time has passed. What is left is
 * the rest of the durations that are longer than that: it never falls below zero.
 */

/** What is done to a resource. */
export type Verb = "create" | "update" | "delete";

/** Where durations come from: successes of this account, the table of types, or nothing but a guess. */
export type Basis = "history" | "typical" | "pace";

export type Durations = Readonly<{
  /** Seconds at each of `LEVELS`, never falling. */
  quantiles: readonly number[];
  basis: Basis;
  /** How many successes it was learned from; 0: none of this account. */
  sample: number;
}>;

/** A time as a range. `spread` is the distance from the median to the ninth decile. */
export type DurationRange = Readonly<{ p50: number; spread: number }>;

export const NOTHING: DurationRange = { p50: 0, spread: 0 };

export const LEVELS = [0, 0.1, 0.25, 0.5, 0.75, 0.9, 0.97, 1] as const;

/**
 * Deviations at each of `LEVELS`: as a normal distribution's at its middle and at its ninth decile, closer around the middle and
 * with longer ends, as durations of one type are.
 */
const NORMAL = [-2.2, -1.2, -0.5, 0, 0.5, 1.2816, 1.9, 2.8] as const;

/** Durations that are log-normal, as those of control planes are. */
export const durationsBetween = (p50: number, p90: number, basis: Basis, sample = 0): Durations => {
  const median = Math.max(0.1, p50);
  const sigma = Math.log(Math.max(p90, median * 1.08, median + 0.5) / median) / 1.2816;
  return { quantiles: NORMAL.map((z) => median * Math.exp(z * sigma)), basis, sample };
};

/** Seconds at a level between 0 and 1. */
export const quantileOf = ({ quantiles }: Durations, level: number): number => {
  for (let index = 1; index < LEVELS.length; index += 1) {
    const [low, high] = [LEVELS[index - 1]!, LEVELS[index]!];
    if (level > high) continue;
    const [from, to] = [quantiles[index - 1]!, quantiles[index]!];
    return from + ((to - from) * Math.max(0, level - low)) / (high - low);
  }
  return quantiles.at(-1)!;
};

/** The share of durations that are over after so many seconds. */
const shareOver = ({ quantiles }: Durations, seconds: number): number => {
  if (seconds <= quantiles[0]!) return 0;
  for (let index = 1; index < LEVELS.length; index += 1) {
    const [from, to] = [quantiles[index - 1]!, quantiles[index]!];
    if (seconds >= to) continue;
    const [low, high] = [LEVELS[index - 1]!, LEVELS[index]!];
    return low + ((high - low) * (seconds - from)) / (to - from);
  }
  return 1;
};

/** Seconds that are left at a level, after some have passed; undefined: it has never taken so long. */
export const restAfter = (durations: Durations, elapsed: number, level: number): number | undefined => {
  const over = shareOver(durations, elapsed);
  if (over >= 1) return undefined;
  return Math.max(0, quantileOf(durations, over + level * (1 - over)) - elapsed);
};

/** Of `count` that run beside each other the last one is waited for. They share much, so that they count as fewer. */
export const levelOfLast = (level: number, count: number): number => level ** (1 / Math.max(1, count ** 0.5));

/** One after the other: what is uncertain of each evens out in part. */
export const inTurn = (one: DurationRange, other: DurationRange): DurationRange => ({
  p50: one.p50 + other.p50,
  spread: Math.hypot(one.spread, other.spread),
});

/** Beside each other. */
export const besides = (one: DurationRange, other: DurationRange): DurationRange => {
  if (one.p50 === 0) return other;
  if (other.p50 === 0) return one;
  const p50 = Math.max(one.p50, other.p50);
  return { p50, spread: Math.max(one.p50 + one.spread, other.p50 + other.spread) - p50 };
};

/** The whole of it, of `count` that run beside each other. */
export const wholeOf = (durations: Durations, count = 1): DurationRange => {
  const p50 = quantileOf(durations, levelOfLast(0.5, count));
  return { p50, spread: Math.max(0, quantileOf(durations, levelOfLast(0.9, count)) - p50) };
};
