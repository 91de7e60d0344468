/**
 * Where one attempt ends and the next begins. An attempt is an operation together with its rollback, told apart by
 * OperationId, else ClientRequestToken, else by the stack's own start event; no clock of ours has a say.
 */
import { isOwnStatusEvent, type StackEvent } from "./stack-event.ts";
import { isAtRest, operationBegunBy } from "./statuses.ts";

/** What is compared of two own events that follow each other. */
type OwnMark = Readonly<{
  status: string;
  operationId?: string | undefined;
  clientRequestToken?: string | undefined;
}>;

/**
 * Whether the stack's own event `next` begins an attempt, `previous` being what its own event before said (undefined
 * or an empty status: there was none). Rollbacks, clean-ups and ends continue the attempt that they belong to.
 */
export const beginsAttempt = (previous: OwnMark | undefined, next: OwnMark): boolean => {
  const kind = operationBegunBy(next.status);
  if (kind === undefined) return false;
  if (previous === undefined || previous.status === "") return true;
  if (next.operationId !== undefined && next.operationId === previous.operationId) return false;
  if (isAtRest(previous.status)) return true;
  // A reviewed change set is executed: the review was the attempt's first event.
  if (operationBegunBy(previous.status) === "review") return kind === "review";
  // A failed create may be deleted instead of rolled back, under the token of the create. Without that proof it is
  // somebody's delete in the middle of a create.
  if (kind === "delete" && next.clientRequestToken === undefined) return true;
  return next.clientRequestToken !== previous.clientRequestToken;
};

/**
 * The own event that began the newest operation, if it is among `events` (own events, oldest first, following
 * `previous`). Unlike an attempt, an operation does not begin with the review of its change set.
 */
export const operationStart = (
  previous: OwnMark | undefined,
  events: readonly StackEvent[],
): StackEvent | undefined => {
  let before = previous;
  let start: StackEvent | undefined;
  for (const event of events) {
    const kind = operationBegunBy(event.status);
    const reviewed = before !== undefined && operationBegunBy(before.status) === "review";
    if (kind !== undefined && kind !== "review" && (reviewed || beginsAttempt(before, event))) start = event;
    before = event;
  }
  return start;
};

/**
 * Index of the newest attempt's first event, or undefined if more of the past is needed to be sure.
 * `events` are a stack's events, oldest first, up to its newest; `whole`: nothing is older than the first of them.
 */
export const attemptStart = (events: readonly StackEvent[], whole: boolean): number | undefined => {
  let previous: StackEvent | undefined;
  let start: number | undefined;
  events.forEach((event, index) => {
    if (!isOwnStatusEvent(event)) return;
    if ((previous !== undefined || whole) && beginsAttempt(previous, event)) start = index;
    previous = event;
  });
  return start ?? (whole ? 0 : undefined);
};
