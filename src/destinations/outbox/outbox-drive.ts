/**
 * An outbox that is open: what its alarm is for. An alarm stands from before something is begun until after it is done, so
 * that a crash costs time and nothing more; no delivery holds up an alarm, and the next one comes when something is due.
 */
import { Alarm } from "../../channel/alarm.ts";
import { WatchdogEntry } from "../../channel/watchdog-entry.ts";
import type { Env } from "../../env.ts";
import type { DeliverySettings } from "./attempt.ts";
import type { OutboxEntry } from "./outbox-entry.ts";
import type { OutboxStore } from "./outbox-store.ts";
import { OutboxWork } from "./outbox-work.ts";
import type { TriedAgain } from "../../protocol/rpc/far-end.ts";
import { OwnerWord } from "./owner-word.ts";

/** An alarm that comes although work is under way does no harm; one that is missing would, in milliseconds. */
const SAFETY_MS = 30_000;

/** What goes on beside the alarm. */
const BESIDE = { patienceMs: 0 } as const;

type Parts = Readonly<{
  id: string;
  store: OutboxStore;
  settings: DeliverySettings;
  entry: OutboxEntry;
}>;

export class OutboxDrive {
  readonly store: OutboxStore;
  readonly work: OutboxWork;
  private readonly alarm: Alarm;
  private readonly word: OwnerWord;

  constructor(ctx: DurableObjectState, env: Env, { id, store, settings, entry }: Parts) {
    const alarm = new Alarm(ctx, new WatchdogEntry(ctx, env), {
      name: ctx.id.name ?? "",
      graceMs: SAFETY_MS,
      slackMs: SAFETY_MS,
    });
    const work = new OutboxWork(id, store, settings, {
      changed: () => ctx.waitUntil(entry.say(store).then(() => alarm.renew())),
      rested: () => ctx.waitUntil(alarm.renew()),
      refused: (refusal) => ctx.waitUntil(settings.refused(refusal).catch(() => this.waitNoMore())),
    });
    const word = new OwnerWord(id, store, settings);
    const waitFor = (due: number | undefined, now: number) =>
      due === undefined ? undefined : Math.max(0, due - now);
    alarm.serve([
      {
        ...BESIDE,
        nextIn: (now) => (work.isUnderway ? SAFETY_MS : waitFor(work.nextDue(), now)),
        run: () => work.run(),
      },
      {
        ...BESIDE,
        nextIn: (now) => (word.isUnderway ? SAFETY_MS : waitFor(word.due, now)),
        run: async () => ((await word.run()) ? alarm.renew() : undefined),
      },
      {
        ...BESIDE,
        nextIn: () => (entry.isBehind ? SAFETY_MS : undefined),
        run: () => entry.catchUp(store),
      },
    ]);
    this.store = store;
    this.work = work;
    this.word = word;
    this.alarm = alarm;
  }

  /** What the alarm is for. */
  fire(): Promise<void> {
    return this.alarm.fire();
  }

  /** Something has come: it is seen to now, or by the alarm if that fails. */
  async arouse(): Promise<void> {
    await this.alarm.ensure();
    this.alarm.runBeside(Date.now());
  }

  /** Sets an alarm for what waits, unless one comes soon enough. True if something waits. */
  rearm(): Promise<boolean> {
    return this.alarm.ensure();
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
    this.alarm.stop();
    this.work.stop();
    this.word.stop();
  }
}
