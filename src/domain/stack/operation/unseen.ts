/**
 * The gap-proof cursor: which events of a stack were read before. Ids count as seen only when the whole walk, page by
 * page down to a known event, has succeeded; until then nothing is remembered.
 */
import { eventKeyOf, type StackEvent } from "../stack-event.ts";

/**
 * How many of the newest events are remembered: a page of DescribeStackEvents and some, so that every known event
 * that the first page can show is recognised, also around one that became visible late.
 */
export const REMEMBERED_EVENTS = 128;

/** Keys of the events read last, newest first; those from before the attempt are among them, so that none is reported late. */
export type Cursor = readonly string[];

/** Stands in a cursor below a stack's very first event: whatever shows itself there is late, and not history. */
export const BEGINNING = "";

export const keyOf = (event: StackEvent): string => eventKeyOf(event.eventId, event.hook?.status);

/**
 * The events of several stacks in one order: by AWS's time, but never against the order of a stack's own list, as
 * times can be equal or step back. Earlier lists win ties.
 */
export const mergeByTime = (lists: readonly (readonly StackEvent[])[]): StackEvent[] => {
  const heads = lists.map(() => 0);
  const merged: StackEvent[] = [];
  for (;;) {
    let first: StackEvent | undefined;
    let from = -1;
    lists.forEach((list, index) => {
      const head = list[heads[index]!];
      if (head && (first === undefined || head.timestamp < first.timestamp)) {
        first = head;
        from = index;
      }
    });
    if (first === undefined) return merged;
    merged.push(first);
    heads[from]!++;
  }
};
