/** An attempt's own facts, event by event: its beginning, its first cause, how far it came. */
import { firstCause, ownFailureOf } from "./cause.ts";
import { isOwnEvent, type StackEvent } from "./stack-event.ts";
import type { Attempt, OwnStatus } from "./stack-state.ts";
import { isAtRest, standingOf } from "./statuses.ts";

export const attemptBegunBy = (first: StackEvent, firstOffset: number): Attempt => ({
  startedAt: first.timestamp,
  firstOffset,
  progress: 0,
  orphans: false,
  settlingPolls: 0,
});

/** The attempt after an event of the root or of a nested stack. `phase`: what the event's resource went through. */
export const attemptAfterEvent = (
  attempt: Attempt,
  event: StackEvent,
  path: string,
  phase: OwnStatus["phase"],
): Attempt => {
  // CloudFormation skips what it cannot delete in a clean-up, and the operation succeeds.
  const skipped = phase === "cleanup" && standingOf(event.status) === "failed";
  const cause = skipped ? attempt.cause : firstCause(attempt.cause, event, path);
  const orphans = attempt.orphans || skipped || (isOwnEvent(event) && event.hint === "orphans");
  if (cause === attempt.cause && orphans === attempt.orphans) return attempt;
  return { ...attempt, ...(cause && { cause }), orphans };
};

/** The attempt after an own event of the root, which took it from `before` to `after`. */
export const attemptAfterOwnEvent = (
  attempt: Attempt,
  event: StackEvent,
  before: OwnStatus,
  after: OwnStatus,
): Attempt => {
  const ownFailure = attempt.ownFailure ?? ownFailureOf(event, event.logicalId);
  const { outputs, outputsOmitted: _omitted, ...unended } = attempt;
  return {
    // A stack that rested may go on within its attempt: a paused one is rolled back, a stuck rollback continued.
    ...(isAtRest(after.status) && outputs ? attempt : unended),
    startedAt: before.kind === "review" && after.kind !== "review" ? event.timestamp : attempt.startedAt,
    progress: before.phase !== "rollback" && after.phase === "rollback" ? 0 : attempt.progress,
    settlingPolls: 0,
    ...(ownFailure && { ownFailure }),
  };
};
