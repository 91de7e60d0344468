/**
 * Every recorded sequence once more, in bad weather: each request to AWS may go wrong in one of many ways, drawn from
 * a seed. The story that is reported is the same.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Fault } from "../../src/simulator/faults/faults.ts";
import { expectNothingSecret } from "../support/secrets.ts";
import { startSystem, type System } from "../support/system.ts";
import { allTraces, whyNoTraces } from "../support/traces.ts";
import { expectReported, playRecording, stackNameOf } from "./recorded-run.ts";

const names = allTraces();

const weather: readonly Fault[] = [
  { kind: "throttle", probability: 0.08 },
  { kind: "server-error", probability: 0.05 },
  { kind: "server-error", status: 503, probability: 0.05 },
  { kind: "reset", probability: 0.05 },
  { kind: "truncate", probability: 0.05 },
  { kind: "garbage", probability: 0.02 },
  { kind: "doctype", probability: 0.02 },
  { kind: "latency", milliseconds: 150, probability: 0.1 },
  { kind: "stale-status", probability: 0.3 },
];

describe.skipIf(names.length === 0)(
  `Recorded sequences in bad weather (${names.length || whyNoTraces})`,
  () => {
    let system: System;

    beforeAll(async () => {
      system = await startSystem({ simulator: { seed: 20261122, faults: weather } });
    });

    afterAll(() => system?.stop());

    it.concurrent.each(names)("%s is told whole, once and in order", async (trace) => {
      const run = await playRecording(system, trace, stackNameOf("storm", trace));
      for (const watcher of [run.classic, run.optedIn]) {
        expectReported(watcher, run);
        // What could not be fixed in three looks is reported, and never as the end of everything.
        expect(watcher.troubles.filter(({ error }) => !error.retryable)).toEqual([]);
        expect(watcher.closed).toBeUndefined();
      }
      expect(run.optedIn.events).toEqual(run.classic.events);
    });

    it("spoils a tenth of all requests and more", () => {
      const { calls } = system.simulator;
      expect(calls.filter(({ outcome }) => outcome !== "ok").length).toBeGreaterThan(calls.length / 10);
    });

    it("prints what fails, and nothing secret", () => {
      expect(system.worker().output()).not.toBe("");
      expectNothingSecret(system);
    });
  },
);
