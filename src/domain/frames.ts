/** The frames of a stack's channel, built from an event and the state after it. */
import type { Outcome, ResourceUpdate, StackComplete, StackCounts } from "../protocol/stack-frames.ts";
import type { StackEvent } from "./stack-event.ts";
import type { Attempt, FollowedStack } from "./stack-state.ts";
import { totalOf, type Tally } from "./tally.ts";

export type FramePosition = Readonly<{ channel: string; offset: number }>;

export const countsOf = (root: FollowedStack, attempt: Attempt, tally: Tally): StackCounts => ({
  name: root.name,
  status: root.status,
  totalResources: totalOf(tally, root.phase),
  completedResources: tally.completed,
  inProgressResources: tally.inProgress,
  failedResources: tally.failed,
  progress: attempt.progress,
});

/** `superseded`: the event changes nothing of how its resource stands. */
export const resourceUpdateOf = (
  event: StackEvent,
  path: string,
  stack: StackCounts,
  position: FramePosition,
  {
    previousStatus = "",
    superseded = false,
  }: Readonly<{ previousStatus?: string | undefined; superseded?: boolean }> = {},
): ResourceUpdate => ({
  type: "resource_update",
  timestamp: event.timestamp,
  resource: {
    logicalId: event.logicalId,
    type: event.type,
    status: event.status || (event.hook?.status ?? ""),
    physicalId: event.physicalId,
    progress: stack.progress,
    reason: event.reason,
    path,
    stackId: event.stackId,
    ...(event.detailedStatus && { detailedStatus: event.detailedStatus }),
    ...(event.hook && { hook: event.hook }),
    ...(previousStatus !== "" && { previousStatus }),
    ...(superseded && { superseded }),
  },
  stack,
  ...position,
});

export const stackCompleteOf = (
  root: FollowedStack,
  attempt: Attempt,
  outcome: Outcome,
  stack: StackCounts,
  position: FramePosition,
): StackComplete => {
  const cause = causeOf(attempt, outcome);
  return {
    type: "stack_complete",
    timestamp: root.statusAt,
    stack,
    outcome,
    outputs: attempt.outputs ?? {},
    ...(attempt.outputsOmitted !== undefined && { outputsOmitted: attempt.outputsOmitted }),
    durationSeconds: secondsBetween(attempt.startedAt, root.statusAt),
    ...(cause && { cause }),
    ...position,
  };
};

/** Why the attempt failed or is failing; a stack that was deployed has no cause. */
export const causeOf = (attempt: Attempt, outcome: Outcome | undefined) =>
  outcome === "deployed" || outcome === "deployed_with_orphans"
    ? undefined
    : (attempt.cause ?? attempt.ownFailure);

export const secondsBetween = (from: string, to: string): number =>
  Math.max(0, Date.parse(to) - Date.parse(from)) / 1000;
