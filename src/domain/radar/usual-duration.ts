/** How long a stack's operations usually take: learnt from those of the same kind that succeeded. */

/** Newest operations of a kind that are remembered. */
export const REMEMBERED = 15;

/** Fewer say nothing of what is usual. */
const LEAST = 2;

/** The kind of a stack's newest operation; undefined: it is rolled back, or none that can be compared. */
export const operationKindOf = (status: string): string | undefined =>
  /^(CREATE|UPDATE|DELETE|IMPORT)_(?:IN_PROGRESS|COMPLETE|COMPLETE_CLEANUP_IN_PROGRESS)$/.exec(status)?.[1];

/** Whether an operation ended as it was meant to, so that its duration tells something. */
export const isLearntFrom = (status: string): boolean =>
  /^(CREATE|UPDATE|DELETE|IMPORT)_COMPLETE$/.test(status);

/** The median; undefined: too little is known. */
export const usualSecondsOf = (seconds: readonly number[]): number | undefined => {
  if (seconds.length < LEAST) return undefined;
  const sorted = seconds.toSorted((one, other) => one - other);
  const middle = sorted.length / 2;
  const low = sorted[Math.ceil(middle) - 1] ?? 0;
  const high = sorted[Math.floor(middle)] ?? low;
  return (low + high) / 2;
};
