/** A stack's part in the budget of its region. */
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import type { Lease, LeaseRequest } from "../../src/domain/budget/account-budget.ts";
import { CallLease } from "../../src/trackers/account/call-lease.ts";

const running = { kind: "running", wantedMs: 3_000 } as const;

const granting = (given: Omit<Lease, "isFree">, isFree = false) => {
  const asked: LeaseRequest[] = [];
  const ask = async (request: LeaseRequest) => {
    asked.push(request);
    return { ...given, isFree };
  };
  return { asked, lease: new CallLease("stacks/us-east-1/one", ask) };
};

test("a lease serves several looks, and its cost is told with the next question", async () => {
  const { asked, lease } = granting({ looksInMs: [0, 3_000, 6_000], againInMs: 9_000, periodMs: 3_000 });
  expect(await lease.turn(running, false, 0)).toBe(0);
  lease.noteCall();
  lease.noteCall();
  expect(lease.nextIn(0)).toBe(3_000);
  expect(await lease.turn(running, false, 1_000)).toBe(2_000);
  expect(await lease.turn(running, false, 3_000)).toBe(0);
  lease.noteCall();
  // Late by a whole look: one look, not two.
  expect(await lease.turn(running, false, 6_100)).toBe(0);
  lease.noteCall();
  expect(asked).toHaveLength(1);
  expect(await lease.turn(running, false, 9_000)).toBe(0);
  expect(asked.at(-1)).toEqual({
    holder: "stacks/us-east-1/one",
    ...running,
    looks: 3,
    calls: 4,
    throttled: false,
    lagsMs: [0, 100],
  });
});

test("a throttle is told at once, and so is another reason to look", async () => {
  const { asked, lease } = granting({ looksInMs: [0, 3_000], againInMs: 6_000, periodMs: 3_000 });
  await lease.turn(running, false, 0);
  // One look may be refused several calls.
  for (const now of [50, 60, 70]) await lease.noteThrottle(running, now);
  expect(asked.at(-1)).toMatchObject({ throttled: true, throttledAgoMs: 0 });
  await lease.turn({ ...running, kind: "watched" }, false, 200);
  expect(asked.at(-1)).toMatchObject({ throttled: false, kind: "watched" });
  expect(asked).toHaveLength(3);
});

test("less urgent looks, or others of the same kind, are asked for once in ten seconds", async () => {
  const watched = { kind: "watched", wantedMs: 3_000 } as const;
  const { asked, lease } = granting({ looksInMs: [0, 12_000], againInMs: 24_000, periodMs: 12_000 });
  await lease.turn(watched, false, 0);
  for (const now of [1_000, 5_000]) await lease.turn(running, false, now);
  await lease.turn({ ...watched, wantedMs: 1_000 }, false, 6_000);
  expect(asked).toHaveLength(1);
  await lease.turn(running, false, 10_000);
  expect(asked).toHaveLength(2);
});

test("a look that the budget grants of its own accord costs no question", async () => {
  const { asked, lease } = granting({ looksInMs: [0], againInMs: 30_000, periodMs: 30_000 });
  await lease.turn(running, false, 0);
  lease.grant(500, running, 5_000);
  expect(lease.nextIn(5_000)).toBe(500);
  expect(await lease.turn(running, true, 5_500)).toBe(0);
  expect(lease.nextIn(5_500)).toBe(24_500);
  expect(asked).toHaveLength(1);
});

test("whoever comes for the stack does not wait for a time that was granted before", async () => {
  const { asked, lease } = granting({ looksInMs: [0], againInMs: 30_000, periodMs: 30_000 });
  expect(await lease.turn(running, false, 0)).toBe(0);
  expect(await lease.turn(running, false, 5_000)).toBe(25_000);
  expect(await lease.turn(running, true, 5_000)).toBe(0);
  expect(asked).toHaveLength(2);
});

test("while there is room for all, looks come when the stack wants them, and are told now and then", async () => {
  const { asked, lease } = granting({ looksInMs: [0], againInMs: 10_000, periodMs: 3_000 }, true);
  for (const now of [0, 1_000, 1_500, 9_000]) expect(await lease.turn(running, false, now)).toBe(0);
  expect(asked).toHaveLength(1);
  expect(await lease.turn(running, false, 10_000)).toBe(0);
  expect(asked.at(-1)).toMatchObject({ looks: 4 });
});

test("without room the stack waits for its turn", async () => {
  const { lease } = granting({ looksInMs: [], againInMs: 12_000, periodMs: 30_000 });
  expect(await lease.turn(running, false, 0)).toBe(12_000);
  expect(await lease.turn(running, false, 5_000)).toBe(7_000);
});

test("without the budget's object a stack is looked at slowly, and not at once again after a throttle", async () => {
  const lease = new CallLease("one", () => Promise.reject(new Error("away")));
  expect(await lease.turn(running, false, 0)).toBe(0);
  expect(await lease.turn(running, false, 3_000)).toBe(7_000);
  expect(await lease.turn(running, false, 10_000)).toBe(0);
  await lease.noteThrottle(running, 15_000);
  expect(await lease.turn(running, false, 20_000)).toBe(5_000);
});

test("a budget that never answers holds up no look", async () => {
  const lease = new CallLease("one", () => new Promise(() => undefined));
  expect(await lease.turn(running, true, 0)).toBe(0);
  expect(lease.nextIn(0)).toBe(10_000);
});

test("the stacks of a region share its object's budget", async () => {
  const region = env.REGIONS.get(env.REGIONS.idFromName("eu-west-3"));
  const request = { ...running, looks: 0, calls: 0, throttled: false };
  for (const holder of ["one", "two"])
    expect(await region.lease({ ...request, holder })).toMatchObject({ looksInMs: [0], isFree: true });
  await region.noteThrottle();
  expect(await region.budgetView()).toMatchObject({ throttled: 1, holders: { running: 2, watched: 0 } });
  expect(await region.take(1)).toBe(0);
});
