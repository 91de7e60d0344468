/**
 * The first cause of a failure: the first failure in AWS's time that is not the consequence of another one. Cancelled
 * resources, nested stacks that failed by their own resources and the stack itself are consequences.
 */
import type { Cause } from "../protocol/stack-frames.ts";
import { STACK_TYPE, isOwnEvent, type StackEvent } from "./stack-event.ts";
import { isRollbackStatus, standingOf } from "./statuses.ts";

const causeFrom = (event: StackEvent, path: string, status: string, reason: string): Cause => ({
  logicalId: event.logicalId,
  path,
  type: event.type,
  physicalId: event.physicalId,
  stackId: event.stackId,
  status,
  reason,
  timestamp: event.timestamp,
});

/** The failure that a resource's event tells of, unless it follows from another. */
const failureTold = (event: StackEvent, path: string): Cause | undefined => {
  if (event.hook) {
    const blocked =
      (event.hook.status === "HOOK_COMPLETE_FAILED" || event.hook.status === "HOOK_FAILED") &&
      event.hook.failureMode !== "WARN";
    return blocked ? causeFrom(event, path, event.hook.status, event.hook.reason) : undefined;
  }
  if (standingOf(event.status) !== "failed" || isOwnEvent(event)) return undefined;
  if (event.hint === "cancelled" || (event.type === STACK_TYPE && event.hint === "embedded"))
    return undefined;
  return causeFrom(event, path, event.status, event.reason);
};

/** The earlier of the cause known so far and the one that this event tells; the same if it tells none. */
export const firstCause = (known: Cause | undefined, event: StackEvent, path: string): Cause | undefined => {
  const told = failureTold(event, path);
  if (!told) return known;
  return known && known.timestamp <= told.timestamp ? known : told;
};

/** What the stack's own event says went wrong, for operations that fail without a failing resource. */
export const ownFailureOf = (event: StackEvent, path: string): Cause | undefined =>
  event.reason !== "" && (standingOf(event.status) === "failed" || isRollbackStatus(event.status))
    ? causeFrom(event, path, event.status, event.reason)
    : undefined;
