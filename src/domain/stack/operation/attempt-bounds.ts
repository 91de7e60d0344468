/** Where one attempt of a stack ends and the next begins, of what AWS has shown of it. */
import type { StackEvent } from "../stack-event.ts";
import type { FollowedStack, OwnMark } from "../stack-state.ts";
import { operationBegunBy } from "../statuses.ts";
import { beginsAttempt } from "./attempt.ts";
import type { Family } from "./family.ts";
import { isStartHidden } from "./settling.ts";

/** Whether the event is of an attempt before the known one: it is reported, and changes nothing. */
export const isBefore = (root: FollowedStack, rootId: string, event: StackEvent, rank: number): boolean => {
  const start = root.marks?.[0];
  if (!start || operationBegunBy(start.status) === undefined) return false;
  return event.stackId === rootId ? rank < start.rank : event.timestamp < start.timestamp;
};

/** Whether AWS has yet to show how the attempt began: its first own event is known to be none, or may be none. */
export const isBeginningOpen = (
  family: Pick<Family, "root" | "isRootFirstKnown">,
  resources: Readonly<{ firstRank(stackId: string): number | undefined }>,
): boolean => {
  const { root } = family;
  const start = root.marks?.[0];
  if (!start) return false;
  if (isStartHidden(root, resources.firstRank(root.stackId))) return true;
  // A deletion may roll back a create that has not shown itself.
  return operationBegunBy(start.status) === "delete" && family.isRootFirstKnown;
};

/** The start of a newer attempt among own events that were taken for those of one. */
export const startOfNewer = (marks: readonly OwnMark[]): OwnMark | undefined =>
  marks.findLast((mark, index) => index > 0 && beginsAttempt(marks[index - 1], mark));
