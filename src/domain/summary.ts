/** A stack's state as REST shows it. */
import type { StackCounts } from "../protocol/stack-frames.ts";
import type { StackSummary } from "../protocol/stack-summary.ts";
import { causeOf, countsOf, secondsBetween } from "./frames.ts";
import type { BegunResource } from "./resource-entry.ts";
import {
  resourceKeyOf,
  rootOf,
  type Attempt,
  type FollowedStack,
  type StackState,
  type TrackedResource,
} from "./stack-state.ts";
import { outcomeOf } from "./statuses.ts";
import { tallyOf } from "./tally.ts";
import { without } from "./without.ts";

/** What follows from the state alone. */
export type StateSummary = Omit<
  StackSummary,
  "channel" | "epoch" | "offset" | "floor" | "region" | "tracking" | "viewers" | "trouble"
>;

/** The operation as a whole: the summary without its resources. */
export type OperationView = Omit<StateSummary, "resources">;

/** Undefined as long as AWS has shown no such stack. */
export const summaryOf = (state: StackState): StateSummary | undefined => {
  const operation = operationOfState(state);
  return (
    operation && {
      ...operation,
      resources: [...[...state.resources.values()].map(shownResource), ...plannedResources(state)],
    }
  );
};

export const operationOfState = (state: StackState): OperationView | undefined => {
  const root = rootOf(state);
  const { attempt, resources, followed } = state;
  if (!root || !attempt) return undefined;
  return operationOf(root, attempt, countsOf(root, attempt, tallyOf(resources, followed, root.phase)));
};

export const operationOf = (root: FollowedStack, attempt: Attempt, counts: StackCounts): OperationView => {
  const outcome = attempt.outputs && outcomeOf(root.status, attempt.orphans);
  const cause = causeOf(attempt, outcome);
  return {
    ...counts,
    stackId: root.stackId,
    phase: root.phase,
    startedAt: attempt.startedAt,
    ...(outcome && {
      endedAt: root.statusAt,
      durationSeconds: secondsBetween(attempt.startedAt, root.statusAt),
      outcome,
    }),
    outputs: { ...attempt.outputs },
    ...(attempt.outputsOmitted !== undefined && { outputsOmitted: attempt.outputsOmitted }),
    ...(cause && { cause }),
  };
};

/** Without what only the counting needs. */
const shownResource = (resource: TrackedResource): BegunResource => without(resource, "forward", "undo");

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
