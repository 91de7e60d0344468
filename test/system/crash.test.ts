/**
 * The power goes in the middle of a deployment: every process of the Worker is killed at once, again and again, at
 * moments drawn from a seed, while the deployment goes on. What was kept on disk is all that the next one has.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { StackFrame } from "../../src/protocol/stack/stack-frames.ts";
import { randomOf } from "../../src/simulator/random.ts";
import { eventually } from "../support/eventually.ts";
import { madeTrace } from "../support/made-trace.ts";
import { expectNothingSecret } from "../support/secrets.ts";
import { expectDense, expectHonestProgress, listedStory, reportedStory } from "../support/story.ts";
import { startSystem, type System } from "../support/system.ts";

const CRASHES = 6;
const SEED = 20261122;
const STACK = "survivor";
const TRACKED = "unwatched";

/** Longest wait between a reveal and a crash: a poll and some. */
const LONGEST_MOMENT_MS = 400;

describe("The Worker is killed while a stack deploys", () => {
  let system: System;

  beforeAll(async () => {
    system = await startSystem();
  });

  afterAll(() => system?.stop());

  it("goes on by itself, and gives a client that resumes exactly what it missed", async () => {
    const random = randomOf(SEED, "crashes");
    const { simulator } = system;
    const watched = simulator.replay(madeTrace(STACK, { resources: 60 }));
    const tracked = simulator.replay(madeTrace(TRACKED, { resources: 60 }));
    const revealSome = (): void => {
      const some = 2 + Math.floor(random() * 12);
      // The last event of all is for a Worker that lives.
      for (const replay of [watched, tracked])
        replay.reveal(Math.min(some, replay.events.length - replay.revealed - 1));
    };
    revealSome();

    const story: StackFrame[] = [];
    let watcher = await system.watch(STACK, { optedIn: true });
    const { epoch } = watcher.subscribed;
    expect((await system.ask(`/api/v1/stacks/${TRACKED}/track`, { method: "POST" })).status).toBe(200);
    await watcher.saw(({ events }) => events.length >= watched.revealed, "what was there when it came");

    for (let crash = 1; crash <= CRASHES; crash++) {
      revealSome();
      await sleep(random() * LONGEST_MOMENT_MS);
      await system.worker().kill();
      const seen = watcher.events.slice();
      story.push(...seen);
      const position = { epoch, offset: story.at(-1)?.offset ?? 0 };
      revealSome();
      simulator.clearCalls();
      await system.restart();
      // No request has reached the new one: what it asks of AWS it asks because its alarm said so.
      for (const { stackId } of [watched, tracked])
        await eventually(
          () => simulator.calls.some(({ stack }) => stack === stackId),
          `crash ${crash}: a look at ${stackId} of the Worker's own accord`,
        );
      revealSome();
      watcher = await system.watch(STACK, { optedIn: true, position });
      const expected = watched.revealed - position.offset;
      await watcher.saw(
        ({ events }) => events.length >= expected,
        `crash ${crash}: ${expected} missed events`,
      );
      expect(watcher.subscribed).toMatchObject({ epoch, wasRecovering: true, recovered: true, floor: 1 });
      expectDense(watcher.events, position.offset + 1);
    }

    watched.revealAll();
    tracked.revealAll();
    await watcher.saw(({ completes }) => completes.length > 0, "the end");
    story.push(...watcher.events);
    expect(reportedStory(story)).toEqual(listedStory(watched.events));
    expectDense(story, 1);
    expectHonestProgress(story);
    expect(watcher.completes.map(({ outcome }) => outcome)).toEqual(["deployed"]);

    const late = await system.watch(STACK, { optedIn: true });
    await late.saw(({ events }) => events.length >= story.length, "the whole story, for one who comes late");
    expect(late.events).toEqual(story);

    const other = await system.watch(TRACKED);
    await other.saw(({ completes }) => completes.length > 0, "the end of the stack that nobody watched");
    expect(reportedStory(other.events)).toEqual(listedStory(tracked.events));
    expectDense(other.events, 1);
  });

  it("prints nothing secret meanwhile", () => expectNothingSecret(system));
});
