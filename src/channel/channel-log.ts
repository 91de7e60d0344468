/**
 * A channel's log with its position: epoch, head and floor move with what is appended, in one transaction with what the
 * channel's object keeps beside them. A commit is one row of the log, with what has changed; the row of the head, and all
 * else that the object keeps, is written now and then, and the log since goes on from it.
 */
import * as z from "zod";
import { isRecoverable, type AskedPosition, type ChannelHead } from "../protocol/connection/position.ts";
import type { Missed, Run } from "../protocol/rpc/channel-owner.ts";
import { decoded, decodedText, LAYOUT, LOG_LAYOUT, objectOf, type Codec } from "./codec.ts";
import { EventLog, type KeptRun, type LogRun } from "./event-log.ts";
import { noteCommit } from "./own/own-counts.ts";
import { Riding, type RidingRows } from "./riding.ts";

/** The key of the row that holds the position, and what the object keeps with it. */
export const HEAD = "head";

/** The position within the row. A former release kept no layout, and no floor for stacks. */
const positionCodec = objectOf<Omit<ChannelHead, "floor"> & Readonly<{ layout?: number; floor?: number }>>({
  layout: z.union([z.literal(LAYOUT), z.literal(LOG_LAYOUT)]).optional(),
  epoch: z.string(),
  offset: z.number(),
  floor: z.number().optional(),
});

/** What a channel keeps with its position, and what it begins with. `floorOf`: where the row holds no floor. */
type Opening<Held> = Readonly<{
  codec: Codec<Held>;
  fresh: Held;
  floorOf: (kept: Held) => number;
  newEpoch: () => string;
}>;

/** A commit as its channel's object sees it. */
type Move<Held> = Readonly<{
  floor: number;
  /** What the object keeps in the row of the head. */
  kept: Held;
  /** What of it the log's row has to hold, as JSON, beside the frames; absent: all is to be kept as it is now. */
  delta?: object;
  /** Values that move with the commit, by their keys. */
  rows?: RidingRows;
  /** Keeps all that has changed since it was called last, but for the head. */
  keepAll: () => void;
}>;

/** A commit since the head was written last: its frames, and what the object said beside them. */
export type LaterCommit = Readonly<{ frames: readonly string[]; delta: unknown }>;

/** What the log's row of a commit holds beside the frames. */
type Kept = Readonly<{ floor: number; delta: unknown; rows: RidingRows }>;

const keptCodec = objectOf<Kept>({
  floor: z.number(),
  delta: z.unknown(),
  rows: z.record(z.string(), z.unknown()),
});

/** The head is written again after so many commits, or characters of the log, each of which is read when the object wakes. */
const MOST_LATER = 64;
const MOST_LATER_LENGTH = 512 * 1024;

/** Events after an offset. `more`: whether others follow them. */
export type LogPage = Readonly<{ runs: readonly Run[]; more: boolean }>;

/** Undefined if one of the rows cannot be read. */
const commitsOf = (rows: readonly KeptRun[]) => {
  const commits: (Kept & LaterCommit & Readonly<{ to: number }>)[] = [];
  let frames: string[] = [];
  for (const row of rows) {
    frames.push(...row.frames);
    if (row.kept === null) continue;
    const kept = decodedText(keptCodec, row.kept, "log");
    if (!kept) return undefined;
    commits.push({ ...kept, frames, to: row.to });
    frames = [];
  }
  return frames.length > 0 ? undefined : commits;
};

export class ChannelLog<Held extends object = object> {
  /** What the object keeps in the row of the head; of one that could not be read, what a channel begins with. */
  kept: Held;
  /** Whether the head could be read, or nothing was kept. If not, another epoch has begun, with all that the log holds. */
  readonly isWhole: boolean;
  /** What was committed since the head was written, which `kept` is from; the object goes on from there by `resume`. */
  later: readonly LaterCommit[];
  /** Values that move with commits, by keys of their own. */
  readonly riding: Riding;
  private at: ChannelHead;
  private readonly rows: EventLog;
  private readonly storage: DurableObjectStorage;
  private readonly newEpoch: () => string;
  private isStored: boolean;
  private isClosed = false;
  /** How much follows the head: commits and characters; Infinity: the head is to be written before anything follows it. */
  private laterCount: number;
  private laterLength: number;

  constructor(storage: DurableObjectStorage, { codec, fresh, floorOf, newEpoch }: Opening<Held>) {
    this.storage = storage;
    this.newEpoch = newEpoch;
    const stored = storage.kv.get(HEAD);
    const head = stored === undefined ? undefined : decoded(positionCodec, stored, HEAD);
    const held = head && decoded(codec, stored, HEAD);
    this.rows = new EventLog(storage.sql, held !== undefined);
    const rows = held && head ? this.rows.keptAfter(head.offset) : [];
    const later = commitsOf(rows);
    const kept = later && held;
    const { first, last } = kept ? { first: 1, last: 0 } : this.rows.bounds();
    this.isWhole = kept !== undefined || (stored === undefined && last === 0);
    this.isStored = kept !== undefined;
    const { epoch = newEpoch(), offset = last, floor } = (kept && head) ?? {};
    const newest = kept && later.at(-1);
    this.at = {
      epoch,
      offset: newest?.to ?? offset,
      floor: newest?.floor ?? floor ?? (kept ? floorOf(kept) : first),
    };
    this.kept = kept ?? fresh;
    this.later = kept ? later : [];
    this.laterCount = head?.layout === LOG_LAYOUT ? this.later.length : Infinity;
    this.laterLength = rows.reduce((sum, row) => sum + lengthOf(row.frames) + (row.kept?.length ?? 0), 0);
    this.riding = new Riding(storage.kv, () => this.at.offset, kept ? later : []);
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
    this.noteHead();
    this.isStored = true;
  }

  /** What the object keeps with the head by now, with all that was committed since. */
  resume(kept: Held): void {
    this.kept = kept;
    this.later = [];
  }

  /** Nothing is kept from now on: who tries to gets an exception. */
  close(): void {
    this.isClosed = true;
  }

  /** All storage was given up. */
  clear(): void {
    this.rows.clear();
    this.riding.clear();
    this.isStored = false;
  }

  /**
   * Appends frames, and keeps in the same transaction what `move` gives: in the log's row if it fits there, so that the head
   * and all else stay as they were. If it fails, all is as it was. Gives the frames as they go out.
   */
  commit(frames: readonly string[], move: () => Move<Held>): readonly LogRun[] {
    this.create();
    this.rows.makeRoom();
    const { epoch, offset } = this.at;
    const { next, kept, rows, text, runs } = this.storage.transactionSync(() => {
      const { floor, kept: held, delta, rows: moved = {}, keepAll } = move();
      const at = { epoch, offset: offset + frames.length, floor };
      const ridden = { floor, delta, rows: this.riding.waiting(moved) };
      const riding = delta && frames.length > 0 ? this.fitting(JSON.stringify(ridden)) : undefined;
      if (riding === undefined) {
        keepAll();
        this.putHead(at, held);
        this.riding.keep(moved, at.offset);
      }
      return {
        next: at,
        kept: held,
        rows: moved,
        text: riding,
        runs: this.rows.append(offset, frames, riding),
      };
    });
    this.at = next;
    this.kept = kept;
    if (text === undefined) {
      this.riding.kept(rows);
      this.noteHead();
    } else {
      this.riding.rode(rows);
      this.laterCount += 1;
      this.laterLength += text.length + lengthOf(frames);
    }
    // The head, the log, and as many again of what the object keeps beside them.
    noteCommit(text === undefined ? 2 * (1 + runs.length) : runs.length);
    return runs;
  }

  /** Writes the head again if anything follows it; `keepAll`: as of `commit`. */
  settle(keepAll: () => void): void {
    if (!this.isStored || this.laterCount === 0) return;
    this.commit([], () => ({ floor: this.at.floor, kept: this.kept, keepAll }));
  }

  /** Begins another epoch: frames from now on use offsets that were used before. `keepAll`: as of `commit`. */
  beginEpoch(keepAll: () => void): void {
    this.restart(() => {
      keepAll();
      return this.kept;
    }, this.at.floor);
  }

  /** Begins another epoch without any frame of the one before; `keep`: as of `keepAll`, and gives what stands in the head. */
  restart(keep: () => Held, floor = this.at.offset + 1): void {
    const at = { epoch: this.newEpoch(), offset: this.at.offset, floor };
    this.kept = this.storage.transactionSync(() => {
      const kept = keep();
      this.putHead(at, kept);
      this.riding.keep({}, at.offset);
      return kept;
    });
    this.at = at;
    this.riding.kept({});
    this.noteHead();
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

  /** What the log's row is to hold; undefined: enough follows the head, which is to be written again. */
  private fitting(text: string): string | undefined {
    const isFull = this.laterCount >= MOST_LATER || this.laterLength + text.length > MOST_LATER_LENGTH;
    return isFull ? undefined : text;
  }

  private noteHead(): void {
    this.laterCount = 0;
    this.laterLength = 0;
  }

  private putHead(at: ChannelHead, kept: Held): void {
    this.storage.kv.put(HEAD, { ...kept, ...at, layout: LOG_LAYOUT });
  }
}

const lengthOf = (frames: readonly string[]): number => frames.reduce((sum, { length }) => sum + length, 0);
