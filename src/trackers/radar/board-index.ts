/** The stacks of all observed regions as one table: the newest operation first, a page at a time. */
import * as z from "zod";
import { mayRead } from "../../auth/rights.ts";
import { decodedText } from "../../channel/codec.ts";
import { REVIEW_STATUS } from "../../domain/stack/statuses.ts";
import { isListedStackWanted } from "../../domain/radar/board-filter.ts";
import { isOperating } from "../../domain/radar/swept-stack.ts";
import { DEFAULT_ACCOUNT, stackChannelOf } from "../../protocol/connection/channel-names.ts";
import { badCursor, pageCursorOf, keyIn } from "../../channel/page-cursor.ts";
import type { Failure } from "../../protocol/failure.ts";
import { failed, success, type Result } from "../../protocol/result.ts";
import {
  boardRowSchema,
  type BoardList,
  type BoardQuery,
  type BoardRow,
  type BoardStack,
} from "../../protocol/stack/board.ts";
import { BoardDurations } from "./board-durations.ts";
import type { BoardNews } from "./board-rpc.ts";

/** Where a page ended: the key of its last row. */
const cursorSchema = z.tuple([z.string(), z.string()]);

type Key = z.infer<typeof cursorSchema>;

type Row = { account: string; region: string; row: string; began: string; channel: string };

/** After every key that there is: times are digits. */
const NEWEST: Key = ["~", ""];

/** Whether a row shows an operation that the one before it did not. What rests in the first whole list has rested before. */
const hasBegun = (row: BoardRow, before: BoardRow | undefined, isWhole: boolean): boolean => {
  if (row.status === REVIEW_STATUS) return false;
  if (!before) return !isWhole || isOperating(row.status);
  if (row.stackId !== before.stackId || before.status === REVIEW_STATUS) return true;
  const isDeletion = row.status.startsWith("DELETE_") && !before.status.startsWith("DELETE_");
  return isDeletion || (row.startedAt !== undefined && row.startedAt !== before.startedAt);
};

export class BoardIndex {
  private readonly sql: SqlStorage;
  private readonly durations: BoardDurations;

  constructor(sql: SqlStorage) {
    this.sql = sql;
    this.durations = new BoardDurations(sql);
    sql.exec(
      "CREATE TABLE IF NOT EXISTS stacks (channel TEXT PRIMARY KEY, account TEXT NOT NULL, region TEXT NOT NULL," +
        " began TEXT NOT NULL, row TEXT NOT NULL) WITHOUT ROWID",
    );
    sql.exec("CREATE INDEX IF NOT EXISTS stacks_by_age ON stacks (began, channel)");
  }

  /**
   * Takes in what has changed; again changes nothing. Answers the channels whose rows are others now, or gone, and those of
   * stacks that have begun an operation.
   */
  note({ place, rows, gone, isWhole }: BoardNews): Readonly<{
    changed: readonly string[];
    begun: readonly string[];
  }> {
    const { account = DEFAULT_ACCOUNT, region } = place;
    const channelOf = (stackName: string): string => stackChannelOf({ ...place, stackName });
    const changed: string[] = [];
    const begun: string[] = [];
    for (const row of rows) {
      const channel = channelOf(row.stackName);
      const before = this.rowOf(channel);
      const { rowsWritten } = this.sql.exec(
        "INSERT INTO stacks VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET began = excluded.began," +
          " row = excluded.row WHERE excluded.row <> row",
        channel,
        account,
        region,
        row.startedAt ?? row.endedAt ?? "",
        JSON.stringify(row),
      );
      if (rowsWritten === 0) continue;
      changed.push(channel);
      this.durations.note(channel, row);
      if (hasBegun(row, before, isWhole)) begun.push(channel);
    }
    const kept = new Set(rows.map(({ stackName }) => channelOf(stackName)));
    const left = isWhole
      ? this.sql
          .exec<{ channel: string }>(
            "SELECT channel FROM stacks WHERE account = ? AND region = ?",
            account,
            region,
          )
          .toArray()
          .map(({ channel }) => channel)
          .filter((channel) => !kept.has(channel))
      : gone.map(channelOf);
    for (const channel of left) {
      this.sql.exec("DELETE FROM stacks WHERE channel = ?", channel);
      this.durations.forget(channel);
    }
    return { changed: [...changed, ...left], begun };
  }

  /** One page of what was asked for, as far as the patterns of channels cover it; absent: all. `now`: Unix milliseconds. */
  list(
    { account, region, status, q, cursor, limit }: BoardQuery,
    patterns: string[] | undefined,
    now: number,
  ): Result<BoardList, Failure> {
    const before = cursor === undefined ? NEWEST : keyIn(cursor, cursorSchema);
    if (!before) return failed(badCursor);
    const rows = this.sql.exec<Row>(
      "SELECT channel, account, region, began, row FROM stacks WHERE (began, channel) < (?, ?)" +
        " AND account = coalesce(?, account) AND region = coalesce(?, region)" +
        " ORDER BY began DESC, channel DESC",
      ...before,
      account ?? null,
      region ?? null,
    );
    const items: BoardStack[] = [];
    let last: Key | undefined;
    // Rows are read as they are asked for: the rest of the table costs nothing.
    for (const row of rows) {
      const stack = this.stackIn(row, now);
      if (!stack || !isListedStackWanted(stack, { status, q })) continue;
      if (patterns && !mayRead({ channels: patterns }, row.channel)) continue;
      if (items.length === limit && last) return success({ items, nextCursor: pageCursorOf(last) });
      items.push(stack);
      last = [row.began, row.channel];
    }
    return success({ items });
  }

  /** All stacks that the patterns of channels cover; absent: all that there are. */
  all(patterns: string[] | undefined, now: number): readonly BoardStack[] {
    return this.sql
      .exec<Row>("SELECT channel, account, region, began, row FROM stacks ORDER BY channel")
      .toArray()
      .filter(({ channel }) => !patterns || mayRead({ channels: patterns }, channel))
      .flatMap((row) => this.stackIn(row, now) ?? []);
  }

  /** The stack of a channel; undefined: it is not on the board. */
  find(channel: string, now: number): BoardStack | undefined {
    const [row] = this.sql.exec<Row>("SELECT * FROM stacks WHERE channel = ?", channel);
    return row && this.stackIn(row, now);
  }

  private rowOf(channel: string): BoardRow | undefined {
    const [known] = this.sql.exec<{ row: string }>("SELECT row FROM stacks WHERE channel = ?", channel);
    return known && decodedText(boardRowSchema, known.row, "stacks");
  }

  private stackIn({ account, region, row, channel }: Row, now: number): BoardStack | undefined {
    const known = decodedText(boardRowSchema, row, "stacks");
    if (!known) return undefined;
    const { startedAt, endedAt, status } = known;
    const until = endedAt === undefined ? (isOperating(status) ? now : undefined) : Date.parse(endedAt);
    const lasts = startedAt === undefined || until === undefined ? undefined : until - Date.parse(startedAt);
    const usualSeconds = this.durations.usualOf(channel, known);
    return {
      ...known,
      account,
      region,
      channel,
      ...(lasts !== undefined && { durationSeconds: Math.max(0, lasts) / 1000 }),
      ...(usualSeconds !== undefined && { usualSeconds }),
    };
  }
}
