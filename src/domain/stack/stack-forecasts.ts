/** What the estimate of a stack's operation has said so far, and what came of it. */
import type { EstimatedRun } from "../../protocol/estimates.ts";
import type { StackComplete } from "../../protocol/stack/stack-frames.ts";
import { estimateAt } from "../estimate/estimate.ts";
import { estimatedRunOf, withForecast, type Forecasts } from "../estimate/forecasts.ts";
import { rootOf, type StackState } from "./stack-state.ts";
import { isUnderWay } from "./statuses.ts";

/** `now`: in milliseconds of the epoch. */
export const forecastsAfter = (
  known: Forecasts | undefined,
  state: StackState,
  now: number,
): Forecasts | undefined => {
  const root = rootOf(state);
  const { attempt } = state;
  if (!root || !attempt) return undefined;
  const { kind, phase, phaseAt } = root;
  // The update itself is done: nothing is estimated of what it cleans up.
  if (phase === "cleanup") return known && { ...known, until: known.until ?? phaseAt };
  if (!isUnderWay(root)) return known;
  const part =
    phase === "rollback"
      ? ({ phase, since: phaseAt } as const)
      : ({ phase: kind === "delete" ? "delete" : "forward", since: attempt.startedAt } as const);
  return withForecast(known, part, attempt.estimate && estimateAt(attempt.estimate, now), now);
};

const COUNTED: Readonly<Record<EstimatedRun["phase"], readonly string[]>> = {
  forward: ["deployed", "deployed_with_orphans"],
  rollback: ["rolled_back"],
  delete: ["deleted"],
};

/** What the frame of an end makes of what was said before. */
export const estimatedOperationOf = (
  forecasts: Forecasts,
  { outcome, timestamp }: Pick<StackComplete, "outcome" | "timestamp">,
): EstimatedRun =>
  estimatedRunOf(forecasts, {
    end: timestamp,
    status: outcome,
    counts: COUNTED[forecasts.phase].includes(outcome),
  });
