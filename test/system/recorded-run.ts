/**
 * A recorded sequence played before viewers: revealed to the simulated AWS attempt by attempt and step by step, the
 * first part before anyone watches, each further one when the one before has been seen.
 */
import { expect } from "vitest";
import * as z from "zod";
import type { Cause } from "../../src/protocol/stack/stack-frames.ts";
import { trackingSchema } from "../../src/protocol/stack/stack-summary.ts";
import { eventually } from "../support/eventually.ts";
import {
  expectDense,
  expectHonestProgress,
  listedStory,
  reportedStory,
  type ListedEvent,
} from "../support/story.ts";
import type { System } from "../support/system.ts";
import { rawTrace } from "../support/traces.ts";
import type { Watcher } from "../support/watcher.ts";
import { recordedEnds, type RecordedAttempt } from "./recorded-ends.ts";

export type RecordedRun = Readonly<{
  stackName: string;
  region: string;
  /** Those of the stack that the name means. */
  events: readonly ListedEvent[];
  attempts: readonly RecordedAttempt[];
  classic: Watcher;
  optedIn: Watcher;
}>;

const trackAnswer = z.object({ data: trackingSchema });

/** The stack that a recording is played as. */
export const stackNameOf = (prefix: string, trace: string): string =>
  `${prefix}-${trace.replace(/[^A-Za-z0-9]+/g, "-")}`;

/** Ends of the reveals of an attempt's events: two at least, as a review alone is looked at every ten seconds only. */
const stepsOf = (from: number, to: number): readonly number[] => {
  const least = Math.min(2, to - from);
  const steps = [1 / 3, 1 / 2, 3 / 4, 1].map((share) => Math.max(least, Math.ceil((to - from) * share)));
  return [...new Set(steps)].map((step) => from + step);
};

/** Polling has stopped at the end of the attempt before: asks for it until it goes on. */
const track = (system: System, stackName: string, region: string): Promise<true> =>
  eventually(async () => {
    const answer = await system.ask(`/api/v1/stacks/${stackName}/track?region=${region}`, { method: "POST" });
    return answer.status === 200 && trackAnswer.parse(await answer.json()).data.tracking;
  }, `polling of ${stackName} that goes on`);

/** Plays all of a recording. */
export const playRecording = async (
  system: System,
  trace: string,
  stackName: string,
): Promise<RecordedRun> => {
  const attempts = recordedEnds[trace] ?? [];
  const replay = system.simulator.replay(rawTrace(trace), { stackName });
  const { region } = replay;
  const gone = attempts[0]?.from ?? 0;
  let reported = 0;
  let watchers: readonly [Watcher, Watcher] | undefined;
  for (const [index, { from, outcome }] of attempts.entries()) {
    const steps = stepsOf(from, attempts[index + 1]?.from ?? replay.events.length);
    for (const [step, end] of steps.entries()) {
      replay.reveal(end - replay.revealed);
      if (watchers && step === 0) await track(system, stackName, region);
      watchers ??= [
        await system.watch(stackName, { region }),
        await system.watch(stackName, { region, optedIn: true }),
      ];
      const count = end - gone + reported;
      for (const watcher of watchers)
        await watcher.saw(({ events }) => events.length >= count, `event ${count} of ${trace}`, 90_000);
    }
    if (outcome === undefined) continue;
    reported += 1;
    for (const watcher of watchers ?? [])
      await watcher.saw(
        ({ completes }) => completes.length >= reported,
        `end ${reported} of ${trace}`,
        90_000,
      );
  }
  if (!watchers) throw new Error(`Nothing is expected of ${trace}`);
  const [classic, optedIn] = watchers;
  return { stackName, region, attempts, classic, optedIn, events: replay.events.slice(gone) };
};

export const causeText = (cause: Cause | undefined): string | undefined =>
  cause && `${cause.path} ${cause.status}`;

/** What was reported is what AWS lists, once and in order, and ends as the attempts do. */
export const expectReported = (
  { events, completes }: Watcher,
  { stackName, events: listed, attempts }: Pick<RecordedRun, "stackName" | "events" | "attempts">,
): void => {
  expect(reportedStory(events)).toEqual(listedStory(listed));
  expectDense(events, 1);
  expectHonestProgress(events);
  expect(completes.map(({ outcome, cause }) => ({ outcome, cause: causeText(cause) }))).toEqual(
    attempts
      .filter(({ outcome }) => outcome !== undefined)
      .map(({ outcome, cause }) => ({ outcome, cause: cause?.replace("<name>", stackName) })),
  );
  for (const { outcome, stack } of completes)
    if (outcome !== "failed" && outcome !== "rollback_failed") expect(stack.progress).toBe(100);
};
