/**
 * The budget of one AWS account and region: everybody who asks CloudFormation there takes a lease from it, so that all
 * together keep within what AWS allows. A lease names the times of looks for a while, so that a look costs no question.
 */
import { Calendar } from "./calendar.ts";
import { expectedRate, firstRate, grownRate, halvedRate, type CallRate } from "./call-rate.ts";
import { LookLags, type LagView } from "./look-lags.ts";
import { basePeriodMs, periodOf, type LookClass, type Sharer } from "./shares.ts";

/** What is asked for. `looks`, `calls` and `throttled`: since the lease before. */
export type LeaseRequest = Readonly<{
  holder: string;
  kind: LookClass;
  /** The period that is wanted, in milliseconds. */
  wantedMs: number;
  looks: number;
  calls: number;
  throttled: boolean;
  /** Milliseconds since then; absent: none. */
  throttledAgoMs?: number;
  /** By how many milliseconds each look came later than it was wanted. */
  lagsMs?: readonly number[];
}>;

/**
 * `looksInMs`: times of looks, at most ten seconds ahead; none if there is no room. `againInMs`: when the next lease is to be
 * asked for. `periodMs`: between two looks. All in milliseconds, the first two from now. `isFree`: there is so much room that
 * until then the holder may look whenever it wants to.
 */
export type Lease = Readonly<{
  looksInMs: readonly number[];
  againInMs: number;
  periodMs: number;
  isFree: boolean;
  /** Calls a second that AWS allows, as far as was found out. */
  allowedPerSecond?: number;
}>;

/** How far ahead looks are granted, in milliseconds: so long a throttle takes to reach everybody. */
const LEASE_MS = 10_000;

/** Holders that are so many milliseconds late in asking again are gone. */
const GONE_MS = 20_000;

/** The base period is worked out again so often, in milliseconds. */
const SHARES_MS = 1_000;

/** The rate counts as used from this share of it on. */
const USED = 0.8;

/** Up to this share of the rate there is room for whoever comes. */
const FREE = 0.5;

/** Who is due for so many milliseconds is late. */
const LATE_MS = 2_000;

/** Who was throttled looks again after so many milliseconds at the earliest. */
const PAUSE_MS = 1_000;

/** Share of the rate that regular looks are planned with: what is asked once, and chance, need room. */
const PLANNED = 0.9;

/** Share of the rate that operations get which are carried out, whoever else looks. */
const OPERATIONS = 0.5;

/** Calls that are made once count as used for so many milliseconds. */
const SPENT_MS = 10_000;

/** Weight of the newest report in what a holder's look costs. */
const NEWEST = 0.3;

/** `looks`: granted times; `dueAt`: of the look after them; `againAt`: when it asks again; `refusals`: in a row. In unix milliseconds. */
type Holder = Sharer &
  Readonly<{ looks: readonly number[]; periodMs: number; dueAt: number; againAt: number; refusals: number }>;

/** How an account and region is asked at the moment. `periodMs`: of a look that is not urgent; 0: as it is wanted. */
export type BudgetView = Readonly<{
  allowedPerSecond: number;
  usedPerSecond: number;
  throttled: number;
  periodMs: number;
  holders: Readonly<Record<LookClass, number>>;
  /** Calls a second of each class. */
  usedBy: Readonly<Record<LookClass, number>>;
  /** Calls so far, as far as was reported; absent: an earlier release does not say. */
  calls?: number;
  /** How late looks are, see `LookLags`. */
  lag?: LagView;
}>;

export class AccountBudget {
  private rate: CallRate;
  private readonly holders = new Map<string, Holder>();
  private readonly calendar = new Calendar();
  /** The part of the calendar that operations have which are carried out. */
  private readonly operations = new Calendar();
  /** Calls that were made once, oldest first, with the time until which they count. */
  private spent: readonly Readonly<{ kind: LookClass; calls: number; until: number }>[] = [];
  private base = { ms: 0, at: -Infinity };
  private throttles = 0;
  private calls = 0;
  private readonly lags = new LookLags();
  /** Whether something had to wait since the rate was looked at last. */
  private isCrowded = false;
  private readonly mostPerSecond: number;

  constructor(now: number, mostPerSecond: number) {
    this.mostPerSecond = mostPerSecond;
    this.rate = firstRate(now, mostPerSecond);
  }

  /** A lease for who looks again and again and is to look now; a holder's lease replaces the one before. */
  lease(request: LeaseRequest, now: number): Lease {
    return { ...this.granted(request, now), allowedPerSecond: this.rate.perSecond };
  }

  private granted(request: LeaseRequest, now: number): Lease {
    const { holder, kind, wantedMs, looks, calls, throttled, throttledAgoMs = 0, lagsMs = [] } = request;
    this.calls += calls;
    this.lags.note(lagsMs);
    this.grow(now);
    if (throttled) this.noteThrottle(now - throttledAgoMs);
    const before = this.holders.get(holder);
    if (before) this.release(before, now);
    const cost = looks > 0 ? calls / looks : 1;
    const callsPerLook = before ? before.callsPerLook * (1 - NEWEST) + cost * NEWEST : Math.max(1, cost);
    const sharer = { kind, wantedMs, callsPerLook };
    this.holders.set(holder, {
      ...sharer,
      looks: [now],
      periodMs: before?.periodMs ?? wantedMs,
      dueAt: now,
      againAt: now,
      refusals: 0,
    });
    const periodMs = periodOf(sharer, this.baseMs(now));
    const isRoomy = !throttled && this.used(now) <= FREE * this.rate.perSecond;
    if (isRoomy && this.grant(callsPerLook, now, now + 1) === now) {
      const againAt = now + LEASE_MS;
      const next = { looks: [now], periodMs, dueAt: now + periodMs, againAt, refusals: 0 };
      this.holders.set(holder, { ...sharer, ...next });
      return { looksInMs: [0], againInMs: LEASE_MS, periodMs, isFree: true };
    }
    const dueAt = throttled ? now : (before?.dueAt ?? now);
    const granted: number[] = [];
    const refusals = throttled ? (before?.refusals ?? 0) + 1 : 0;
    // What AWS refused has cost nothing, and has its turn before all that is not booked yet, no sooner than it is wanted.
    const pauseMs = Math.max(
      0,
      Math.max(PAUSE_MS * 2 ** Math.min(refusals - 1, 3), wantedMs) - throttledAgoMs,
    );
    if (throttled) granted.push(this.booked(callsPerLook, now + pauseMs));
    // Who is late finds room where those who are in time may not look for it.
    const firstUntil = now + (now - dueAt > LATE_MS ? LEASE_MS : LEASE_MS / 2);
    for (let at = throttled ? granted[0]! + periodMs : now; at - now < LEASE_MS; at += periodMs) {
      const given = this.grant(callsPerLook, at, granted.length === 0 ? firstUntil : now + LEASE_MS / 2);
      if (given === undefined) break;
      granted.push(given);
      at = given;
    }
    const last = granted.at(-1);
    const nextDueAt = last === undefined ? dueAt : last + periodMs;
    const againAt = last === undefined ? this.turnOf(dueAt, now) : nextDueAt;
    this.holders.set(holder, { ...sharer, looks: granted, periodMs, dueAt: nextDueAt, againAt, refusals });
    return { looksInMs: granted.map((at) => at - now), againInMs: againAt - now, periodMs, isFree: false };
  }

  /** Calls that are made once. Milliseconds until they may be made; undefined: not within the next ten seconds. */
  take(calls: number, now: number, kind: LookClass = "running"): number | undefined {
    this.grow(now);
    const granted = this.grant(calls, now, now + LEASE_MS);
    const at = kind === "operating" ? this.atOnce(calls, now, granted) : granted;
    if (at === undefined) return undefined;
    this.calls += calls;
    this.spent = [...this.spent.filter(({ until }) => until > now), { kind, calls, until: at + SPENT_MS }];
    return at - now;
  }

  /** Somebody who asks no more. */
  leave(holder: string, now: number): void {
    const before = this.holders.get(holder);
    if (before) this.release(before, now);
    this.holders.delete(holder);
  }

  /** Somebody was throttled at a time. */
  noteThrottle(at: number): void {
    if (at > this.rate.updatedAt) this.grow(at);
    this.throttles += 1;
    this.rate = halvedRate(this.rate, at);
    this.base = { ms: 0, at: -Infinity };
  }

  view(now: number): BudgetView {
    const lag = this.lags.view;
    const holders = { operating: 0, watched: 0, failing: 0, running: 0, waiting: 0 };
    const usedBy = { operating: 0, watched: 0, failing: 0, running: 0, waiting: 0 };
    for (const { kind, periodMs, callsPerLook } of this.holders.values()) {
      holders[kind] += 1;
      usedBy[kind] += (1000 * callsPerLook) / periodMs;
    }
    for (const { kind, calls } of this.spentBy(now)) usedBy[kind] += (1000 * calls) / SPENT_MS;
    return {
      allowedPerSecond: this.rate.perSecond,
      usedPerSecond: this.used(now),
      throttled: this.throttles,
      periodMs: this.baseMs(now),
      holders,
      usedBy,
      calls: this.calls,
      ...(lag && { lag }),
    };
  }

  private grow(now: number): void {
    const isUsed = this.isCrowded || this.used(now) >= USED * this.rate.perSecond;
    this.isCrowded = false;
    this.rate = grownRate(this.rate, isUsed, now, this.mostPerSecond);
  }

  /** A time that is booked whether there is room or not. */
  private booked(calls: number, at: number): number {
    this.calendar.book(calls, at);
    return at;
  }

  /** A time from `from` on and before `until`; undefined: there is none. */
  private grant(calls: number, from: number, until: number): number | undefined {
    const at = this.calendar.grant(calls, from, until, (then) =>
      expectedRate(this.rate, then, this.mostPerSecond),
    );
    if (at !== from) this.isCrowded = true;
    return at;
  }

  /** As `granted`, or before that within the part that is kept for operations. */
  private atOnce(calls: number, now: number, granted: number | undefined): number | undefined {
    const first = this.operations.grant(
      calls,
      now,
      granted ?? now + LEASE_MS,
      (then) => OPERATIONS * expectedRate(this.rate, then, this.mostPerSecond),
    );
    if (first === undefined || (granted !== undefined && first >= granted)) return granted;
    if (granted !== undefined) this.calendar.release(calls, granted);
    return this.booked(calls, first);
  }

  /** When it is the turn of who finds no room: after all who are due before. */
  private turnOf(dueAt: number, now: number): number {
    let calls = 0;
    for (const holder of this.holders.values()) if (holder.dueAt < dueAt) calls += holder.callsPerLook;
    return now + LATE_MS + (1000 * calls) / this.rate.perSecond;
  }

  private release({ looks, callsPerLook }: Holder, now: number): void {
    for (const at of looks) if (at > now) this.calendar.release(callsPerLook, at);
  }

  private spentBy(now: number) {
    return this.spent.filter(({ until }) => until > now);
  }

  /** Calls a second of all leases, and of what is made once. */
  private used(now: number): number {
    let sum = this.spentBy(now).reduce((total, { calls }) => total + (1000 * calls) / SPENT_MS, 0);
    for (const { periodMs, callsPerLook } of this.holders.values()) sum += (1000 * callsPerLook) / periodMs;
    return sum;
  }

  private baseMs(now: number): number {
    if (now - this.base.at < SHARES_MS) return this.base.ms;
    this.calendar.forget(now);
    this.operations.forget(now);
    for (const [name, { againAt, periodMs }] of this.holders)
      if (now - againAt > Math.max(GONE_MS, 2 * periodMs)) this.holders.delete(name);
    const ms = basePeriodMs(
      [...this.holders.values()],
      PLANNED * expectedRate(this.rate, now + LEASE_MS, this.mostPerSecond),
    );
    this.base = { ms, at: now };
    return ms;
  }
}
