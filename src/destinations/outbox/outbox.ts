/**
 * One destination: keeps what is to be delivered there and delivers it, in the order of each deployment, as often as it
 * takes. A thin shell: what is kept is in `outbox-store`, what is done in `outbox-work`, and when in `outbox-drive`.
 */
import type {
  CreatedDestination,
  Delivery,
  DeliveryList,
  DeliveryQuery,
  DestinationAnswer,
  DestinationChange,
  DestinationRequest,
  RotatedSecret,
} from "../../protocol/destinations.ts";
import type { HandOver } from "../../protocol/rpc/destination-feed.ts";
import type { Failure } from "../../protocol/failure.ts";
import { failed, success, type Result } from "../../protocol/result.ts";
import { StoredObject } from "../../channel/copy/stored-object.ts";
import type { Env } from "../../env.ts";
import { settingsOf, type Settings } from "../../settings.ts";
import { deliverySettings } from "./attempt.ts";
import { CLOSED_SINCE, deliveryList, deliveryOf, NO_DELIVERY } from "./delivery-list.ts";
import { changedRequest, rotated, targetProblem, viewOf } from "../directory/destination-record.ts";
import { messageIdOf, placeIn } from "./message-id.ts";
import { OutboxDrive } from "./outbox-drive.ts";
import { OutboxEntry } from "./outbox-entry.ts";
import { OUTBOX_ROWS, OutboxStore } from "./outbox-store.ts";
import { testMessageOf } from "../kinds/test-message.ts";
import { newWebhookSecret } from "../kinds/webhook.ts";
import type { OutboxRpc } from "./outbox-rpc.ts";
import { OUTBOX_PREFIX } from "../../objects.ts";
import type { FarEnd, TriedAgain } from "../../protocol/rpc/far-end.ts";

const NOT_FOUND: Failure = { code: "DESTINATION_NOT_FOUND", message: "There is no such destination" };

/** A destination that was disabled so long ago is handed nothing more until it is enabled, in milliseconds. */
const ABANDONED_MS = 7 * 86_400_000;

const secretOf = (): string => newWebhookSecret((bytes) => crypto.getRandomValues(bytes));

export class Outbox extends StoredObject implements OutboxRpc {
  protected readonly keptRows = OUTBOX_ROWS;
  private readonly id: string;
  private readonly settings: Settings;
  private readonly entry: OutboxEntry;
  private open: OutboxDrive | undefined;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    const settings = settingsOf(env);
    // The Worker lets nobody in without these; an alarm that comes first fails, and the watchdog wakes it again.
    if (!settings.ok || !ctx.id.name?.startsWith(OUTBOX_PREFIX))
      throw new Error("Nothing can be delivered here");
    this.settings = settings.value;
    this.id = ctx.id.name.slice(OUTBOX_PREFIX.length);
    this.entry = new OutboxEntry(ctx.storage.kv, env, this.id);
    const store = OutboxStore.open(ctx.storage);
    if (store) this.begin(store);
  }

  /** Sees to what is due; again and again until nothing waits. */
  override async alarm(): Promise<void> {
    await this.open?.fire();
  }

  /** Makes the destination. `origin`: of the address that Stackcast was asked at; `createdBy`: the subject who asks. */
  async create(
    request: DestinationRequest,
    origin: string,
    createdBy: string,
  ): Promise<Result<CreatedDestination, Failure>> {
    const problem = targetProblem(request, this.settings);
    if (problem) return failed(problem);
    const now = Date.now();
    const secrets = request.kind === "webhook" ? { current: secretOf() } : undefined;
    const store = OutboxStore.create(
      this.ctx.storage,
      { request, origin, createdBy, createdAt: now, updatedAt: now },
      secrets,
    );
    const noted = await this.entry.say(store);
    if (!noted.ok) {
      await this.ctx.storage.deleteAll();
      return noted;
    }
    await this.begin(store).rearm();
    const view = viewOf(this.id, store.destination, store.health);
    return success({ ...view, ...(secrets && { secret: secrets.current }) });
  }

  async describe(): Promise<Result<DestinationAnswer, Failure>> {
    return this.open ? success(this.answer(this.open.store)) : failed(NOT_FOUND);
  }

  /** When the oldest message that waits came, in Unix milliseconds; undefined: none does. */
  async waitingSince(): Promise<number | undefined> {
    return this.open?.store.lanes.oldest();
  }

  /** Changes what is named; what waits goes to the new address. */
  async change(change: DestinationChange, origin: string): Promise<Result<DestinationAnswer, Failure>> {
    if (!this.open) return failed(NOT_FOUND);
    const { store } = this.open;
    const changed = changedRequest(store.destination.request, change);
    if (!changed.ok) return changed;
    const problem = targetProblem(changed.value, this.settings);
    if (problem) return failed(problem);
    const updatedAt = Date.now();
    store.keepDestination({ ...store.destination, request: changed.value, origin, updatedAt });
    await this.entry.say(store);
    await this.open?.rearm();
    return success(this.answer(store));
  }

  /** Forgets everything; whoever asks again after half of it was done completes it. */
  async remove(): Promise<Result<void, Failure>> {
    const known = this.open !== undefined;
    await this.entry.forget();
    this.open?.stop();
    this.open = undefined;
    await this.ctx.storage.deleteAlarm();
    await this.ctx.storage.deleteAll();
    return known ? success(undefined) : failed(NOT_FOUND);
  }

  /** A new secret for a webhook; the old one goes on signing beside it for a while, and so do those before it. */
  async rotateSecret(graceSeconds: number): Promise<Result<RotatedSecret, Failure>> {
    if (!this.open) return failed(NOT_FOUND);
    const { store } = this.open;
    if (!store.secrets)
      return failed({ code: "INVALID_REQUEST", message: "Only a webhook has a secret of ours" });
    const now = Date.now();
    const until = now + graceSeconds * 1000;
    const secret = secretOf();
    store.keepSecrets(rotated(store.secrets, secret, until, now));
    return success({ secret, previousSecretUntil: new Date(until).toISOString() });
  }

  /** Goes on after it was disabled, with what has waited; at once, too, if attempts have failed. */
  async enable(): Promise<Result<DestinationAnswer, Failure>> {
    if (!this.open) return failed(NOT_FOUND);
    const { store, work } = this.open;
    const now = Date.now();
    store.keepHealth({});
    store.lanes.hurry(now);
    store.log.hurry(now);
    work.repeat();
    await this.entry.say(store);
    await this.open?.arouse();
    return success(this.answer(store));
  }

  /** One attempt with a message that says that it is a test; it is made once, also while the destination is disabled. */
  async sendTest(): Promise<Result<Delivery, Failure>> {
    if (!this.open) return failed(NOT_FOUND);
    const { store, work } = this.open;
    const createdAt = Date.now();
    const { place, type, body } = testMessageOf(store.destination.request.kind, createdAt);
    const attempt = await work.probe({ place, body });
    if (this.open?.store !== store) return failed(NOT_FOUND);
    const state = attempt.error === undefined ? "delivered" : "dead";
    const settledAt = Date.now();
    const message = { lane: 0, place, channel: undefined, type, body, state, createdAt, settledAt } as const;
    store.log.add({ ...message, attempts: [attempt] });
    return success(deliveryOf(this.id, { ...message, attempts: [attempt] }));
  }

  async deliveries(query: DeliveryQuery): Promise<Result<DeliveryList, Failure>> {
    return this.open ? deliveryList(this.id, this.open.store, query) : failed(NOT_FOUND);
  }

  /** Sends a message once more under its id; one that waits anyway goes on waiting. */
  async redeliver(messageId: string): Promise<Result<Delivery, Failure>> {
    if (!this.open) return failed(NOT_FOUND);
    const { store, work } = this.open;
    const place = placeIn(this.id, messageId);
    if (!place) return failed(NO_DELIVERY);
    const entry = store.log.find(place);
    if (!entry) {
      const [head] = store.lanes.waiting({ lane: place.lane, place: place.place - 1 });
      const waits =
        head && messageIdOf(this.id, { lane: head.lane, place: head.message.offset }) === messageId;
      return waits ? success(deliveryOf(this.id, head)) : failed(NO_DELIVERY);
    }
    if (store.outdatedNow()(entry)) return failed(CLOSED_SINCE);
    if (entry.state !== "pending") {
      store.log.repeat(entry, Date.now());
      work.repeat();
      await this.open?.arouse();
    }
    return success(deliveryOf(this.id, { ...entry, state: "pending" }));
  }

  /** Sends all once more that was given up since a time, in Unix milliseconds, and is not outdated; tells how many. */
  async recover(since: number): Promise<Result<number, Failure>> {
    if (!this.open) return failed(NOT_FOUND);
    const { store, work } = this.open;
    const isOutdated = store.outdatedNow();
    const count = store.log.repeatSince(since, Date.now(), (message) => !isOutdated(message));
    work.repeat();
    await this.open?.arouse();
    return success(count);
  }

  /** Takes events of a deployment, again without harm. False: there is no such destination any more. */
  async take(handOver: HandOver): Promise<boolean> {
    if (!this.open) return false;
    const { disabled } = this.open.store.health;
    // Nobody cares for it any more: what came before waits on, but not without end.
    if (disabled && Date.now() - disabled.at > ABANDONED_MS) return true;
    if (this.open.store.take(handOver, Date.now())) await this.open?.arouse();
    return true;
  }

  /** A channel is deleted: nothing of it is sent any more, nor kept. */
  async forgetChannel(channel: string): Promise<void> {
    this.open?.store.forgetChannel(channel);
    this.open?.work.repeat();
    await this.open?.rearm();
  }

  /** For whoever looks after a far end that has refused. */
  async handOnAgain(farEnd: FarEnd): Promise<TriedAgain> {
    return (farEnd === "mail" ? await this.open?.tryAgain() : undefined) ?? "idle";
  }

  /** For the watchdog: sees to the alarm, and tells whether there is anything to do. */
  async wake(): Promise<boolean> {
    return (await this.open?.rearm()) ?? false;
  }

  private begin(store: OutboxStore): OutboxDrive {
    const { id, entry } = this;
    const settings = deliverySettings(this.env, this.settings, id);
    return (this.open = new OutboxDrive(this.ctx, this.env, { id, store, settings, entry }));
  }

  private answer(store: OutboxStore): DestinationAnswer {
    return store.answer(this.id, Date.now());
  }
}
