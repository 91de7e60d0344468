/** An attempt's own facts: its beginning, and how far it came. */
import type { StackEvent } from "../stack-event.ts";
import { rootOf, type StackAttempt, type FollowedStack, type StackState } from "../stack-state.ts";
import { isAtRest, operationBegunBy } from "../statuses.ts";

export const attemptBegunBy = (first: Pick<StackEvent, "timestamp">, firstOffset: number): StackAttempt => ({
  startedAt: first.timestamp,
  firstOffset,
  progress: 0,
  settlingPolls: 0,
});

/** The state's attempt; of one that a former release began, with what that had found out. */
export const attemptWithPast = (state: StackState): StackAttempt | undefined => {
  const { attempt } = state;
  const root = rootOf(state);
  if (!attempt || !root || attempt.inherited || root.marks || root.status === "") return attempt;
  const { cause, orphans = false } = attempt;
  return { ...attempt, inherited: { ...(cause && { cause }), orphans } };
};

/** AWS's time of the operation's start; undefined: its own start event is not known. */
const startOf = ({ marks = [], base }: FollowedStack): string | undefined => {
  if (base && base.kind !== "review") return undefined;
  const begun = marks.filter(({ status }) => operationBegunBy(status) !== undefined);
  // An attempt begins with the review of its change set, an operation with its execution.
  const start = begun.find(({ status }) => operationBegunBy(status) !== "review") ?? begun[0];
  return start?.timestamp;
};

/** The attempt after an own event of the root, which took it from `before` to `after`. */
export const attemptAfterOwnEvent = (
  attempt: StackAttempt,
  before: FollowedStack,
  after: FollowedStack,
): StackAttempt => {
  const { outputs, outputsOmitted: _omitted, ...unended } = attempt;
  return {
    // A stack that rested may go on within its attempt: a paused one is rolled back, a stuck rollback continued.
    ...(isAtRest(after.status) && outputs ? attempt : unended),
    startedAt: startOf(after) ?? attempt.startedAt,
    progress: before.phase !== "rollback" && after.phase === "rollback" ? 0 : attempt.progress,
    settlingPolls: 0,
  };
};

/** Counts the polls that saw events of an operation of which AWS has not shown the start. */
export const attemptHeld = (attempt: StackAttempt, isHeld: boolean): StackAttempt => {
  if (!isHeld && attempt.heldPolls === undefined) return attempt;
  const { heldPolls = 0, ...rest } = attempt;
  return isHeld ? { ...rest, heldPolls: heldPolls + 1 } : rest;
};
