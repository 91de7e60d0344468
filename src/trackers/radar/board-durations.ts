/** How long the operations of the board's stacks have taken, as a table: the newest of each kind, so that what is usual is known. */
import {
  isLearntFrom,
  operationKindOf,
  REMEMBERED,
  usualSecondsOf,
} from "../../domain/radar/usual-duration.ts";
import type { BoardRow } from "../../protocol/stack/board.ts";

export class BoardDurations {
  private readonly sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.sql = sql;
    sql.exec(
      "CREATE TABLE IF NOT EXISTS durations (channel TEXT NOT NULL, kind TEXT NOT NULL, began TEXT NOT NULL," +
        " seconds REAL NOT NULL, PRIMARY KEY (channel, kind, began)) WITHOUT ROWID",
    );
  }

  /** Learns from an operation that has ended; again changes nothing. */
  note(channel: string, { status, startedAt, endedAt }: BoardRow): void {
    const kind = operationKindOf(status);
    if (kind === undefined || !isLearntFrom(status) || startedAt === undefined || endedAt === undefined)
      return;
    const seconds = (Date.parse(endedAt) - Date.parse(startedAt)) / 1000;
    if (!(seconds > 0)) return;
    this.sql.exec("INSERT OR REPLACE INTO durations VALUES (?, ?, ?, ?)", channel, kind, startedAt, seconds);
    this.sql.exec(
      "DELETE FROM durations WHERE channel = ? AND kind = ? AND began <=" +
        " (SELECT began FROM durations WHERE channel = ? AND kind = ? ORDER BY began DESC LIMIT 1 OFFSET ?)",
      channel,
      kind,
      channel,
      kind,
      REMEMBERED,
    );
  }

  /** How long the operation that a row shows usually takes, by those before it; undefined: that is not known. */
  usualOf(channel: string, { status, startedAt }: BoardRow): number | undefined {
    const kind = operationKindOf(status);
    if (kind === undefined || startedAt === undefined) return undefined;
    const rows = this.sql.exec<{ seconds: number }>(
      "SELECT seconds FROM durations WHERE channel = ? AND kind = ? AND began < ?",
      channel,
      kind,
      startedAt,
    );
    return usualSecondsOf(rows.toArray().map(({ seconds }) => seconds));
  }

  forget(channel: string): void {
    this.sql.exec("DELETE FROM durations WHERE channel = ?", channel);
  }
}
