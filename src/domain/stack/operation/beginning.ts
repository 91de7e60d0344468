/** When an operation began, by AWS's clock, though AWS may not have shown its start yet. */
import type { StackEvent } from "../stack-event.ts";
import type { FollowedStack, StackState } from "../stack-state.ts";
import { operationBegunBy } from "../statuses.ts";
import { isFirstKnown } from "./event-order.ts";
import { firstRankIn } from "../resources/resource-set.ts";
import { isStartHidden } from "./settling.ts";

/** How late AWS may show a stack's own start, in milliseconds. */
const LATEST_START = 10_000;

/** A time before which nothing of an operation happened whose start AWS has not shown, though this had. */
const wellBefore = (timestamp: string): string =>
  timestamp === "" ? "" : new Date(Date.parse(timestamp) - LATEST_START).toISOString();

/** AWS's time before which nothing of the operation happened. `known`: the root as it was known before these events. */
export const beginningOfOperation = (
  { attempt, resources }: StackState,
  known: FollowedStack | undefined,
  start: StackEvent | undefined,
  {
    events,
    previousStatus,
  }: Readonly<{ events: readonly StackEvent[]; previousStatus?: string | undefined }>,
): string => {
  const first = start?.timestamp ?? (known && attempt?.startedAt) ?? events[0]?.timestamp ?? "";
  const opener = start ?? known?.marks?.[0];
  const kind = operationBegunBy(opener?.status ?? "");
  if (kind === undefined) return wellBefore(first);
  const isFirst = start ? !known?.marks?.length && previousStatus === undefined : isFirstKnown(known!);
  const isHidden = known
    ? !start && isStartHidden(known, firstRankIn(resources, known.stackId))
    : start !== events[0];
  // A deletion may roll back what it has not shown yet.
  return isHidden || (kind === "delete" && isFirst) ? wellBefore(first) : first;
};
