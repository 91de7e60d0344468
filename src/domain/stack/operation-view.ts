/**
 * An operation as a whole as a reader of its frames knows it. Most of it follows from each frame by itself; the server
 * reads its own frames in the same way, and tells in `operation` only what a reader would not come to.
 */
import type {
  OperationChange,
  ResourceUpdate,
  StackComplete,
  StackCounts,
  StackFrame,
} from "../../protocol/stack/stack-frames.ts";
import { beginsAttempt } from "./operation/attempt.ts";
import { isLightFrame } from "./light-frame.ts";
import { phaseAfter } from "./operation/own-status.ts";
import { isOwnEvent } from "./stack-event.ts";
import { isAtRest, operationBegunBy, REVIEW_STATUS } from "./statuses.ts";
import type { OperationView } from "./summary.ts";
import { without } from "../without.ts";

/** The status that the frame gives its resource; empty where only a hook reports. */
export const reportedStatusOf = ({ status, hook }: ResourceUpdate["resource"]): string =>
  hook?.status === status ? "" : status;

/** Whether the frame says how the whole stack stands now. One that became visible late does not. */
const isOwnStatus = ({ resource, stack }: ResourceUpdate): boolean =>
  isOwnEvent(resource) && resource.path === stack.name && resource.status === stack.status;

/** Whether a frame voids what is known of how much longer the operation takes. */
export const endsEstimate = (frame: StackFrame): boolean =>
  frame.type === "stack_complete" || (frame.type === "resource_update" && isOwnStatus(frame));

/** Whether the frame is its attempt's first. */
export const beginsView = (before: OperationView | undefined, frame: ResourceUpdate): boolean =>
  frame.operation?.begins ?? seemsToBegin(before, frame);

const seemsToBegin = (before: OperationView | undefined, frame: ResourceUpdate): boolean =>
  before === undefined || (isOwnStatus(frame) && beginsAttempt(before, frame.resource));

const begunBy = ({ resource, stack, timestamp }: ResourceUpdate): OperationView => ({
  ...stack,
  stackId: resource.path.includes("/") ? "" : resource.stackId,
  phase: "forward",
  startedAt: timestamp,
  outputs: {},
});

/** Without what only a stack at rest has. */
const goingOn = (view: OperationView): OperationView => ({
  ...without(view, "endedAt", "durationSeconds", "outcome", "orphans", "retained", "stabilising"),
  outputs: {},
});

/** The newest frame of a commit tells the estimate: without one it is as before, until the operation's own status changes. */
const continuedBy = (before: OperationView, frame: ResourceUpdate): OperationView => {
  const { stack, timestamp } = frame;
  if (!isOwnStatus(frame)) return { ...before, ...stack };
  const view = { ...without(before, "estimate"), ...stack };
  const { status } = stack;
  const reviewed = before.status === REVIEW_STATUS && operationBegunBy(status) !== undefined;
  return {
    ...(isAtRest(status) ? view : goingOn(view)),
    phase: phaseAfter({ kind: "unknown", phase: before.phase }, status),
    startedAt: reviewed && status !== REVIEW_STATUS ? timestamp : before.startedAt,
  };
};

const changed = (view: OperationView, change: OperationChange): OperationView =>
  Object.fromEntries(
    Object.entries({ ...view, ...without(change, "begins") }).filter(([, value]) => value !== null),
  ) as OperationView;

const endedBy = (before: OperationView, frame: StackComplete): OperationView => ({
  ...without(
    before,
    "estimate",
    "outputsOmitted",
    "cause",
    "rollbackCause",
    "cancelled",
    "orphans",
    "retained",
    "stabilising",
  ),
  ...frame.stack,
  endedAt: frame.timestamp,
  ...without(frame, "type", "channel", "offset", "timestamp", "stack"),
});

/** The operation after a frame of its channel. Nothing is known of what came before the first. */
export const operationAfter = (before: OperationView | undefined, frame: StackFrame): OperationView => {
  if (frame.type === "stack_complete") {
    const { stack, timestamp: startedAt } = frame;
    return endedBy(before ?? { ...stack, stackId: "", phase: "forward", startedAt, outputs: {} }, frame);
  }
  if (isLightFrame(frame)) {
    const { stack, timestamp: startedAt } = frame;
    return { ...(before ?? { stackId: "", phase: "forward", startedAt, outputs: {} }), ...stack };
  }
  const view = before && !beginsView(before, frame) ? continuedBy(before, frame) : begunBy(frame);
  return frame.operation ? changed(view, frame.operation) : view;
};

/** What may have to be reported; the counts are in every frame. */
const FIELDS: Readonly<Record<Exclude<keyof OperationView, keyof StackCounts>, true>> = {
  stackId: true,
  phase: true,
  startedAt: true,
  endedAt: true,
  durationSeconds: true,
  outcome: true,
  outputs: true,
  outputsOmitted: true,
  cause: true,
  rollbackCause: true,
  cancelled: true,
  orphans: true,
  retained: true,
  stabilising: true,
};

const REPORTED = Object.keys(FIELDS) as readonly (keyof typeof FIELDS)[];

const isSame = (one: unknown, other: unknown): boolean =>
  one === other || JSON.stringify(one) === JSON.stringify(other);

/**
 * What a reader who knew `before` has to learn from `frame` to know `after`; undefined: nothing. `begins`: whether the
 * frame is its attempt's first.
 */
export const unreported = (
  before: OperationView | undefined,
  frame: ResourceUpdate,
  after: OperationView,
  begins: boolean,
): OperationChange | undefined => {
  const change: Record<string, unknown> = begins === seemsToBegin(before, frame) ? {} : { begins };
  const seen = operationAfter(before, { ...frame, operation: change });
  for (const field of REPORTED) {
    if (!isSame(seen[field], after[field])) change[field] = after[field] ?? null;
  }
  return Object.keys(change).length === 0 ? undefined : change;
};
