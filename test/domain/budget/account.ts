/** A simulated AWS account and region with a limit of calls, asked by stacks that keep a budget and by somebody else. */
import { AccountBudget } from "../../../src/domain/budget/account-budget.ts";
import type { LookClass } from "../../../src/domain/budget/shares.ts";
import { pagesOf, sweepPeriodMs } from "../../../src/domain/radar/sweeping.ts";

/** A limit as AWS has it: calls are refused while the bucket is empty. */
class TokenBucket {
  private tokens: number;
  private at = 0;
  private readonly perSecond: number;
  private readonly burst: number;

  constructor(perSecond: number, burst: number) {
    this.perSecond = perSecond;
    this.burst = burst;
    this.tokens = burst;
  }

  takes(now: number): boolean {
    this.tokens = Math.min(this.burst, this.tokens + ((now - this.at) / 1000) * this.perSecond);
    this.at = now;
    if (this.tokens < 1) return false;
    this.tokens -= 1;
    return true;
  }
}

/** Since when gaps count, in milliseconds. */
const SETTLED_MS = 180_000;

type Stack = {
  readonly name: string;
  readonly kind: LookClass;
  readonly wantedMs: number;
  /** Times of looks that the lease names. */
  times: number[];
  askAt: number;
  looks: number;
  throttled: boolean;
  wakesAt: number;
  lastLook: number;
  largestGap: number;
};

export type Outcome = Readonly<{
  /** Shares of calls after the first half minute. */
  throttled: number;
  othersRefused: number;
  largestGapMs: number;
  callsPerSecond: number;
  /** Questions to the budget, of each stack in ten seconds. */
  questions: number;
}>;

/** A chance that is the same in every run. */
export const chance = (): (() => number) => {
  let seed = 7;
  return () => (seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648) / 2_147_483_648;
};

/** What a stack at rest, or one that is waited for, wants to know at the latest, in milliseconds. */
const PATIENT_MS = 30_000;

/** Ten minutes of so many stacks that wait: one list serves all. */
export const tenMinutesOfWaiting = (
  count: number,
  limit: Readonly<{ perSecond: number; burst: number }>,
): Omit<Outcome, "questions"> => {
  const bucket = new TokenBucket(limit.perSecond, limit.burst);
  const budget = new AccountBudget(0, 10);
  let [calls, refused, others, othersRefused, listedAt, largestGapMs] = [0, 0, 0, 0, 0, 0];
  const due: number[] = [];
  for (let now = 0; now < 600_000; now += 10) {
    if (now % 1000 === 500) {
      others += 1;
      if (!bucket.takes(now)) othersRefused += 1;
    }
    if (due.length === 0 && (now === 0 || now - listedAt >= sweepPeriodMs(PATIENT_MS, count))) {
      largestGapMs = Math.max(largestGapMs, now - listedAt);
      listedAt = now;
      for (let page = 0, at = now; page < pagesOf(count); page += 1) {
        at += budget.take(1, at, "waiting") ?? 0;
        due.push(at);
      }
    }
    for (; due[0] !== undefined && due[0] <= now; due.shift()) {
      calls += 1;
      if (!bucket.takes(now)) refused += 1;
    }
  }
  return {
    throttled: refused / calls,
    othersRefused: othersRefused / others,
    largestGapMs,
    callsPerSecond: calls / 600,
  };
};

/** Ten minutes of `kinds`, all registered in the first second. Gaps count once all have looked twice. */
export const tenMinutes = (
  kinds: readonly Readonly<{ kind: LookClass; wantedMs: number }>[],
  limit: Readonly<{ perSecond: number; burst: number }>,
  random: () => number,
): Outcome => {
  const end = 600_000;
  const bucket = new TokenBucket(limit.perSecond, limit.burst);
  const budget = new AccountBudget(0, 10);
  const stacks = kinds.map(({ kind, wantedMs }, index): Stack => ({
    name: `s${index}`,
    kind,
    wantedMs,
    times: [],
    askAt: 0,
    looks: 0,
    throttled: false,
    wakesAt: random() * 1000,
    lastLook: SETTLED_MS,
    largestGap: 0,
  }));
  let [calls, refused, others, othersRefused, questions] = [0, 0, 0, 0, 0];
  const ask = (stack: Stack, now: number): void => {
    const { name: holder, kind, wantedMs, looks, throttled } = stack;
    const lease = budget.lease({ holder, kind, wantedMs, looks, calls: looks, throttled }, now);
    questions += 1;
    stack.times = lease.looksInMs.map((inMs) => now + inMs);
    for (let at = now + wantedMs; lease.isFree && at < now + lease.againInMs; at += wantedMs)
      stack.times.push(at);
    stack.askAt = now + lease.againInMs;
    stack.looks = 0;
    stack.throttled = false;
  };
  for (let now = 0; now < end; now += 10) {
    const counts = now >= 30_000;
    if (now % 1000 === 500) {
      const taken = bucket.takes(now);
      if (counts) others += 1;
      if (counts && !taken) othersRefused += 1;
    }
    for (const stack of stacks) {
      if (now < stack.wakesAt) continue;
      if (stack.times.length === 0) ask(stack, now);
      const due = stack.times[0];
      if (due !== undefined && due <= now) {
        stack.times.shift();
        const taken = bucket.takes(now);
        if (counts) calls += 1;
        if (counts && !taken) refused += 1;
        stack.looks += 1;
        if (taken && now > SETTLED_MS) {
          stack.largestGap = Math.max(stack.largestGap, now - stack.lastLook);
          stack.lastLook = now;
        }
        // A throttle is reported at once.
        stack.throttled = !taken;
        if (!taken) ask(stack, now);
      }
      stack.wakesAt = stack.times[0] ?? stack.askAt;
    }
  }
  return {
    throttled: refused / calls,
    othersRefused: othersRefused / others,
    largestGapMs: Math.max(...stacks.map(({ largestGap }) => largestGap)),
    callsPerSecond: calls / ((end - 30_000) / 1000),
    questions: questions / stacks.length / (end / 10_000),
  };
};
