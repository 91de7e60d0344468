/**
 * The log of a channel: one row a commit, its frames as the text that goes out, so that a frame is made into a string
 * once for all viewers and all times. Offsets are dense from 1; a row holds a run of them.
 */
import { MAX_BATCH_BYTES, MAX_BATCH_EVENTS } from "../protocol/connection/connection.ts";

/** Frames of consecutive offsets, each as JSON text without line breaks. */
export type LogRun = Readonly<{ from: number; to: number; frames: readonly string[] }>;

/** The same with what its commit keeps beside them; null: the row of the next run of the commit has it, or the head does. */
export type KeptRun = LogRun & Readonly<{ kept: string | null }>;

/** What a page may hold, in UTF-8 bytes: a call between objects carries 32 MiB of up to two for one. */
const MAX_PAGE_BYTES = 8 * 1024 * 1024;

/** Between the frames of a row; JSON text holds no bare line break. */
const SEPARATOR = "\n";

const TABLE =
  "CREATE TABLE IF NOT EXISTS log (first INTEGER PRIMARY KEY, last INTEGER NOT NULL, body TEXT NOT NULL, kept TEXT)";

const encoder = new TextEncoder();

/** Cuts a run so that each part fits into one `batch` frame. */
const parts = (run: LogRun): LogRun[] => {
  const cut: LogRun[] = [];
  let frames: string[] = [];
  let bytes = 0;
  let from = run.from;
  for (const frame of run.frames) {
    const size = encoder.encode(frame).length + 1;
    if (frames.length > 0 && (frames.length >= MAX_BATCH_EVENTS || bytes + size > MAX_BATCH_BYTES)) {
      cut.push({ from, to: from + frames.length - 1, frames });
      from += frames.length;
      frames = [];
      bytes = 0;
    }
    frames.push(frame);
    bytes += size;
  }
  cut.push({ from, to: run.to, frames });
  return cut;
};

export class EventLog {
  private readonly sql: SqlStorage;
  private isThere: boolean;
  /** Whether the table has a place for what commits keep: a former release had none. */
  private isRoomy = false;

  /** `isThere`: the log has been there before. Without that nothing is written until something is to be kept. */
  constructor(sql: SqlStorage, isThere: boolean) {
    this.sql = sql;
    this.isThere = isThere;
  }

  /** Creates the table; again does no harm. Not to be called in a transaction, which might be rolled back. */
  create(): void {
    if (this.isThere) return;
    this.sql.exec(TABLE);
    this.isThere = true;
  }

  /** Makes room for what commits keep; again does no harm. As of `create`. */
  makeRoom(): void {
    if (this.isRoomy) return;
    if (!this.hasRoom()) this.sql.exec("ALTER TABLE log ADD COLUMN kept TEXT");
    this.isRoomy = true;
  }

  /** All storage was given up. */
  clear(): void {
    this.isThere = false;
    this.isRoomy = false;
  }

  /**
   * Stores frames that follow the head at `offset`; to be called in the transaction that moves the head, of a log that
   * is there. `kept`: beside them, where room is made for it.
   */
  append(offset: number, frames: readonly string[], kept?: string): readonly LogRun[] {
    if (frames.length === 0) return [];
    const runs = parts({ from: offset + 1, to: offset + frames.length, frames });
    for (const run of runs) {
      const body = run.frames.join(SEPARATOR);
      if (kept === undefined || run !== runs.at(-1))
        this.sql.exec("INSERT INTO log (first, last, body) VALUES (?, ?, ?)", run.from, run.to, body);
      else
        this.sql.exec(
          "INSERT INTO log (first, last, body, kept) VALUES (?, ?, ?, ?)",
          run.from,
          run.to,
          body,
          kept,
        );
    }
    return runs;
  }

  /** The rows after an offset, with what their commits keep. */
  keptAfter(offset: number): readonly KeptRun[] {
    if (!this.isThere) return [];
    return this.sql
      .exec<{ first: number; last: number; body: string; kept?: string | null }>(
        "SELECT * FROM log WHERE last > ? ORDER BY first",
        offset,
      )
      .toArray()
      .map(({ first, last, body, kept = null }) => ({
        from: first,
        to: last,
        frames: body.split(SEPARATOR),
        kept,
      }));
  }

  /**
   * Frames after an offset in runs that fit a `batch` frame: at most `limit`, and not more than one call between objects
   * can carry, but one at least if there is one. More follow if the last run ends before the head.
   */
  page(offset: number, limit = Infinity): readonly LogRun[] {
    const runs: LogRun[] = [];
    if (!this.isThere) return runs;
    let left = limit;
    let bytesLeft = MAX_PAGE_BYTES;
    const rows = this.sql.exec<{ first: number; body: string }>(
      "SELECT first, body FROM log WHERE last > ? ORDER BY first",
      offset,
    );
    for (const { first, body } of rows) {
      if (left <= 0) break;
      const skipped = Math.max(0, offset + 1 - first);
      const frames = body.split(SEPARATOR).slice(skipped, skipped + left);
      bytesLeft -= frames.reduce((sum, frame) => sum + encoder.encode(frame).length, 0);
      // A row is as large as a `batch` frame, or holds one frame.
      if (bytesLeft < 0 && runs.length > 0) break;
      left -= frames.length;
      const from = first + skipped;
      runs.push({ from, to: from + frames.length - 1, frames });
    }
    if (runs.length < 2) return runs;
    // Many small commits make a few large frames.
    return parts({ from: runs[0]!.from, to: runs.at(-1)!.to, frames: runs.flatMap(({ frames }) => frames) });
  }

  /** The offsets of the first and the last event that are kept, whatever the head says; 1 and 0: there are none. */
  bounds(): Readonly<{ first: number; last: number }> {
    const tables = this.sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'log'").toArray();
    if (tables.length === 0) return { first: 1, last: 0 };
    const { first, last } = this.sql
      .exec<{ first: number | null; last: number | null }>(
        "SELECT min(first) AS first, max(last) AS last FROM log",
      )
      .one();
    return { first: first ?? 1, last: last ?? 0 };
  }

  /** Forgets the rows that lie wholly before an offset. */
  trimBefore(offset: number): void {
    if (this.isThere) this.sql.exec("DELETE FROM log WHERE last < ?", offset);
  }

  private hasRoom(): boolean {
    const [table] = this.sql.exec<{ sql: string }>("SELECT sql FROM sqlite_master WHERE name = 'log'");
    return table?.sql.includes("kept TEXT") ?? false;
  }
}
