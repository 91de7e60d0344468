/**
 * What an outbox keeps: the destination with its secrets, how it goes, the messages that wait, and the log of those that
 * do not. Each change is whole by the end of the call that makes it.
 */
import type { Attempt, DeliveryState, DestinationAnswer } from "../../protocol/destinations.ts";
import type { HandOver } from "../../protocol/rpc/destination-feed.ts";
import { viewOf, type Health, type KeptDestination, type Secrets } from "../directory/destination-record.ts";
import * as z from "zod";
import { LAYOUT } from "../../channel/codec.ts";
import { Row } from "../../channel/rows.ts";
import { destinationCodec, healthCodec, secretsCodec } from "./outbox-codec.ts";
import { DeliveryLog, type DeliveryEntry } from "./delivery-log.ts";
import type { MessagePlace } from "./message-id.ts";
import { closesIncident, opensIncident } from "../kinds/pagerduty.ts";
import { newWebhookSecret } from "../kinds/webhook.ts";
import type { LaneHead } from "./outbox-lane.ts";
import { OutboxLanes } from "./outbox-lanes.ts";

const DESTINATION = "destination";
const SECRETS = "secrets";
const HEALTH = "health";
/** Entries of the log up to this one tell nothing of lanes that these do not know. */
const MARK = "mark";

/** Deliveries between two moves of the mark. */
const STRIDE = 200;

/** What an export has of it. */
export const OUTBOX_ROWS = {
  tables: ["lanes", "blocks", "deliveries", "repeats"],
  isWhole: true,
  prepare: (sql: SqlStorage): unknown => [new OutboxLanes(sql), new DeliveryLog(sql)],
} as const;

export class OutboxStore {
  readonly lanes: OutboxLanes;
  readonly log: DeliveryLog;
  destination: KeptDestination;
  secrets: Secrets | undefined;
  health: Health;
  private readonly storage: DurableObjectStorage;
  private unmarked: number;

  private constructor(storage: DurableObjectStorage, destination: KeptDestination) {
    this.storage = storage;
    this.destination = destination;
    this.secrets = new Row(storage.kv, SECRETS, secretsCodec).value;
    // A secret that cannot be read: another one lets the receiver refuse what comes, until its owner asks for a new one.
    if (!this.secrets && destination.request.kind === "webhook")
      this.keepSecrets({ current: newWebhookSecret((bytes) => crypto.getRandomValues(bytes)) });
    this.health = new Row(storage.kv, HEALTH, healthCodec).value ?? {};
    this.lanes = new OutboxLanes(storage.sql);
    this.log = new DeliveryLog(storage.sql);
    const mark = new Row(storage.kv, MARK, z.number()).value ?? 0;
    for (const { lane, place } of this.log.since(mark)) this.lanes.advance(lane, place);
    this.unmarked = this.log.newest() - mark;
  }

  /** Undefined if there is no destination here; then nothing is written either. */
  static open(storage: DurableObjectStorage): OutboxStore | undefined {
    const destination = new Row(storage.kv, DESTINATION, destinationCodec).value;
    return destination && new OutboxStore(storage, destination);
  }

  static create(
    storage: DurableObjectStorage,
    destination: KeptDestination,
    secrets: Secrets | undefined,
  ): OutboxStore {
    storage.kv.put(DESTINATION, { layout: LAYOUT, ...destination });
    if (secrets) storage.kv.put(SECRETS, secrets);
    return new OutboxStore(storage, destination);
  }

  keepDestination(destination: KeptDestination): void {
    this.destination = destination;
    this.storage.kv.put(DESTINATION, { layout: LAYOUT, ...destination });
  }

  keepSecrets(secrets: Secrets): void {
    this.secrets = secrets;
    this.storage.kv.put(SECRETS, secrets);
  }

  keepHealth(health: Health): void {
    this.health = health;
    this.storage.kv.put(HEALTH, health);
  }

  /** How the destination is, as it is shown; `now`: Unix milliseconds. */
  answer(id: string, now: number): DestinationAnswer {
    const until = Math.max(0, ...(this.secrets?.previous ?? []).map((one) => one.until));
    return {
      ...viewOf(id, this.destination, this.health),
      pending: this.lanes.count() + this.log.count("pending"),
      dead: this.log.count("dead"),
      ...(until > now && { previousSecretUntil: new Date(until).toISOString() }),
    };
  }

  /** True if something of it is new. */
  take(handOver: HandOver, now: number): boolean {
    return this.storage.transactionSync(() => this.lanes.take(handOver, now));
  }

  /** Forgets all messages of a channel, those that wait and those that do not. */
  forgetChannel(channel: string): void {
    this.storage.transactionSync(() => {
      this.lanes.forget(channel);
      this.log.forget(channel);
      // Numbers of the log may be used again: those after the mark are the ones that count.
      this.mark();
    });
  }

  /** The first message of a lane is delivered or given up. */
  settle(head: LaneHead, state: DeliveryState, attempts: readonly Attempt[], now: number): void {
    const { lane, channel, message } = head;
    // Its channel was deleted while it was under way.
    if (!this.lanes.holds(lane)) return;
    const { offset: place, type, body, createdAt } = message;
    this.storage.transactionSync(() => {
      this.log.add({ lane, place, channel, type, body, state, createdAt, settledAt: now, attempts });
      this.lanes.advance(lane, place);
      this.unmarked += 1;
      if (this.unmarked >= STRIDE) this.mark();
    });
  }

  /** A message that is sent once more is delivered or given up again. */
  settleRepeat(entry: DeliveryEntry, state: DeliveryState, attempts: readonly Attempt[], now: number): void {
    this.storage.transactionSync(() => this.log.settleRepeat(entry, state, attempts, now));
  }

  /** Tells of messages whether they would open an incident again that was closed since. */
  outdatedNow(): (message: Pick<DeliveryEntry, "type" | "channel" | "lane" | "place">) => boolean {
    if (this.destination.request.kind !== "pagerduty") return () => false;
    const closed = new Map<string | undefined, MessagePlace>();
    for (const { channel, type, ...place } of this.log.delivered())
      if (closesIncident(type) && isLater(place, closed.get(channel))) closed.set(channel, place);
    return ({ channel, type, ...place }) => {
      const end = closed.get(channel);
      return end !== undefined && opensIncident(type) && isLater(end, place);
    };
  }

  private mark(): void {
    this.lanes.save();
    this.storage.kv.put(MARK, this.log.newest());
    this.log.trim();
    this.unmarked = 0;
  }
}

/** Lanes of one channel are numbered in the order in which they began. */
const isLater = (one: MessagePlace, other: MessagePlace | undefined): boolean =>
  !other || one.lane > other.lane || (one.lane === other.lane && one.place > other.place);
