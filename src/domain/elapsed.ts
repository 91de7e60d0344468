/** How much time lies between two moments that ISO 8601 texts tell. */

/** Seconds. Never negative: clocks that tell of one thing may differ. */
export const secondsBetween = (from: string, to: string): number =>
  Math.max(0, Date.parse(to) - Date.parse(from)) / 1000;
