/**
 * Writes a channel's events to the audit table: a consumer of the log with a cursor of its own. It may fall behind for
 * as long as AWS is away, loses nothing, may write an event twice, and never holds up the broadcast.
 */
import { batchWriteItem, isWritable } from "../aws/dynamodb.ts";
import type { AwsSession } from "../aws/session.ts";
import type { AuditItem } from "../domain/audit-item.ts";
import type { LookupFailure } from "../domain/lookup-failure.ts";
import { success, type Result } from "../protocol/result.ts";
import { fitting } from "./audit-size.ts";
import type { EventLog } from "./event-log.ts";

/** A frame, as JSON text, and its offset, as a row of the table. */
type ItemOf = (frame: string, offset: number) => AuditItem;

/** Kept over restarts. */
type Progress = Readonly<{ offset: number; failures: number }>;

const PROGRESS = "audit";

/** Events written between two moves of the cursor: four calls. */
const STRIDE = 100;

/** While more may come soon, events are let gather so long, in milliseconds: fuller batches, fewer rows. */
const GATHER_MS = 10_000;

const FIRST_RETRY_MS = 5_000;
const SLOWEST_RETRY_MS = 300_000;

export class Audit {
  private progress: Progress;
  private underway: Promise<void> | undefined;
  private notBefore = 0;
  private readonly kv: SyncKvStorage;
  private readonly log: EventLog;
  private readonly itemOf: ItemOf;
  private readonly destination: Readonly<{ session: AwsSession; table: string }>;

  constructor(
    kv: SyncKvStorage,
    log: EventLog,
    itemOf: ItemOf,
    destination: Readonly<{ session: AwsSession; table: string }>,
  ) {
    this.kv = kv;
    this.log = log;
    this.itemOf = itemOf;
    this.destination = destination;
    this.progress = kv.get<Progress>(PROGRESS) ?? { offset: 0, failures: 0 };
  }

  /** Offset of the newest event that is written; the log must keep all after it. */
  get offset(): number {
    return this.progress.offset;
  }

  /** Writes what is due up to `head`. `more`: whether events may follow soon. */
  run(head: number, now: number, more: boolean): Promise<void> {
    if (this.underway) return this.underway;
    if (head <= this.progress.offset || now < this.notBefore) return Promise.resolve();
    // Also what a bug brings down comes again, and not at once for ever.
    this.notBefore = now + (more ? GATHER_MS : FIRST_RETRY_MS);
    this.underway = this.write(head, now).finally(() => (this.underway = undefined));
    return this.underway;
  }

  /** Leaves out what is audited elsewhere, unless something before it still has to be written. */
  skip(from: number, head: number): void {
    if (this.progress.offset >= from - 1 && head > this.progress.offset)
      this.keep({ offset: head, failures: 0 });
  }

  /** Milliseconds until there is something to do again; undefined: nothing is waiting. */
  nextIn(head: number, now: number): number | undefined {
    return head <= this.progress.offset ? undefined : Math.max(0, this.notBefore - now);
  }

  private async write(head: number, now: number): Promise<void> {
    while (this.progress.offset < head) {
      const runs = this.log.page(this.progress.offset, STRIDE);
      const frames = runs.flatMap((run) => run.frames);
      if (frames.length === 0) return;
      const written = await this.put(frames, runs[0]!.from);
      if (!written.ok) return this.postpone(written.failure, now);
      this.keep({ offset: runs.at(-1)!.to, failures: 0 });
    }
  }

  private async put(frames: readonly string[], from: number): Promise<Result<void, LookupFailure>> {
    const refused: number[] = [];
    const items = frames.flatMap((frame, index) => {
      const item = this.rowOf(frame, from + index);
      if (!item) refused.push(from + index);
      return item ?? [];
    });
    const unmade = refused.length;
    const { session, table } = this.destination;
    const written = await batchWriteItem(session, table, items);
    if (!written.ok && !isRefusedItem(written.failure)) return written;
    if (!written.ok) {
      // One item that DynamoDB will never take must not keep all that follow from being written. One that refuses all
      // is another matter: a table with other keys can be mended.
      for (const item of items) {
        const alone = await batchWriteItem(session, table, [item]);
        if (!alone.ok && !isRefusedItem(alone.failure)) return alone;
        if (!alone.ok) refused.push(item.offset);
      }
      if (refused.length - unmade === items.length) return written;
    }
    for (const offset of refused) {
      console.error(JSON.stringify({ level: "error", message: "Audit item refused", offset }));
    }
    return success(undefined);
  }

  /** Undefined if no row can be made of the frame: it could not be another time, and must not stop those after it. */
  private rowOf(frame: string, offset: number): AuditItem | undefined {
    try {
      const item = fitting(this.itemOf(frame, offset));
      return isWritable(item) ? item : undefined;
    } catch {
      return undefined;
    }
  }

  private postpone(failure: LookupFailure, now: number): void {
    const failures = this.progress.failures + 1;
    const wait = Math.min(SLOWEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(failures - 1, 10));
    this.notBefore = now + wait;
    this.keep({ offset: this.progress.offset, failures });
    console.warn(
      JSON.stringify({ level: "warn", message: "Audit postponed", reason: failure.kind, failures }),
    );
  }

  private keep(progress: Progress): void {
    this.progress = progress;
    this.kv.put(PROGRESS, progress);
  }
}

/** What DynamoDB says of an item itself: too large, or holding what is no text. */
const REFUSED_ITEM: readonly string[] = ["ValidationException", "SerializationException"];

const isRefusedItem = (failure: LookupFailure): boolean =>
  failure.kind === "rejected" && REFUSED_ITEM.includes(failure.code);
