/**
 * How often a running stack is looked at: a little faster while events flow, and rarely where AWS pushes what is new.
 */

/** Unix milliseconds of the newest push, and of the newest look that brought something. */
export type Pace = Readonly<{ pushedAt?: number; newsAt?: number }>;

/** So long after the newest push AWS counts as one that pushes, in milliseconds. */
const PUSHING_MS = 600_000;

/** Events flow for so long after the newest one, in milliseconds, and in periods. */
const FLOWING_MS = 30_000;
const FLOWING_PERIODS = 3;

/** Periods with push, while events flow and otherwise, in milliseconds. */
const SAFETY_MS = 10_000;
const SAFETY_AT_REST_MS = 30_000;

/** The fastest period; who sets more than the slowest one to be quickened wants it slow. Milliseconds. */
const FASTEST_MS = 1_000;
const QUICKENED_MS = 5_000;

/** Whether AWS pushes what is new. */
export const isPushing = ({ pushedAt = -Infinity }: Pace, now: number): boolean =>
  now - pushedAt < PUSHING_MS;

/** The period in milliseconds. `intervalMs`: as it is set; `isFree`: AWS allows much more than is asked for. */
export const paceMs = (intervalMs: number, pace: Pace, isFree: boolean, now: number): number => {
  const { newsAt = -Infinity } = pace;
  if (isPushing(pace, now))
    return Math.max(intervalMs, now - newsAt < FLOWING_MS ? SAFETY_MS : SAFETY_AT_REST_MS);
  const isFlowing = now - newsAt < FLOWING_PERIODS * intervalMs;
  return isFree && isFlowing && intervalMs <= QUICKENED_MS
    ? Math.min(intervalMs, Math.max(FASTEST_MS, intervalMs / 3))
    : intervalMs;
};
