/** What runs are sorted by in lists, apart from their status; without a schema, so that pages may have it. */

export const runKinds = ["running", "failed", "ended"] as const;

/** `failed`: also one that goes on though one of its stacks has failed. */
export type RunKind = (typeof runKinds)[number];
