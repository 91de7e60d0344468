/**
 * When the end of an attempt may be reported: once nothing more is to be expected, and DescribeStacks agrees. No verdict
 * stands on one event alone, as AWS shows some late.
 */
import type { Findings } from "../findings.ts";
import { isAtRest, isRollbackStatus, isUnderWay, operationBegunBy, standingOf } from "../statuses.ts";
import {
  goneSince,
  isComplete,
  type FollowedStack,
  type StackState,
  type TrackedResource,
} from "../stack-state.ts";
import type { Tally } from "../resources/tally.ts";

/**
 * How many polls a resting stack is given to show late events, its nested stacks to be read, and DescribeStacks to
 * agree or to be denied. `doubt`: what was reported may be all, as far as anybody knows.
 */
export const PATIENCE = {
  lateEvents: 3,
  /** What AWS cannot have left out: a stack's own beginning, and what its parent announced. */
  gaps: 10,
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

/** What has come to rest, and how often it was looked at since. */
type Resting = Readonly<{
  polls: number;
  root: FollowedStack;
  nested: readonly FollowedStack[];
  resources: Iterable<TrackedResource>;
  tally: Tally;
}>;

/** Whether events are missing that AWS has yet to show, and there is patience left for them. */
export const isMissing = ({ polls, root, nested, resources, tally }: Resting): boolean => {
  if (polls < PATIENCE.gaps && nested.some(({ due, parentRunning }) => due && !parentRunning)) return true;
  if (polls < PATIENCE.gaps) {
    if ([root, ...nested].some(hasGap) || hasHiddenStart(root, resources)) return true;
    if (hasUnbegunRollback(root) && [...resources].some(wasTakenBack)) return true;
  }
  if (polls < PATIENCE.lateEvents && (tally.inProgress > 0 || nested.some(isUnderWay))) return true;
  // A change that nobody saw end, though the rollback took it back.
  return polls < PATIENCE.doubt && [...resources].some(({ forward }) => forward === "running");
};

/** Whether a nested stack has begun something of which AWS has yet to show the end or the beginning. */
export const isUnreported = (stack: FollowedStack): boolean => isUnderWay(stack) || hasGap(stack);

/** Whether own events of a resting stack are missing that led to its end: that it began, or began to be deleted. */
const hasGap = ({ marks = [], base, status, prefix }: FollowedStack): boolean => {
  const [first] = marks;
  if (base !== undefined || !isAtRest(status) || (first === undefined && prefix !== "")) return false;
  if (first === undefined || operationBegunBy(first.status) === undefined) return true;
  return status.startsWith("DELETE_") && marks.every((mark) => mark.status !== "DELETE_IN_PROGRESS");
};

/** Whether resources, whose first event has a rank, did something before the first own event that is known. */
export const isStartHidden = (
  { marks = [], base }: FollowedStack,
  firstRank: number | undefined,
): boolean => {
  const first = marks[0]?.rank;
  return base === undefined && first !== undefined && firstRank !== undefined && firstRank < first;
};

/** Whether resources did something before the first own event that is known: the operation began before it. */
const hasHiddenStart = (stack: FollowedStack, resources: Iterable<TrackedResource>): boolean => {
  let firstRank: number | undefined;
  for (const { history, stackId } of resources) {
    const rank = stackId === stack.stackId ? history?.[0]?.rank : undefined;
    if (rank !== undefined && rank < (firstRank ?? Infinity)) firstRank = rank;
  }
  return isStartHidden(stack, firstRank);
};

/** Whether a stack rests after a rollback of which it has not said that it began. */
const hasUnbegunRollback = ({ marks = [], base, kind }: FollowedStack): boolean =>
  base === undefined &&
  kind !== "delete" &&
  marks.find(({ status }) => isRollbackStatus(status))?.status.endsWith("_IN_PROGRESS") === false;

/** Whether more was done to a resource after it had failed or been made, as only a rollback does. */
const wasTakenBack = ({ history = [] }: TrackedResource): boolean =>
  history.some(
    ({ status }, index) =>
      status.startsWith("DELETE_") ||
      (standingOf(status) === "failed" && history.slice(index + 1).some((later) => later.status !== status)),
  );
