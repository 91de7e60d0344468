/**
 * How long to wait before trying again: exponential, and with full jitter where many may have lost contact at once, so that
 * they do not return at once.
 */

/** Bounds in milliseconds. */
export type Backoff = Readonly<{ baseMs: number; maxMs: number }>;

/** Milliseconds before the next attempt; `failures` counts from 0, `random` lies in [0, 1), or is 1 for no jitter. */
export const backoffMs = (failures: number, random: number, { baseMs, maxMs }: Backoff): number =>
  random * Math.min(maxMs, baseMs * 2 ** failures);
