/** How much time lies between two moments, each an ISO 8601 text or milliseconds of the epoch. */

const millisecondsOf = (moment: string | number): number =>
  typeof moment === "number" ? moment : Date.parse(moment);

/** Seconds. Never negative: clocks that tell of one thing may differ. */
export const secondsBetween = (from: string | number, to: string | number): number =>
  Math.max(0, millisecondsOf(to) - millisecondsOf(from)) / 1000;
