/** The frames of a stack's channel, built from an event and the state after it. */
import type {
  ResourceUpdate,
  ShownResource,
  StackComplete,
  StackCounts,
} from "../../protocol/stack/stack-frames.ts";
import type { Ending } from "./operation/ending.ts";
import type { StackEvent } from "./stack-event.ts";
import type { StackAttempt, FollowedStack } from "./stack-state.ts";
import { totalOf, type Tally } from "./resources/tally.ts";
import { secondsBetween } from "../elapsed.ts";

export type FramePosition = Readonly<{ channel: string; offset: number }>;

export const countsOf = (
  root: FollowedStack,
  { progress, estimate }: Pick<StackAttempt, "progress" | "estimate">,
  tally: Tally,
): StackCounts => ({
  name: root.name,
  status: root.status,
  totalResources: totalOf(tally, root.phase),
  completedResources: tally.completed,
  inProgressResources: tally.inProgress,
  failedResources: tally.failed,
  progress,
  ...(estimate && { estimate }),
});

/** `superseded`: the event changes nothing of how its resource stands; `corrected`: the resources that it puts right. */
export const resourceUpdateOf = (
  event: StackEvent,
  path: string,
  stack: StackCounts,
  position: FramePosition,
  {
    previousStatus = "",
    superseded,
    corrected,
  }: Readonly<{
    previousStatus?: string | undefined;
    superseded: boolean;
    corrected: readonly ShownResource[];
  }>,
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
    ...(superseded && { superseded: true as const }),
  },
  stack,
  ...(corrected.length > 0 && { corrected: [...corrected] }),
  ...position,
});

export const stackCompleteOf = (
  root: FollowedStack,
  attempt: StackAttempt,
  ending: Ending,
  stack: StackCounts,
  position: FramePosition,
): StackComplete => ({
  type: "stack_complete",
  timestamp: root.statusAt,
  stack,
  outputs: attempt.outputs ?? {},
  ...(attempt.outputsOmitted !== undefined && { outputsOmitted: attempt.outputsOmitted }),
  durationSeconds: secondsBetween(attempt.startedAt, root.statusAt),
  ...ending,
  ...position,
});
