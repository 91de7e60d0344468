/** Frames of a stack's channel folded into what is shown of it: its counts, its resources, its end. */
import { isRollbackStatus, operationBegunBy } from "../../domain/statuses.ts";
import type { ResourceUpdate, StackComplete, StackCounts, StackFrame } from "../../protocol/stack-frames.ts";

/** A resource as its newest event left it. */
export type ShownResource = Readonly<{
  key: string;
  path: string;
  type: string;
  status: string;
  reason: string;
  physicalId: string;
  startedAt: string;
  updatedAt: string;
  /** How it failed, once CloudFormation's rollback does more to it: being put back is no success. */
  failure?: Failure;
}>;

type Failure = Readonly<{ status: string; reason: string }>;

/** Only a rollback follows from a failure: what fails and is tried again for any other reason has done no harm. */
const failureKept = (
  known: ShownResource | undefined,
  { resource, stack }: ResourceUpdate,
): Failure | undefined => {
  if (!known || !isRollbackStatus(stack.status) || resource.status.endsWith("_FAILED")) return undefined;
  const { status, reason, failure } = known;
  return status.endsWith("_FAILED") ? { status, reason } : failure;
};

/** The newest operation of a stack. */
export type ShownStack = Readonly<{
  /** Undefined before the first event. */
  stack: StackCounts | undefined;
  startedAt: string;
  resources: ReadonlyMap<string, ShownResource>;
  /** Undefined while it goes on. */
  end: StackComplete | undefined;
  /** Of the newest event. */
  offset: number;
}>;

export const NO_STACK: ShownStack = {
  stack: undefined,
  startedAt: "",
  resources: new Map(),
  end: undefined,
  offset: 0,
};

/** A resource is one of its own stack: nested stacks may use a logical id again. */
export const keyOfResource = ({
  stackId,
  logicalId,
}: Readonly<{ stackId: string; logicalId: string }>): string => `${stackId} ${logicalId}`;

const isOwn = ({ resource, stack }: ResourceUpdate): boolean =>
  resource.physicalId === resource.stackId && resource.path === stack.name;

const afterUpdate = (
  before: ShownStack,
  resources: Map<string, ShownResource>,
  update: ResourceUpdate,
): ShownStack => {
  const { resource, stack, timestamp, offset } = update;
  const after = { ...before, stack, offset };
  if (isOwn(update)) {
    const begins = operationBegunBy(resource.status);
    if (begins === undefined) return after;
    // A newer operation is told anew; how the one before ended is void.
    resources.clear();
    return { ...after, startedAt: timestamp, end: undefined };
  }
  const key = keyOfResource(resource);
  const known = resources.get(key);
  const { path, type, status, reason, physicalId } = resource;
  const goesOn = known?.status === status;
  const failure = failureKept(known, update);
  resources.set(key, {
    key,
    path,
    type,
    status,
    // A later event of the same resource often repeats nothing of why it failed.
    reason: reason === "" && goesOn ? known.reason : reason,
    physicalId,
    startedAt: known && !startsAnew(known.status, status) ? known.startedAt : timestamp,
    updatedAt: timestamp,
    ...(failure && { failure }),
  });
  return after;
};

const isBegun = (status: string): boolean => status.endsWith("_IN_PROGRESS");

/** Whether a status begins something after something else had ended. */
const startsAnew = (before: string, after: string): boolean => isBegun(after) && !isBegun(before);

export const foldedStack = (before: ShownStack, frames: readonly StackFrame[]): ShownStack => {
  const resources = new Map(before.resources);
  let after = before;
  for (const frame of frames) {
    after =
      frame.type === "resource_update"
        ? afterUpdate(after, resources, frame)
        : { ...after, stack: frame.stack, end: frame, offset: frame.offset };
  }
  return { ...after, resources };
};
