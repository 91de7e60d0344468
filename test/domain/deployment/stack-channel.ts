/** Frames of a stack's channel as its tracker tells them, for tests of what its deployment makes of them. */
import { foldDeployment, type FoldedEvents } from "../../../src/domain/deployment/fold-deployment.ts";
import { deploymentProgressOf } from "../../../src/domain/deployment/estimated-progress.ts";
import { translated } from "../../../src/domain/deployment/stack-translation.ts";
import type {
  DeploymentProgress,
  StackProgress,
} from "../../../src/protocol/deployment/deployment-progress.ts";
import {
  stackFrameSchema,
  type Cause,
  type LeftResource,
  type ResourceUpdate,
  type StackComplete,
  type StackCounts,
  type StackFrame,
} from "../../../src/protocol/stack/stack-frames.ts";
import { ADDRESS, at, begun, NOTHING, planned } from "./reported.ts";

const NAME = "shop";
const STACK_ID = "arn:aws:cloudformation:eu-west-1:123456789012:stack/shop/11111111";
const STACK_TYPE = "AWS::CloudFormation::Stack";

type Counts = Partial<Omit<StackCounts, "name" | "status">>;

const countsOf = (status: string, counts: Counts): StackCounts => ({
  name: NAME,
  status,
  totalResources: 0,
  completedResources: 0,
  inProgressResources: 0,
  failedResources: 0,
  progress: 0,
  ...counts,
});

const position = { channel: "stacks/eu-west-1/shop", offset: 1 };

/** The stack's own event. */
export const own = (
  seconds: number,
  status: string,
  counts: Counts = {},
  { reason = "", operation }: Readonly<{ reason?: string; operation?: ResourceUpdate["operation"] }> = {},
): StackFrame =>
  stackFrameSchema.parse({
    type: "resource_update",
    timestamp: at(seconds),
    resource: {
      logicalId: NAME,
      type: STACK_TYPE,
      status,
      physicalId: STACK_ID,
      progress: counts.progress ?? 0,
      reason,
      path: NAME,
      stackId: STACK_ID,
    },
    stack: countsOf(status, counts),
    ...(operation && { operation }),
    ...position,
  });

/** An event of one of its resources, while the stack itself is `stack`. */
export const of = (
  seconds: number,
  [logicalId, status, reason = ""]: readonly [logicalId: string, status: string, reason?: string],
  stack: string,
  counts: Counts,
  more: Pick<ResourceUpdate, "operation"> & Readonly<{ superseded?: true }> = {},
): StackFrame =>
  stackFrameSchema.parse({
    type: "resource_update",
    timestamp: at(seconds),
    resource: {
      logicalId,
      type: `AWS::Test::${logicalId}`,
      status,
      physicalId: `${logicalId}-id`,
      progress: counts.progress ?? 0,
      reason,
      path: logicalId,
      stackId: STACK_ID,
      ...(more.superseded && { superseded: true }),
    },
    stack: countsOf(stack, counts),
    ...(more.operation && { operation: more.operation }),
    ...position,
  });

/** The end of its operation. */
export const end = (
  seconds: number,
  outcome: StackComplete["outcome"],
  status: string,
  counts: Counts,
  facts: Partial<StackComplete> = {},
): StackFrame =>
  stackFrameSchema.parse({
    type: "stack_complete",
    timestamp: at(seconds),
    stack: countsOf(status, counts),
    outcome,
    outputs: {},
    durationSeconds: seconds,
    ...facts,
    ...position,
  });

export const causeAt = (seconds: number, logicalId: string, status: string, reason: string): Cause => ({
  logicalId,
  path: logicalId,
  type: `AWS::Test::${logicalId}`,
  physicalId: `${logicalId}-id`,
  stackId: STACK_ID,
  status,
  reason,
  timestamp: at(seconds),
});

export const left = (logicalId: string, status: string, reason = ""): LeftResource => ({
  logicalId,
  path: logicalId,
  type: `AWS::Test::${logicalId}`,
  physicalId: `${logicalId}-id`,
  status,
  reason,
});

/** A followed deployment of this stack, and of one that depends on it, after the frames. */
export const followed = (
  ...frames: readonly StackFrame[]
): Readonly<{ fold: FoldedEvents; view: DeploymentProgress; stack: StackProgress }> => {
  const start = begun([planned(NAME, 1), planned("next", 2, NAME)]);
  const belonging = { ...ADDRESS, stack: NAME };
  const events = frames.flatMap((frame) => translated(frame, belonging) ?? []);
  const fold = foldDeployment(NOTHING, [start, ...events]);
  const view = deploymentProgressOf(fold.state, fold.state.lastEventTime);
  return { fold, view, stack: view.stacks[NAME]! };
};
