/**
 * The order of one stack's events is AWS's list order, whatever their stamps say. Each event has a rank within its
 * stack: one that becomes visible late is ranked between the two that it stands between in the list.
 */
import { BEGINNING, REMEMBERED_EVENTS, type Cursor } from "./unseen.ts";
import type { FollowedStack } from "../stack-state.ts";

/** Keys of a stack's events and their ranks, oldest first; filled as events are read. */
export type EventOrder = Readonly<{ keys: string[]; ranks: number[] }>;

/** The order as a stack's cursor remembers it. `ranks` are the cursor's, newest first; the former release kept none. */
export const orderOf = (cursor: Cursor, ranks: readonly number[] | undefined): EventOrder => ({
  keys: cursor.toReversed(),
  ranks: cursor.map((_, index) => ranks?.[index] ?? -index).reverse(),
});

/** Places an event and gives its rank; `precedes`: the known event that stands next above it in AWS's list. */
export const rankIn = ({ keys, ranks }: EventOrder, key: string, precedes: string | undefined): number => {
  const above = precedes === undefined ? -1 : keys.lastIndexOf(precedes);
  const newer = ranks[above];
  if (newer === undefined) {
    const rank = Math.floor(ranks.at(-1) ?? 0) + 1;
    keys.push(key);
    ranks.push(rank);
    return rank;
  }
  const older = keys[above - 1] === BEGINNING ? undefined : ranks[above - 1];
  const rank = older === undefined ? newer - 1 : (older + newer) / 2;
  keys.splice(above, 0, key);
  ranks.splice(above, 0, rank);
  return rank;
};

/** Whether nothing is known of the stack that stands below the first own event of its attempt. */
export const isFirstKnown = (
  { cursor, ranks, marks }: Pick<FollowedStack, "cursor" | "ranks" | "marks">,
  order: EventOrder = orderOf(cursor, ranks),
): boolean => {
  const first = marks?.[0]?.rank ?? -Infinity;
  return order.keys.every((key, index) => key === BEGINNING || order.ranks[index]! >= first);
};

/** What is remembered of the order: the newest events, newest first. */
export const cursorOf = ({ keys, ranks }: EventOrder): Readonly<{ cursor: Cursor; ranks: number[] }> => ({
  cursor: keys.slice(-REMEMBERED_EVENTS).reverse(),
  ranks: ranks.slice(-REMEMBERED_EVENTS).reverse(),
});
