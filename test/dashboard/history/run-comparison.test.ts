/** A run beside an earlier one. */
import { describe, expect, test } from "vitest";
import {
  comparisonOf,
  deltaText,
  lastSuccessfulBefore,
} from "../../../src/dashboard/history/run-comparison.ts";
import { deploymentProgressOf } from "../../../src/domain/deployment/estimated-progress.ts";
import { runSummaryOf } from "../../../src/domain/deployment/totals/run-summary.ts";
import type { DeploymentStatus } from "../../../src/protocol/deployment/deployment-progress.ts";
import { at, stateAfter, type Telling } from "../reported-run.ts";

const progressAfter = (tellings: readonly Telling[], second = 1000) =>
  deploymentProgressOf(stateAfter(tellings), at(second));

const took = (stack: string, seconds: number, end = "stack_deployed", data: object = {}): Telling[] => [
  [10, "stack_deploying", { stack }],
  [10 + seconds, end, { stack, ...data }],
];

const error = { code: "X", message: "no" };

const BASE: readonly Telling[] = [
  [0, "deployment_started", { run: 1 }],
  ...took("network", 60),
  ...took("database", 300),
  ...took("queue", 20),
  ...took("old", 5),
  [320, "stack_skipped", { stack: "rare" }],
  [400, "deployment_complete"],
];

describe("a run beside an earlier one", () => {
  test("shows other outcomes first, then what is new or gone, then what took how much longer", () => {
    const run = progressAfter([
      [0, "deployment_started", { run: 2 }],
      ...took("network", 55),
      ...took("database", 500),
      ...took("queue", 30, "stack_failed", { error }),
      ...took("new", 7),
      ...took("rare", 3),
      [600, "deployment_failed"],
    ]);
    expect(comparisonOf(progressAfter(BASE), run)).toEqual({
      stacks: [
        {
          name: "queue",
          layer: 1,
          change: "kept",
          isOutcomeChanged: true,
          before: { status: "deployed", durationSeconds: 20 },
          after: { status: "failed", durationSeconds: 30 },
        },
        {
          name: "new",
          layer: 1,
          change: "added",
          isOutcomeChanged: false,
          after: { status: "deployed", durationSeconds: 7 },
        },
        {
          name: "old",
          layer: 1,
          change: "removed",
          isOutcomeChanged: false,
          before: { status: "deployed", durationSeconds: 5 },
        },
        {
          name: "database",
          layer: 1,
          change: "kept",
          isOutcomeChanged: false,
          before: { status: "deployed", durationSeconds: 300 },
          after: { status: "deployed", durationSeconds: 500 },
          deltaSeconds: 200,
        },
        {
          name: "network",
          layer: 1,
          change: "kept",
          isOutcomeChanged: false,
          before: { status: "deployed", durationSeconds: 60 },
          after: { status: "deployed", durationSeconds: 55 },
          deltaSeconds: -5,
        },
        {
          name: "rare",
          layer: 1,
          change: "kept",
          isOutcomeChanged: false,
          before: { status: "skipped" },
          after: { status: "deployed", durationSeconds: 3 },
        },
      ],
    });
  });

  test("is as a whole slower or faster only where both ended well", () => {
    const slower = BASE.map(([second, type, data]): Telling => [second * 2, type, data ?? {}]);
    expect(comparisonOf(progressAfter(BASE), progressAfter(slower)).deltaSeconds).toBe(400);
    expect(comparisonOf(progressAfter(BASE), progressAfter(slower.slice(0, -1)))).not.toHaveProperty(
      "deltaSeconds",
    );
  });

  test("has no other outcome of what is still awaited", () => {
    const running = progressAfter([
      [0, "deployment_started"],
      [10, "stack_deploying", { stack: "network" }],
    ]);
    const network = comparisonOf(progressAfter(BASE), running).stacks.find(({ name }) => name === "network");
    expect(network).toMatchObject({
      change: "kept",
      isOutcomeChanged: false,
      after: { status: "deploying" },
    });
  });
});

describe("the run to compare with", () => {
  const summary = runSummaryOf(progressAfter(BASE));
  const runs = (["deployed", "failed", "deployed", "failed", "deployed"] satisfies DeploymentStatus[])
    .map((status, index) => ({ ...summary, run: index + 1, status }))
    .reverse();

  test("is the last before it that ended well", () => {
    expect([5, 4, 3, 1].map((run) => lastSuccessfulBefore(runs, run)?.run)).toEqual([3, 3, 1, undefined]);
  });
});

test("a difference is told in words; less than a second is none", () => {
  expect([200, -5, 0.4, -0.9].map(deltaText)).toEqual(["3m 20s slower", "5s faster", "the same", "the same"]);
});
