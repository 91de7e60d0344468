/** When a stack is to be looked at: what those want who are interested, as far as the budget of the account allows it. */
import type { LookupFailure } from "../../domain/failure/lookup-failure.ts";
import type { Trouble } from "../../domain/failure/trouble.ts";
import { lookClassOf, nextPollIn, sweepAgeMs } from "../../domain/stack/next-poll.ts";
import { paceMs, type Pace } from "../../domain/stack/pace.ts";
import { samplingOf } from "../../domain/stack/sampling.ts";
import type { NameStanding } from "../../domain/radar/stack-listing.ts";
import type { Sampling } from "../../protocol/connection/sampling-frame.ts";
import type { StackAddress } from "../../protocol/connection/channel-names.ts";
import { success, type Result } from "../../protocol/result.ts";
import type { Env } from "../../env.ts";
import type { Settings } from "../../settings.ts";
import type { CallLease, WantedLook } from "../account/call-lease.ts";
import { markIn, standingIn } from "../account/region.ts";
import type { StackInterest } from "./stack-interest.ts";
import type { StackStorage } from "./stack-store.ts";

/** What the schedule depends on. */
type Parts = Readonly<{
  ctx: DurableObjectState;
  env: Env;
  settings: Settings;
  address: StackAddress;
  store: StackStorage;
  interest: StackInterest;
  lease: CallLease;
}>;

/** How looks went so far. `isOwed`: one waits for its turn; `pace`: what the period depends on. */
type Looks = Readonly<{ trouble: Trouble | undefined; isOwed: boolean; pace: Pace }>;

/** How late after a new list of all stacks a stack may ask for it, in milliseconds, and among how many of these they spread. */
const APART_MS = 5_000;
const SPREAD_MS = 4_000;

export class Schedule {
  private readonly parts: Parts;
  /** When the list of all stacks that served last is replaced, or a little later. */
  private listedUntil = -Infinity;

  constructor(parts: Parts) {
    this.parts = parts;
  }

  /** Milliseconds until the next poll; undefined: nobody wants one. */
  pollIn({ isOwed, ...looks }: Looks, now: number): number | undefined {
    const wanted = this.wantedIn(looks, now);
    if (wanted === undefined) return undefined;
    const turnIn = this.parts.lease.nextIn(now);
    return isOwed ? turnIn : Math.max(this.listedIn(wanted, now), turnIn);
  }

  /** A period that ends with the next list of all stacks where it would end long after it: what has begun shows there first. */
  private listedIn(wantedMs: number, now: number): number {
    const inMs = this.listedUntil - now;
    return inMs > 0 && wantedMs - inMs > APART_MS ? inMs : wantedMs;
  }

  /** Milliseconds until AWS may be asked; 0: now. `isUrgent`: somebody has just come for the stack. */
  turn(looks: Looks, isUrgent: boolean): Promise<number> {
    const now = Date.now();
    return this.parts.lease.turn(this.wantedLook(looks, now), isUrgent, now);
  }

  /**
   * How the stack stands by a list of all stacks that serves instead of a look, see `markOf`; undefined: nothing serves, and
   * the stack itself is to be looked at.
   */
  async mark(trouble: Trouble | undefined): Promise<Result<string, LookupFailure> | undefined> {
    const { env, address, store, interest } = this.parts;
    const ageMs = interest.isArriving
      ? undefined
      : sweepAgeMs(store.state, interest.now, trouble, Date.now());
    this.listedUntil = -Infinity;
    if (ageMs === undefined) return undefined;
    const mark = await markIn(env, address, ageMs);
    if (mark.ok && mark.freshMs !== undefined)
      this.listedUntil = Date.now() + mark.freshMs + Math.random() * SPREAD_MS;
    return mark;
  }

  /** What viewers alone want to know of a name that AWS has never shown, the region's object finds out for all of them. */
  async standing(asker: string | undefined): Promise<Result<NameStanding, LookupFailure>> {
    const { env, address, interest } = this.parts;
    return interest.isOnlyWatched ? standingIn(env, address, asker) : success("ask");
  }

  /** Who shares the budget is to ask less from now on, and not from this stack's next turn on. */
  noteThrottle(looks: Looks): void {
    const now = Date.now();
    this.parts.ctx.waitUntil(this.parts.lease.noteThrottle(this.wantedLook(looks, now), now));
  }

  /** How often the stack is looked at; undefined: it is not. */
  sampling({ pace }: Looks): Sampling | undefined {
    const now = Date.now();
    const { slowedMs, allowedPerSecond } = this.parts.lease;
    const wantedMs = this.wantedIn({ trouble: undefined, pace }, now);
    return wantedMs === undefined
      ? undefined
      : samplingOf({ wantedMs, slowedMs, allowedPerSecond, pace, now });
  }

  /** The region's object grants a look. */
  grant(inMs: number, looks: Looks): void {
    const now = Date.now();
    this.parts.lease.grant(inMs, this.wantedLook(looks, now), now);
  }

  /** What a look is for, and how often it would come if AWS allowed all. */
  private wantedLook({ trouble, pace }: Looks, now: number): WantedLook {
    const { settings, store, interest } = this.parts;
    const lasting = { trouble: trouble?.kind === "throttled" ? undefined : trouble, pace };
    return {
      kind: lookClassOf(store.state, interest.now),
      wantedMs: this.wantedIn(lasting, now) ?? settings.pollIntervalSeconds * 1000,
    };
  }

  private wantedIn({ trouble, pace }: Omit<Looks, "isOwed">, now: number): number | undefined {
    const { settings, store, interest, lease } = this.parts;
    return nextPollIn(store.state, interest.now, trouble, {
      intervalMs: paceMs(settings.pollIntervalSeconds * 1000, pace, lease.isFree, now),
      waitMs: settings.stackWaitSeconds * 1000,
      now,
    });
  }
}
