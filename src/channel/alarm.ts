/**
 * The one alarm of an object, and the tasks that it is for. The next one is set before anything is begun, so that what dies
 * or hangs costs one period and no more; it is set again afterwards only if that has changed, as each one costs a row.
 */
import { backoffMs } from "../domain/backoff.ts";
import { logLine } from "../log.ts";
import { noteAlarmCame, noteAlarmSet } from "./own/own-counts.ts";
import type { WatchdogEntry } from "./watchdog-entry.ts";

/** Something that the alarm of an object is for. */
export type AlarmTask = Readonly<{
  /** Milliseconds until there is something to do; undefined: there is nothing. */
  nextIn(now: number): number | undefined;
  /** Does what is due. It is called whenever the alarm comes, whichever task that was set for. */
  run(now: number): Promise<unknown>;
  /** How long the alarm waits for it at most, in milliseconds; absent: until it has finished. */
  patienceMs?: number;
  /** What of it goes on although no alarm began it; undefined: nothing. */
  readonly underWay?: Promise<unknown> | undefined;
  /** It gets alarms of its own also while the leading task has some. */
  isUrgent?: boolean;
}>;

/** Whoever follows a channel's log with a cursor of its own, at its own pace: an audit, a log, deployments, destinations. */
export type Consumer = AlarmTask &
  Readonly<{
    /** Offset up to which all is handed on; the log must keep all after it. */
    offset: number;
  }>;

type Options = Readonly<{
  /** Of the object, for the log. */
  name: string;
  /** In milliseconds: the next alarm after one whose task is due at once, and so is begun and not yet done. */
  graceMs: number;
  /** How much later than a task is due the alarm may come where whoever calls begins the task anyway; absent: not at all. */
  slackMs?: number;
  /** Called before an alarm is set. */
  prepare?: () => void;
  /** Whether the object is at work although no task has anything to do; absent: never. */
  isActive?: () => boolean;
  /** Called when nothing is left to do. */
  idle?: (now: number) => Promise<void>;
}>;

/** An alarm this late, in milliseconds, is taken for lost. */
const OVERDUE_MS = 30_000;

/** Soonest that an alarm comes again, in milliseconds. */
const LEAST_WAIT_MS = 50;

/** A task that throws has a bug: it is tried again after so many milliseconds, and longer each time. */
const AFTER_BUG = { baseMs: 1_000, maxMs: 60_000 };

/** A task, and how it went. */
class Guarded {
  private failures = 0;
  private running: Promise<unknown> = Promise.resolve();
  private notBefore = 0;
  readonly task: AlarmTask;

  constructor(task: AlarmTask) {
    this.task = task;
  }

  nextIn(now: number): number | undefined {
    const dueIn = this.task.nextIn(now);
    return dueIn === undefined ? undefined : Math.max(dueIn, this.notBefore - now);
  }

  /** Never rejects. */
  run(now: number, name: string): Promise<void> {
    const run = this.tryOnce(now, name);
    this.running = Promise.all([this.running, run]);
    return run;
  }

  /** Resolves when nothing of it goes on. */
  async settled(): Promise<void> {
    await this.running;
    await this.task.underWay?.catch(() => undefined);
  }

  private async tryOnce(now: number, name: string): Promise<void> {
    if (now < this.notBefore) return;
    try {
      await this.task.run(now);
      this.failures = 0;
    } catch (error) {
      this.notBefore = Date.now() + backoffMs(this.failures, 1, AFTER_BUG);
      this.failures += 1;
      logLine("error", "Alarm failed", { channel: name, error: String(error) });
    }
  }
}

export class Alarm {
  private lead: Guarded | undefined;
  private tasks: readonly Guarded[] = [];
  private isStopped = false;
  private ensuredAt = 0;
  /** When the alarm that stands is due; undefined: it was set before the object woke. */
  private setFor: number | undefined;
  private readonly ctx: DurableObjectState;
  private readonly entry: WatchdogEntry;
  private readonly options: Options;

  constructor(ctx: DurableObjectState, entry: WatchdogEntry, options: Options) {
    this.ctx = ctx;
    this.entry = entry;
    this.options = options;
  }

  /**
   * Sees to these tasks from now on. `lead`: while it has something to do, the others go beside its alarms, and only urgent
   * ones get others; of it `nextIn` says when to run once more after a run that begins now.
   */
  serve(tasks: readonly AlarmTask[], lead?: AlarmTask): void {
    this.tasks = tasks.map((task) => new Guarded(task));
    this.lead = lead && new Guarded(lead);
  }

  /** What the object's alarm is to do. */
  async fire(): Promise<void> {
    if (this.isStopped) return;
    const now = Date.now();
    if (this.setFor !== undefined) noteAlarmCame(this.setFor, now);
    this.setFor = undefined;
    const leadIn = this.lead?.nextIn(now);
    const firstIn = leadIn ?? this.dueIn(now);
    const { graceMs, name } = this.options;
    if (firstIn !== undefined) await this.set(now + (firstIn || graceMs));
    if (leadIn !== undefined) {
      await this.lead!.run(now, name);
      this.runBeside(now);
      if (this.lead!.nextIn(now) !== leadIn) await this.renew();
      return;
    }
    await Promise.all(this.tasks.map((task) => this.patiently(task, now)));
    const nextIn = this.dueIn(now);
    if (nextIn === undefined || nextIn !== (firstIn || graceMs)) await this.renew();
  }

  /** Does what is due beside whoever asks, without the leading task. */
  runBeside(now: number): void {
    if (this.isStopped) return;
    // None of them rejects; one promise for all, as each that is handed to the runtime costs.
    this.ctx.waitUntil(Promise.all(this.tasks.map((task) => task.run(now, this.options.name))));
  }

  /** Sets the alarm where it is missing, lost or too far off. True if there is something to do. */
  async ensure(now = Date.now()): Promise<boolean> {
    const { slackMs = 0, isActive } = this.options;
    const dueIn = this.isStopped ? undefined : this.dueIn(now);
    if (dueIn === undefined) return isActive?.() ?? false;
    this.entry.say(true);
    const standing = await this.standsAt(now);
    if (standing === undefined || standing > now + dueIn + slackMs) await this.set(now + dueIn + slackMs);
    return true;
  }

  /** The same for calls that come often, and need not see to it each time. */
  async ensureSometimes(now: number): Promise<void> {
    if (now - this.ensuredAt < OVERDUE_MS) return;
    this.ensuredAt = now;
    await this.ensure(now);
  }

  /** Sets the alarm as things stand now, or takes it away. */
  async renew(): Promise<void> {
    if (this.isStopped) return;
    const now = Date.now();
    const dueIn = this.dueIn(now);
    if (dueIn !== undefined) return this.set(now + Math.max(dueIn, LEAST_WAIT_MS));
    await this.ctx.storage.deleteAlarm();
    if (this.options.isActive?.()) return;
    this.entry.say(false);
    await this.options.idle?.(now);
  }

  /** When the alarm comes, in Unix milliseconds; undefined: it is missing or lost. */
  async standsAt(now: number): Promise<number | undefined> {
    const alarm = await this.ctx.storage.getAlarm();
    return alarm === null || alarm < now - OVERDUE_MS ? undefined : alarm;
  }

  /** The directory may have struck the object off although its alarm stands. */
  confirm(): void {
    this.entry.say(true);
  }

  /** The directory need not look after the object any more. */
  rest(): void {
    this.entry.say(false);
  }

  /** Whether any task has something to do. */
  isNeeded(now: number): boolean {
    return this.dueIn(now) !== undefined;
  }

  /** The object is no more. */
  stop(): void {
    this.isStopped = true;
    this.entry.say(false);
  }

  /** Nothing is begun from now on. Resolves when nothing goes on any more. */
  async halt(): Promise<void> {
    this.isStopped = true;
    await Promise.all([this.lead, ...this.tasks].map(async (task) => task?.settled()));
  }

  private dueIn(now: number): number | undefined {
    const leadIn = this.lead?.nextIn(now);
    // More frequent alarms would only make the leading task more frequent.
    const others = leadIn === undefined ? this.tasks : this.tasks.filter(({ task }) => task.isUrgent);
    const dues = [leadIn, ...others.map((task) => task.nextIn(now))].filter((due) => due !== undefined);
    return dues.length === 0 ? undefined : Math.min(...dues);
  }

  private async patiently(task: Guarded, now: number): Promise<void> {
    const run = task.run(now, this.options.name);
    const { patienceMs } = task.task;
    if (patienceMs === undefined) return run;
    this.ctx.waitUntil(run);
    if (patienceMs === 0) return;
    const done = new AbortController();
    const timeout = scheduler.wait(patienceMs, { signal: done.signal }).catch(() => undefined);
    await Promise.race([run, timeout]);
    done.abort();
  }

  private async set(at: number): Promise<void> {
    this.setFor = at;
    noteAlarmSet();
    this.options.prepare?.();
    this.entry.say(true);
    await this.ctx.storage.setAlarm(at);
  }
}
