/**
 * Keeps an outbox going: begins its work, and sees to it that the alarm stands for what is due, and for nothing else. An
 * alarm stands from before something is begun until after it is done, so that a crash costs time and nothing more.
 */
import type { DeliverySettings } from "./attempt.ts";
import type { OutboxEntry } from "./outbox-entry.ts";
import type { OutboxStore } from "./outbox-store.ts";
import { OutboxWork } from "./outbox-work.ts";
import type { TriedAgain } from "../../protocol/rpc/far-end.ts";
import { OwnerWord } from "./owner-word.ts";
import { logLine } from "../../log.ts";

/** An alarm that comes although work is under way does no harm; one that is missing would, in milliseconds. */
const SAFETY_MS = 30_000;

/** Soonest that an alarm comes again, in milliseconds. */
const LEAST_WAIT_MS = 50;

type Parts = Readonly<{ id: string; store: OutboxStore; settings: DeliverySettings; entry: OutboxEntry }>;

export class OutboxDrive {
  readonly store: OutboxStore;
  readonly work: OutboxWork;
  private readonly ctx: DurableObjectState;
  private readonly entry: OutboxEntry;
  private readonly word: OwnerWord;
  private stopped = false;

  constructor(ctx: DurableObjectState, { id, store, settings, entry }: Parts) {
    this.ctx = ctx;
    this.store = store;
    this.entry = entry;
    this.work = new OutboxWork(id, store, settings, {
      changed: () => ctx.waitUntil(entry.say(store).then(() => this.rest())),
      rested: () => ctx.waitUntil(this.rest()),
      refused: (refusal) => ctx.waitUntil(settings.refused(refusal).catch(() => this.waitNoMore())),
    });
    this.word = new OwnerWord(id, store, settings);
  }

  /** What the alarm is for. */
  async alarm(): Promise<void> {
    await this.ctx.storage.setAlarm(Date.now() + SAFETY_MS);
    // No delivery waits for the directory: an alarm that hangs keeps the next one from coming.
    this.ctx.waitUntil(this.entry.catchUp(this.store));
    this.drive();
  }

  /** Something has come: it is seen to now, or by the alarm if that fails. */
  async arouse(): Promise<void> {
    await this.rearm();
    this.drive();
  }

  /** Sets an alarm for what waits, unless one comes soon enough. True if something waits. */
  async rearm(): Promise<boolean> {
    const due = this.nextDue();
    if (due === undefined) return false;
    this.entry.enrol(true);
    const alarm = await this.ctx.storage.getAlarm();
    const latest = Math.max(due, Date.now()) + SAFETY_MS;
    if (alarm === null || alarm > latest) await this.ctx.storage.setAlarm(latest);
    return true;
  }

  /** Sends what was refused, as others may get through again; in its own time if nobody looks after that. */
  async tryAgain(): Promise<TriedAgain> {
    const { store, work } = this;
    if (!store.health.waits) return "idle";
    await this.waitNoMore();
    const now = Date.now();
    store.lanes.hurry(now);
    store.log.hurry(now);
    work.repeat();
    const isIdle = work.nextDue() === undefined;
    await work.run();
    if (isIdle) return "idle";
    return store.health.waits ? "refused" : "taken";
  }

  private async waitNoMore(): Promise<void> {
    const { waits: _waits, ...health } = this.store.health;
    this.store.keepHealth(health);
    await this.rearm();
  }

  /** What is under way changes nothing any more. */
  stop(): void {
    this.stopped = true;
    this.work.stop();
    this.word.stop();
  }

  /** Works beside whoever asked for it; what goes wrong here is a bug, and the alarm tries again. */
  private drive(): void {
    if (this.stopped) return;
    const worked = this.work.run().catch((error: unknown) => {
      logLine("error", "Outbox failed", { error: String(error) });
    });
    this.ctx.waitUntil(worked);
    this.ctx.waitUntil(this.word.run().then((wasDue) => (wasDue ? this.rest() : undefined)));
  }

  /** Nothing is due any more: the alarm comes when something is. */
  private async rest(): Promise<void> {
    if (this.stopped) return;
    const due = this.nextDue();
    if (due !== undefined) return this.ctx.storage.setAlarm(Math.max(due, Date.now() + LEAST_WAIT_MS));
    await this.ctx.storage.deleteAlarm();
    this.entry.enrol(false);
  }

  private nextDue(): number | undefined {
    const dues = [
      this.work.nextDue(),
      this.word.isUnderway ? Date.now() + SAFETY_MS : this.word.due,
      this.entry.isBehind ? Date.now() + SAFETY_MS : undefined,
    ].filter((due) => due !== undefined);
    return dues.length === 0 ? undefined : Math.min(...dues);
  }
}
