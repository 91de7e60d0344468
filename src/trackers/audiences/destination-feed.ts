/**
 * Hands a channel's events over to the outboxes of the destinations that ask for them: a consumer of the log with a
 * cursor of its own. It may hand an event over twice, which an outbox recognises, loses none, and never holds up a
 * commit. A destination that cannot be reached falls behind by itself.
 */
import type { DestinationRule } from "../../protocol/rpc/destination-feed.ts";
import type { Env } from "../../env.ts";
import * as z from "zod";
import { objectOf } from "../../channel/codec.ts";
import { Row, type KeyRows } from "../../channel/rows.ts";
import type { Consumer } from "../../channel/alarm.ts";
import { handedOver } from "./destination-handover.ts";
import { headOf, pieceAfter, placeShape, type FedChannel, type LogPlace } from "./destination-pieces.ts";
import { DestinationRules } from "./destination-rules.ts";
import { logLine } from "../../log.ts";
import { backoffMs } from "../../domain/backoff.ts";
import { SingleFlight } from "../../domain/single-flight.ts";

/** Where a destination is that could not be reached, and since when, in Unix milliseconds. */
type Late = LogPlace & Readonly<{ since: number }>;

/** Kept: up to where all have the events, and the destinations that have less. */
type Cursor = LogPlace & Readonly<{ behind: Readonly<Record<string, Late>> }>;

const CURSOR = "destinations";

const cursorCodec = objectOf<Cursor>({
  ...placeShape,
  behind: z.record(z.string(), objectOf<Late>({ ...placeShape, since: z.number() })),
});

/** For a destination that could not be reached for so long, in milliseconds, the log is kept no longer. */
const LONGEST_BEHIND_MS = 7 * 86_400_000;

/** Events that nobody seems to wait for are let gather so long, in milliseconds: fewer rows. */
const GATHER_MS = 5_000;

const SLOWEST_RETRY_MS = 60_000;

export class DestinationFeed implements Consumer {
  /** No alarm waits for an outbox. */
  readonly patienceMs = 0;
  private readonly row: Row<Cursor>;
  private readonly env: Env;
  private readonly channel: FedChannel;
  private readonly rules: DestinationRules;
  private readonly isOpen: () => boolean;
  private cursor: Cursor;
  private readonly flight = new SingleFlight();
  private failures = 0;
  private notBefore = 0;
  private lateFailures = 0;
  private lateNotBefore = 0;

  /** `isOpen`: whether events may follow soon. */
  constructor(kv: KeyRows, env: Env, channel: FedChannel, isOpen: () => boolean) {
    this.row = new Row(kv, CURSOR, cursorCodec);
    this.isOpen = isOpen;
    this.env = env;
    this.channel = channel;
    this.rules = new DestinationRules(env, channel);
    this.cursor = this.row.value ?? { offset: 0, behind: {} };
  }

  /** The log must keep all after this offset. */
  get offset(): number {
    return Math.min(this.cursor.offset, ...Object.values(this.cursor.behind).map(({ offset }) => offset));
  }

  get underWay(): Promise<unknown> | undefined {
    return this.flight.underWay;
  }

  /** Events have come: they are handed over at once if somebody waits for them. */
  note(types: readonly string[], now: number): Promise<void> {
    const isUnasked = this.rules.isEmpty && this.rules.ageMs(now) < GATHER_MS;
    if (!this.rules.areFor(types) && (isUnasked || !this.rules.isEmpty)) return Promise.resolve();
    if (this.failures === 0) this.notBefore = 0;
    // What runs may be past the point where it looks for new events.
    const { underWay } = this.flight;
    return underWay ? underWay.then(() => this.run(now)) : this.run(now);
  }

  /** Hands over what is due. */
  run(now: number): Promise<void> {
    return this.flight.run(() => this.handOver(now));
  }

  /** Milliseconds until there is something to do again; undefined: nothing is waiting. */
  nextIn(now: number): number | undefined {
    // Where no destination wants anything, what comes next has them asked for again.
    const isUnwanted = this.rules.isEmpty && this.isOpen();
    const dues = [
      ...(this.isWaiting && !isUnwanted ? [this.notBefore - now] : []),
      ...(this.isBehind ? [this.lateNotBefore - now] : []),
    ];
    return dues.length === 0 ? undefined : Math.max(0, Math.min(...dues));
  }

  private get isWaiting(): boolean {
    return this.cursor.offset < this.channel.log.offset;
  }

  private get isBehind(): boolean {
    return Object.keys(this.cursor.behind).length > 0;
  }

  private async handOver(now: number): Promise<void> {
    try {
      if (this.isWaiting && now >= this.notBefore) {
        // Also what a bug brings down comes again, and not at once for ever.
        this.notBefore = now + GATHER_MS;
        while (this.isWaiting) if (!(await this.step(now))) break;
        this.failures = 0;
      }
      if (this.isBehind && now >= this.lateNotBefore) {
        this.lateFailures += 1;
        this.lateNotBefore = now + waitAfter(this.lateFailures);
        await this.catchUp(now);
        if (!this.isBehind) this.lateFailures = 0;
      }
    } catch (error) {
      this.failures += 1;
      this.notBefore = now + waitAfter(this.failures);
      logLine("warn", "Destinations not read", { error: String(error) });
    }
  }

  /** One piece of the log for all that are up to date. False: there is none. */
  private async step(now: number): Promise<boolean> {
    const { behind, ...place } = this.cursor;
    const rules = await this.rulesAt(now);
    const upToDate = rules.filter(({ id }) => behind[id] === undefined);
    // Without anybody to tell, what the log holds need not be read.
    const piece =
      upToDate.length > 0 ? pieceAfter(this.channel, place) : { events: [], end: headOf(this.channel) };
    if (piece.end.offset <= place.offset) return false;
    const late = await handedOver(this.env, this.channel, upToDate, piece.events);
    const left = Object.fromEntries(late.map(({ id }) => [id, { ...place, since: now }]));
    this.keep({ ...piece.end, behind: { ...this.cursor.behind, ...left } });
    return true;
  }

  /** What destinations did not get while they could not be reached. */
  private async catchUp(now: number): Promise<void> {
    for (const id of Object.keys(this.cursor.behind)) {
      const rule = (await this.rulesAt(now)).find((one) => one.id === id);
      for (let at = this.cursor.behind[id]; at !== undefined; at = this.cursor.behind[id]) {
        const piece = pieceAfter(this.channel, at);
        const isReached =
          !rule || (await handedOver(this.env, this.channel, [rule], piece.events)).length === 0;
        if (!isReached && now - at.since < LONGEST_BEHIND_MS) break;
        if (!isReached) tellGivenUp(this.channel.name, id);
        const { [id]: _, ...others } = this.cursor.behind;
        // As far as all others it is one of them again.
        const isNoMore = !rule || !isReached;
        const { end } = piece;
        const caughtUp = isNoMore || end.offset <= at.offset || end.offset >= this.cursor.offset;
        const behind = caughtUp ? others : { ...others, [id]: { ...end, since: now } };
        this.keep({ ...this.cursor, behind });
      }
    }
  }

  private async rulesAt(now: number): Promise<readonly DestinationRule[]> {
    return this.rules.at(Math.max(now, Date.now()));
  }

  private keep(cursor: Cursor): void {
    const isPlain = Object.keys(cursor.behind).length + Object.keys(this.cursor.behind).length === 0;
    this.cursor = cursor;
    // An outbox knows what comes twice.
    if (isPlain && this.isOpen()) this.row.ride(cursor);
    else this.row.put(cursor);
  }
}

const tellGivenUp = (channel: string, destination: string): void => {
  const message = "Destination not reached for 7 days: it does not get what happened in the meantime";
  logLine("error", message, { channel, destination });
};

/** Milliseconds until the next try after so many failures. */
const waitAfter = (failures: number): number =>
  backoffMs(failures - 1, 1, { baseMs: GATHER_MS, maxMs: SLOWEST_RETRY_MS });
