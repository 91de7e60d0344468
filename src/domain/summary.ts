/** A stack's state as REST shows it. */
import type { StackSummary } from "../protocol/stack-summary.ts";
import { causeOf, countsOf, secondsBetween } from "./frames.ts";
import { resourceKeyOf, rootOf, type StackState } from "./stack-state.ts";
import { outcomeOf } from "./statuses.ts";
import { tallyOf } from "./tally.ts";

/** What follows from the state alone. */
export type StateSummary = Omit<
  StackSummary,
  "channel" | "epoch" | "offset" | "floor" | "region" | "tracking" | "viewers" | "trouble"
>;

/** Undefined as long as AWS has shown no such stack. */
export const summaryOf = (state: StackState): StateSummary | undefined => {
  const root = rootOf(state);
  const { attempt } = state;
  if (!root || !attempt) return undefined;
  const outcome = attempt.outputs && outcomeOf(root.status, attempt.orphans);
  const cause = causeOf(attempt, outcome);
  return {
    ...countsOf(root, attempt, tallyOf(state.resources, state.followed, root.phase)),
    stackId: root.stackId,
    phase: root.phase,
    startedAt: attempt.startedAt,
    ...(outcome && {
      endedAt: root.statusAt,
      durationSeconds: secondsBetween(attempt.startedAt, root.statusAt),
      outcome,
    }),
    outputs: { ...attempt.outputs },
    ...(cause && { cause }),
    resources: [...begunResources(state), ...plannedResources(state)],
  };
};

const begunResources = (state: StackState): StackSummary["resources"] =>
  [...state.resources.values()].map(
    ({ logicalId, type, status, physicalId, reason, path, stackId, startedAt, updatedAt }) => ({
      logicalId,
      type,
      status,
      physicalId,
      reason,
      path,
      stackId,
      startedAt,
      updatedAt,
    }),
  );

/** What the operation has yet to begin: of no status, as AWS gives it none. */
const plannedResources = (state: StackState): StackSummary["resources"] =>
  [...state.followed.values()].flatMap(({ stackId, prefix, planned }) =>
    Object.entries(planned)
      .filter(([logicalId]) => !state.resources.has(resourceKeyOf(stackId, logicalId)))
      .map(([logicalId, type]) => ({
        logicalId,
        type,
        status: "",
        physicalId: "",
        reason: "",
        path: prefix + logicalId,
        stackId,
      })),
  );
