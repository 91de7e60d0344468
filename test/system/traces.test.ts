/**
 * Every recorded sequence at hand through the real processes: revealed step by step to the simulated AWS, watched by a
 * classic socket and one that opted in. What each tells at its end was read from the recordings.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import type { Cause } from "../../src/protocol/stack-frames.ts";
import { stackSummarySchema } from "../../src/protocol/stack-summary.ts";
import { eventually } from "../support/eventually.ts";
import { expectNothingSecret } from "../support/secrets.ts";
import { expectDense, expectHonestProgress, listedStory, toldStory } from "../support/story.ts";
import { POLL_SECONDS, startSystem, type System } from "../support/system.ts";
import { allTraces, rawTrace, whyNoTraces } from "../support/traces.ts";
import type { Watcher } from "../support/watcher.ts";
import { recordedEnds, type RecordedAttempt } from "./recorded-ends.ts";

const names = allTraces();
const summaryAnswer = z.object({ data: stackSummarySchema });

describe.skipIf(names.length === 0)(`Recorded sequences (${names.length || whyNoTraces})`, () => {
  let system: System;

  beforeAll(async () => {
    system = await startSystem();
  });

  afterAll(() => system?.stop());

  const nameOf = (trace: string): string => `t-${trace.replace(/[^A-Za-z0-9]+/g, "-")}`;

  /** Where the reveals of an attempt's events end: a third before anyone watches, the rest in three parts. */
  const stepsOf = (from: number, to: number): readonly number[] => {
    const length = to - from;
    return [
      ...new Set(
        [1 / 3, 1 / 2, 3 / 4, 1].map(
          (share) => from + Math.max(Math.min(length, 2), Math.ceil(length * share)),
        ),
      ),
    ];
  };

  const causeText = (cause: Cause | undefined): string | undefined =>
    cause && `${cause.path} ${cause.status}`;

  const expectEnds = ({ completes }: Watcher, attempts: readonly RecordedAttempt[], name: string): void => {
    const told = completes.map(({ outcome, cause }) => ({ outcome, cause: causeText(cause) }));
    const recorded = attempts
      .filter(({ outcome }) => outcome !== undefined)
      .map(({ outcome, cause }) => ({ outcome, cause: cause?.replace("<name>", name) }));
    expect(told).toEqual(recorded);
  };

  const summaryOf = async (stackName: string, region: string) => {
    const answer = await system.ask(`/api/v1/stacks/${stackName}?region=${region}`);
    expect(answer.status).toBe(200);
    return summaryAnswer.parse(await answer.json()).data;
  };

  it("has an expectation for every recording", () => {
    expect(Object.keys(recordedEnds).sort()).toEqual(expect.arrayContaining([...names].sort()));
  });

  it.concurrent.each(names)("%s is told once, in order, to both kinds of sockets", async (trace) => {
    const stackName = nameOf(trace);
    const attempts = recordedEnds[trace] ?? [];
    const replay = system.simulator.replay(rawTrace(trace), { stackName });
    const { region } = replay;
    const events = replay.events.slice(attempts[0]?.from);
    const watchers: Watcher[] = [];
    const before = replay.events.length - events.length;
    for (const [index, { from }] of attempts.entries()) {
      const to = attempts[index + 1]?.from ?? replay.events.length;
      for (const end of stepsOf(from, to)) {
        replay.reveal(end - replay.revealed);
        if (watchers.length === 0) {
          watchers.push(await system.watch(stackName, { region }));
          watchers.push(await system.watch(stackName, { region, optedIn: true }));
        } else if (index > 0 && end === stepsOf(from, to)[0]) {
          // Polling has stopped at the end of the attempt before, and a look within the period is not repeated.
          await sleep(POLL_SECONDS * 1000);
          const answer = await system.ask(`/api/v1/stacks/${stackName}/track?region=${region}`, {
            method: "POST",
          });
          expect(answer.status).toBe(200);
        }
        const ended = attempts.slice(0, index).filter(({ outcome }) => outcome !== undefined).length;
        for (const watcher of watchers)
          await watcher.saw(
            ({ events: seen }) => seen.length >= end - before + ended,
            `${end} events of ${trace}`,
          );
      }
      if (attempts[index]?.outcome === undefined) continue;
      for (const watcher of watchers)
        await watcher.saw(
          ({ completes }) => completes.length > index,
          `the end of attempt ${index + 1} of ${trace}`,
        );
    }

    const [classic, optedIn] = watchers as [Watcher, Watcher];
    for (const watcher of watchers) {
      expect(toldStory(watcher.events)).toEqual(listedStory(events));
      expectDense(watcher.events, 1);
      expectHonestProgress(watcher.events);
      expectEnds(watcher, attempts, stackName);
      expect(watcher.troubles).toEqual([]);
      expect(watcher.closed).toBeUndefined();
    }
    expect(optedIn.events).toEqual(classic.events);
    for (const { outcome, stack } of classic.completes)
      if (outcome !== "failed" && outcome !== "rollback_failed") expect(stack.progress).toBe(100);

    const last = attempts.at(-1);
    const summary = await summaryOf(stackName, region);
    expect(summary.outcome).toBe(last?.outcome);
    expect(causeText(summary.cause)).toBe(last?.cause?.replace("<name>", stackName));
    expect(summary.offset).toBe(classic.offset);
    expect(summary.tracking).toBe(last?.outcome === undefined);
    for (const watcher of watchers) watcher.close();
  });

  it.concurrent.each(names)(
    "%s, over before anyone watches, is told from its newest attempt on",
    async (trace) => {
      const stackName = `late-${nameOf(trace)}`;
      const last = recordedEnds[trace]?.at(-1);
      const replay = system.simulator.replay(rawTrace(trace), { stackName });
      replay.revealAll();
      const { region, events } = replay;
      // A stack that is deleted answers to its ARN only, and nobody has learnt that.
      if (last?.outcome === "deleted") {
        await eventually(
          async () => (await system.ask(`/api/v1/stacks/${stackName}?region=${region}`)).status === 404,
          "404",
        );
        return;
      }
      const expected = events.slice(last?.from);
      const ends = last?.outcome === undefined ? 0 : 1;
      const options = { region };
      for (const watcher of [
        await system.watch(stackName, options),
        await system.watch(stackName, { ...options, optedIn: true }),
      ]) {
        await watcher.saw(({ events: seen }) => seen.length >= expected.length + ends, `all of ${trace}`);
        expect(toldStory(watcher.events)).toEqual(listedStory(expected));
        expectDense(watcher.events, 1);
        expectHonestProgress(watcher.events);
        expectEnds(watcher, last ? [last] : [], stackName);
        watcher.close();
      }
    },
  );

  it("prints nothing secret meanwhile", () => expectNothingSecret(system));
});
