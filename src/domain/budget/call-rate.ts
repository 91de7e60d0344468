/**
 * How many calls a second one AWS account and region takes, found out by asking: the rate grows while it is used and nothing
 * is refused, and is halved when anybody is throttled. AWS publishes no limit, and others use it, too.
 */

/** `ceiling`: calls a second at which the newest throttle came; near it the rate grows slowly. Times in unix milliseconds. */
export type CallRate = Readonly<{
  perSecond: number;
  updatedAt: number;
  ceiling?: number;
  halvedAt?: number;
}>;

/** Where the rate begins, in parts of the most that is allowed: 2 calls a second of 10. */
const FIRST = 0.2;

/** Calls a second below which the rate never falls: one look must go on. */
const LEAST = 0.5;

/** Growth each second: far from the ceiling in parts of the most that is allowed, near it in parts of the ceiling. */
const FAST = 0.05;
const SLOW = 0.003;

/** Share of the ceiling from which the rate grows slowly. */
const NEAR = 0.6;

/** Throttles within so many milliseconds are one: those who were throttled hold leases of the rate before. */
const ONE_THROTTLE_MS = 6_000;

/** A silence is not growth: at most so many milliseconds of it count. */
const MOST_GROWTH_MS = 10_000;

export const firstRate = (now: number, mostPerSecond: number): CallRate => ({
  perSecond: FIRST * mostPerSecond,
  updatedAt: now,
});

/** The rate that can be expected at a time if all of it is used and nobody is throttled. */
export const expectedRate = (rate: CallRate, at: number, mostPerSecond: number): number => {
  const seconds = Math.min(MOST_GROWTH_MS, Math.max(0, at - rate.updatedAt)) / 1000;
  const near = NEAR * (rate.ceiling ?? Infinity);
  const growth = FAST * mostPerSecond;
  const fast = Math.min(seconds, Math.max(0, near - rate.perSecond) / growth);
  const grown = rate.perSecond + fast * growth + (seconds - fast) * SLOW * (rate.ceiling ?? 0);
  return Math.min(mostPerSecond, Math.max(LEAST, grown));
};

/** The rate after time has passed in which it was all used, or was not. */
export const grownRate = (rate: CallRate, isUsed: boolean, now: number, mostPerSecond: number): CallRate => ({
  ...rate,
  perSecond: isUsed ? expectedRate(rate, now, mostPerSecond) : rate.perSecond,
  updatedAt: now,
});

/** The rate after somebody was throttled. */
export const halvedRate = (rate: CallRate, now: number): CallRate =>
  rate.halvedAt !== undefined && now - rate.halvedAt < ONE_THROTTLE_MS
    ? rate
    : {
        perSecond: Math.max(LEAST, rate.perSecond / 2),
        updatedAt: now,
        ceiling: rate.perSecond,
        halvedAt: now,
      };
