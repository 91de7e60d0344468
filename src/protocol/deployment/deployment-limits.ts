/** Bounds of what one deployment, and one request about it, may hold. */

/** Stacks of one deployment. */
export const MAX_STACKS = 500;

/** Events of one request. */
export const MAX_INGEST = 500;

/** Resources that a deployment names of what was left behind; each of its stacks names its own. */
export const MAX_LEFT = 100;
