/**
 * A consumer of a channel's log with a cursor of its own: hands the events on to one far end. It may fall behind for as
 * long as that is away, loses nothing, may hand an event on twice, and never holds up the broadcast.
 */
import { natureOf } from "../domain/failure/aws-failures.ts";
import type { LookupFailure } from "../domain/failure/lookup-failure.ts";
import { success, type Result } from "../protocol/result.ts";
import type { TriedAgain } from "../protocol/rpc/far-end.ts";
import * as z from "zod";
import { objectOf } from "./codec.ts";
import type { RidingRows } from "./riding.ts";
import { Row, type KeyRows } from "./rows.ts";
import type { ChannelLog } from "./channel-log.ts";
import type { Consumer } from "./alarm.ts";
import { logLine } from "../log.ts";
import { backoffMs } from "../domain/backoff.ts";
import { SingleFlight } from "../domain/single-flight.ts";

/** Where events go, and in what form. */
export type Sink<Item> = Readonly<{
  /** Under which the cursor is kept. */
  key: string;
  /** As it is called in the Worker's own log. */
  title: string;
  /** Events handed on between two moves of the cursor. */
  stride: number;
  slowestRetryMs: number;
  /** How long a far end that takes nothing is tried; absent: for ever. */
  patienceMs?: number;
  /** A frame, as JSON text, in the far end's form; undefined, or an exception, if it has none. */
  itemOf(frame: string, offset: number): Item | undefined;
  write(items: readonly Item[]): Promise<Result<void, LookupFailure>>;
  /** Whether the far end says of an item itself that it will never take it. */
  isRefusal(failure: LookupFailure): boolean;
  /** Hears that the far end refuses all; once that is known, nothing is tried before `tryAgain`. */
  refused?(failure: LookupFailure): Promise<void>;
}>;

/** Kept over restarts. `since`: of the first of the failures; `paused`: nothing is tried before `tryAgain`. */
type Progress = Readonly<{ offset: number; failures: number; since?: number; paused?: boolean }>;

const progressCodec = objectOf<Progress>({
  offset: z.number(),
  failures: z.number(),
  since: z.number().optional(),
  paused: z.boolean().optional(),
});

/** While more may come soon, events are let gather so long, in milliseconds: fuller batches, fewer rows. */
const GATHER_MS = 10_000;

const FIRST_RETRY_MS = 5_000;

/** A far end that takes longer is not waited for: it would hold up the next alarm, and all else that it is for. */
const HANGING_MS = 1_000;

/** Events that are kept for a far end that refuses all. */
const MOST_KEPT = 10_000;

/** Anything that says which event it is made of. */
type Placed = Readonly<{ offset: number }>;

export class LogConsumer<Item extends Placed = Placed> implements Consumer {
  readonly patienceMs = HANGING_MS;
  private progress: Progress;
  private readonly flight = new SingleFlight();
  private notBefore = 0;
  /** What the newest commit keeps if it leaves its events out. */
  private skipped: Progress | undefined;
  private readonly row: Row<Progress>;
  private readonly log: Pick<ChannelLog, "offset" | "page">;
  private readonly sink: Sink<Item>;
  private readonly isOpen: () => boolean;

  /** `isOpen`: whether events may follow soon. */
  constructor(
    kv: KeyRows,
    log: Pick<ChannelLog, "offset" | "page">,
    sink: Sink<Item>,
    isOpen: () => boolean,
  ) {
    this.row = new Row(kv, sink.key, progressCodec);
    this.log = log;
    this.sink = sink;
    this.isOpen = isOpen;
    this.progress = this.row.value ?? { offset: 0, failures: 0 };
  }

  /** Offset of the newest event that is handed on, or was waited for too long; the log must keep all after it. */
  get offset(): number {
    const { offset, paused } = this.progress;
    return paused ? Math.max(offset, this.log.offset - MOST_KEPT) : offset;
  }

  get underWay(): Promise<unknown> | undefined {
    return this.flight.underWay;
  }

  /** After a pause: whether the far end takes now what was kept. */
  async tryAgain(now: number): Promise<TriedAgain> {
    await this.flight.underWay;
    const { offset, paused } = this.progress;
    const head = this.log.offset;
    if (!paused) return "idle";
    if (head <= offset) {
      this.keep({ offset, failures: 0 });
      return "idle";
    }
    await this.flight.run(() => this.handOn(head, now));
    return this.progress.paused ? "refused" : "taken";
  }

  /** Hands on what is due. */
  run(now: number): Promise<void> {
    if (this.flight.underWay) return this.flight.underWay;
    const head = this.log.offset;
    if (head <= this.progress.offset || this.progress.paused || now < this.notBefore)
      return Promise.resolve();
    // Also what a bug brings down comes again, and not at once for ever.
    this.notBefore = now + (this.isOpen() ? GATHER_MS : FIRST_RETRY_MS);
    return this.flight.run(() => this.handOn(head, now));
  }

  /** Leaves out what another channel hands on, unless something before it still has to be. */
  skip(from: number): void {
    const head = this.log.offset;
    if (!this.leavesOut(from, head)) return;
    if (this.skipped?.offset !== head) return this.keep({ offset: head, failures: 0 });
    this.progress = this.skipped;
    this.row.ride(this.progress);
  }

  /** What a commit is to keep so that its events, from an offset to another, are left out. */
  skipping(from: number, to: number): RidingRows {
    this.skipped = { offset: to, failures: 0 };
    return this.leavesOut(from, to) ? { [this.sink.key]: this.skipped } : {};
  }

  /** Milliseconds until there is something to do again; undefined: nothing is waiting. */
  nextIn(now: number): number | undefined {
    const isWaiting = this.log.offset > this.progress.offset && !this.progress.paused;
    return isWaiting ? Math.max(0, this.notBefore - now) : undefined;
  }

  private leavesOut(from: number, to: number): boolean {
    return this.progress.offset >= from - 1 && to > this.progress.offset;
  }

  private async handOn(head: number, now: number): Promise<void> {
    while (this.progress.offset < head) {
      const runs = this.log.page(this.progress.offset, this.sink.stride);
      const frames = runs.flatMap((run) => run.frames);
      if (frames.length === 0) return;
      this.noteLoss(runs[0]!.from);
      const written = await this.put(frames, runs[0]!.from);
      if (!written.ok) return this.postpone(written.failure, head, now);
      this.keep({ offset: runs.at(-1)!.to, failures: 0 });
    }
  }

  private async put(frames: readonly string[], from: number): Promise<Result<void, LookupFailure>> {
    const { sink } = this;
    const refused: number[] = [];
    const items = frames.flatMap((frame, index) => {
      const item = this.itemOf(frame, from + index);
      if (!item) refused.push(from + index);
      return item ?? [];
    });
    const unmade = refused.length;
    const written = await sink.write(items);
    if (!written.ok && !sink.isRefusal(written.failure)) return written;
    if (!written.ok) {
      // One item that will never be taken must not keep all that follow from being written. A far end that refuses all
      // is another matter: a table with other keys can be fixed.
      for (const item of items) {
        const alone = await sink.write([item]);
        if (!alone.ok && !sink.isRefusal(alone.failure)) return alone;
        if (!alone.ok) refused.push(item.offset);
      }
      if (refused.length - unmade === items.length) return written;
    }
    for (const offset of refused) {
      logLine("error", `${sink.title} item refused`, { offset });
    }
    return success(undefined);
  }

  /** Undefined if nothing can be made of the frame: it could not be another time, and must not stop those after it. */
  private itemOf(frame: string, offset: number): Item | undefined {
    try {
      return this.sink.itemOf(frame, offset);
    } catch {
      return undefined;
    }
  }

  private noteLoss(from: number): void {
    const { offset, paused } = this.progress;
    if (!paused || from <= offset + 1) return;
    logLine("error", `${this.sink.title} lost`, { from: offset + 1, to: from - 1 });
    this.keep({ ...this.progress, offset: from - 1 });
  }

  private async postpone(failure: LookupFailure, head: number, now: number): Promise<void> {
    const { title, slowestRetryMs, patienceMs = Infinity } = this.sink;
    const { offset, failures: before, since = now, paused } = this.progress;
    // Who has tried again for others goes on waiting with them.
    if (paused || (await this.isPausing(failure))) return this.keep({ offset, failures: 0, paused: true });
    const failures = before + 1;
    if (now - since > patienceMs) {
      logLine("error", `${title} given up`, { from: offset + 1, head });
      return this.keep({ offset: head, failures: 0 });
    }
    this.notBefore = now + backoffMs(failures - 1, 1, { baseMs: FIRST_RETRY_MS, maxMs: slowestRetryMs });
    this.keep({ offset, failures, since });
    logLine("warn", `${title} postponed`, { reason: failure.kind, failures });
  }

  /** What nobody knows of, nobody would wake. */
  private async isPausing(failure: LookupFailure): Promise<boolean> {
    if (!this.sink.refused || natureOf(failure.kind) !== "refused") return false;
    return this.sink.refused(failure).then(
      () => true,
      () => false,
    );
  }

  private keep(progress: Progress): void {
    this.progress = progress;
    this.row.put(progress);
  }
}
