/** When a stack is looked at next, and when no more. */
import { describe, expect, test } from "vitest";
import type { LookupFailure } from "../../src/domain/failure/lookup-failure.ts";
import { isWanted, nextPollIn, type Interest } from "../../src/domain/stack/next-poll.ts";
import { EMPTY_STATE, rootOf, type StackState } from "../../src/domain/stack/stack-state.ts";
import type { Trouble } from "../../src/domain/failure/trouble.ts";
import { FakeCloudFormation } from "../support/fake-cloudformation.ts";
import { own } from "./events.ts";
import { Follower } from "./follower.ts";

const NOW = 1_000_000;
const WATCHED: Interest = { viewers: 1 };
const clock = { intervalMs: 3000, waitMs: 600_000, now: NOW };

const trouble = (kind: LookupFailure["kind"], polls: number, more: Partial<Trouble> = {}): Trouble => ({
  kind,
  since: NOW - 20_000,
  polls,
  told: false,
  gaveUp: false,
  ...more,
});

const stateAfter = async (...statuses: readonly string[]): Promise<StackState> => {
  const cloudFormation = new FakeCloudFormation();
  const follower = new Follower(cloudFormation);
  cloudFormation.show(...statuses.map((status) => own(status)));
  await follower.poll();
  return follower.state;
};

describe("A stack is wanted", () => {
  test.each<[string, Interest, boolean]>([
    ["by a viewer", { viewers: 1 }, true],
    ["by who registered", { viewers: 0, trackedAt: 0 }, true],
    ["for a minute after the last viewer left", { viewers: 0, leftAt: NOW - 59_999 }, true],
    ["no longer than that", { viewers: 0, leftAt: NOW - 60_000 }, false],
    ["by nobody", { viewers: 0 }, false],
  ])("%s", (_title, interest, wanted) => {
    expect(isWanted(interest, NOW)).toBe(wanted);
  });
});

describe("The next poll", () => {
  test("comes after the period, whatever the stack does", async () => {
    expect(nextPollIn(EMPTY_STATE, WATCHED, undefined, clock)).toBe(3000);
    expect(nextPollIn(await stateAfter("CREATE_IN_PROGRESS"), WATCHED, undefined, clock)).toBe(3000);
  });

  test("never comes without interest, or when it was given up", async () => {
    const ended = await stateAfter("CREATE_IN_PROGRESS", "CREATE_COMPLETE");
    expect(nextPollIn(EMPTY_STATE, { viewers: 0 }, undefined, clock)).toBeUndefined();
    const hopeless = trouble("credentials", 9, { told: true, gaveUp: true });
    expect(nextPollIn(EMPTY_STATE, WATCHED, hopeless, clock)).toBeUndefined();
    expect(nextPollIn(ended, WATCHED, hopeless, clock)).toBeUndefined();
  });

  test("of a stack at rest comes every 30 seconds at most, and only while somebody would hear of what begins", async () => {
    const ended = await stateAfter("CREATE_IN_PROGRESS", "CREATE_COMPLETE");
    const pollIn = (interest: Interest, intervalMs = 3000) =>
      nextPollIn(ended, interest, undefined, { ...clock, intervalMs });
    expect(pollIn(WATCHED)).toBe(30_000);
    expect(pollIn(WATCHED, 60_000)).toBe(60_000);
    expect(pollIn({ viewers: 0, awaited: "patient" })).toBe(30_000);
    expect(pollIn({ viewers: 0, awaited: "eager" })).toBe(30_000);
    expect(pollIn({ viewers: 0, awaited: "begun" })).toBe(3000);
    expect(pollIn({ viewers: 0 })).toBeUndefined();
    expect(pollIn({ viewers: 0, leftAt: NOW - 1 })).toBeUndefined();
    expect(pollIn({ viewers: 0, trackedAt: NOW })).toBeUndefined();
  });

  test("of a stack at rest is soon repeated where a look failed, but not for long", async () => {
    const ended = await stateAfter("CREATE_IN_PROGRESS", "CREATE_COMPLETE");
    const pollIn = (...failed: Parameters<typeof trouble>) =>
      nextPollIn(ended, WATCHED, trouble(...failed), clock);
    expect(pollIn("throttled", 1)).toBe(clock.intervalMs);
    expect(pollIn("throttled", 3)).toBe(30_000);
    expect(pollIn("network", 2)).toBe(clock.intervalMs);
    expect(pollIn("network", 3, { told: true })).toBe(30_000);
    expect(pollIn("missing", 1)).toBe(30_000);
  });

  test("goes on for whoever waits for a stack that others have waited for in vain", () => {
    const missed = trouble("missing", 99, { told: true, gaveUp: true });
    for (const awaited of ["begun", "eager", "patient"] as const)
      expect(nextPollIn(EMPTY_STATE, { viewers: 0, awaited }, missed, clock)).toBe(30_000);
  });

  test("never comes for a stack that AWS has never shown once its viewer left, and lingers for one that it had", async () => {
    const left: Interest = { viewers: 0, leftAt: NOW - 1 };
    const missing = trouble("missing", 1);
    expect(nextPollIn(EMPTY_STATE, left, missing, clock)).toBeUndefined();
    expect(nextPollIn(EMPTY_STATE, { ...left, trackedAt: NOW }, missing, clock)).toBe(3000);
    expect(nextPollIn(EMPTY_STATE, { ...left, awaited: "eager" }, missing, clock)).toBe(3000);
    expect(nextPollIn(EMPTY_STATE, left, undefined, clock)).toBe(3000);
    expect(nextPollIn(await stateAfter("CREATE_IN_PROGRESS"), left, missing, clock)).toBe(3000);
  });

  test("comes seldom for a name that AWS has never shown and that only viewers wait for", () => {
    const pollIn = (interest: Interest, intervalMs = 3000) =>
      nextPollIn(EMPTY_STATE, interest, trouble("missing", 1), { ...clock, intervalMs });
    expect([pollIn(WATCHED), pollIn(WATCHED, 250), pollIn(WATCHED, 60_000)]).toEqual([30_000, 2_500, 60_000]);
    expect(pollIn({ ...WATCHED, trackedAt: NOW })).toBe(3000);
    expect(pollIn({ ...WATCHED, awaited: "begun" })).toBe(3000);
  });

  describe("of a stack under review", () => {
    /** Seconds that the review lasts, and what comes of it for whom. */
    const reviewed = async (seconds: number, interest: Interest) => {
      const review = await stateAfter("REVIEW_IN_PROGRESS");
      const now = Date.parse(rootOf(review)!.statusAt) + seconds * 1000;
      return nextPollIn(review, interest, undefined, { ...clock, now });
    };

    test.each<[string, Interest]>([
      ["a viewer", WATCHED],
      ["a deployment", { viewers: 0, awaited: "eager" }],
      ["a deployment that expects nothing", { viewers: 0, awaited: "patient" }],
    ])("comes soon at first, then seldom, and goes on for %s", async (_who, interest) => {
      const waits = [-5, 0, 59, 60, 599, 600, 1_000_000].map((seconds) => reviewed(seconds, interest));
      expect(await Promise.all(waits)).toEqual([3000, 3000, 3000, 10_000, 10_000, 30_000, 30_000]);
    });

    test("goes on at the full rate for a deployment that has it executed", async () => {
      expect(await reviewed(1_000_000, { viewers: 0, awaited: "begun" })).toBe(3000);
    });

    test("[S40] ends for who registered, after the time for which a missing stack is waited for", async () => {
      const review = await stateAfter("REVIEW_IN_PROGRESS");
      const begun = Date.parse(rootOf(review)!.statusAt);
      const tracked = (seconds: number) =>
        nextPollIn(review, { viewers: 0, trackedAt: begun }, undefined, {
          ...clock,
          now: begun + seconds * 1000,
        });
      expect([tracked(1), tracked(599), tracked(600)]).toEqual([3000, 10_000, undefined]);
    });
  });

  test.each<[string, Trouble, readonly number[]]>([
    ["no answer, not told yet", trouble("network", 0), [3000, 3000, 3000, 3000, 3000]],
    ["no answer, told", trouble("network", 2, { told: true }), [6000, 12_000, 24_000, 30_000, 30_000]],
    ["errors, told", trouble("unavailable", 10, { told: true }), [30_000, 30_000, 30_000, 30_000, 30_000]],
    ["refused", trouble("denied", 0, { told: true }), [6000, 10_000, 10_000, 10_000, 10_000]],
    ["missing for a short time", trouble("missing", 0), [3000, 3000, 3000, 3000, 3000]],
    [
      "missing for a minute",
      trouble("missing", 0, { since: NOW - 60_000 }),
      [10_000, 10_000, 10_000, 10_000, 10_000],
    ],
  ])("backs off to at most 30 seconds: %s", (_title, first, waits) => {
    const found = waits.map((_, index) =>
      nextPollIn(
        EMPTY_STATE,
        { ...WATCHED, trackedAt: NOW },
        { ...first, polls: first.polls + index + 1 },
        clock,
      ),
    );
    expect(found).toEqual(waits);
  });

  test("does not back off for a throttle: the budget of the account and region does so for all who ask", () => {
    expect(nextPollIn(EMPTY_STATE, WATCHED, trouble("throttled", 3), clock)).toBe(3_000);
  });

  test("is never sooner than a long period allows", () => {
    const slow = { ...clock, intervalMs: 60_000 };
    expect(nextPollIn(EMPTY_STATE, WATCHED, trouble("throttled", 4), slow)).toBe(60_000);
    expect(nextPollIn(EMPTY_STATE, WATCHED, trouble("denied", 4), slow)).toBe(60_000);
  });
});
