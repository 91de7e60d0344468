/**
 * A stack's part in the budget of its account and region: when it may look, asked for once in about ten seconds. Where the
 * budget's object is away it goes on, slowly.
 */
import type { Lease, LeaseRequest } from "../../domain/budget/account-budget.ts";
import type { LookClass } from "../../domain/budget/shares.ts";

/** What a look is wanted for, and how often, in milliseconds. */
export type WantedLook = Readonly<{ kind: LookClass; wantedMs: number }>;

/** A look this much, in milliseconds, before its time is in time: alarms are not exact. */
const EARLY_MS = 100;

/** Period without a budget, in milliseconds. */
const ALONE_MS = 10_000;

/** How late a granted look is not taken any more, in milliseconds: what was not used is nobody's. */
const STALE_MS = 5_000;

/** Without the budget's object: slowly, which is safe. */
const aloneLease = (wantedMs: number, throttled: boolean): Lease => {
  const periodMs = Math.max(ALONE_MS, wantedMs);
  return { looksInMs: throttled ? [] : [0], againInMs: periodMs, periodMs };
};

type Held = Readonly<{ kind: LookClass; wantedMs: number; times: readonly number[]; againAt: number }>;

export class CallLease {
  private held: Held | undefined;
  private looks = 0;
  private calls = 0;
  private wasThrottled = false;
  private readonly holder: string;
  private readonly ask: (request: LeaseRequest) => Promise<Lease>;

  constructor(holder: string, ask: (request: LeaseRequest) => Promise<Lease>) {
    this.holder = holder;
    this.ask = ask;
  }

  /** Milliseconds until the stack may be looked at; 0: now, and the look counts as taken. */
  async turn(wanted: WantedLook, now: number): Promise<number> {
    if (this.needsAsking(wanted, now)) await this.renew(wanted, now);
    const { times = [], againAt = now } = this.held ?? {};
    const next = times.find((at) => at >= now - STALE_MS);
    if (next === undefined) return Math.max(1, againAt - now);
    if (next - EARLY_MS > now) return next - now;
    this.looks += 1;
    // Several that are due are one look.
    if (this.held) this.held = { ...this.held, times: times.filter((at) => at - EARLY_MS > now) };
    return 0;
  }

  /** Milliseconds until the next turn, as far as it is known; undefined: it has to be asked for. */
  nextIn(now: number): number | undefined {
    if (!this.held) return undefined;
    const next = this.held.times.find((at) => at >= now - STALE_MS) ?? this.held.againAt;
    return Math.max(0, next - now);
  }

  /** A call of the look has been made. */
  noteCall(): void {
    this.calls += 1;
  }

  /** AWS has refused a call: the budget is told with the next question, which comes at once. */
  noteThrottle(): void {
    this.wasThrottled = true;
  }

  private needsAsking({ kind, wantedMs }: WantedLook, now: number): boolean {
    const { held } = this;
    if (!held || this.wasThrottled || held.kind !== kind || held.wantedMs !== wantedMs) return true;
    return !held.times.some((at) => at >= now - STALE_MS) && now >= held.againAt - EARLY_MS;
  }

  private async renew({ kind, wantedMs }: WantedLook, now: number): Promise<void> {
    const { holder, looks, calls, wasThrottled: throttled } = this;
    const lease = await this.ask({ holder, kind, wantedMs, looks, calls, throttled }).catch(() =>
      aloneLease(wantedMs, throttled),
    );
    this.looks = 0;
    this.calls = 0;
    this.wasThrottled = false;
    this.held = {
      kind,
      wantedMs,
      times: lease.looksInMs.map((inMs) => now + inMs),
      againAt: now + lease.againInMs,
    };
  }
}
