/**
 * A channel's log with its position: epoch, head and floor move with what is appended, in one transaction with what the
 * channel's object keeps beside them in one row. Nothing is written before there is something to keep.
 */
import { isRecoverable, type AskedPosition, type Position } from "../protocol/connection/position.ts";
import type { Missed, Run } from "../protocol/rpc/channel-owner.ts";
import { EventLog, type LogRun } from "./event-log.ts";

/** The key of the row that holds the position, and what the object keeps with it. */
export const HEAD = "head";

/** Moves with each commit: the floor, and what the object keeps in the row. */
type Moved<Kept> = Readonly<{ floor: number; kept: Kept }>;

/** Events after an offset. `more`: whether others follow them. */
export type LogPage = Readonly<{ runs: readonly Run[]; more: boolean }>;

export class ChannelLog<Kept extends object = object> {
  /** What the object keeps in the row of the head. */
  kept: Kept;
  private at: Position;
  private readonly rows: EventLog;
  private readonly storage: DurableObjectStorage;
  private isStored: boolean;

  /** `stored`: the row of the head as it was read; `fresh`: what a channel begins with. */
  constructor(
    storage: DurableObjectStorage,
    stored: (Position & Kept) | undefined,
    fresh: Kept,
    newEpoch: () => string,
  ) {
    this.storage = storage;
    this.isStored = stored !== undefined;
    this.rows = new EventLog(storage.sql, this.isStored);
    const { epoch, offset, floor, ...kept } = stored ?? { epoch: newEpoch(), offset: 0, floor: 1, ...fresh };
    this.at = { epoch, offset, floor };
    this.kept = kept as unknown as Kept;
  }

  get epoch(): string {
    return this.at.epoch;
  }

  /** Offset of the newest event; 0 before the first. */
  get offset(): number {
    return this.at.offset;
  }

  /** What lies below is not told any more. */
  get floor(): number {
    return this.at.floor;
  }

  get position(): Position {
    return this.at;
  }

  /** Whether anything is kept. */
  get isKept(): boolean {
    return this.isStored;
  }

  /** Keeps the channel's epoch from now on. Before that nothing is kept: most names that are asked for are nobody's. */
  create(): void {
    if (this.isStored) return;
    this.rows.create();
    this.putHead(this.at, this.kept);
    this.isStored = true;
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
    return runs;
  }

  /** Begins another epoch: what comes from now on is told under offsets that were used before. */
  beginEpoch(epoch: string): void {
    this.at = { ...this.at, epoch };
    this.putHead(this.at, this.kept);
  }

  /** What somebody is told who comes with a position: what follows it, or else all from `from` on; undefined: nothing. */
  joined(asked: AskedPosition, from: number | undefined) {
    if (isRecoverable(asked, this.at))
      return { ...this.at, recovered: true, runs: this.rows.page(asked.offset) };
    return { ...this.at, recovered: false, runs: from === undefined ? [] : this.rows.page(from - 1) };
  }

  /** A page of what follows a position; undefined: it can never be told. */
  since(epoch: string, offset: number): Missed | undefined {
    const isWhole = isRecoverable({ epoch, offset }, this.at);
    return isWhole ? { offset: this.at.offset, runs: this.rows.page(offset) } : undefined;
  }

  /** At most `limit` events after an offset, and none below the floor. */
  toldAfter(offset: number, limit: number): LogPage {
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

  private putHead(at: Position, kept: Kept): void {
    this.storage.kv.put(HEAD, { ...at, ...kept });
  }
}
