/**
 * The messages of an outbox that wait: a lane for each deployment's channel, in its order. What is handed over at once
 * is kept as one row, and the log of deliveries tells how far a lane has come: a message that is delivered at the first
 * attempt costs a row there, and next to none here.
 */
import * as z from "zod";
import { attemptSchema, type Attempt } from "../../protocol/destinations.ts";
import { decodedText } from "../../channel/codec.ts";
import type { HandOver } from "../../protocol/rpc/destination-feed.ts";
import type { Block, BlockRow, Lane, LaneHead, LaneRow } from "./outbox-lane.ts";
import { blocksOf, messagesIn } from "./message-blocks.ts";

const attemptsSchema = z.array(attemptSchema);

/** More than are worked at, at the same time; the memory of an object is small. */
const MOST_OPEN_BLOCKS = 16;

/** Lanes among which the oldest message is looked for. */
const MOST_LOOKED_AT = 100;

/** Attempts of one message that are kept. */
export const MOST_ATTEMPTS = 20;

export class OutboxLanes {
  private readonly sql: SqlStorage;
  /** Those with messages that wait. */
  private readonly lanes = new Map<number, Lane>();
  /** The first block of lanes that are being worked at. */
  private readonly blocks = new Map<number, Block>();
  /** Lanes whose row does not tell how far they are. */
  private readonly unsaved = new Set<number>();

  constructor(sql: SqlStorage) {
    this.sql = sql;
    sql.exec(
      "CREATE TABLE IF NOT EXISTS lanes (lane INTEGER PRIMARY KEY, channel TEXT NOT NULL, epoch TEXT NOT NULL," +
        " taken INTEGER NOT NULL, done INTEGER NOT NULL, attempts TEXT NOT NULL, tries INTEGER NOT NULL," +
        " due INTEGER NOT NULL, UNIQUE (channel, epoch))",
    );
    sql.exec(
      "CREATE TABLE IF NOT EXISTS blocks (lane INTEGER NOT NULL, first INTEGER NOT NULL, size INTEGER NOT NULL," +
        " body TEXT NOT NULL, PRIMARY KEY (lane, first)) WITHOUT ROWID",
    );
    const rows = sql.exec<LaneRow>(
      "SELECT lane, channel, taken, done, attempts, tries, due FROM lanes" +
        " WHERE lane IN (SELECT DISTINCT lane FROM blocks)",
    );
    for (const { lane, channel, done, attempts, tries, due } of rows)
      this.lanes.set(lane, {
        channel,
        done,
        attempts: decodedText(attemptsSchema, attempts, `lanes/${lane}`) ?? [],
        tries,
        due,
      });
  }

  /** Keeps what is new of a hand-over. True if something is. */
  take({ channel, epoch, messages }: HandOver, now: number): boolean {
    const [row] = this.sql.exec<Pick<LaneRow, "lane" | "taken">>(
      "SELECT lane, taken FROM lanes WHERE channel = ? AND epoch = ?",
      channel,
      epoch,
    );
    const taken = row?.taken ?? 0;
    const fresh = messages.filter(({ offset }) => offset > taken);
    const newest = fresh.at(-1);
    if (!newest) return false;
    const number = row?.lane ?? this.add(channel, epoch);
    for (const block of blocksOf(fresh.map((message) => ({ ...message, createdAt: now }))))
      this.sql.exec(
        "INSERT INTO blocks (lane, first, size, body) VALUES (?, ?, ?, ?)",
        number,
        block[0]!.offset,
        block.length,
        JSON.stringify(block),
      );
    this.sql.exec("UPDATE lanes SET taken = ? WHERE lane = ?", newest.offset, number);
    // A lane without messages that wait has none that is not done.
    if (!this.lanes.has(number))
      this.lanes.set(number, { channel, done: taken, attempts: [], tries: 0, due: now });
    return true;
  }

  /** A lane whose first message is due, of those that nobody works at. */
  dueLane(now: number, isBusy: (lane: number) => boolean): number | undefined {
    for (const [number, { due }] of this.lanes) if (due <= now && !isBusy(number)) return number;
    return undefined;
  }

  /** When the next message is due, in Unix milliseconds; undefined: none waits. */
  nextDue(): number | undefined {
    let next: number | undefined;
    for (const { due } of this.lanes.values()) next = Math.min(next ?? due, due);
    return next;
  }

  /** The first message of a lane; undefined if none waits. */
  head(number: number): LaneHead | undefined {
    const lane = this.lanes.get(number);
    if (!lane) return undefined;
    const block = this.block(number);
    if (!block) this.lanes.delete(number);
    const message = block?.messages.find(({ offset }) => offset > lane.done);
    return message && { lane: number, message, ...lane };
  }

  /** When the oldest message that waits came, of the lanes that are due first, in Unix milliseconds; undefined: none waits. */
  oldest(): number | undefined {
    const times = [...this.lanes.keys()]
      .slice(0, MOST_LOOKED_AT)
      .flatMap((number) => this.head(number)?.message.createdAt ?? []);
    return times.length === 0 ? undefined : Math.min(...times);
  }

  /** The lane has had its turn: the others come first now. */
  rotate(number: number): void {
    const lane = this.lanes.get(number);
    if (!lane || !this.lanes.delete(number)) return;
    this.lanes.set(number, lane);
  }

  /** The first message of a lane is to be tried again. */
  postpone(number: number, attempts: readonly Attempt[], due: number): void {
    const lane = this.lanes.get(number);
    if (!lane) return;
    lane.attempts = attempts.slice(-MOST_ATTEMPTS);
    lane.tries += 1;
    lane.due = due;
    this.write(number, lane);
  }

  /** All that waits is due now. */
  hurry(now: number): void {
    for (const [number, lane] of this.lanes) {
      if (lane.due <= now) continue;
      lane.due = now;
      this.write(number, lane);
    }
  }

  /** The log of deliveries says that a lane's messages up to an offset need nothing more. */
  advance(number: number, offset: number): void {
    const lane = this.lanes.get(number);
    if (!lane || offset <= lane.done) return;
    lane.done = offset;
    lane.attempts = [];
    lane.tries = 0;
    lane.due = 0;
    this.unsaved.add(number);
    const block = this.block(number);
    if (!block || block.messages.at(-1)!.offset > offset) return;
    this.sql.exec("DELETE FROM blocks WHERE lane = ? AND first <= ?", number, block.first);
    this.blocks.delete(number);
    if (this.block(number)) return;
    this.write(number, lane);
    this.lanes.delete(number);
  }

  /** Writes how far the lanes are, so that the log of deliveries need not tell it any more. */
  save(): void {
    for (const number of this.unsaved) {
      const lane = this.lanes.get(number);
      if (lane) this.write(number, lane);
    }
    this.unsaved.clear();
  }

  /** Whether a lane has messages that wait. */
  holds(number: number): boolean {
    return this.lanes.has(number);
  }

  /** Drops what waits of a channel. A lane's number is part of the ids of its messages, so that it is never used again. */
  forget(channel: string): void {
    const rows = this.sql.exec<{ lane: number }>("SELECT lane FROM lanes WHERE channel = ?", channel);
    for (const { lane } of rows.toArray()) {
      this.sql.exec("DELETE FROM blocks WHERE lane = ?", lane);
      this.sql.exec("UPDATE lanes SET channel = '', attempts = '[]' WHERE lane = ?", lane);
      this.lanes.delete(lane);
      this.blocks.delete(lane);
      this.unsaved.delete(lane);
    }
  }

  /** How many messages wait. */
  count(): number {
    let count = 0;
    for (const { size } of this.sql.exec<{ size: number }>("SELECT size FROM blocks")) count += size;
    for (const [number, { done }] of this.lanes) {
      const block = this.firstBlock(number);
      // Only the first block of a lane holds messages that are done.
      if (block && block.first <= done)
        count -= messagesIn(block.body).filter(({ offset }) => offset <= done).length;
    }
    return count;
  }

  /** Messages that wait, lane by lane, after a place in this order. */
  *waiting(after: Readonly<{ lane: number; place: number }>): Generator<LaneHead> {
    for (const [number, lane] of [...this.lanes].sort(([one], [other]) => one - other)) {
      if (number < after.lane) continue;
      const { channel, attempts, tries, due, done } = lane;
      const from = Math.max(done, number === after.lane ? after.place : 0);
      const head = this.firstOpen(number, done);
      const rows = this.sql.exec<BlockRow>(
        "SELECT first, size, body FROM blocks WHERE lane = ? ORDER BY first",
        number,
      );
      for (const { body } of rows)
        for (const message of messagesIn(body).filter(({ offset }) => offset > from))
          yield message.offset === head
            ? { lane: number, channel, message, attempts, tries, due }
            : { lane: number, channel, message, attempts: [], tries: 0, due: 0 };
    }
  }

  private firstOpen(number: number, done: number): number | undefined {
    const block = this.firstBlock(number);
    return block && messagesIn(block.body).find(({ offset }) => offset > done)?.offset;
  }

  private add(channel: string, epoch: string): number {
    const { lane } = this.sql
      .exec<{ lane: number }>(
        "INSERT INTO lanes (channel, epoch, taken, done, attempts, tries, due)" +
          " VALUES (?, ?, 0, 0, '[]', 0, 0) RETURNING lane",
        channel,
        epoch,
      )
      .one();
    return lane;
  }

  private block(number: number): Block | undefined {
    const known = this.blocks.get(number);
    if (known) return known;
    const block = this.readableBlock(number);
    if (!block) return undefined;
    const [oldest] = this.blocks.keys();
    if (oldest !== undefined && this.blocks.size >= MOST_OPEN_BLOCKS) this.blocks.delete(oldest);
    this.blocks.set(number, block);
    return block;
  }

  /** The first block with messages; those before it that cannot be read are dropped. */
  private readableBlock(number: number): Block | undefined {
    for (let row = this.firstBlock(number); row; row = this.firstBlock(number)) {
      const messages = messagesIn(row.body);
      if (messages.length > 0) return { first: row.first, messages };
      this.sql.exec("DELETE FROM blocks WHERE lane = ? AND first = ?", number, row.first);
    }
    return undefined;
  }

  private firstBlock(number: number): BlockRow | undefined {
    const [row] = this.sql.exec<BlockRow>(
      "SELECT first, size, body FROM blocks WHERE lane = ? ORDER BY first LIMIT 1",
      number,
    );
    return row;
  }

  private write(number: number, { done, attempts, tries, due }: Lane): void {
    this.sql.exec(
      "UPDATE lanes SET done = ?, attempts = ?, tries = ?, due = ? WHERE lane = ?",
      done,
      JSON.stringify(attempts),
      tries,
      due,
      number,
    );
    this.unsaved.delete(number);
  }
}
