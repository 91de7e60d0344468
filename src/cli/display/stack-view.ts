/** A stack on its own as its channel's frames tell it: its counts, its resources, and how it ended. */
import { isRollbackStatus } from "../../domain/statuses.ts";
import type { Cause, Outcome, ResourceUpdate, StackCounts, StackFrame } from "../../protocol/stack-frames.ts";

export type StackResource = Readonly<{
  path: string;
  type: string;
  status: string;
  reason: string;
  physicalId: string;
  startTime: string;
  updatedAt: string;
  /** How it failed, once CloudFormation's rollback does more to it: being put back is no success. */
  failedAs?: string;
}>;

export type StackView = Readonly<{
  counts: StackCounts;
  startTime: string;
  /** By path, in the order in which they began. */
  resources: ReadonlyMap<string, StackResource>;
  end?: Readonly<{
    outcome: Outcome;
    timestamp: string;
    durationSeconds: number;
    outputs: Readonly<Record<string, string>>;
    cause?: Cause;
  }>;
}>;

const STACK_TYPE = "AWS::CloudFormation::Stack";
const BEGINS_ATTEMPT = /^(REVIEW|CREATE|UPDATE|DELETE|IMPORT)_IN_PROGRESS$/;

/** Whether the frame tells of the stack itself. */
const isOwnFrame = ({ resource, stack }: ResourceUpdate): boolean =>
  resource.type === STACK_TYPE && resource.path === stack.name && resource.physicalId === resource.stackId;

export const isUnderway = (status: string): boolean => status.endsWith("_IN_PROGRESS");

/** Whether the frame begins a newer operation: what was known of the one before is void. */
const beginsAnew = (view: StackView | undefined, frame: ResourceUpdate): boolean =>
  view === undefined ||
  (isOwnFrame(frame) && BEGINS_ATTEMPT.test(frame.resource.status) && !isUnderway(view.counts.status)) ||
  view.end !== undefined;

/** The view after the frames. */
export const stackViewAfter = (
  before: StackView | undefined,
  frames: readonly StackFrame[],
): StackView | undefined => {
  let view = before;
  let resources = new Map(before?.resources);
  for (const frame of frames) {
    const { stack: counts, timestamp } = frame;
    if (frame.type === "stack_complete") {
      const { outcome, durationSeconds, outputs, cause } = frame;
      const end = { outcome, timestamp, durationSeconds, outputs, ...(cause && { cause }) };
      view = { startTime: view?.startTime ?? timestamp, counts, resources, end };
      continue;
    }
    if (beginsAnew(view, frame)) resources = new Map();
    view = {
      startTime: resources.size === 0 && isOwnFrame(frame) ? timestamp : (view?.startTime ?? timestamp),
      counts,
      resources,
    };
    if (!isOwnFrame(frame) && frame.resource.status !== "" && !frame.resource.hook) take(resources, frame);
  }
  return view;
};

const take = (
  resources: Map<string, StackResource>,
  { timestamp, resource, stack }: ResourceUpdate,
): void => {
  const { path, type, status, reason, physicalId } = resource;
  const known = resources.get(path);
  const goesOn = known && isUnderway(known.status) && verbOf(known.status) === verbOf(status);
  const startTime = goesOn ? known.startTime : timestamp;
  const failedAs = known?.status.endsWith("_FAILED") ? known.status : known?.failedAs;
  const isPutBack = failedAs !== undefined && isRollbackStatus(stack.status) && !status.endsWith("_FAILED");
  resources.set(path, {
    path,
    type,
    status,
    reason,
    physicalId,
    startTime,
    updatedAt: timestamp,
    ...(isPutBack && { failedAs }),
  });
};

const verbOf = (status: string): string => status.slice(0, status.indexOf("_"));
