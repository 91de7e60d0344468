/**
 * What unseen events of a stack say of its operations, together with the own events of it that are known: what began,
 * whether the stack rests now, and what belongs to an operation whose start AWS has not shown yet.
 */
import { beginsAttempt, continuesAttempt, type OwnWord } from "./attempt.ts";
import { orderOf, rankIn } from "./event-order.ts";
import { isOwnStatusEvent, type StackEvent } from "../stack-event.ts";
import { resourceKeyOf, type FollowedStack, type StackState } from "../stack-state.ts";
import { isAtRest, operationBegunBy } from "../statuses.ts";
import { keyOf } from "./unseen.ts";

type Known = Pick<FollowedStack, "status" | "statusAt" | "cursor" | "ranks" | "marks" | "base">;

type Word = OwnWord & Readonly<{ rank: number; timestamp: string; event?: StackEvent }>;

type Ranked = Readonly<{ event: StackEvent; rank: number }>;

const ranked = (known: Known | undefined, events: readonly StackEvent[]): Ranked[] => {
  // Most looks bring none, and the order is long.
  if (events.length === 0) return [];
  const order = orderOf(known?.cursor ?? [], known?.ranks);
  return events.map((event) => ({ event, rank: rankIn(order, keyOf(event), event.precedes) }));
};

/** The stack's own words in AWS's order, those that are unseen with their events. */
const wordsOf = (known: Known | undefined, events: readonly Ranked[]): Word[] => {
  const unseen = events
    .filter(({ event }) => isOwnStatusEvent(event))
    .map(({ event, rank }): Word => ({ ...event, rank, event }));
  return [...(known?.marks ?? []), ...unseen].sort((left, right) => left.rank - right.rank);
};

/** How the stack stood before its first word; undefined: nothing is known. */
const before = (known: Known | undefined): OwnWord | undefined =>
  known?.base ?? (known && known.marks === undefined && known.status !== "" ? known : undefined);

export type UnseenOperations = Readonly<{
  /**
   * The own event that began the newest operation, if it is unseen. Unlike an attempt, an operation does not begin with
   * the review of its change set.
   */
  start?: StackEvent;
  /** Whether an attempt begins, and not only shows its start late. */
  isNewAttempt: boolean;
  /** AWS's time since which the stack rests; undefined while it does something. */
  restsSince?: string;
}>;

export const operationsIn = (known: Known | undefined, events: readonly StackEvent[]): UnseenOperations => {
  const words = wordsOf(known, ranked(known, events));
  let previous = before(known);
  let start: StackEvent | undefined;
  let isNewAttempt = false;
  for (const word of words) {
    const kind = operationBegunBy(word.status);
    const isReviewed = previous !== undefined && operationBegunBy(previous.status) === "review";
    const begins = beginsAttempt(previous, word);
    if (word.event && kind !== undefined && kind !== "review" && (isReviewed || begins)) start = word.event;
    // Of what is known without any own event, this shows the start late, or deletes it.
    const goesOn =
      previous === undefined &&
      known !== undefined &&
      (word.event?.precedes !== undefined || kind === "delete");
    if (word.event && begins && !goesOn) isNewAttempt = true;
    previous = word;
  }
  const last = words.at(-1) ?? (known && { status: known.status, timestamp: known.statusAt });
  const rests = last !== undefined && isAtRest(last.status);
  return { ...(start && { start }), isNewAttempt, ...(rests && { restsSince: last.timestamp }) };
};

/** The unseen own event of a stack that began its newest operation. */
export const operationStart = (
  known: Known | undefined,
  events: readonly StackEvent[],
): StackEvent | undefined => operationsIn(known, events).start;

/**
 * Unseen events of the tracked stack that belong to a next operation, although AWS has not shown its start: what follows
 * the end of the one that is known, and neither bears its token nor ends what it had begun.
 */
export const heldBack = (
  state: StackState,
  root: FollowedStack,
  events: readonly StackEvent[],
): ReadonlySet<StackEvent> => {
  if (events.length === 0) return new Set();
  const order = ranked(root, events);
  let previous = before(root);
  let anchor = -Infinity;
  let isEnded = previous !== undefined && isAtRest(previous.status);
  for (const word of wordsOf(root, order)) {
    const follows =
      previous === undefined ||
      !isAtRest(previous.status) ||
      beginsAttempt(previous, word) ||
      continuesAttempt(previous, word) ||
      (word.event !== undefined && hasMarkOf(root, word.event));
    // What does not follow from the end before it is the middle of an operation.
    if (!follows && word.event) continue;
    previous = word;
    anchor = word.rank;
    isEnded = isAtRest(word.status);
  }
  if (!isEnded) return new Set();
  const isLast = anchor === (root.marks?.at(-1)?.rank ?? -Infinity);
  const held = order.filter(
    ({ event, rank }) =>
      rank > anchor && event.precedes === undefined && !(isLast ? belongs(state, root, event) : false),
  );
  return new Set(held.map(({ event }) => event));
};

/** Whether the event bears the operation or the token of what is known. */
const hasMarkOf = (root: FollowedStack, event: StackEvent): boolean =>
  [...(root.marks ?? []), root].some(
    ({ operationId, clientRequestToken }) =>
      (operationId !== undefined && operationId === event.operationId) ||
      (clientRequestToken !== undefined && clientRequestToken === event.clientRequestToken),
  );

const belongs = (state: StackState, root: FollowedStack, event: StackEvent): boolean => {
  if (hasMarkOf(root, event)) return true;
  const known = state.resources.get(resourceKeyOf(event.stackId, event.logicalId));
  if (!known || !isAtRest(event.status)) return false;
  const verb = known.status.slice(0, known.status.indexOf("_"));
  return !isAtRest(known.status) && event.status.startsWith(`${verb}_`);
};
