/** What is said beside an estimate: how good it has been so far, and how long the way back would take. */
import type { Estimate } from "../../protocol/estimate.ts";
import type { Estimates } from "../../protocol/estimates.ts";
import { rangeText } from "./estimate-words.ts";

/** `the last 12 runs ended inside the range in 10`; undefined: none has been estimated. */
export const recordText = ({
  estimatedRuns: runs,
  heldRuns: held,
}: Pick<Estimates, "estimatedRuns" | "heldRuns">): string | undefined => {
  if (runs === 0) return undefined;
  if (runs === 1) return `the last run ended ${held === 1 ? "inside" : "outside"} the range`;
  return `the last ${runs} runs ended inside the range in ${held === runs ? "all" : held}`;
};

/** `if it fails now, back in about 6 min`; undefined: nobody knows. */
export const wayBackText = ({ rollbackSeconds }: Pick<Estimate, "rollbackSeconds">): string | undefined =>
  rollbackSeconds &&
  `if it fails now, back in about ${rangeText({ p50: rollbackSeconds.p50, p90: rollbackSeconds.p50 })}`;
