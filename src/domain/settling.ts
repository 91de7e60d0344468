/**
 * When the end of an attempt may be told: once nothing more is to be expected, and DescribeStacks agrees. No verdict
 * stands on one event alone, as AWS shows some late.
 */
import type { Findings } from "./findings.ts";
import { spansOf } from "./own-status.ts";
import { operationBegunBy, isRollbackStatus, isUnderWay } from "./statuses.ts";
import {
  goneSince,
  isComplete,
  type FollowedStack,
  type StackState,
  type TrackedResource,
} from "./stack-state.ts";
import type { Tally } from "./tally.ts";

/**
 * How many polls a resting stack is given to show late events, its nested stacks to be read, and DescribeStacks to
 * agree or to be denied. `doubt`: what was told may be all, as far as anybody knows.
 */
export const PATIENCE = {
  lateEvents: 10,
  unreadNested: 10,
  disagreement: 10,
  denial: 2,
  doubt: 3,
  /** Of events whose operation has not shown its start. */
  heldEvents: 12,
  /** Looks after the end that read once more what would not be read. */
  afterlooks: 12,
} as const;

/** What DescribeStacks gives as outputs, once it agrees that the stack rests or there is no patience left for it. */
export const agrees = (
  polls: number,
  root: FollowedStack,
  said: Findings["description"],
): Readonly<Record<string, string>> | undefined => {
  if (said === "denied") return polls >= PATIENCE.denial ? {} : undefined;
  return said?.status === root.status || polls >= PATIENCE.disagreement ? said?.outputs : undefined;
};

/** Whether a look after the end still reads nested stacks and one that is gone: AWS may show some of their events late. */
export const isAfterlook = (state: StackState): boolean =>
  isComplete(state) &&
  (state.followed.size > 1 || goneSince(state) !== undefined) &&
  (state.attempt?.settlingPolls ?? 0) < PATIENCE.afterlooks;

/** Whether events are missing that AWS has yet to show, and there is patience left for them. */
export const isMissing = (
  polls: number,
  root: FollowedStack,
  nested: readonly FollowedStack[],
  resources: Iterable<TrackedResource>,
  tally: Tally,
): boolean => {
  if (polls < PATIENCE.unreadNested && nested.some(({ due, parentRunning }) => due && !parentRunning))
    return true;
  if (polls >= PATIENCE.lateEvents) return false;
  if (tally.inProgress > 0 || nested.some(isUntold) || !isStoryWhole(root)) return true;
  // A change that nobody saw end, though the rollback took it back.
  return polls < PATIENCE.doubt && [...resources].some(({ forward }) => forward === "running");
};

/** Whether a nested stack has begun something of which AWS has yet to show the end or the beginning. */
export const isUntold = (stack: FollowedStack): boolean =>
  isUnderWay(stack) || (stack.marks !== undefined && stack.marks.length > 0 && !isStoryWhole(stack));

/** Whether the stack's own events lead to its end: it began, and a rollback or a deletion that has ended has begun. */
const isStoryWhole = (root: FollowedStack): boolean => {
  const { marks = [], base } = root;
  if (base !== undefined) return true;
  const first = marks[0];
  if (!first || operationBegunBy(first.status) === undefined) return false;
  if (
    marks.at(-1)?.status.startsWith("DELETE_") &&
    !marks.some(({ status }) => status === "DELETE_IN_PROGRESS")
  )
    return false;
  const hasBacked = spansOf(root).some(({ phase }) => phase === "rollback");
  const begunBack = marks.find(({ status }) => isRollbackStatus(status))?.status;
  return !hasBacked || begunBack === undefined || begunBack.endsWith("_IN_PROGRESS");
};
