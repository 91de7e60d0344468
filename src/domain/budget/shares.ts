/**
 * Shares of the calls that an account and region takes: each who looks again and again gets the shortest period that all
 * together can have. More urgent looks come a little more often, and nobody starves for them.
 */

/** What a look is for, the most urgent first. */
export type LookClass = "operating" | "watched" | "failing" | "running" | "waiting";

const URGENCY: Record<LookClass, number> = { operating: 0, watched: 1, failing: 2, running: 3, waiting: 4 };

export const isMoreUrgent = (one: LookClass, other: LookClass): boolean => URGENCY[one] < URGENCY[other];

/** `callsPerLook` on average; `wantedMs`: the period that it would have if there were no limit, in milliseconds. */
export type Sharer = Readonly<{ kind: LookClass; wantedMs: number; callsPerLook: number }>;

/**
 * A period in parts of the one of a look that is not urgent. With all others at the smallest part, that one is 1.34 times
 * as long as if all were equal: never more than half as long again.
 */
const PART: Record<LookClass, number> = {
  operating: 0.75,
  watched: 0.8,
  failing: 0.9,
  running: 1,
  waiting: 1,
};

/** Milliseconds between two looks of a sharer, where one that is not urgent waits `baseMs`. */
export const periodOf = ({ kind, wantedMs }: Sharer, baseMs: number): number =>
  Math.max(wantedMs, baseMs * PART[kind]);

/** Calls a second that all make together. */
const callsOf = (sharers: readonly Sharer[], baseMs: number): number =>
  sharers.reduce((sum, sharer) => sum + (1000 * sharer.callsPerLook) / periodOf(sharer, baseMs), 0);

/** The smallest period, in milliseconds, at which all together keep within `perSecond`; 0: each has what it wants. */
export const basePeriodMs = (sharers: readonly Sharer[], perSecond: number): number => {
  if (callsOf(sharers, 0) <= perSecond) return 0;
  // At this one the least urgent alone would keep within it.
  let high = (1000 * sharers.reduce((sum, { callsPerLook }) => sum + callsPerLook, 0)) / perSecond / 0.75;
  let low = 0;
  for (let step = 0; step < 20; step += 1) {
    const middle = (low + high) / 2;
    if (callsOf(sharers, middle) > perSecond) low = middle;
    else high = middle;
  }
  return high;
};
