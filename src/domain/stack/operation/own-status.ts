/**
 * A stack's own events folded into what it is doing: the change, its clean-up or its rollback. They are kept as marks, in
 * AWS's order, so that one that becomes visible late finds its place.
 */
import { beginsAttempt } from "./attempt.ts";
import type { StackEvent } from "../stack-event.ts";
import type { FollowedStack, OwnMark, OwnStatus, Phase } from "../stack-state.ts";
import { isCleanupStatus, isRollbackStatus, operationBegunBy } from "../statuses.ts";

export const UNKNOWN_STATUS: OwnStatus = {
  status: "",
  statusAt: "",
  kind: "unknown",
  phase: "forward",
  phaseAt: "",
};

/** Characters of a reason that are kept: enough for every reason of AWS's, and a row of the storage holds many. */
export const MOST_REASON = 4000;

const markOf = (event: StackEvent, rank: number): OwnMark => ({
  rank,
  status: event.status,
  timestamp: event.timestamp,
  reason: event.reason.slice(0, MOST_REASON),
  ...(event.hint && { hint: event.hint }),
  ...(event.sign && { sign: event.sign }),
  ...(event.operationId && { operationId: event.operationId }),
  ...(event.clientRequestToken && { clientRequestToken: event.clientRequestToken }),
});

/** How the stack stood before its marks, where a former release kept none. */
const inheritedBase = (stack: FollowedStack): OwnStatus | undefined => {
  if (stack.base || stack.marks || stack.status === "") return stack.base;
  const { status, statusAt, operationId, clientRequestToken, kind, phase, phaseAt } = stack;
  return { status, statusAt, operationId, clientRequestToken, kind, phase, phaseAt };
};

/** The stack after an own event of it, which is put in its place. */
export const withOwnEvent = (
  stack: FollowedStack,
  event: StackEvent,
  rank: number,
): FollowedStack & { marks: readonly OwnMark[] } => {
  const base = inheritedBase(stack);
  const marks = [...(stack.marks ?? []), markOf(event, rank)].sort((left, right) => left.rank - right.rank);
  return { ...stack, marks, ...(base && { base }), ...ownStatusOf({ marks, ...(base && { base }) }) };
};

/** What the stack's newest own event said; undefined: nothing is known. */
export const wordBefore = (stack: FollowedStack): OwnMark | OwnStatus | undefined =>
  stack.marks?.at(-1) ?? inheritedBase(stack);

/** What a stack does from a mark on, in AWS's order and time. */
export type Span = Readonly<{
  rank: number;
  at: string;
  phase: Phase;
  /** Deletes what the change or the rollback left over; what cannot be deleted then is left behind. */
  isCleaning: boolean;
}>;

/** What the former release kept of a stack says how it stood before the marks. */
const baseOf = ({ base }: Pick<FollowedStack, "base">): OwnStatus => base ?? UNKNOWN_STATUS;

type Marked = Pick<FollowedStack, "base" | "marks">;

/** What the stack is doing after all its marks. */
export const ownStatusOf = (stack: Marked): OwnStatus =>
  (stack.marks ?? []).reduce(ownStatusAfter, baseOf(stack));

/** What the stack did, one after the other; before the first it was at its change. */
export const spansOf = (stack: Marked): Span[] => {
  let status = baseOf(stack);
  const first = { rank: -Infinity, at: "", phase: status.phase, isCleaning: isCleanupStatus(status.status) };
  const spans: Span[] = [first];
  for (const mark of stack.marks ?? []) {
    status = ownStatusAfter(status, mark);
    const isCleaning = isCleanupStatus(mark.status);
    const last = spans.at(-1)!;
    if (status.phase !== last.phase || isCleaning !== last.isCleaning)
      spans.push({ rank: mark.rank, at: mark.timestamp, phase: status.phase, isCleaning });
  }
  return spans;
};

const ownStatusAfter = (before: OwnStatus, mark: OwnMark): OwnStatus => {
  const begun = operationBegunBy(mark.status);
  const begins = beginsAttempt(before, mark);
  const begunKind = begun && (begins || before.kind === "review") ? begun : undefined;
  const phase = begins ? "forward" : phaseAfter(before, mark.status);
  return {
    status: mark.status,
    statusAt: mark.timestamp,
    operationId: mark.operationId,
    clientRequestToken: mark.clientRequestToken,
    kind: begunKind ?? before.kind,
    phase,
    phaseAt: begins || phase !== before.phase ? mark.timestamp : before.phaseAt,
  };
};

/** The phase after an own event that begins no attempt. */
export const phaseAfter = (before: Pick<OwnStatus, "kind" | "phase">, status: string): Phase => {
  if (isRollbackStatus(status)) return "rollback";
  // A delete that begins no attempt rolls back a failed create.
  if (status === "DELETE_IN_PROGRESS" && (before.kind === "create" || before.kind === "import"))
    return "rollback";
  return isCleanupStatus(status) && before.phase === "forward" ? "cleanup" : before.phase;
};
