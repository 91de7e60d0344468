/**
 * When a stack's object has something to do, and who wants it done. Sees to it that the alarm stands whenever it is
 * needed, and only then: each one costs a row and a request.
 */
import {
  isOnlyWatched,
  lookClassOf,
  nextPollIn,
  sweepAgeMs,
  type Interest,
} from "../../domain/stack/next-poll.ts";
import { paceMs } from "../../domain/stack/pace.ts";
import { isComplete } from "../../domain/stack/stack-state.ts";
import type { Settings } from "../../settings.ts";
import * as z from "zod";
import { Row } from "../../channel/rows.ts";
import { trackedCodec, type Tracked } from "./stack-codec.ts";
import { HEAD } from "../../channel/channel-log.ts";
import type { WantedLook } from "../account/call-lease.ts";
import type { Enrolment } from "../directory/enrolment.ts";
import { TROUBLE, type StackPoll } from "./stack-poll.ts";
import type { StackStore } from "./stack-store.ts";

/** An alarm this late, in milliseconds, is taken for lost. */
const OVERDUE_MS = 30_000;

/** Who comes to a stack at rest waits so long, in milliseconds, for others to share the look with. */
const ARRIVALS_MS = 1_000;

/** Kept facts: who registered interest and when, and when the last viewer left, 0 while one is there. */
const TRACKED = "tracked";
const LEFT = "left";

/** What is kept of looking for a stack, and is of no use once nobody looks for it. */
const TRACES: ReadonlySet<string> = new Set([HEAD, LEFT, TRACKED, TROUBLE]);

/** What the schedule depends on. */
type Parts = Readonly<{
  settings: Settings;
  store: StackStore;
  poll: StackPoll;
  /** Milliseconds until AWS may be asked. */
  turnIn: (now: number) => number;
  /** Whether AWS allows much more than all ask for. */
  isFree: () => boolean;
  /** Milliseconds until a deployment has to be told something, if one has. */
  deploymentsIn: (now: number) => number | undefined;
  /** Others who follow the log at their own pace: milliseconds until each has something to do, if it has. */
  consumers: readonly ((now: number) => number | undefined)[];
  enrolment: Enrolment;
  viewerCount: () => number;
  /** How the deployments that wait for the stack do so. */
  awaited: () => Interest["awaited"];
}>;

export class Schedule {
  private readonly storage: DurableObjectStorage;
  private readonly parts: Parts;
  private readonly tracked: Row<Tracked>;
  private readonly leftAt: Row<number>;
  private rearmedAt = 0;

  constructor(storage: DurableObjectStorage, parts: Parts) {
    this.storage = storage;
    this.tracked = new Row(storage.kv, TRACKED, trackedCodec);
    this.leftAt = new Row(storage.kv, LEFT, z.number());
    this.parts = parts;
  }

  /** Whether only viewers, or who asks once, want to know of the stack. */
  get isOnlyWatched(): boolean {
    return isOnlyWatched(this.interest());
  }

  /** How old a list of all stacks may be that serves instead of a look, in milliseconds; undefined: none may. */
  sweepAgeMs(now: number): number | undefined {
    const { store, poll } = this.parts;
    return sweepAgeMs(store.state, this.interest(), poll.trouble, now);
  }

  /** Milliseconds until the next poll; undefined: nobody wants one. */
  pollIn(now: number): number | undefined {
    const wanted = this.wantedIn(this.parts.poll.trouble, now);
    if (wanted === undefined) return undefined;
    const turnIn = this.parts.turnIn(now);
    return this.parts.poll.isOwed ? turnIn : Math.max(wanted, turnIn);
  }

  /** What a look is for, and how often it would come if AWS allowed all. */
  wantedLook(now: number): WantedLook {
    const { settings, store, poll } = this.parts;
    const trouble = poll.trouble?.kind === "throttled" ? undefined : poll.trouble;
    return {
      kind: lookClassOf(store.state, this.interest()),
      wantedMs: this.wantedIn(trouble, now) ?? settings.pollIntervalSeconds * 1000,
    };
  }

  /** Somebody came: looks at once, and sees to it that looking goes on. */
  async arouse(now: number): Promise<void> {
    const { settings, store, poll } = this.parts;
    const alarm = await this.storage.getAlarm();
    const dormant = alarm === null || alarm < now - OVERDUE_MS;
    if (dormant || poll.trouble?.gaveUp) poll.forgetTrouble();
    const complete = isComplete(store.state);
    if (!dormant && !complete && alarm <= now + (this.pollIn(now) ?? 0)) {
      // The directory may have struck it off since: a restart loses viewers before they come back.
      return this.parts.enrolment.say(true);
    }
    await this.rearm(now);
    await poll.lookAfter(complete ? Math.min(ARRIVALS_MS, settings.pollIntervalSeconds * 1000) : 0);
    await this.renew(Date.now());
  }

  /** As `rearm`, for calls that come often and need not see to it each time. */
  async rearmSometimes(now: number): Promise<void> {
    if (now - this.rearmedAt < OVERDUE_MS) return;
    this.rearmedAt = now;
    await this.rearm(now);
  }

  /** Sets the alarm where it is missing, lost or too far off. True if there is something to do. */
  async rearm(now: number): Promise<boolean> {
    const dueIn = this.dueIn(now);
    if (dueIn === undefined) return false;
    this.parts.enrolment.say(true);
    const alarm = await this.storage.getAlarm();
    if (alarm === null || alarm < now - OVERDUE_MS || alarm > now + dueIn) await this.setAlarm(now + dueIn);
    return true;
  }

  /** Sets the alarm as things stand now, or takes it away. */
  async renew(now: number): Promise<void> {
    const dueIn = this.dueIn(now);
    if (dueIn !== undefined) return this.setAlarm(now + dueIn);
    await this.storage.deleteAlarm();
    this.parts.enrolment.say(false);
    await this.giveUp(now);
  }

  /**
   * Gives up all storage, if the stack has never been seen, nobody waits for it, and nothing is kept but how that was
   * waited for: an object that keeps nothing is none.
   */
  async giveUp(now: number): Promise<void> {
    const { store, viewerCount } = this.parts;
    if (!store.log.isKept || store.log.offset > 0 || viewerCount() > 0 || this.dueIn(now) !== undefined)
      return;
    for (const [key] of this.storage.kv.list()) if (!TRACES.has(key)) return;
    store.log.clear();
    this.tracked.delete();
    this.leftAt.delete();
    this.parts.enrolment.say(false);
    await this.storage.deleteAll();
  }

  noteArrival(): void {
    this.parts.store.log.create();
    if (this.leftAt.value !== 0) this.leftAt.put(0);
  }

  /** Polling goes on for a while after the last viewer left; nothing changes if there was none. */
  noteDeparture(now: number): void {
    if (this.parts.viewerCount() === 0 && this.leftAt.value === 0) this.leftAt.put(now);
  }

  /** Somebody left, perhaps the last. */
  async departed(now: number): Promise<void> {
    this.noteDeparture(now);
    await this.giveUp(now);
  }

  noteTracking(subject: string, now: number): void {
    this.parts.store.log.create();
    this.tracked.put({ subject, at: now });
  }

  noteUntracking(): void {
    this.tracked.delete();
  }

  private async setAlarm(at: number): Promise<void> {
    this.parts.store.log.create();
    this.parts.enrolment.say(true);
    await this.storage.setAlarm(at);
  }

  private wantedIn(trouble: StackPoll["trouble"], now: number): number | undefined {
    const { settings, store, poll, isFree } = this.parts;
    return nextPollIn(store.state, this.interest(), trouble, {
      intervalMs: paceMs(settings.pollIntervalSeconds * 1000, poll.pace, isFree(), now),
      waitMs: settings.stackWaitSeconds * 1000,
      now,
    });
  }

  private dueIn(now: number): number | undefined {
    const pollIn = this.pollIn(now);
    const deploymentsIn = this.parts.deploymentsIn(now);
    // A poll serves the consumers, too; an alarm of their own would only make polls more frequent.
    if (pollIn !== undefined) return Math.min(pollIn, deploymentsIn ?? pollIn);
    const dues = [deploymentsIn, ...this.parts.consumers.map((nextIn) => nextIn(now))].filter(
      (due) => due !== undefined,
    );
    return dues.length === 0 ? undefined : Math.min(...dues);
  }

  private interest(): Interest {
    const tracked = this.tracked.value;
    const leftAt = this.leftAt.value;
    const awaited = this.parts.awaited();
    return {
      viewers: this.parts.viewerCount(),
      ...(leftAt !== undefined && { leftAt }),
      ...(tracked && { trackedAt: tracked.at }),
      ...(awaited && { awaited }),
    };
  }
}
