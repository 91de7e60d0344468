import { describe, expect, test } from "vitest";
import { AccountBudget, type LeaseRequest } from "../../../src/domain/budget/account-budget.ts";
import type { LookClass } from "../../../src/domain/budget/shares.ts";
import { chance, tenMinutes, tenMinutesOfWaiting } from "./account.ts";

/** Every tenth stack has a viewer. */
const stacks = (count: number) =>
  Array.from({ length: count }, (_, index) => {
    const kind: LookClass = index % 10 === 0 ? "watched" : "running";
    return { kind, wantedMs: 3_000 };
  });

describe("ten minutes of an account that takes 10 calls a second, and that somebody else asks once a second", () => {
  test.each([12, 60, 120, 300])("with %i running stacks", (count) => {
    const { throttled, othersRefused, largestGapMs, callsPerSecond, questions } = tenMinutes(
      stacks(count),
      { perSecond: 10, burst: 20 },
      chance(),
    );
    expect(throttled).toBeLessThan(0.02);
    expect(othersRefused).toBeLessThan(0.05);
    const fairMs = Math.max(3_000, (1_000 * count) / callsPerSecond);
    expect(largestGapMs / fairMs).toBeLessThanOrEqual(1.5);
    // A stack asks the budget at most once in ten seconds.
    expect(questions).toBeLessThanOrEqual(1);
    expect(callsPerSecond).toBeGreaterThan(count === 12 ? 3.9 : 7);
  });

  test("with 500 stacks that are waited for, which cost one list", () => {
    const { throttled, othersRefused, largestGapMs, callsPerSecond } = tenMinutesOfWaiting(500, {
      perSecond: 10,
      burst: 20,
    });
    expect({ throttled, othersRefused }).toEqual({ throttled: 0, othersRefused: 0 });
    expect(callsPerSecond).toBeLessThanOrEqual(0.16);
    expect(largestGapMs).toBeLessThan(40_000);
  });

  test("and with half as many calls allowed, hundreds of stacks still leave others their part", () => {
    const { throttled, othersRefused } = tenMinutes(stacks(300), { perSecond: 5, burst: 10 }, chance());
    expect(throttled).toBeLessThan(0.05);
    expect(othersRefused).toBeLessThan(0.05);
  });
});

const request = (holder: string, rest: Partial<LeaseRequest> = {}): LeaseRequest => ({
  holder,
  kind: "running",
  wantedMs: 3_000,
  looks: 0,
  calls: 0,
  throttled: false,
  ...rest,
});

describe("a budget", () => {
  test("grants what is wanted while there is room, ten seconds at most ahead", () => {
    const budget = new AccountBudget(0, 10);
    const free = { looksInMs: [0], againInMs: 10_000, periodMs: 3_000, isFree: true, allowedPerSecond: 2 };
    expect(budget.lease(request("one"), 0)).toEqual(free);
    expect(budget.lease(request("two"), 0)).toEqual(free);
    budget.lease(request("three"), 0);
    expect(budget.lease(request("four"), 0)).toEqual({
      looksInMs: [1_400, 4_400, 7_400],
      againInMs: 10_400,
      periodMs: 3_000,
      isFree: false,
      allowedPerSecond: 2,
    });
  });

  test("begins slowly: twelve stacks that come at once do not all look at once", () => {
    const budget = new AccountBudget(0, 10);
    const firsts = Array.from({ length: 12 }, (_, index) => {
      const { looksInMs, againInMs } = budget.lease(request(`s${index}`), 0);
      return looksInMs[0] ?? againInMs;
    });
    expect(firsts.filter((at) => at < 1_000).length).toBeLessThanOrEqual(2);
    expect(Math.max(...firsts)).toBeLessThan(15_000);
  });

  test("is halved by a throttle, once for all that come of the same one", () => {
    const budget = new AccountBudget(0, 10);
    const allowed = (at: number) => budget.view(at).allowedPerSecond;
    budget.noteThrottle(1_000);
    budget.noteThrottle(2_000);
    expect(allowed(2_000)).toBe(1);
    budget.noteThrottle(20_000);
    expect(allowed(20_000)).toBe(0.5);
    // One look must go on, whatever others do.
    budget.noteThrottle(60_000);
    expect(allowed(60_000)).toBe(0.5);
  });

  test("hears of a throttle late, and then it counts from when it came", () => {
    const budget = new AccountBudget(0, 10);
    budget.noteThrottle(1_000);
    budget.lease(request("late", { throttled: true, throttledAgoMs: 29_000 }), 30_000);
    expect(budget.view(30_000)).toMatchObject({ allowedPerSecond: 1, throttled: 2 });
  });

  test("has room for operations that are carried out when leases have taken all", () => {
    const budget = new AccountBudget(0, 10);
    for (let index = 0; index < 60; index += 1) budget.lease(request(`s${index}`), 0);
    expect(budget.take(1, 0, "waiting")).toBeGreaterThan(5_000);
    const waits = Array.from({ length: 8 }, () => budget.take(1, 0, "operating")!);
    // Half of the rate, which grows meanwhile.
    expect(waits).toEqual(waits.toSorted((one, other) => one - other));
    expect(waits[0]).toBe(0);
    expect(waits.at(-1)).toBeLessThan(8_000);
    expect(budget.view(0).usedBy.operating).toBeCloseTo(0.8);
  });

  test("gives back what somebody who leaves was granted", () => {
    const budget = new AccountBudget(0, 10);
    const holders = Array.from({ length: 60 }, (_, index) => `s${index}`);
    for (const holder of holders) budget.lease(request(holder), 0);
    expect(budget.lease(request("late"), 0).looksInMs).toEqual([]);
    for (const holder of holders) budget.leave(holder, 0);
    // What was to be done at once is done.
    expect(budget.lease(request("late"), 0).looksInMs[0]).toBe(1_000);
  });

  test("counts what a look costs by what looks have cost", () => {
    const budget = new AccountBudget(0, 2);
    budget.lease(request("nested"), 0);
    for (let at = 10_000; at < 200_000; at += 10_000)
      budget.lease(request("nested", { looks: 1, calls: 30 }), at);
    expect(budget.view(200_000)).toMatchObject({ holders: { running: 1 } });
    expect(budget.lease(request("nested", { looks: 1, calls: 30 }), 200_000).periodMs).toBeGreaterThan(
      12_000,
    );
  });

  test("tells when calls that are made once may be made, or that they may not yet", () => {
    const budget = new AccountBudget(0, 2);
    const waits = Array.from({ length: 30 }, () => budget.take(1, 0));
    expect(waits[0]).toBe(0);
    expect(waits.filter((wait) => wait !== undefined).length).toBeLessThanOrEqual(22);
    expect(waits.at(-1)).toBeUndefined();
  });
});
