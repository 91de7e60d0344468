/** What was predicted, beside what came: in few entries, and with the error that it had. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { estimateOf } from "../../../src/domain/estimate/estimate.ts";
import {
  estimatedRunOf,
  estimatesOf,
  withForecast,
  type Forecasts,
} from "../../../src/domain/estimate/forecasts.ts";
import { recordText, wayBackText } from "../../../src/domain/words/record-words.ts";
import type { EstimatedRun } from "../../../src/protocol/estimates.ts";

const START = Date.UTC(2026, 0, 1);

const at = (seconds: number): string => new Date(START + seconds * 1000).toISOString();

const PART = { phase: "forward", since: at(0) } as const;

/** What is said once a second of something that takes so long, by whoever believes that it takes `believed`. */
const reported = (seconds: number, believed: number): Forecasts => {
  let forecasts: Forecasts | undefined;
  for (let second = 0; second < seconds; second += 1) {
    const now = START + second * 1000;
    const p50 = Math.max(1, believed - second);
    const rest = {
      span: { p50, spread: Math.max(2, p50 / 5) },
      basis: "history",
      sample: 3,
      usual: { p50: 1, p90: 2 },
    } as const;
    forecasts = withForecast(forecasts, PART, estimateOf(rest, now), now);
  }
  return forecasts!;
};

const runOf = (seconds: number, believed: number, counts = true): EstimatedRun =>
  estimatedRunOf(reported(seconds, believed), { end: at(seconds), status: "deployed", counts, run: 1 });

describe("what was predicted of a run", () => {
  test("stands beside what came, as of a quarter, half and three quarters", () => {
    const { predictions, ...run } = runOf(200, 210);
    expect(run).toEqual({
      run: 1,
      phase: "forward",
      startTime: at(0),
      endTime: at(200),
      durationSeconds: 200,
      status: "deployed",
      counts: true,
    });
    expect(predictions.map(({ percent, actualSeconds, held }) => [percent, actualSeconds, held])).toEqual([
      [25, 150, true],
      [50, 100, true],
      [75, 50, true],
    ]);
    for (const { remainingSeconds, actualSeconds } of predictions)
      expect(Math.abs(remainingSeconds!.p50 - actualSeconds - 10)).toBeLessThanOrEqual(2);
  });

  test("has not held where it took longer than nine of ten were to", () => {
    expect(runOf(400, 100).predictions.map(({ held }) => held)).not.toContain(true);
  });

  test("is kept in few entries, however long it takes, and as of any moment it is not much older", () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 4000 }), (seconds) => {
        const { seen } = reported(seconds, seconds);
        expect(seen.length).toBeLessThan(40);
        for (const share of [0.25, 0.5, 0.75]) {
          const moment = START + share * seconds * 1000;
          const last = seen.findLast((one) => one.at <= moment);
          expect(moment - last!.at).toBeLessThanOrEqual(Math.max(2000, (moment - START) / 8));
        }
      }),
      { numRuns: 20 },
    );
  });

  test("begins again with what begins again, and tells nothing of what was not estimated", () => {
    const forecasts = reported(100, 100);
    const back = { phase: "rollback", since: at(100) } as const;
    expect(withForecast(forecasts, back, undefined, START + 101_000)).toEqual({ ...back, seen: [] });
    const run = estimatedRunOf({ ...back, seen: [] }, { end: at(150), status: "rolled_back", counts: true });
    expect(run.predictions).toEqual([]);
  });
});

describe("how good estimates were", () => {
  test("is counted over the runs that ended as they were to", () => {
    const runs = [runOf(200, 210), runOf(400, 100), runOf(10, 500, false)];
    const { coverage, medianError, estimatedRuns, heldRuns } = estimatesOf(runs);
    expect({ coverage, estimatedRuns, heldRuns }).toEqual({ coverage: 0.5, estimatedRuns: 2, heldRuns: 1 });
    expect(medianError).toBeGreaterThan(0.03);
    expect(estimatesOf([])).toEqual({ runs: [], estimatedRuns: 0, heldRuns: 0 });
  });

  test("is said of the last twelve", () => {
    const runs = Array.from({ length: 20 }, (_, index) =>
      index < 2 || index > 15 ? runOf(400, 100) : runOf(200, 210),
    );
    expect(recordText(estimatesOf(runs))).toBe("the last 12 runs ended inside the range in 10");
    expect(recordText({ estimatedRuns: 3, heldRuns: 3 })).toBe(
      "the last 3 runs ended inside the range in all",
    );
    expect(recordText({ estimatedRuns: 1, heldRuns: 0 })).toBe("the last run ended outside the range");
    expect(recordText({ estimatedRuns: 0, heldRuns: 0 })).toBeUndefined();
    expect(wayBackText({ rollbackSeconds: { p50: 361, p90: 700 } })).toBe(
      "if it fails now, back in about 6 min",
    );
  });
});
