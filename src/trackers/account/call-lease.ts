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
  againAt: number;
  isFree: boolean;
}>;

export class CallLease {
  private held: Held | undefined;
  private looks = 0;
  private calls = 0;
  private throttledAt: number | undefined;
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
    if (this.needsAsking(wanted, now)) await this.renew(wanted, now);
    else if (isUrgent && this.nextIn(now) > EARLY_MS) await this.renew(wanted, now);
    const wait = this.nextIn(now);
    if (wait > EARLY_MS) return wait;
    this.looks += 1;
    // Several that are due are one look.
    if (this.held) this.held = { ...this.held, times: this.held.times.filter((at) => at - EARLY_MS > now) };
    return 0;
  }

  /** Whether AWS allows much more than all ask for. */
  get isFree(): boolean {
    return this.held?.isFree ?? true;
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

  /** AWS has refused a call: what was granted counts no more. */
  noteThrottle(now: number): void {
    this.throttledAt = now;
  }

  private needsAsking({ kind, wantedMs }: WantedLook, now: number): boolean {
    const { held } = this;
    if (!held || this.throttledAt !== undefined) return true;
    if (held.wanted.kind !== kind || held.wanted.wantedMs !== wantedMs) return true;
    return now >= held.againAt - EARLY_MS && !held.times.some((at) => at >= now - STALE_MS);
  }

  /** Rejects if the budget's object fails, or does not answer in time: no look may hang on it. */
  private async answered(request: LeaseRequest): Promise<Lease> {
    const answer = new AbortController();
    const timeout = async (): Promise<never> => {
      await scheduler.wait(PATIENCE_MS, { signal: answer.signal });
      throw new Error("The budget did not answer");
    };
    try {
      return await Promise.race([this.ask(request), timeout()]);
    } finally {
      answer.abort();
    }
  }

  private async renew({ kind, wantedMs }: WantedLook, now: number): Promise<void> {
    const { holder, looks, calls, throttledAt } = this;
    const throttled = throttledAt !== undefined;
    const lease = await this.answered({
      holder,
      kind,
      wantedMs,
      looks,
      calls,
      throttled,
      ...(throttled && { throttledAgoMs: now - throttledAt }),
    }).catch(() => aloneLease(wantedMs, throttled));
    this.looks = 0;
    this.calls = 0;
    this.throttledAt = undefined;
    this.held = {
      wanted: { kind, wantedMs },
      times: lease.looksInMs.map((inMs) => now + inMs),
      againAt: now + lease.againInMs,
      isFree: lease.isFree,
    };
  }
}
