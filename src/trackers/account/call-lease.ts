/**
 * A stack's part in the budget of its account and region: when it may look, asked for once in about ten seconds. Where the
 * budget's object is away it goes on, slowly.
 */
import type { Lease, LeaseRequest } from "../../domain/budget/account-budget.ts";
import { isMoreUrgent, type LookClass } from "../../domain/budget/shares.ts";
import { SingleFlight } from "../../domain/single-flight.ts";
import { within } from "../../objects.ts";

/** What a look is wanted for, and how often, in milliseconds. */
export type WantedLook = Readonly<{ kind: LookClass; wantedMs: number }>;

/** A look this much, in milliseconds, before its time is in time: alarms are not exact. */
const EARLY_MS = 100;

/** Period without a budget, in milliseconds. */
const ALONE_MS = 10_000;

/** How late a granted look is not taken any more, in milliseconds: what was not used is nobody's. */
const STALE_MS = 5_000;

/** Who wants something else asks for it after so many milliseconds at the earliest, unless it is more urgent. */
const CHANGED_MS = 10_000;

/** Who has come for the stack has a new lease asked for at most so often, in milliseconds. */
const URGENT_MS = 2_000;

/** Throttles of one look are one, in milliseconds. */
const ONE_LOOK_MS = 1_000;

/** A look that is so much later than was wanted, in milliseconds, begins again; and those that are reported at once. */
const GONE_MS = 300_000;
const MOST_LAGS = 50;

/** The budget's object counts as away if it does not answer within so many milliseconds. */
const PATIENCE_MS = 5_000;

/** Without the budget's object: slowly, which is safe. */
const aloneLease = (wantedMs: number, throttled: boolean): Lease => {
  const periodMs = Math.max(ALONE_MS, wantedMs);
  return { looksInMs: throttled ? [] : [0], againInMs: periodMs, periodMs, isFree: false };
};

type Held = Readonly<{
  wanted: WantedLook;
  times: readonly number[];
  askedAt: number;
  againAt: number;
  periodMs: number;
  isFree: boolean;
  allowedPerSecond: number | undefined;
}>;

export class CallLease {
  private held: Held | undefined;
  private looks = 0;
  private calls = 0;
  /** How late the looks since the last lease were, and when the newest one was, in milliseconds. */
  private lagsMs: readonly number[] = [];
  private lookedAt = -Infinity;
  /** Of the throttle that the budget has not heard of, and of the newest one that it was reported. */
  private throttledAt: number | undefined;
  private throttleSaidAt = -Infinity;
  private readonly renewal = new SingleFlight();
  private readonly holder: string;
  private readonly ask: (request: LeaseRequest) => Promise<Lease>;

  constructor(holder: string, ask: (request: LeaseRequest) => Promise<Lease>) {
    this.holder = holder;
    this.ask = ask;
  }

  /**
   * Milliseconds until the stack may be looked at; 0: now, and the look counts as taken. `isUrgent`: somebody has come for it,
   * who is not to wait for a time that was granted before.
   */
  async turn(wanted: WantedLook, isUrgent: boolean, now: number): Promise<number> {
    await this.renewal.underWay;
    if (this.needsAsking(wanted, isUrgent, now)) await this.renew(wanted, now);
    const wait = this.nextIn(now);
    if (wait > EARLY_MS) return wait;
    this.looks += 1;
    this.noteLag(wanted, now);
    // Several that are due are one look.
    if (this.held) this.held = { ...this.held, times: this.held.times.filter((at) => at - EARLY_MS > now) };
    return 0;
  }

  /** Whether AWS allows much more than all ask for. */
  get isFree(): boolean {
    return this.held?.isFree ?? true;
  }

  /** Milliseconds between two looks where the budget has them more rarely than was wanted; 0: it does not. */
  get slowedMs(): number {
    const { held } = this;
    return held && !held.isFree && held.periodMs > held.wanted.wantedMs ? held.periodMs : 0;
  }

  /** Calls a second that AWS allows all; undefined: nobody knows. */
  get allowedPerSecond(): number | undefined {
    return this.held?.allowedPerSecond;
  }

  /** Milliseconds until the next turn, or until it is to be asked for. */
  nextIn(now: number): number {
    const { held } = this;
    if (!held || (held.isFree && now < held.againAt)) return 0;
    return Math.max(0, (held.times.find((at) => at >= now - STALE_MS) ?? held.againAt) - now);
  }

  /** A call of the look has been made. */
  noteCall(): void {
    this.calls += 1;
  }

  /** AWS has refused a call: the budget is reported at once, and what was granted counts no more. */
  async noteThrottle(wanted: WantedLook, now: number): Promise<void> {
    if (this.throttledAt !== undefined || now - this.throttleSaidAt < ONE_LOOK_MS) return;
    this.throttledAt = now;
    await this.renew(wanted, now);
  }

  /** The budget grants one more look, without having been asked. */
  grant(inMs: number, wanted: WantedLook, now: number): void {
    const at = now + inMs;
    const held = this.held ?? {
      wanted,
      times: [],
      askedAt: now,
      againAt: at,
      periodMs: wanted.wantedMs,
      isFree: false,
      allowedPerSecond: undefined,
    };
    this.held = { ...held, times: [at, ...held.times].toSorted((one, other) => one - other) };
  }

  /** A look that follows no other soon was not waited for. */
  private noteLag({ wantedMs }: WantedLook, now: number): void {
    const lateMs = now - this.lookedAt - wantedMs;
    this.lookedAt = now;
    if (lateMs < GONE_MS && this.lagsMs.length < MOST_LAGS)
      this.lagsMs = [...this.lagsMs, Math.max(0, lateMs)];
  }

  private needsAsking({ kind, wantedMs }: WantedLook, isUrgent: boolean, now: number): boolean {
    const { held } = this;
    if (!held || this.throttledAt !== undefined) return true;
    const ageMs = now - held.askedAt;
    if (isMoreUrgent(kind, held.wanted.kind)) return true;
    if (isUrgent && ageMs >= URGENT_MS && this.nextIn(now) > EARLY_MS) return true;
    const isOther = held.wanted.kind !== kind || held.wanted.wantedMs !== wantedMs;
    if (isOther && ageMs >= CHANGED_MS) return true;
    return now >= held.againAt - EARLY_MS && !held.times.some((at) => at >= now - STALE_MS);
  }

  private renew(wanted: WantedLook, now: number): Promise<void> {
    return this.renewal.run(() => this.renewOnce(wanted, now));
  }

  private async renewOnce({ kind, wantedMs }: WantedLook, now: number): Promise<void> {
    const { holder, looks, calls, throttledAt, lagsMs } = this;
    const throttled = throttledAt !== undefined;
    const request: LeaseRequest = {
      holder,
      kind,
      wantedMs,
      looks,
      calls,
      throttled,
      ...(throttled && { throttledAgoMs: now - throttledAt }),
      ...(lagsMs.length > 0 && { lagsMs }),
    };
    const lease = await within(PATIENCE_MS, this.ask(request)).catch(() => aloneLease(wantedMs, throttled));
    this.looks -= looks;
    this.calls -= calls;
    this.lagsMs = this.lagsMs.slice(lagsMs.length);
    if (throttled) this.throttleSaidAt = throttledAt;
    this.throttledAt = undefined;
    this.held = {
      wanted: { kind, wantedMs },
      times: lease.looksInMs.map((inMs) => now + inMs),
      askedAt: now,
      againAt: now + lease.againInMs,
      periodMs: lease.periodMs,
      isFree: lease.isFree,
      allowedPerSecond: lease.allowedPerSecond,
    };
  }
}
