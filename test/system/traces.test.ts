/**
 * Every recorded sequence at hand through the real processes, watched by a classic socket and one that opted in. What
 * each tells at its end was read from the recordings.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { stackSummarySchema } from "../../src/protocol/stack/stack-summary.ts";
import { eventually } from "../support/eventually.ts";
import { expectNothingSecret } from "../support/secrets.ts";
import { startSystem, type System } from "../support/system.ts";
import { allTraces, rawTrace, whyNoTraces } from "../support/traces.ts";
import { recordedEnds } from "./recorded-ends.ts";
import { causeText, expectReported, playRecording, stackNameOf } from "./recorded-run.ts";

const names = allTraces();
const summaryAnswer = z.object({ data: stackSummarySchema });

describe.skipIf(names.length === 0)(`Recorded sequences (${names.length || whyNoTraces})`, () => {
  let system: System;

  beforeAll(async () => {
    system = await startSystem();
  });

  afterAll(() => system?.stop());

  const askFor = (stackName: string, region: string): Promise<Response> =>
    system.ask(`/api/v1/stacks/${stackName}?region=${region}`);

  const summaryOf = async (stackName: string, region: string) => {
    const answer = await askFor(stackName, region);
    expect(answer.status).toBe(200);
    return summaryAnswer.parse(await answer.json()).data;
  };

  it("has an expectation for every recording", () => {
    expect(Object.keys(recordedEnds).sort()).toEqual(expect.arrayContaining([...names].sort()));
  });

  it.concurrent.each(names)("%s is told once, in order, to both kinds of sockets", async (trace) => {
    const run = await playRecording(system, trace, stackNameOf("live", trace));
    const { stackName, region, attempts, classic, optedIn } = run;
    for (const watcher of [classic, optedIn]) {
      expectReported(watcher, run);
      expect(watcher.troubles).toEqual([]);
      expect(watcher.closed).toBeUndefined();
    }
    expect(optedIn.events).toEqual(classic.events);

    const last = attempts.at(-1);
    const summary = await summaryOf(stackName, region);
    expect(summary.outcome).toBe(last?.outcome);
    expect(causeText(summary.cause)).toBe(last?.cause?.replace("<name>", stackName));
    expect(summary.offset).toBe(classic.offset);
    // A stack at rest is looked at as long as somebody watches.
    expect(summary.tracking).toBe(true);
    for (const watcher of [classic, optedIn]) watcher.close();
    if (last?.outcome === undefined) return;
    await eventually(async () => !(await summaryOf(stackName, region)).tracking, "the end of polling");
  });

  it.concurrent.each(names)(
    "%s, over before anyone watches, is told from its newest attempt on",
    async (trace) => {
      const stackName = stackNameOf("over", trace);
      const replay = system.simulator.replay(rawTrace(trace), { stackName });
      replay.revealAll();
      const { region } = replay;
      const attempts = recordedEnds[trace]?.slice(-1) ?? [];
      // A deleted stack answers to its ARN only, and nobody has learnt that.
      if (attempts[0]?.outcome === "deleted")
        return expect((await askFor(stackName, region)).status).toBe(404);
      const events = replay.events.slice(attempts[0]?.from);
      const ends = attempts[0]?.outcome === undefined ? 0 : 1;
      for (const optedIn of [false, true]) {
        const watcher = await system.watch(stackName, { region, optedIn });
        await watcher.saw((seen) => seen.events.length >= events.length + ends, `all of ${trace}`);
        expectReported(watcher, { stackName, events, attempts });
        watcher.close();
      }
    },
  );

  it("prints nothing secret meanwhile", () => expectNothingSecret(system));
});
