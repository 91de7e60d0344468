/** How long to wait before trying again: exponential with full jitter, so that many who lost contact at once do not return at once. */

/** Bounds in milliseconds. */
export type Backoff = Readonly<{ baseMs: number; maxMs: number }>;

export const BACKOFF: Backoff = { baseMs: 500, maxMs: 30_000 };

/** Milliseconds before the next attempt; `failures` counts from 0, `random` lies in [0, 1). */
export const backoffMs = (failures: number, random: number, { baseMs, maxMs }: Backoff = BACKOFF): number =>
  random * Math.min(maxMs, baseMs * 2 ** failures);
