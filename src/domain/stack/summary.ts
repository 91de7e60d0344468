/** A stack's state as REST shows it. */
import type { StackCounts } from "../../protocol/stack/stack-frames.ts";
import type { StackSummary } from "../../protocol/stack/stack-summary.ts";
import { reportedCauses, endingOf } from "./operation/ending.ts";
import { countsOf } from "./frames.ts";
import { shownOf } from "./resources/resource-fold.ts";
import { resourceKeyOf, rootOf, type StackState } from "./stack-state.ts";
import { tallyOf } from "./resources/tally.ts";
import { secondsBetween } from "../elapsed.ts";
import { without } from "../without.ts";

/** What follows from the state alone. */
export type StateSummary = Omit<
  StackSummary,
  | "channel"
  | "epoch"
  | "offset"
  | "floor"
  | "account"
  | "region"
  | "tracking"
  | "viewers"
  | "deployments"
  | "trouble"
>;

/** The operation as a whole: the summary without its resources. */
export type OperationView = Omit<StateSummary, "resources">;

/** Undefined as long as AWS has shown no such stack. */
export const summaryOf = (state: StackState): StateSummary | undefined => {
  const operation = operationOfState(state);
  return (
    operation && {
      ...operation,
      resources: [...[...state.resources.values()].map(shownOf), ...plannedResources(state)],
    }
  );
};

const operationOfState = (state: StackState): OperationView | undefined => {
  const root = rootOf(state);
  const { attempt, resources, followed } = state;
  if (!root || !attempt) return undefined;
  return operationOf(state, countsOf(root, attempt, tallyOf(resources, followed, root.phase)));
};

/** The operation of a state that has one, with its counts. */
export const operationOf = (state: StackState, counts: StackCounts): OperationView => {
  const root = rootOf(state)!;
  const attempt = state.attempt!;
  const ending = attempt.outputs && endingOf(state);
  return {
    ...counts,
    stackId: root.stackId,
    phase: root.phase,
    startedAt: attempt.startedAt,
    ...(ending && {
      endedAt: root.statusAt,
      durationSeconds: secondsBetween(attempt.startedAt, root.statusAt),
    }),
    outputs: { ...attempt.outputs },
    ...(attempt.outputsOmitted !== undefined && { outputsOmitted: attempt.outputsOmitted }),
    ...(ending ?? reportedCauses(attempt, undefined)),
  };
};

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

/** What makes an end: its percentage, and when its operation began, a frame puts right without it. */
export const comparableEnd = (state: StackState) => {
  const operation = operationOfState(state);
  return operation && without(operation, "progress", "startedAt", "durationSeconds", "phase");
};
