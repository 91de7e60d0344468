/** What objects could not read of what they had stored, as a small table of the directory: by kind of key, for a week. */
import type { UnreadableRow } from "../../protocol/rpc/unreadable-rows.ts";

const KEPT_MS = 7 * 86_400_000;

/** Kinds of keys that are kept. */
const MOST_ROWS = 20;

export class UnreadableIndex {
  private readonly sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.sql = sql;
    sql.exec(
      "CREATE TABLE IF NOT EXISTS unreadable (key TEXT PRIMARY KEY, count INTEGER NOT NULL, at INTEGER NOT NULL) WITHOUT ROWID",
    );
  }

  note(rows: readonly UnreadableRow[], now: number): void {
    for (const { key, count, at } of rows.slice(0, MOST_ROWS))
      this.sql.exec(
        "INSERT INTO unreadable VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET count = count + excluded.count, at = excluded.at",
        key,
        count,
        at,
      );
    this.sql.exec(
      "DELETE FROM unreadable WHERE at < ? OR key NOT IN (SELECT key FROM unreadable ORDER BY at DESC, key LIMIT ?)",
      now - KEPT_MS,
      MOST_ROWS,
    );
  }

  /** Those of the last week, newest first. */
  list(now: number): readonly UnreadableRow[] {
    return this.sql
      .exec<{ key: string; count: number; at: number }>(
        "SELECT key, count, at FROM unreadable WHERE at >= ? ORDER BY at DESC, key",
        now - KEPT_MS,
      )
      .toArray();
  }
}
