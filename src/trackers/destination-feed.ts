/**
 * Hands a deployment's events over to the outboxes of the destinations that ask for them: a consumer of the log with a
 * cursor of its own. It may hand an event over twice, which an outbox recognises, loses none, and never holds up a
 * commit. A destination that cannot be reached falls behind by itself.
 */
import { recipientsOf } from "../destinations/email.ts";
import { alertOf, type Alert } from "../domain/alert.ts";
import type { DeploymentState } from "../domain/deployment/deployment-state.ts";
import type { DeploymentAddress } from "../protocol/channel-names.ts";
import type { DestinationRule, HandedMessage, HandOver } from "../protocol/destination-feed.ts";
import { keptEventSchema } from "../protocol/deployment-events.ts";
import type { Env } from "../settings.ts";
import { DestinationRules, isFor } from "./destination-rules.ts";
import type { EventLog } from "./event-log.ts";

/** Kept: up to where all have the events, and the destinations that have less. */
type Cursor = Readonly<{ offset: number; behind: Readonly<Record<string, number>> }>;

const CURSOR = "destinations";

/** Events looked at between two moves of the cursor. */
const STRIDE = 500;

/** Outboxes called at the same time. */
const CONCURRENCY = 10;

/** Events that nobody seems to wait for are let gather so long, in milliseconds: fewer rows. */
const GATHER_MS = 5_000;

const SLOWEST_RETRY_MS = 60_000;

/** What the feed has to know of its deployment. */
export type FedChannel = Readonly<{
  name: string;
  store: Readonly<{
    epoch: string;
    offset: number;
    address: DeploymentAddress | undefined;
    state: DeploymentState;
    log: Pick<EventLog, "page">;
  }>;
}>;

/** An event on its way, with what is made of it only if somebody asks. */
type Candidate = Readonly<{ offset: number; type: string; frame: string; alert: () => Alert }>;

export class DestinationFeed {
  private readonly kv: SyncKvStorage;
  private readonly env: Env;
  private readonly channel: FedChannel;
  private readonly rules: DestinationRules;
  private cursor: Cursor;
  private underway: Promise<void> | undefined;
  private failures = 0;
  private notBefore = 0;
  private lateFailures = 0;
  private lateNotBefore = 0;

  constructor(kv: SyncKvStorage, env: Env, channel: FedChannel) {
    this.kv = kv;
    this.env = env;
    this.channel = channel;
    this.rules = new DestinationRules(env);
    const kept = kv.get<Cursor>(CURSOR);
    // What happened before there was a feed is no news.
    this.cursor = kept ?? { offset: channel.store.offset, behind: {} };
    if (!kept) kv.put<Cursor>(CURSOR, this.cursor);
  }

  /** The log must keep all after this offset. */
  get offset(): number {
    return Math.min(this.cursor.offset, ...Object.values(this.cursor.behind));
  }

  /** Events have come: they are handed over at once if somebody waits for them. */
  note(types: readonly string[], now: number): Promise<void> {
    if (!this.rules.areFor(types)) return Promise.resolve();
    if (this.failures === 0) this.notBefore = 0;
    // What runs may be past the point where it looks for new events.
    return this.underway ? this.underway.then(() => this.run(now)) : this.run(now);
  }

  /** Hands over what is due. */
  run(now: number): Promise<void> {
    this.underway ??= this.handOver(now).finally(() => (this.underway = undefined));
    return this.underway;
  }

  /** Milliseconds until there is something to do again; undefined: nothing is waiting. */
  nextIn(now: number): number | undefined {
    const dues = [
      ...(this.isWaiting ? [this.notBefore - now] : []),
      ...(this.isBehind ? [this.lateNotBefore - now] : []),
    ];
    return dues.length === 0 ? undefined : Math.max(0, Math.min(...dues));
  }

  private get isWaiting(): boolean {
    return this.cursor.offset < this.channel.store.offset;
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
        this.lateNotBefore = now + backoff(this.lateFailures);
        await this.catchUp(now);
        if (!this.isBehind) this.lateFailures = 0;
      }
    } catch (error) {
      this.failures += 1;
      this.notBefore = now + backoff(this.failures);
      console.warn(
        JSON.stringify({ level: "warn", message: "Destinations not asked for", error: String(error) }),
      );
    }
  }

  /** One piece of the log for all that are up to date. False: there is none. */
  private async step(now: number): Promise<boolean> {
    const { offset, behind } = this.cursor;
    const rules = await this.rulesAt(now);
    const upToDate = rules.filter(({ id }) => behind[id] === undefined);
    // Without anybody to tell, what the log holds need not be read.
    const piece =
      upToDate.length > 0 ? this.pieceAfter(offset) : { events: [], last: this.channel.store.offset };
    if (piece.last <= offset) return false;
    const late = await this.deliver(upToDate, piece.events);
    const left = Object.fromEntries(late.map(({ id }) => [id, offset]));
    this.keep({ offset: piece.last, behind: { ...this.cursor.behind, ...left } });
    return true;
  }

  /** What destinations did not get while they could not be reached. */
  private async catchUp(now: number): Promise<void> {
    for (const id of Object.keys(this.cursor.behind)) {
      const rule = (await this.rulesAt(now)).find((one) => one.id === id);
      for (let at = this.cursor.behind[id]; at !== undefined; at = this.cursor.behind[id]) {
        const piece = this.pieceAfter(at);
        if (rule && (await this.deliver([rule], piece.events)).length > 0) break;
        const { [id]: _, ...others } = this.cursor.behind;
        // As far as all others it is one of them again.
        const caughtUp = !rule || piece.last <= at || piece.last >= this.cursor.offset;
        this.keep({ ...this.cursor, behind: caughtUp ? others : { ...others, [id]: piece.last } });
      }
    }
  }

  private async rulesAt(now: number): Promise<readonly DestinationRule[]> {
    const { address } = this.channel.store;
    return address ? this.rules.of(address, Math.max(now, Date.now())) : [];
  }

  private pieceAfter(offset: number): Readonly<{ events: readonly Candidate[]; last: number }> {
    const { log, state } = this.channel.store;
    const runs = log.page(offset, STRIDE);
    const events = runs.flatMap(({ from, frames }) =>
      frames.flatMap((frame, index): Candidate | [] => {
        const { data: event } = keptEventSchema.safeParse(JSON.parse(frame));
        if (!event) return [];
        const place = { channel: this.channel.name, offset: from + index };
        let alert: Alert | undefined;
        return {
          offset: place.offset,
          type: event.type,
          frame,
          alert: () => (alert ??= alertOf({ ...event, ...place }, state)),
        };
      }),
    );
    return { events, last: runs.at(-1)?.to ?? offset };
  }

  /** Gives each destination what it asks for; tells which of them could not be reached. */
  private async deliver(
    rules: readonly DestinationRule[],
    events: readonly Candidate[],
  ): Promise<readonly DestinationRule[]> {
    const late: DestinationRule[] = [];
    const left = [...rules];
    while (left.length > 0)
      await Promise.all(
        left.splice(0, CONCURRENCY).map(async (rule) => {
          if (!(await this.give(rule, messagesFor(rule, events)))) late.push(rule);
        }),
      );
    return late;
  }

  private async give({ id }: DestinationRule, messages: readonly HandedMessage[]): Promise<boolean> {
    if (messages.length === 0) return true;
    const { OUTBOXES } = this.env;
    const handOver: HandOver = { channel: this.channel.name, epoch: this.channel.store.epoch, messages };
    try {
      // A destination that is deleted meanwhile wants nothing more.
      await OUTBOXES.get(OUTBOXES.idFromName(`destinations/${id}`)).take(handOver);
      return true;
    } catch (error) {
      console.warn(
        JSON.stringify({
          level: "warn",
          message: "Destination not reached",
          destination: id,
          error: String(error),
        }),
      );
      return false;
    }
  }

  private keep(cursor: Cursor): void {
    this.cursor = cursor;
    this.kv.put<Cursor>(CURSOR, cursor);
  }
}

/** Milliseconds until the next try after so many failures. */
const backoff = (failures: number): number =>
  Math.min(SLOWEST_RETRY_MS, GATHER_MS * 2 ** Math.min(failures - 1, 10));

const messagesFor = (rule: DestinationRule, events: readonly Candidate[]): readonly HandedMessage[] =>
  events.flatMap((event) => {
    if (!isFor(rule, event.type)) return [];
    try {
      return messageFor(rule, event) ?? [];
    } catch (error) {
      // A bug with one event must not keep all that follow from going out.
      console.error(
        JSON.stringify({ level: "error", message: "No alert", type: event.type, error: String(error) }),
      );
      return [];
    }
  });

/** Undefined if there is nobody to tell. */
const messageFor = (rule: DestinationRule, { offset, type, frame, alert }: Candidate) => {
  if (rule.kind === "webhook") return { offset, type, body: frame };
  if (rule.toOwner && recipientsOf(alert(), undefined).length === 0) return undefined;
  return { offset, type, body: JSON.stringify(alert()) };
};
