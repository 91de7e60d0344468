/**
 * Where one attempt ends and the next begins. An attempt is an operation together with its rollback, told apart by
 * OperationId, else ClientRequestToken, else by the stack's own start event; no clock of ours has a say.
 */
import { isOwnStatusEvent, type ReasonHint, type StackEvent } from "../stack-event.ts";
import { isAtRest, operationBegunBy } from "../statuses.ts";

/** What is compared of two own events that follow each other. */
export type OwnWord = Readonly<{
  status: string;
  operationId?: string | undefined;
  clientRequestToken?: string | undefined;
  hint?: ReasonHint | undefined;
}>;

/**
 * Whether the stack's own event `next` begins an attempt, `previous` being what its own event before said (undefined
 * or an empty status: there was none). Rollbacks, clean-ups and ends continue the attempt that they belong to.
 */
export const beginsAttempt = (previous: OwnWord | undefined, next: OwnWord): boolean => {
  const kind = operationBegunBy(next.status);
  if (kind === undefined) return false;
  if (previous === undefined || previous.status === "") return true;
  if (next.operationId !== undefined && next.operationId === previous.operationId) return false;
  if (kind === "delete" && isGivenUp(previous, next)) return false;
  if (isAtRest(previous.status)) return true;
  // A reviewed change set is executed: the review was the attempt's first event.
  if (operationBegunBy(previous.status) === "review") return kind === "review";
  // A deletion that nothing proves to be CloudFormation's own is somebody's, in the middle of the operation.
  if (kind === "delete" && next.clientRequestToken === undefined) return true;
  return next.clientRequestToken !== previous.clientRequestToken;
};

/**
 * Whether CloudFormation itself deletes what it could not create, instead of rolling it back. The token of the create
 * proves it, another one disproves it; where none is given, the deletion's reason tells.
 */
const isGivenUp = (previous: OwnWord, next: OwnWord): boolean => {
  const { clientRequestToken: token } = next;
  if (token !== undefined && token !== previous.clientRequestToken) return false;
  const isSaid = next.hint === "given-up";
  if (previous.status === "CREATE_FAILED") return isSaid;
  return /^(CREATE|ROLLBACK|IMPORT)_IN_PROGRESS$/.test(previous.status) && (isSaid || token !== undefined);
};

/** Whether an own event goes on with an attempt that had come to rest: a paused one is rolled back, a stuck one continued. */
export const continuesAttempt = (previous: OwnWord, next: OwnWord): boolean => {
  const failed = /^(CREATE|(?:(UPDATE|IMPORT)_)?ROLLBACK|UPDATE|IMPORT)_FAILED$/.exec(previous.status);
  if (!failed) return false;
  const verb = failed[2] ?? failed[1];
  const isOfCreate = verb === "CREATE" || verb === "ROLLBACK";
  return next.status === `${isOfCreate ? "" : `${verb}_`}ROLLBACK_IN_PROGRESS`;
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
    // What stands below a stack's first own event has a start that AWS has yet to show.
    if (previous === undefined ? whole && index === 0 : beginsAttempt(previous, event)) start = index;
    previous = event;
  });
  return start ?? (whole ? 0 : undefined);
};
