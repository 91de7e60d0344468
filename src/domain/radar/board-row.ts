/**
 * The stacks of a region as the board shows them: what a list of all stacks changes of it, and what a stack's own tracker
 * tells, which is exact. Rows are replaced, never changed in place.
 */
import type { BoardRow } from "../../protocol/stack/board.ts";
import { isAtRest } from "../stack/statuses.ts";
import { agreesWith, isOperating, markOf, type SweptStack } from "./swept-stack.ts";

/** `mark`: of the newest list; `owed`: how often a tracker was asked in vain to follow the newest operation; absent: none is asked. */
export type KnownStack = Readonly<{ row: BoardRow; mark: string; owed?: number }>;

/** What a stack's tracker tells when the stack's own status changes. */
export type ReportedStatus = Readonly<{
  stackId: string;
  status: string;
  /** AWS's time of the status, and of the beginning of its operation. */
  statusAt: string;
  startedAt?: string;
  reason?: string;
  tags?: Readonly<Record<string, string>>;
}>;

/** `changed`: rows that are to be kept, by name; `vanished`: stacks that the list does not show any more. */
type SweepNews = Readonly<{ changed: readonly KnownStack[]; vanished: readonly KnownStack[] }>;

/** So often a tracker is asked to follow an operation whose events AWS does not show. */
export const MOST_ASKED = 8;

const swept = (stack: SweptStack, before: BoardRow | undefined, now: string): BoardRow => {
  const { name, stackId, status, reason, begunAt, deletedAt, tags } = stack;
  const isSame = before?.stackId === stackId && before.status === status;
  const startedAt = begunAt === "" ? (isSame ? before.startedAt : undefined) : begunAt;
  const isSameOperation = before?.stackId === stackId && before.startedAt === startedAt;
  const endedAt = deletedAt ?? (isSame && isSameOperation ? before.endedAt : before && now);
  return {
    stackName: name,
    stackId,
    status,
    ...(reason !== undefined && { reason }),
    ...(startedAt !== undefined && { startedAt }),
    ...(isAtRest(status) && endedAt !== undefined && { endedAt }),
    ...(tags && { tags: { ...tags } }),
  };
};

/**
 * What a list of all stacks changes. `isFirst`: nothing was known before, so that what rests has rested all along; `now` is
 * ISO 8601; `newer`: names of which something was reported since the list was asked for.
 */
export const newsOf = (
  known: ReadonlyMap<string, KnownStack>,
  stacks: readonly SweptStack[],
  { isFirst, now, newer }: Readonly<{ isFirst: boolean; now: string; newer: ReadonlySet<string> }>,
): SweepNews => {
  const roots = stacks.filter(({ isNested, name }) => !isNested && !newer.has(name));
  const changed = roots.flatMap((stack): KnownStack[] => {
    const before = known.get(stack.name);
    const mark = markOf(stack);
    if (before?.mark === mark) return [];
    const row = swept(stack, before?.row, now);
    if (isFirst) return [{ row, mark, ...(isOperating(stack.status) && { owed: 0 }) }];
    const wasReported =
      before !== undefined && agreesWith(mark, { ...before.row, startedAt: before.row.startedAt ?? "" });
    const isNews = isOperating(stack.status) || (isAtRest(stack.status) && !wasReported);
    return [{ row: wasReported ? { ...row, ...before.row } : row, mark, ...(isNews && { owed: 0 }) }];
  });
  const shown = new Set(stacks.map(({ name }) => name));
  const vanished = [...known.values()].filter(
    ({ row }) => !shown.has(row.stackName) && !newer.has(row.stackName) && row.status !== "DELETE_COMPLETE",
  );
  return { changed, vanished };
};

/** A stack that no list shows any more; `deleted`: as the list of deleted stacks has it, if it does. */
export const goneStack = (
  { row: { stackName, stackId, startedAt, tags } }: KnownStack,
  deleted: SweptStack | undefined,
  now: string,
): KnownStack => ({
  row: {
    stackName,
    stackId,
    status: "DELETE_COMPLETE",
    ...(startedAt !== undefined && { startedAt }),
    ...(tags && { tags }),
    endedAt: deleted?.deletedAt ?? now,
  },
  mark: "",
  owed: 0,
});

/** What a tracker tells of the newest operation; undefined: nothing that the board does not have. */
export const reportedStack = (
  known: KnownStack | undefined,
  stackName: string,
  { stackId, status, statusAt, startedAt, reason }: ReportedStatus,
): KnownStack | undefined => {
  const before = known?.row.stackId === stackId ? known.row : undefined;
  const row: BoardRow = {
    stackName,
    stackId,
    status,
    ...(reason !== undefined && reason !== "" && { reason }),
    ...(startedAt !== undefined && { startedAt }),
    ...(isAtRest(status) && { endedAt: statusAt }),
    ...(before?.tags && { tags: before.tags }),
  };
  if (before && JSON.stringify(before) === JSON.stringify(row)) return undefined;
  return { row, mark: known?.mark ?? "" };
};
