/**
 * AWS at its worst, over real connections: each kind of trouble strikes a stack of its own while it deploys. What the
 * channel holds at the end is what AWS's list holds, once and in order, as if there had been no trouble.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Fault, FaultHandle } from "../../src/simulator/faults/faults.ts";
import type { Replay } from "../../src/simulator/replay/replay.ts";
import { eventually } from "../support/eventually.ts";
import { madeTrace } from "../support/made-trace.ts";
import { expectNothingSecret } from "../support/secrets.ts";
import {
  expectDense,
  expectHonestProgress,
  listedStory,
  sortedStory,
  reportedStory,
} from "../support/story.ts";
import { startSystem, type System } from "../support/system.ts";
import type { Watcher } from "../support/watcher.ts";

/** Requests that one look makes before it gives up. */
const ATTEMPTS = 3;

describe("CloudFormation answers badly", () => {
  let system: System;

  beforeAll(async () => {
    system = await startSystem();
  });

  afterAll(() => system?.stop());

  type Scene = Readonly<{ replay: Replay; watchers: readonly Watcher[] }>;

  /** A stack that has begun, both kinds of viewers on it, and `first` events seen by both. */
  const scene = async (name: string, resources: number, first: number): Promise<Scene> => {
    const replay = system.simulator.replay(madeTrace(name, { resources }));
    replay.reveal(first);
    const watchers = [await system.watch(name), await system.watch(name, { optedIn: true })];
    await allSaw(watchers, first);
    return { replay, watchers };
  };

  const allSaw = async (watchers: readonly Watcher[], count: number): Promise<void> => {
    for (const watcher of watchers)
      await watcher.saw(({ events }) => events.length >= count, `${count} events`);
  };

  const strike = ({ replay }: Scene, fault: Fault): FaultHandle =>
    system.simulator.fault(
      fault.kind === "late-events" || fault.kind === "slow-clean-up" || fault.kind === "stale-status"
        ? { ...fault, stack: replay.stackId }
        : { ...fault, stack: replay.stackId, action: "DescribeStackEvents" },
    );

  const used = (handle: FaultHandle, hits: number, what: string): Promise<true> =>
    eventually(() => handle.hits() >= hits, `${what}, ${hits} times`);

  /** Shows the rest and compares all that was reported with all that is listed. */
  const expectWhole = async ({ replay, watchers }: Scene, order: "kept" | "late"): Promise<void> => {
    replay.revealAll();
    for (const watcher of watchers) {
      await watcher.saw(({ completes }) => completes.length > 0, "the end", 60_000);
      const [reported, listed] = [reportedStory(watcher.events), listedStory(replay.events)];
      if (order === "kept") expect(reported).toEqual(listed);
      else expect(sortedStory(reported)).toEqual(sortedStory(listed));
      expectDense(watcher.events, 1);
      expectHonestProgress(watcher.events);
      expect(watcher.completes).toMatchObject([
        { outcome: "deployed", stack: { progress: 100, failedResources: 0 } },
      ]);
      expect(watcher.closed).toBeUndefined();
    }
    expect(watchers[1]?.events).toEqual(watchers[0]?.events);
  };

  const expectSilence = ({ watchers }: Scene): void => {
    expect(watchers.flatMap(({ troubles }) => troubles)).toEqual([]);
  };

  const pageFaults: readonly Fault[] = [
    { kind: "server-error", page: 2, count: 2 * ATTEMPTS },
    { kind: "throttle", page: 2, count: ATTEMPTS },
    { kind: "reset", page: 3, count: ATTEMPTS },
    { kind: "garbage", page: 2, count: 2 },
    { kind: "truncate", page: 3, count: ATTEMPTS },
  ];

  it.concurrent.each(pageFaults)(
    "250 events between two looks survive a $kind on page $page",
    async (fault) => {
      const before = await scene(`burst-${fault.kind}`, 100, 6);
      const handle = strike(before, fault);
      before.replay.reveal(250);
      await used(handle, "count" in fault ? (fault.count ?? 1) : 1, `the ${fault.kind}`);
      await allSaw(before.watchers, 256);
      await expectWhole(before, "kept");
      expectSilence(before);
    },
  );

  const passing: readonly (readonly [string, Fault, number])[] = [
    // What is throttled is not made again within a look.
    ["throttling for four looks", { kind: "throttle", count: 4 }, 4],
    ["connections cut for two looks", { kind: "reset", count: 2 * ATTEMPTS }, 2 * ATTEMPTS],
    ["a 503 for two looks", { kind: "server-error", status: 503, count: 2 * ATTEMPTS }, 2 * ATTEMPTS],
    ["no answer for two looks", { kind: "hang", count: 2 }, 2],
    ["a cut-off body", { kind: "truncate", count: 2 }, 2],
    ["text that is no XML", { kind: "garbage", count: 2 }, 2],
    ["a body with a DOCTYPE", { kind: "doctype", count: 2 }, 2],
    ["every second request refused", { kind: "server-error", probability: 0.5, count: 12 }, 12],
  ];

  it.concurrent.each(passing)("nobody notices %s", async (what, fault, hits) => {
    const before = await scene(`passing-${what.replace(/\W+/g, "-")}`, 30, 10);
    const handle = strike(before, fault);
    before.replay.reveal(40);
    await used(handle, hits, what);
    await allSaw(before.watchers, 50);
    await expectWhole(before, "kept");
    expectSilence(before);
  });

  const lasting: readonly (readonly [string, Fault, string])[] = [
    ["5xx answers", { kind: "server-error" }, "AWS_UNREACHABLE"],
    ["cut connections", { kind: "reset" }, "AWS_UNREACHABLE"],
    ["garbage", { kind: "garbage" }, "AWS_BAD_ANSWER"],
  ];

  it.concurrent.each(lasting)(
    "%s are told once, after three looks, as trouble that passes",
    async (what, fault, code) => {
      const before = await scene(`lasting-${what.replace(/\W+/g, "-")}`, 30, 10);
      const handle = strike(before, fault);
      before.replay.reveal(40);
      for (const watcher of before.watchers)
        await watcher.saw(({ troubles }) => troubles.length > 0, `being told of ${what}`);
      expect(handle.hits()).toBeGreaterThanOrEqual(3);
      const joining = await system.watch(before.replay.stackName);
      await joining.saw(({ troubles }) => troubles.length > 0, `being told of ${what} on joining`);
      handle.clear();
      await expectWhole({ ...before, watchers: [...before.watchers, joining] }, "kept");
      for (const { troubles } of [...before.watchers, joining])
        expect(troubles).toMatchObject([{ error: { code, retryable: true } }]);
    },
  );

  const refusals = [
    { kind: "expired-token", code: "AWS_CREDENTIALS" },
    { kind: "access-denied", code: "AWS_ACCESS_DENIED" },
  ] as const;

  it.concurrent.each(refusals)(
    "$kind is told at once, as trouble that does not pass by itself, and nothing is lost when it has passed",
    async ({ kind, code }) => {
      const before = await scene(`refused-${kind}`, 30, 10);
      const handle = strike(before, { kind });
      before.replay.reveal(40);
      for (const watcher of before.watchers)
        await watcher.saw(({ troubles }) => troubles.length > 0, `being told of ${kind}`, 3_000);
      handle.clear();
      await expectWhole(before, "kept");
      for (const { troubles } of before.watchers)
        expect(troubles).toMatchObject([{ error: { code, retryable: false } }]);
    },
  );

  it.concurrent("events that become visible late are told late, and once", async () => {
    const before = await scene("late-visible", 30, 4);
    const handle = strike(before, { kind: "late-events", reads: 2, count: 15, probability: 0.4 });
    for (let seen = 4; seen < 80; seen += 19) {
      before.replay.reveal(19);
      await allSaw(before.watchers, seen);
    }
    await used(handle, 15, "a late event");
    await expectWhole(before, "late");
    expectSilence(before);
  });

  it.concurrent("a resource's end that becomes visible after the stack's own is waited for", async () => {
    const before = await scene("late-at-the-end", 5, 4);
    strike(before, {
      kind: "late-events",
      reads: 2,
      count: 1,
      logicalId: "Queue5",
      status: "CREATE_COMPLETE",
    });
    await expectWhole(before, "late");
    expect(before.watchers[0]?.events.at(-1)?.type).toBe("stack_complete");
  });

  it.concurrent("a stack description that lags behind does not end the story early", async () => {
    const before = await scene("stale-description", 10, 8);
    const handle = strike(before, { kind: "stale-status", count: 4 });
    await expectWhole(before, "kept");
    expect(handle.hits()).toBe(4);
    expectSilence(before);
  });

  it("prints nothing secret meanwhile", () => expectNothingSecret(system));
});
