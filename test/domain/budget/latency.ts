/**
 * How late viewers hear of events, by looks as they are made with and without push, and by a fixed poll of three seconds:
 * all on one timeline of deployments. A call takes 120 ms; a push comes half a second late in the middle, and some are lost.
 */
import { AccountBudget, type Lease } from "../../../src/domain/budget/account-budget.ts";
import { paceMs, type Pace } from "../../../src/domain/stack/pace.ts";

export type Way = "fixed" | "adaptive" | "push";

export type Latencies = Readonly<{ p50: number; p99: number; calls: number; lost: number }>;

const CALL_MS = 120;
const INTERVAL_MS = 3_000;
const LOST = 0.001;

/** Times of events of an operation of six minutes: short bursts, and pauses of some seconds and now and then of minutes. */
const timelineOf = (random: () => number): number[] => {
  const events: number[] = [];
  for (let at = 1_000; at < 380_000;) {
    const size = 1 + Math.floor(random() * 6);
    for (let index = 0; index < size; index += 1) events.push(at + index * 300 * random());
    at += random() < 0.08 ? 30_000 + random() * 30_000 : 1_000 + random() * 9_000;
  }
  return events.toSorted((one, other) => one - other);
};

/** Log-normal: half a second in the middle, two at the 99th percentile. */
const pushDelay = (random: () => number): number =>
  500 * Math.exp(0.596 * Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()));

type Stack = {
  readonly holder: string;
  readonly events: readonly number[];
  readonly pushes: readonly number[];
  seen: number;
  calls: number;
  nextAt: number;
  lookedAt: number;
  pushed: number;
  pace: Pace;
  lease: (Lease & Readonly<{ at: number }>) | undefined;
  reported: number;
  /** Whether the budget has granted the next look for a push. */
  isGranted: boolean;
};

/** So many stacks at once, each way with the same events and pushes. */
export const latencies = (way: Way, count: number, random: () => number): Latencies => {
  const budget = new AccountBudget(0, 10);
  const stacks = Array.from({ length: count }, (_, index): Stack => {
    const events = timelineOf(random);
    const pushes = events.filter(() => random() >= LOST).map((at) => at + pushDelay(random));
    const first = random() * INTERVAL_MS;
    return {
      holder: `s${index}`,
      events,
      pushes: pushes.toSorted((one, other) => one - other),
      seen: 0,
      calls: 0,
      nextAt: first,
      lookedAt: -Infinity,
      pushed: 0,
      pace: {},
      lease: undefined,
      reported: 0,
      isGranted: false,
    };
  });
  const late: number[] = [];
  const wantedOf = (stack: Stack, now: number): number =>
    way === "fixed" ? INTERVAL_MS : paceMs(INTERVAL_MS, stack.pace, stack.lease?.isFree ?? true, now);
  const look = (stack: Stack, now: number): void => {
    stack.calls += 1;
    stack.lookedAt = now;
    const visible = stack.events.findIndex((at) => at > now);
    const until = visible === -1 ? stack.events.length : visible;
    for (const at of stack.events.slice(stack.seen, until)) late.push(now + CALL_MS - at);
    if (until > stack.seen) stack.pace = { ...stack.pace, newsAt: now };
    stack.seen = until;
    stack.nextAt = now + wantedOf(stack, now);
  };
  /** When AWS may be asked from now on; the lease serves for ten seconds. */
  const turn = (stack: Stack, now: number): number => {
    const { lease } = stack;
    if (way === "fixed") return now;
    if (!lease || now >= lease.at + lease.againInMs) {
      const calls = stack.calls - stack.reported;
      stack.reported = stack.calls;
      const request = { holder: stack.holder, kind: "running", wantedMs: wantedOf(stack, now) } as const;
      stack.lease = { ...budget.lease({ ...request, looks: calls, calls, throttled: false }, now), at: now };
      return now + (stack.lease.looksInMs[0] ?? stack.lease.againInMs);
    }
    if (lease.isFree) return now;
    const next = lease.looksInMs.map((inMs) => lease.at + inMs).find((at) => at >= now - 10);
    return next ?? lease.at + lease.againInMs;
  };
  for (let now = 0; now < 400_000; now += 10)
    for (const stack of stacks) {
      if (way === "push")
        for (
          let at = stack.pushes[stack.pushed];
          at !== undefined && at <= now;
          at = stack.pushes[stack.pushed]
        ) {
          stack.pushed += 1;
          stack.pace = { ...stack.pace, pushedAt: now };
          const inMs = Math.max(budget.take(1, now, "watched") ?? 0, stack.lookedAt + 1_000 - now);
          stack.nextAt = Math.min(stack.nextAt, now + Math.max(0, inMs));
          stack.isGranted = true;
        }
      if (now < stack.nextAt) continue;
      const at = stack.isGranted ? now : turn(stack, now);
      if (at > now) stack.nextAt = at;
      else {
        stack.isGranted = false;
        look(stack, now);
      }
    }
  const sorted = late.toSorted((one, other) => one - other);
  const part = (share: number): number => sorted[Math.floor(share * (sorted.length - 1))] ?? 0;
  const all = stacks.reduce((sum, { events }) => sum + events.length, 0);
  const calls = stacks.reduce((sum, stack) => sum + stack.calls, 0) / count;
  return { p50: part(0.5), p99: part(0.99), calls, lost: all - late.length };
};
