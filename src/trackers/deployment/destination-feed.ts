/**
 * Hands a deployment's events over to the outboxes of the destinations that ask for them: a consumer of the log with a
 * cursor of its own. It may hand an event over twice, which an outbox recognises, loses none, and never holds up a
 * commit. A destination that cannot be reached falls behind by itself.
 */
import { recipientsOf } from "../../destinations/kinds/email.ts";
import { alertOf, type Alert, type AlertRun } from "../../domain/words/alert.ts";
import type { DeploymentState } from "../../domain/deployment/deployment-state.ts";
import type { DeploymentAddress } from "../../protocol/connection/channel-names.ts";
import type { DestinationRule, HandedMessage, HandOver } from "../../protocol/rpc/destination-feed.ts";
import { RPC_VERSION } from "../../protocol/rpc/version.ts";
import { keptEventSchema, type DeploymentEvent } from "../../protocol/deployment/deployment-events.ts";
import type { Env } from "../../env.ts";
import * as z from "zod";
import { objectOf } from "../../channel/codec.ts";
import { Row } from "../../channel/rows.ts";
import { DestinationRules, isFor } from "./destination-rules.ts";
import type { ChannelLog } from "../../channel/channel-log.ts";
import { logLine } from "../../log.ts";
import { call, outboxOf } from "../../objects.ts";
import { backoffMs } from "../../domain/backoff.ts";
import { SingleFlight } from "../../domain/single-flight.ts";

/** A place in the log, and the run that goes on there: what is handed over late must not speak of a later one. */
type Place = Readonly<{ offset: number; run?: AlertRun }>;

/** Where a destination is that could not be reached, and since when, in Unix milliseconds. */
type Late = Place & Readonly<{ since: number }>;

/** Kept: up to where all have the events, and the destinations that have less. */
type Cursor = Place & Readonly<{ behind: Readonly<Record<string, Late>> }>;

const CURSOR = "destinations";

const placeShape = {
  offset: z.number(),
  run: objectOf<AlertRun>({
    run: z.number(),
    owner: z.string().optional(),
    user: z.string().optional(),
  }).optional(),
};

const cursorCodec = objectOf<Cursor>({
  ...placeShape,
  behind: z.record(z.string(), objectOf<Late>({ ...placeShape, since: z.number() })),
});

/** Events looked at between two moves of the cursor. */
const STRIDE = 500;

/** Outboxes called at the same time; fewer if the events are large: the memory of an object is small. */
const CONCURRENCY = 10;
const MOST_CHARACTERS_AT_ONCE = 8 * 1024 * 1024;

/** For a destination that could not be reached for so long, in milliseconds, the log is kept no longer. */
const LONGEST_BEHIND_MS = 7 * 86_400_000;

/** Events that nobody seems to wait for are let gather so long, in milliseconds: fewer rows. */
const GATHER_MS = 5_000;

const SLOWEST_RETRY_MS = 60_000;

/** What the feed has to know of its deployment. */
export type FedChannel = Readonly<{
  name: string;
  store: Readonly<{
    address: DeploymentAddress | undefined;
    state: DeploymentState;
    log: Pick<ChannelLog, "epoch" | "offset" | "page">;
  }>;
}>;

/** An event on its way, with what is made of it only if somebody asks. */
type Candidate = Readonly<{ offset: number; type: string; frame: string; alert: () => Alert }>;

/** A piece of the log, and where it ends. */
type Piece = Readonly<{ events: readonly Candidate[]; end: Place }>;

export class DestinationFeed {
  private readonly row: Row<Cursor>;
  private readonly env: Env;
  private readonly channel: FedChannel;
  private readonly rules: DestinationRules;
  private cursor: Cursor;
  private readonly flight = new SingleFlight();
  private failures = 0;
  private notBefore = 0;
  private lateFailures = 0;
  private lateNotBefore = 0;

  constructor(kv: SyncKvStorage, env: Env, channel: FedChannel) {
    this.row = new Row(kv, CURSOR, cursorCodec);
    this.env = env;
    this.channel = channel;
    this.rules = new DestinationRules(env);
    this.cursor = this.row.value ?? { offset: 0, behind: {} };
  }

  /** The log must keep all after this offset. */
  get offset(): number {
    return Math.min(this.cursor.offset, ...Object.values(this.cursor.behind).map(({ offset }) => offset));
  }

  /** Events have come: they are handed over at once if somebody waits for them. */
  note(types: readonly string[], now: number): Promise<void> {
    if (!this.rules.areFor(types)) return Promise.resolve();
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
    const dues = [
      ...(this.isWaiting ? [this.notBefore - now] : []),
      ...(this.isBehind ? [this.lateNotBefore - now] : []),
    ];
    return dues.length === 0 ? undefined : Math.max(0, Math.min(...dues));
  }

  private get head(): Place {
    const { log, state } = this.channel.store;
    const { run, owner, user } = state;
    return { offset: log.offset, run: { run, owner, user } };
  }

  private get isWaiting(): boolean {
    return this.cursor.offset < this.channel.store.log.offset;
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
    const piece = upToDate.length > 0 ? this.pieceAfter(place) : { events: [], end: this.head };
    if (piece.end.offset <= place.offset) return false;
    const late = await this.deliver(upToDate, piece.events);
    const left = Object.fromEntries(late.map(({ id }) => [id, { ...place, since: now }]));
    this.keep({ ...piece.end, behind: { ...this.cursor.behind, ...left } });
    return true;
  }

  /** What destinations did not get while they could not be reached. */
  private async catchUp(now: number): Promise<void> {
    for (const id of Object.keys(this.cursor.behind)) {
      const rule = (await this.rulesAt(now)).find((one) => one.id === id);
      for (let at = this.cursor.behind[id]; at !== undefined; at = this.cursor.behind[id]) {
        const piece = this.pieceAfter(at);
        const isReached = !rule || (await this.deliver([rule], piece.events)).length === 0;
        if (!isReached && now - at.since < LONGEST_BEHIND_MS) break;
        if (!isReached) tellForsaken(this.channel.name, id);
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
    const { address } = this.channel.store;
    return address ? this.rules.of(address, Math.max(now, Date.now())) : [];
  }

  private pieceAfter({ offset, run: before }: Place): Piece {
    const { log, state } = this.channel.store;
    const runs = log.page(offset, STRIDE);
    let run = before;
    const events = runs.flatMap(({ from, frames }) =>
      frames.flatMap((frame, index): Candidate | [] => {
        const { data: event } = keptEventSchema.safeParse(JSON.parse(frame));
        if (!event) return [];
        run = runAfter(event, run);
        const begun = run;
        const place = { channel: this.channel.name, offset: from + index };
        let alert: Alert | undefined;
        return {
          offset: place.offset,
          type: event.type,
          frame,
          alert: () => (alert ??= alertOf({ ...event, ...place }, state, begun)),
        };
      }),
    );
    return { events, end: { offset: runs.at(-1)?.to ?? offset, ...(run && { run }) } };
  }

  /** Gives each destination what it asks for; tells which of them could not be reached. */
  private async deliver(
    rules: readonly DestinationRule[],
    events: readonly Candidate[],
  ): Promise<readonly DestinationRule[]> {
    const late: DestinationRule[] = [];
    const left = [...rules];
    const atOnce = callsAtOnce(events.reduce((sum, { frame }) => sum + frame.length, 0));
    while (left.length > 0)
      await Promise.all(
        left.splice(0, atOnce).map(async (rule) => {
          if (!(await this.give(rule, messagesFor(rule, events)))) late.push(rule);
        }),
      );
    return late;
  }

  private async give({ id }: DestinationRule, messages: readonly HandedMessage[]): Promise<boolean> {
    if (messages.length === 0) return true;
    const handOver: HandOver = {
      channel: this.channel.name,
      epoch: this.channel.store.log.epoch,
      messages,
      version: RPC_VERSION,
    };
    try {
      // A destination that is deleted meanwhile wants nothing more.
      await call(
        () => outboxOf(this.env, id),
        (outbox) => outbox.take(handOver),
      );
      return true;
    } catch (error) {
      logLine("warn", "Destination not reached", { destination: id, error: String(error) });
      return false;
    }
  }

  private keep(cursor: Cursor): void {
    this.cursor = cursor;
    this.row.put(cursor);
  }
}

/** How many outboxes may be called at the same time with messages of so many characters. */
export const callsAtOnce = (characters: number): number =>
  Math.max(1, Math.min(CONCURRENCY, Math.floor(MOST_CHARACTERS_AT_ONCE / Math.max(1, characters))));

/** The run that goes on after an event, as the deployment's state counts them. */
const runAfter = ({ type, data }: DeploymentEvent, before: AlertRun | undefined): AlertRun | undefined =>
  type === "deployment_started"
    ? { run: data.run ?? (before?.run ?? 0) + 1, owner: data.owner, user: data.user }
    : before;

const tellForsaken = (channel: string, destination: string): void => {
  const message = "Destination not reached for 7 days: it does not get what happened in the meantime";
  logLine("error", message, { channel, destination });
};

/** Milliseconds until the next try after so many failures. */
const waitAfter = (failures: number): number =>
  backoffMs(failures - 1, 1, { baseMs: GATHER_MS, maxMs: SLOWEST_RETRY_MS });

const messagesFor = (rule: DestinationRule, events: readonly Candidate[]): readonly HandedMessage[] =>
  events.flatMap((event) => {
    if (!isFor(rule, event.type)) return [];
    try {
      return messageFor(rule, event) ?? [];
    } catch (error) {
      // A bug with one event must not keep all that follow from going out.
      logLine("error", "No alert", { type: event.type, error: String(error) });
      return [];
    }
  });

/** Undefined if there is nobody to tell. */
const messageFor = (rule: DestinationRule, { offset, type, frame, alert }: Candidate) => {
  if (rule.kind === "webhook") return { offset, type, body: frame };
  if (rule.toOwner && recipientsOf(alert(), undefined).length === 0) return undefined;
  return { offset, type, body: JSON.stringify(alert()) };
};
