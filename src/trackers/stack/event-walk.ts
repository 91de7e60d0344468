/**
 * Reads a stack's unseen events, page by page. All or nothing: a walk that fails on any page has seen nothing, so
 * that the next one begins where this one began.
 */
import type { CloudFormation } from "../../aws/cloudformation/cloudformation.ts";
import { attemptStart } from "../../domain/stack/operation/attempt.ts";
import type { LookupFailure } from "../../domain/failure/lookup-failure.ts";
import { isOwnStatusEvent, type StackEvent } from "../../domain/stack/stack-event.ts";
import { BEGINNING, keyOf, REMEMBERED_EVENTS, type Cursor } from "../../domain/stack/operation/unseen.ts";
import { failed, success, type Result } from "../../protocol/result.ts";

/**
 * Events that are wanted, oldest first; of those left out, what the last of the stack's own before them said, and the keys
 * of the newest, oldest first.
 */
export type Slice = Readonly<{
  events: readonly StackEvent[];
  past: readonly string[];
  previousStatus?: string;
}>;

/** What is wanted from an index on. Late events belong to what is known, and are wanted whatever has begun since. */
const sliceFrom = (events: readonly StackEvent[], start: number, whole: boolean): Slice => {
  const before = events.slice(0, start);
  const dropped = before.filter(({ precedes }) => precedes === undefined);
  const late = before.filter(({ precedes }) => precedes !== undefined);
  const beginning = whole ? [BEGINNING] : [];
  return {
    events: [...late, ...events.slice(start)],
    past: [...beginning, ...dropped.slice(-REMEMBERED_EVENTS).map(keyOf)],
  };
};

/**
 * Cuts off what lies before the events that are wanted. Given the events read so far, oldest first, and whether there
 * are none before them; undefined asks for more of the past.
 */
type Cut = (events: readonly StackEvent[], whole: boolean) => Slice | undefined;

/** All back to a known event. */
export const sinceKnown: Cut = (events, whole) => (whole ? sliceFrom(events, 0, whole) : undefined);

/** The newest attempt's. */
export const newestAttempt: Cut = (events, whole) => {
  const start = attemptStart(events, whole);
  if (start === undefined) return undefined;
  const previousStatus = events.slice(0, start).findLast(isOwnStatusEvent)?.status;
  return { ...sliceFrom(events, start, whole), ...(previousStatus !== undefined && { previousStatus }) };
};

/** Not before AWS's time `since`. */
export const notBefore =
  (since: string): Cut =>
  (events, whole) => {
    const first = events.findIndex(({ timestamp }) => timestamp >= since);
    if (first === -1) return whole || events.length > 0 ? sliceFrom(events, events.length, whole) : undefined;
    return first > 0 || whole ? sliceFrom(events, first, whole) : undefined;
  };

/** Pages of one walk: 20,000 events. More belong to no operation, or to a server that gives the same token for ever. */
const MOST_PAGES = 200;

/** The stack's unseen events. `cut` is asked after every page, and when a known event is reached. */
export const unseenEvents = async (
  cloudFormation: CloudFormation,
  stack: string,
  cursor: Cursor,
  cut: Cut,
): Promise<Result<Slice, LookupFailure>> => {
  const known = new Set(cursor);
  const newestFirst: StackEvent[] = [];
  const taken = new Set<string>();
  let nextToken: string | undefined;
  for (let pages = 1; pages <= MOST_PAGES; pages += 1) {
    const page = await cloudFormation.eventPage(stack, known, nextToken);
    if (!page.ok) return page;
    for (const event of page.value.unseen) {
      const key = keyOf(event);
      // Pages shift while new events arrive.
      if (!taken.has(key)) newestFirst.push(event);
      taken.add(key);
    }
    nextToken = page.value.nextToken;
    const { reachedKnown } = page.value;
    if (cursor.length > 0 && !reachedKnown && nextToken === undefined && cursor[0] !== BEGINNING) {
      return failed({ kind: "bad-answer", message: "events that were read before are gone" });
    }
    const events = newestFirst.toReversed();
    // Down to a known event nothing is missing, and nothing before it is wanted.
    if (reachedKnown) return success(cut(events, false) ?? { events, past: [] });
    const wanted = cut(events, nextToken === undefined);
    if (wanted) return success(wanted);
  }
  return failed({ kind: "bad-answer", message: "the pages do not end" });
};
