/**
 * What an outbox has delivered or given up, newest last, with the attempts. Of what was delivered a number of rows is
 * kept, of what was given up many more: it can be sent again, by itself or all since a time.
 */
import * as z from "zod";
import { attemptSchema, type Attempt, type DeliveryState } from "../../protocol/destinations.ts";
import { decodedText } from "../../channel/codec.ts";
import type { MessagePlace } from "./message-id.ts";

/** Delivered messages that are kept. */
const MOST_DELIVERED = 1_000;

/** Messages given up that are kept. */
const MOST_DEAD = 10_000;

const attemptsSchema = z.array(attemptSchema);

/** A message that needs nothing more, or is to be sent once more. */
export type LoggedMessage = MessagePlace &
  Readonly<{
    /** Of a test there is none. */
    channel: string | undefined;
    type: string;
    body: string;
    state: DeliveryState;
    createdAt: number;
    settledAt: number;
    attempts: readonly Attempt[];
  }>;

/** `number`: its place in the log. */
export type DeliveryEntry = LoggedMessage & Readonly<{ number: number }>;

/** A message that is to be sent once more. */
export type RepeatedMessage = DeliveryEntry & Readonly<{ tries: number; due: number }>;

/** What it takes to choose among messages. */
type Placed = { lane: number; place: number; channel: string; type: string };

type GivenUp = Placed & { number: number };

type Row = {
  number: number;
  lane: number;
  place: number;
  channel: string | null;
  type: string;
  body: string;
  state: DeliveryState;
  created: number;
  settled: number;
  attempts: string;
};

const entryOf = ({ created, settled, attempts, channel, ...row }: Row): DeliveryEntry => ({
  ...row,
  channel: channel ?? undefined,
  createdAt: created,
  settledAt: settled,
  attempts: decodedText(attemptsSchema, attempts, `deliveries/${row.number}`) ?? [],
});

export class DeliveryLog {
  private readonly sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.sql = sql;
    sql.exec(
      "CREATE TABLE IF NOT EXISTS deliveries (number INTEGER PRIMARY KEY, lane INTEGER NOT NULL," +
        " place INTEGER NOT NULL, channel TEXT, type TEXT NOT NULL, body TEXT NOT NULL, state TEXT NOT NULL," +
        " created INTEGER NOT NULL, settled INTEGER NOT NULL, attempts TEXT NOT NULL)",
    );
    // Of what is delivered, which is almost all, no entry is made.
    for (const state of ["dead", "pending"])
      sql.exec(
        `CREATE INDEX IF NOT EXISTS deliveries_${state} ON deliveries (number) WHERE state = '${state}'`,
      );
    // What is sent once more keeps its order within its lane, too.
    sql.exec(
      "CREATE TABLE IF NOT EXISTS repeats (lane INTEGER NOT NULL, number INTEGER NOT NULL, tries INTEGER NOT NULL," +
        " due INTEGER NOT NULL, PRIMARY KEY (lane, number)) WITHOUT ROWID",
    );
  }

  /** Adds a message, and gives its number. */
  add({ lane, place, channel, type, body, state, createdAt, settledAt, attempts }: LoggedMessage): number {
    const { number } = this.sql
      .exec<{ number: number }>(
        "INSERT INTO deliveries (lane, place, channel, type, body, state, created, settled, attempts)" +
          " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING number",
        lane,
        place,
        channel ?? null,
        type,
        body,
        state,
        createdAt,
        settledAt,
        JSON.stringify(attempts),
      )
      .one();
    return number;
  }

  /** How far each lane has come after an entry. */
  since(number: number): readonly MessagePlace[] {
    return this.sql
      .exec<{ lane: number; place: number }>(
        "SELECT lane, max(place) AS place FROM deliveries WHERE number > ? AND lane > 0 GROUP BY lane",
        number,
      )
      .toArray();
  }

  newest(): number {
    return this.sql
      .exec<{ number: number }>("SELECT coalesce(max(number), 0) AS number FROM deliveries")
      .one().number;
  }

  find({ lane, place }: MessagePlace): DeliveryEntry | undefined {
    const [row] = this.sql.exec<Row>(
      "SELECT * FROM deliveries WHERE lane = ? AND place = ? LIMIT 1",
      lane,
      place,
    );
    return row && entryOf(row);
  }

  /** What was delivered of deployments, as far as it is kept. */
  delivered(): readonly Placed[] {
    return this.sql
      .exec<Placed>(
        "SELECT lane, place, channel, type FROM deliveries WHERE state = 'delivered' AND channel IS NOT NULL",
      )
      .toArray();
  }

  /** Newest first. */
  *before(number: number, state: DeliveryState | undefined): Generator<DeliveryEntry> {
    const rows = this.sql.exec<Row>(
      "SELECT * FROM deliveries WHERE number < ? AND state = coalesce(?, state) ORDER BY number DESC",
      number,
      state ?? null,
    );
    for (const row of rows) yield entryOf(row);
  }

  count(state: DeliveryState): number {
    return this.sql
      .exec<{ count: number }>(`SELECT count(*) AS count FROM deliveries WHERE state = '${state}'`)
      .one().count;
  }

  /** Has a message sent once more. */
  repeat({ number, lane }: Pick<DeliveryEntry, "number" | "lane">, now: number): void {
    this.sql.exec("UPDATE deliveries SET state = 'pending' WHERE number = ?", number);
    this.sql.exec(
      "INSERT INTO repeats (lane, number, tries, due) VALUES (?, ?, 0, ?) ON CONFLICT DO NOTHING",
      lane,
      number,
      now,
    );
  }

  /** Has all sent once more that was given up since a time, and is of some use; tells how many. */
  repeatSince(since: number, now: number, isUseful: (message: GivenUp) => boolean): number {
    const rows = this.sql
      .exec<GivenUp>(
        "SELECT number, lane, place, channel, type FROM deliveries" +
          " WHERE state = 'dead' AND lane > 0 AND settled >= ?",
        since,
      )
      .toArray()
      .filter(isUseful);
    for (const row of rows) this.repeat(row, now);
    return rows.length;
  }

  /** Lanes in which something is to be sent once more, and when. */
  repeats(): readonly Readonly<{ lane: number; due: number }>[] {
    return this.sql
      .exec<{ lane: number; due: number }>(
        "SELECT lane, due FROM (SELECT lane, due, min(number) FROM repeats GROUP BY lane)",
      )
      .toArray();
  }

  /** When what is to be sent once more next in a lane is due; undefined: there is nothing. */
  repeatDue(lane: number): number | undefined {
    const [row] = this.sql.exec<{ due: number }>(
      "SELECT due FROM repeats WHERE lane = ? ORDER BY number LIMIT 1",
      lane,
    );
    return row?.due;
  }

  /** What is to be sent once more next in a lane. */
  repeated(lane: number): RepeatedMessage | undefined {
    const [row] = this.sql.exec<Row & { tries: number; due: number }>(
      "SELECT d.*, r.tries, r.due FROM repeats AS r JOIN deliveries AS d ON d.number = r.number" +
        " WHERE r.lane = ? ORDER BY r.number LIMIT 1",
      lane,
    );
    return row && { ...entryOf(row), tries: row.tries, due: row.due };
  }

  /** It is to be tried again. */
  postponeRepeat({ lane, number }: DeliveryEntry, attempts: readonly Attempt[], due: number): void {
    this.sql.exec("UPDATE deliveries SET attempts = ? WHERE number = ?", JSON.stringify(attempts), number);
    this.sql.exec(
      "UPDATE repeats SET tries = tries + 1, due = ? WHERE lane = ? AND number = ?",
      due,
      lane,
      number,
    );
  }

  /** It was delivered, or given up again. */
  settleRepeat(
    { lane, number }: DeliveryEntry,
    state: DeliveryState,
    attempts: readonly Attempt[],
    now: number,
  ): void {
    this.sql.exec(
      "UPDATE deliveries SET state = ?, attempts = ?, settled = ? WHERE number = ?",
      state,
      JSON.stringify(attempts),
      now,
      number,
    );
    this.sql.exec("DELETE FROM repeats WHERE lane = ? AND number = ?", lane, number);
  }

  /** What is to be sent once more is due now. */
  hurry(now: number): void {
    this.sql.exec("UPDATE repeats SET due = ? WHERE due > ?", now, now);
  }

  /** Forgets all messages of a channel. */
  forget(channel: string): void {
    this.sql.exec(
      "DELETE FROM repeats WHERE number IN (SELECT number FROM deliveries WHERE channel = ?)",
      channel,
    );
    this.sql.exec("DELETE FROM deliveries WHERE channel = ?", channel);
  }

  /** Forgets the oldest of what is too much. */
  trim(): void {
    this.trimState("delivered", MOST_DELIVERED);
    this.trimState("dead", MOST_DEAD);
  }

  private trimState(state: DeliveryState, most: number): void {
    const [oldest] = this.sql.exec<{ number: number }>(
      "SELECT number FROM deliveries WHERE state = ? ORDER BY number DESC LIMIT 1 OFFSET ?",
      state,
      most,
    );
    if (oldest) this.sql.exec("DELETE FROM deliveries WHERE state = ? AND number <= ?", state, oldest.number);
  }
}
