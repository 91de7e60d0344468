/** How often all stacks of a region are listed: at most 0.15 calls a second, whoever wants it how often. */

/** Stacks of one page of DescribeStacks. */
const PAGE = 100;

/** Milliseconds a page: 0.15 calls a second, and a little less. */
const PAGE_MS = 6_700;

/** How often an observed region is listed, in milliseconds. */
export const OBSERVED_MS = 15_000;

/** Calls that a list of so many stacks takes. */
export const pagesOf = (stacks: number): number => Math.max(1, Math.ceil(stacks / PAGE));

/** Milliseconds that a list serves, where it is wanted so often and the region had so many stacks. */
export const sweepPeriodMs = (wantedMs: number, stacks: number): number =>
  Math.max(wantedMs, pagesOf(stacks) * PAGE_MS);
