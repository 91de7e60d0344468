/**
 * Ends outside of Stackcast that many of its objects hand things on to. One that refuses is known once for the whole
 * install: who has something for it waits, and hears when to try again.
 */
export type FarEnd = "audit" | "logs" | "mail";

/** What came of trying again. `idle`: there was nothing to hand on. */
export type TriedAgain = "taken" | "refused" | "idle";

/** A far end that refuses. `since`: Unix milliseconds; `waiting`: objects that have something for it. */
export type Refusing = Readonly<{ farEnd: FarEnd; code: string; since: number; waiting: number }>;
