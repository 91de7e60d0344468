/** The stacks of all observed regions as one table: the newest operation first, a page at a time. */
import * as z from "zod";
import { stackRangesOf } from "../../auth/pattern-cover.ts";
import { mayRead } from "../../auth/rights.ts";
import { decodedText } from "../../channel/codec.ts";
import { REVIEW_STATUS } from "../../domain/stack/statuses.ts";
import { isListedStackWanted } from "../../domain/radar/board-filter.ts";
import { isOperating } from "../../domain/radar/swept-stack.ts";
import { DEFAULT_ACCOUNT, stackChannelOf } from "../../protocol/connection/channel-names.ts";
import { badCursor, keyIn } from "../../page-cursor.ts";
import type { Failure } from "../../protocol/failure.ts";
import { failed, success, type Result } from "../../protocol/result.ts";
import {
  boardRowSchema,
  type BoardList,
  type BoardQuery,
  type BoardRow,
  type BoardStack,
} from "../../protocol/stack/board.ts";
import { boundedPage, isAfter, rowsWithin } from "../bounded-list.ts";
import { BoardDurations } from "./board-durations.ts";
import type { BoardNews } from "./board-rpc.ts";

/** Where a page ended: the key of its last row. */
const cursorSchema = z.tuple([z.string(), z.string()]);

type Key = z.infer<typeof cursorSchema>;

type Row = { account: string; region: string; row: string; began: string; channel: string };

/** After every key that there is: times are digits. */
const NEWEST: Key = ["~", ""];

const COLUMNS = "channel, account, region, began, row";

/** Each filter that names a place has the order within it, and so do both together. */
const INDEXES = {
  stacks_by_age: "began, channel",
  stacks_of_account: "account, began, channel",
  stacks_of_region: "region, began, channel",
  stacks_of_place: "account, region, began, channel",
};

/** A stack of the board as rules see it, for which nothing is worked out. */
type ListedStack = BoardRow & Readonly<{ account: string; region: string; channel: string }>;

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
    for (const [name, columns] of Object.entries(INDEXES))
      sql.exec(`CREATE INDEX IF NOT EXISTS ${name} ON stacks (${columns})`);
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
  list(query: BoardQuery, patterns: string[] | undefined, now: number): Result<BoardList, Failure> {
    return this.page(query, patterns, (stack) => this.shown(stack, now));
  }

  /** The same, as the rules of grouping see it. */
  listed(
    query: BoardQuery,
    patterns: string[] | undefined,
  ): Result<Readonly<{ items: readonly ListedStack[]; nextCursor?: string }>, Failure> {
    return this.page(query, patterns, (stack) => stack);
  }

  /** The stack of a channel; undefined: it is not on the board. */
  find(channel: string, now: number): BoardStack | undefined {
    const [row] = this.sql.exec<Row>(`SELECT ${COLUMNS} FROM stacks WHERE channel = ?`, channel);
    const listed = row && listedIn(row);
    return listed && this.shown(listed, now);
  }

  private page<Item>(
    { status, q, cursor, limit, ...place }: BoardQuery,
    patterns: string[] | undefined,
    itemOf: (stack: ListedStack) => Item,
  ): Result<{ items: Item[]; nextCursor?: string }, Failure> {
    const before = cursor === undefined ? NEWEST : keyIn(cursor, cursorSchema);
    if (!before) return failed(badCursor);
    const page = boundedPage(this.rows(patterns, before, place), {
      limit,
      before,
      keyOf,
      itemOf: (row) => {
        if (patterns && !mayRead({ channels: patterns }, row.channel)) return undefined;
        const stack = listedIn(row);
        return stack && isListedStackWanted(stack, { status, q }) ? itemOf(stack) : undefined;
      },
    });
    return success(page);
  }

  /** Newest first. Where patterns cover few stacks these are looked up; else all are walked in the order of time. */
  private rows(
    patterns: string[] | undefined,
    before: Key,
    { account, region }: Pick<BoardQuery, "account" | "region">,
  ): Iterable<Row> {
    const table = { table: "stacks", columns: COLUMNS, name: "channel" };
    const few = patterns && rowsWithin<Row>(this.sql, table, stackRangesOf(patterns));
    if (few)
      return few
        .filter(
          (row) =>
            isAfter(keyOf(row), before) &&
            row.account === (account ?? row.account) &&
            row.region === (region ?? row.region),
        )
        .sort((one, other) => (isAfter(keyOf(one), keyOf(other)) ? 1 : -1));
    const conditions = [
      "(began, channel) < (?, ?)",
      ...(account === undefined ? [] : ["account = ?"]),
      ...(region === undefined ? [] : ["region = ?"]),
    ];
    return this.sql.exec<Row>(
      `SELECT ${COLUMNS} FROM stacks WHERE ${conditions.join(" AND ")} ORDER BY began DESC, channel DESC`,
      ...before,
      ...[account, region].filter((value) => value !== undefined),
    );
  }

  private rowOf(channel: string): BoardRow | undefined {
    const [known] = this.sql.exec<{ row: string }>("SELECT row FROM stacks WHERE channel = ?", channel);
    return known && decodedText(boardRowSchema, known.row, "stacks");
  }

  private shown(stack: ListedStack, now: number): BoardStack {
    const { startedAt, endedAt, status, channel } = stack;
    const until = endedAt === undefined ? (isOperating(status) ? now : undefined) : Date.parse(endedAt);
    const lasts = startedAt === undefined || until === undefined ? undefined : until - Date.parse(startedAt);
    const usualSeconds = this.durations.usualOf(channel, stack);
    return {
      ...stack,
      ...(lasts !== undefined && { durationSeconds: Math.max(0, lasts) / 1000 }),
      ...(usualSeconds !== undefined && { usualSeconds }),
    };
  }
}

const keyOf = ({ began, channel }: Row): Key => [began, channel];

const listedIn = ({ account, region, row, channel }: Row): ListedStack | undefined => {
  const known = decodedText(boardRowSchema, row, "stacks");
  return known && { ...known, account, region, channel };
};
