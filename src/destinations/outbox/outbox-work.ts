/**
 * Empties an outbox: takes what is due, a message of a lane at a time and several lanes at once, and sees to what follows
 * from each attempt. Nothing is lost by stopping anywhere: what was sent and not yet written down is sent again under
 * the same id.
 */
import type { Attempt, DestinationKind } from "../../protocol/destinations.ts";
import { attemptOf, type DeliverySettings } from "./attempt.ts";
import { signingSecrets } from "../directory/destination-record.ts";
import type { ExchangeAnswer } from "../exchange.ts";
import { DeliveryHealth, type HealthHooks } from "./delivery-health.ts";
import type { RepeatedMessage } from "./delivery-log.ts";
import { messageIdOf, type MessagePlace } from "./message-id.ts";
import type { LaneHead } from "./outbox-lane.ts";
import { MOST_ATTEMPTS } from "./outbox-lanes.ts";
import type { OutboxStore } from "./outbox-store.ts";
import { logLine } from "../../log.ts";

/** Least time between two messages, in milliseconds. Slack takes one a second. */
const PACE_MS: Readonly<Record<DestinationKind, number>> = {
  webhook: 0,
  slack: 1_000,
  pagerduty: 0,
  email: 0,
};

/** Connections that one call may have open at the same time. https://developers.cloudflare.com/workers/platform/limits/ */
const CONCURRENCY = 6;

/** Messages of one lane after which the others have their turn. */
const MOST_IN_TURN = 20;

/** What has waited so long is of no use to anybody, in milliseconds. */
const MOST_AGE_MS = 7 * 86_400_000;

const OUTDATED: ExchangeAnswer = { ms: 0, error: "the incident was closed since" };

/** Messages that are given up unsent between two turns of everything else. */
const MOST_EXPIRED_AT_ONCE = 1_000;

/** One message of a lane, or one of a lane's that is sent once more. */
type Turn = Readonly<{ key: string; take: () => Promise<void> }>;

type Hooks = HealthHooks & Readonly<{ rested: () => void }>;

export class OutboxWork {
  /** Called when nothing is due any more. */
  private readonly rested: () => void;
  private readonly id: string;
  private readonly store: OutboxStore;
  private readonly settings: DeliverySettings;
  private readonly health: DeliveryHealth;
  private readonly busy = new Set<string>();
  private workers = 0;
  private stopped = false;
  /** Something could not be written down: the alarm that stands tries again, and not at once for ever. */
  private broken = false;
  private lastBegun = 0;
  private expired = 0;
  /** When each lane is due in which something is sent once more, those first that had no turn for longest. */
  private repeats: Map<number, number>;
  private repeatedLast = false;

  constructor(id: string, store: OutboxStore, settings: DeliverySettings, { rested, ...hooks }: Hooks) {
    this.id = id;
    this.store = store;
    this.settings = settings;
    this.rested = rested;
    this.health = new DeliveryHealth(id, store, settings, hooks);
    this.repeats = this.storedRepeats();
  }

  /** Sees to what is due, unless that is done already. Comes back when there is nothing left to do for now. */
  async run(): Promise<void> {
    const most = PACE_MS[this.kind] > 0 ? 1 : CONCURRENCY;
    const started: Promise<void>[] = [];
    if (this.workers === 0) this.broken = false;
    while (this.workers < most && !this.stopped) {
      const turn = this.next();
      if (!turn) break;
      started.push(this.worker(turn));
    }
    if (this.workers === 0 && !this.stopped) this.rested();
    await Promise.all(started);
  }

  /** Whether something is being sent right now. */
  get isUnderway(): boolean {
    return this.workers > 0;
  }

  /** What is under way changes nothing any more. */
  stop(): void {
    this.stopped = true;
  }

  /** Something is to be sent once more. */
  repeat(): void {
    this.repeats = this.storedRepeats();
  }

  /** When there is something to do, in Unix milliseconds; undefined: nothing waits, or nothing may be sent. */
  nextDue(): number | undefined {
    const { lanes, health } = this.store;
    if (health.disabled || health.waits) return undefined;
    const dues = [lanes.nextDue(), ...this.repeats.values()].filter((due) => due !== undefined);
    return dues.length === 0 ? undefined : Math.max(this.notBefore(), Math.min(...dues));
  }

  /** One attempt of a message that is none of a lane. */
  async probe(message: Readonly<{ place: number; body: string }>): Promise<Attempt> {
    const at = Date.now();
    const answer = await this.send({ lane: 0, place: message.place }, message.body);
    return attemptIn(answer, at);
  }

  private get kind(): DestinationKind {
    return this.store.destination.request.kind;
  }

  private notBefore(): number {
    return Math.max(this.lastBegun + PACE_MS[this.kind], this.store.health.pausedUntil ?? 0);
  }

  private storedRepeats(): Map<number, number> {
    return new Map(this.store.log.repeats().map(({ lane, due }) => [lane, due]));
  }

  private async worker(first: Turn): Promise<void> {
    this.workers += 1;
    try {
      for (let turn: Turn | undefined = first; turn; turn = this.next()) {
        this.busy.add(turn.key);
        try {
          await turn.take();
        } finally {
          this.busy.delete(turn.key);
        }
      }
    } catch (error) {
      this.broken = true;
      throw error;
    } finally {
      this.workers -= 1;
      if (this.workers === 0 && !this.stopped && !this.broken) this.rested();
    }
  }

  private next(): Turn | undefined {
    const now = Date.now();
    const { health } = this.store;
    if (this.stopped || health.disabled || health.waits || now < this.notBefore()) return undefined;
    // In turns: what is new must not wait until all that is sent once more has gone out, nor that for ever.
    const turn = this.repeatedLast
      ? (this.nextOfLanes(now) ?? this.nextRepeat(now))
      : (this.nextRepeat(now) ?? this.nextOfLanes(now));
    this.repeatedLast = turn?.key.startsWith("repeat ") ?? false;
    return turn;
  }

  private nextRepeat(now: number): Turn | undefined {
    for (const [lane, due] of this.repeats) {
      const key = `repeat ${lane}`;
      if (due > now || this.busy.has(key)) continue;
      const message = this.store.log.repeated(lane);
      if (message) return { key, take: () => this.again(message) };
    }
    return undefined;
  }

  private nextOfLanes(now: number): Turn | undefined {
    const lane = this.store.lanes.dueLane(now, (number) => this.busy.has(`lane ${number}`));
    return lane === undefined ? undefined : { key: `lane ${lane}`, take: () => this.some(lane) };
  }

  /** A few messages of a lane, as long as they go through. */
  private async some(lane: number): Promise<void> {
    const { lanes } = this.store;
    for (let left = MOST_IN_TURN; left > 0 && !this.stopped; left -= 1) {
      const head = lanes.head(lane);
      const now = Date.now();
      if (!head || head.due > now || now < this.notBefore()) break;
      if (this.store.health.disabled || this.store.health.waits) break;
      await this.first(head);
    }
    lanes.rotate(lane);
  }

  private async first(head: LaneHead): Promise<void> {
    const { lane, message, tries } = head;
    const at = Date.now();
    if (at - message.createdAt > MOST_AGE_MS) {
      const attempt = attemptIn({ ms: 0, error: "it has waited for more than 7 days" }, at);
      this.store.settle(head, "dead", [...head.attempts, attempt].slice(-MOST_ATTEMPTS), at);
      this.expired += 1;
      // Nothing is waited for here: calls and alarms have their turn only if it is given to them.
      if (this.expired % MOST_EXPIRED_AT_ONCE === 0) await scheduler.wait(0);
      return;
    }
    const answer = await this.send({ lane, place: message.offset }, message.body);
    if (this.stopped) return;
    const attempts = [...head.attempts, attemptIn(answer, at)].slice(-MOST_ATTEMPTS);
    const due = this.health.dueAfter(answer, tries + 1);
    if (due === undefined)
      this.store.settle(head, answer.error === undefined ? "delivered" : "dead", attempts, Date.now());
    else this.store.lanes.postpone(lane, attempts, due);
  }

  private async again(message: RepeatedMessage): Promise<void> {
    const at = Date.now();
    // What closes the incident may have gone out while this waited for another try.
    const answer = this.store.outdatedNow()(message) ? OUTDATED : await this.send(message, message.body);
    if (this.stopped) return;
    const attempts = [...message.attempts, attemptIn(answer, at)].slice(-MOST_ATTEMPTS);
    const due = answer === OUTDATED ? undefined : this.health.dueAfter(answer, message.tries + 1);
    if (due === undefined)
      this.store.settleRepeat(
        message,
        answer.error === undefined ? "delivered" : "dead",
        attempts,
        Date.now(),
      );
    else this.store.log.postponeRepeat(message, attempts, due);
    const next = this.store.log.repeatDue(message.lane);
    this.repeats.delete(message.lane);
    if (next !== undefined) this.repeats.set(message.lane, next);
  }

  private async send(place: MessagePlace, body: string): Promise<ExchangeAnswer> {
    const { destination, secrets } = this.store;
    this.lastBegun = Date.now();
    const target = {
      request: destination.request,
      secrets: signingSecrets(secrets, this.lastBegun),
      base: this.settings.publicUrl ?? destination.origin,
    };
    const id = messageIdOf(this.id, place);
    try {
      return await attemptOf(target, { id, body }, this.settings);
    } catch (error) {
      // A bug with one message must not keep all that follow from being sent.
      logLine("error", "Message not made", { id, error: String(error) });
      return { ms: 0, error: "no request could be made of it", final: true };
    }
  }
}

const attemptIn = ({ status, error, ms }: ExchangeAnswer, at: number): Attempt => ({
  at: new Date(at).toISOString(),
  ms,
  ...(status !== undefined && { status }),
  ...(error !== undefined && { error }),
});
