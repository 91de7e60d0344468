/** Bounds of what one deployment, and one request about it, may hold. */

/** Stacks of one deployment. */
export const MAX_STACKS = 500;

/** Events of one request. */
export const MAX_INGEST = 500;
