/**
 * A channel's log with its position: epoch, head and floor move with what is appended, in one transaction with what the
 * channel's object keeps beside them in one row. Nothing is written before there is something to keep.
 */
import * as z from "zod";
import { isRecoverable, type AskedPosition, type ChannelHead } from "../protocol/connection/position.ts";
import type { Missed, Run } from "../protocol/rpc/channel-owner.ts";
import { decoded, LAYOUT, objectOf, type Codec } from "./codec.ts";
import { EventLog, type LogRun } from "./event-log.ts";
import { noteCommit } from "./own/own-counts.ts";

/** The key of the row that holds the position, and what the object keeps with it. */
export const HEAD = "head";

/** The position within the row. A former release kept no layout, and no floor for stacks. */
const positionCodec = objectOf<Omit<ChannelHead, "floor"> & Readonly<{ layout?: number; floor?: number }>>({
  layout: z.literal(LAYOUT).optional(),
  epoch: z.string(),
  offset: z.number(),
  floor: z.number().optional(),
});

/** What a channel keeps with its position, and what it begins with. `floorOf`: where the row holds no floor. */
type Opening<Kept> = Readonly<{
  codec: Codec<Kept>;
  fresh: Kept;
  floorOf: (kept: Kept) => number;
  newEpoch: () => string;
}>;

/** Moves with each commit: the floor, and what the object keeps in the row. */
type Moved<Kept> = Readonly<{ floor: number; kept: Kept }>;

/** Events after an offset. `more`: whether others follow them. */
export type LogPage = Readonly<{ runs: readonly Run[]; more: boolean }>;

export class ChannelLog<Kept extends object = object> {
  /** What the object keeps in the row of the head; of one that could not be read, what a channel begins with. */
  kept: Kept;
  /** Whether the head could be read, or nothing was kept. If not, another epoch has begun, with all that the log holds. */
  readonly isWhole: boolean;
  private at: ChannelHead;
  private readonly rows: EventLog;
  private readonly storage: DurableObjectStorage;
  private readonly newEpoch: () => string;
  private isStored: boolean;
  private isClosed = false;

  constructor(storage: DurableObjectStorage, { codec, fresh, floorOf, newEpoch }: Opening<Kept>) {
    this.storage = storage;
    this.newEpoch = newEpoch;
    const stored = storage.kv.get(HEAD);
    const head = stored === undefined ? undefined : decoded(positionCodec, stored, HEAD);
    const kept = head && decoded(codec, stored, HEAD);
    this.rows = new EventLog(storage.sql, kept !== undefined);
    const { first, last } = kept ? { first: 1, last: 0 } : this.rows.bounds();
    this.isWhole = kept !== undefined || (stored === undefined && last === 0);
    this.isStored = kept !== undefined;
    const { epoch = newEpoch(), offset = last, floor } = (kept && head) ?? {};
    this.at = { epoch, offset, floor: floor ?? (kept ? floorOf(kept) : first) };
    this.kept = kept ?? fresh;
    if (!this.isWhole) this.create();
  }

  get epoch(): string {
    return this.at.epoch;
  }

  /** Offset of the newest event; 0 before the first. */
  get offset(): number {
    return this.at.offset;
  }

  /** Frames below it are no longer sent. */
  get floor(): number {
    return this.at.floor;
  }

  get position(): ChannelHead {
    return this.at;
  }

  /** Whether anything is kept. */
  get isKept(): boolean {
    return this.isStored;
  }

  /** Keeps the channel's epoch from now on. Before that nothing is kept: most names that are asked for are nobody's. */
  create(): void {
    if (this.isClosed) throw new Error("The channel is being deleted");
    if (this.isStored) return;
    this.rows.create();
    this.putHead(this.at, this.kept);
    this.isStored = true;
  }

  /** Nothing is kept from now on: who tries to gets an exception. */
  close(): void {
    this.isClosed = true;
  }

  /** All storage was given up. */
  clear(): void {
    this.rows.clear();
    this.isStored = false;
  }

  /**
   * Appends frames, and keeps in the same transaction what `keep` gives. If it fails, all is as it was. Gives the frames
   * as they go out.
   */
  commit(frames: readonly string[], keep: () => Moved<Kept>): readonly LogRun[] {
    this.create();
    const { epoch, offset } = this.at;
    const { at, kept, runs } = this.storage.transactionSync(() => {
      const moved = keep();
      const next = { epoch, offset: offset + frames.length, floor: moved.floor };
      this.putHead(next, moved.kept);
      return { at: next, kept: moved.kept, runs: this.rows.append(offset, frames) };
    });
    this.at = at;
    this.kept = kept;
    // The head, the log, and as many again of what the object keeps beside them.
    noteCommit(2 * (1 + runs.length));
    return runs;
  }

  /** Begins another epoch: frames from now on use offsets that were used before. */
  beginEpoch(): void {
    this.at = { ...this.at, epoch: this.newEpoch() };
    this.putHead(this.at, this.kept);
  }

  /** Begins another epoch without any frame of the one before; `keep`: as of `commit`. */
  restart(keep: () => Kept): void {
    const at = { epoch: this.newEpoch(), offset: this.at.offset, floor: this.at.offset + 1 };
    this.kept = this.storage.transactionSync(() => {
      const kept = keep();
      this.putHead(at, kept);
      return kept;
    });
    this.at = at;
  }

  /** The frames for a reader who comes with a position: those after it, or else all from `from` on; undefined: none. */
  joined(asked: AskedPosition, from: number | undefined) {
    if (isRecoverable(asked, this.at))
      return { ...this.at, recovered: true, runs: this.rows.page(asked.offset) };
    return { ...this.at, recovered: false, runs: from === undefined ? [] : this.rows.page(from - 1) };
  }

  /** A page of the frames after a position; undefined: the position cannot be resumed. */
  since(epoch: string, offset: number): Missed | undefined {
    const isWhole = isRecoverable({ epoch, offset }, this.at);
    return isWhole ? { offset: this.at.offset, runs: this.rows.page(offset) } : undefined;
  }

  /** At most `limit` events after an offset, and none below the floor. */
  framesAfter(offset: number, limit: number): LogPage {
    const runs = this.rows.page(Math.max(offset, this.at.floor - 1), limit);
    return { runs, more: (runs.at(-1)?.to ?? this.at.offset) < this.at.offset };
  }

  /** At most `limit` events after an offset of all that is kept, for a consumer with a cursor. */
  page(offset: number, limit: number): readonly LogRun[] {
    return this.rows.page(offset, limit);
  }

  /** Forgets the rows that lie wholly before an offset. */
  trimBefore(offset: number): void {
    this.rows.trimBefore(offset);
  }

  private putHead(at: ChannelHead, kept: Kept): void {
    this.storage.kv.put(HEAD, { layout: LAYOUT, ...kept, ...at });
  }
}
