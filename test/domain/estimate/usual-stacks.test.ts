/** What the runs before tell of how long stacks take, and what a run's estimate makes of it. */
import { describe, expect, test } from "vitest";
import { estimateOfDeployment } from "../../../src/domain/estimate/deployment-estimate.ts";
import { usualStackSeconds } from "../../../src/domain/estimate/usual-stacks.ts";
import type { DeploymentEvent } from "../../../src/protocol/deployment/deployment-events.ts";
import type { DeploymentProgress } from "../../../src/protocol/deployment/deployment-progress.ts";
import { at, begun, planned, reported, stateOf } from "../deployment/reported.ts";

type Stack = Readonly<{ status: string; from: number; to: number; after?: string[] }>;

const runOf = (status: DeploymentProgress["status"], stacks: Readonly<Record<string, Stack>>) =>
  ({
    status,
    stacks: Object.fromEntries(
      Object.entries(stacks).map(([name, { status: of, from, to, after = [] }]) => [
        name,
        { name, status: of, startTime: at(from), endTime: at(to), dependsOn: after },
      ]),
    ),
  }) as Parameters<typeof usualStackSeconds>[0][number];

const created = runOf("deployed", {
  a: { status: "deployed", from: 0, to: 100 },
  b: { status: "deployed", from: 103, to: 160, after: ["a"] },
});
const updated = runOf("deployed", { a: { status: "deployed", from: 0, to: 20 } });
const destroyed = runOf("destroyed", { a: { status: "deleted", from: 0, to: 40 } });

describe("how long stacks usually take", () => {
  test("follows from what comes next: a creation, an update or a deletion", () => {
    const seconds = (runs: Parameters<typeof usualStackSeconds>[0], name = "a") => {
      const { deploy, delete: remove } = usualStackSeconds(runs).get(name) ?? {};
      return [deploy?.p50, remove?.p50].map((p50) => p50 && Math.round(p50 / 5) * 5);
    };
    expect(seconds([created])).toEqual([undefined, undefined]);
    expect(seconds([created, updated])).toEqual([20, undefined]);
    expect(seconds([created, updated, destroyed])).toEqual([100, 40]);
    // What passes between two that wait for each other counts.
    expect(seconds([created, runOf("destroyed", { b: { status: "deleted", from: 0, to: 9 } })], "b")).toEqual(
      [60, 10],
    );
  });

  test("is learned from nothing that failed, and not from a deletion that takes back what was deployed", () => {
    const failed = runOf("failed", { a: { status: "failed", from: 0, to: 5 } });
    const back = runOf("rolled_back", { a: { status: "deleted", from: 0, to: 500 } });
    expect(usualStackSeconds([failed, back]).size).toBe(0);
  });
});

const usual = (p50: number) => ({
  usualSeconds: { deploy: { p50, p90: 1.1 * p50, sample: 3 }, delete: { p50: p50 / 2, p90: p50, sample: 3 } },
});

describe("the estimate of a run whose stacks are known", () => {
  const plan = [
    { ...planned("a", 1), ...usual(100) },
    { ...planned("slow", 1), ...usual(300) },
    { ...planned("b", 2, "a"), ...usual(60) },
    { ...planned("c", 3, "b"), ...usual(30) },
  ];
  const left = (data: object, ...events: DeploymentEvent[]) =>
    estimateOfDeployment(stateOf(begun(plan, data), ...events), at(0));

  test("is the longest way through their dependencies, and layer by layer where the run goes so", () => {
    expect(left({ mode: "deploy" })).toMatchObject({ basis: "history", remainingSeconds: { p50: 300 } });
    expect(left({ mode: "deploy", order: "layers" })?.remainingSeconds?.p50).toBe(390);
  });

  test("goes the dependencies backwards where all is deleted", () => {
    const down = left({ mode: "deploy" }, reported("deployment_destroying", 0));
    expect(down?.remainingSeconds?.p50).toBe(150);
  });

  test("has more stacks than run at a time wait for a place", () => {
    const many = Array.from({ length: 40 }, (_, index) => ({ ...planned(`s${index}`, 1), ...usual(100) }));
    const estimate = estimateOfDeployment(stateOf(begun(many, { mode: "deploy" })), at(0));
    expect(estimate?.remainingSeconds?.p50).toBe(400);
  });

  test("tells what the way back takes: that of the stack, and of those before it if all is rolled back", () => {
    const estimate = {
      basis: "history",
      sample: 2,
      remainingSeconds: { p50: 50, p90: 60 },
      endsAt: { p50: at(60), p90: at(70) },
      rollbackSeconds: { p50: 20, p90: 30 },
    };
    const events = [
      reported("stack_deploying", 0, { stack: "a" }),
      reported("stack_deployed", 9, { stack: "a" }),
      reported("stack_deploying", 10, { stack: "b", estimate }),
    ];
    expect(left({ mode: "deploy" }, ...events)?.rollbackSeconds).toEqual({ p50: 20, p90: 30 });
    expect(left({ mode: "deploy", onFailure: "rollback" }, ...events)?.rollbackSeconds?.p50).toBe(70);
    // Between two stacks, too.
    const between = events.slice(0, 2);
    expect(left({ mode: "deploy", onFailure: "rollback" }, ...between)?.rollbackSeconds?.p50).toBe(50);
    expect(left({ mode: "deploy" }, ...between)?.rollbackSeconds).toBeUndefined();
  });
});
