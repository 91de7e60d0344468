/** How much longer a run takes: absent rather than wrong, and measured on runs whose end is known. */
import { describe, expect, test } from "vitest";
import type { DeploymentState } from "../../../src/domain/deployment/deployment-state.ts";
import { estimatedTimeRemaining } from "../../../src/domain/estimate/deployment-estimate.ts";
import { foldDeployment } from "../../../src/domain/deployment/fold-deployment.ts";
import { factsOf, inTime } from "./play.ts";
import { at, begun, NOTHING, planned, SEEDS_PLAN, stateOf, reported } from "./reported.ts";

const PLAN = [planned("a", 1), planned("b", 2, "a")];

describe("the time that remains", () => {
  test("is absent before anything has shown how long things take", () => {
    expect(estimatedTimeRemaining(stateOf(), at(1))).toBeUndefined();
    expect(estimatedTimeRemaining(stateOf(begun(PLAN)), at(1))).toBeUndefined();
    const begunStack = stateOf(begun(PLAN), reported("stack_deploying", 1, { stack: "a" }));
    expect(estimatedTimeRemaining(begunStack, at(20))).toBeUndefined();
  });

  test("is what was announced, less what has passed, until that is over or something better is known", () => {
    const state = stateOf(begun(PLAN, { estimatedDuration: 1200 }));
    expect(estimatedTimeRemaining(state, at(300))).toBe(900);
    expect(estimatedTimeRemaining(state, at(1300))).toBeUndefined();
  });

  test("is absent at the end, on the way back, and while stacks are unknown", () => {
    const failed = [
      begun(PLAN),
      reported("stack_deploying", 1, { stack: "a" }),
      reported("stack_failed", 9, { stack: "a", error: { code: "X", message: "x" } }),
    ];
    expect(estimatedTimeRemaining(stateOf(...failed), at(10))).toBeUndefined();
    expect(
      estimatedTimeRemaining(stateOf(...failed, reported("deployment_rolling_back", 10)), at(11)),
    ).toBeUndefined();
    const joining = stateOf(
      reported("deployment_started", 0, { totalStacks: 3 }),
      reported("stack_deploying", 1, { stack: "a" }),
      reported("stack_deployed", 9, { stack: "a" }),
    );
    expect(estimatedTimeRemaining(joining, at(10))).toBeUndefined();
  });

  test("does not count stacks that cannot begin", () => {
    const state = stateOf(
      begun([planned("a", 1), planned("b", 1), planned("c", 1), planned("d", 2, "b")]),
      ...["a", "b", "c"].map((stack) => reported("stack_deploying", 0, { stack })),
      reported("stack_deployed", 100, { stack: "a" }),
      reported("stack_failed", 100, { stack: "b", error: { code: "X", message: "x" } }),
      reported("resource_creating", 100, {
        stack: "c",
        resource: { type: "T", name: "t" },
        progressPercent: 50,
      }),
    );
    expect(estimatedTimeRemaining(state, at(100))).toBe(100);
  });

  test("is off by a third of what remains in the middle of simulated runs, from a quarter of the way on", () => {
    const errors: number[] = [];
    let absent = 0;
    for (let seed = 1; seed <= 40; seed++) {
      const fates = Object.fromEntries(
        SEEDS_PLAN.map(({ name }, index) => [
          name,
          { resources: 4 + ((index * 7 + seed) % 9), ends: "deployed" as const },
        ]),
      );
      const events = inTime(factsOf(SEEDS_PLAN, fates, seed));
      const end = Date.parse(events.at(-1)!.timestamp);
      const start = Date.parse(at(0));
      let state: DeploymentState = foldDeployment(NOTHING, [begun(SEEDS_PLAN)]).state;
      for (const event of events) {
        state = foldDeployment(state, [event]).state;
        const now = Date.parse(event.timestamp);
        const remaining = (end - now) / 1000;
        if (now - start < 0.25 * (end - start) || remaining < 20) continue;
        const estimate = estimatedTimeRemaining(state, event.timestamp);
        if (estimate === undefined) absent++;
        else errors.push(Math.abs(estimate - remaining) / remaining);
      }
    }
    errors.sort((one, other) => one - other);
    const [median = 1, ninth = 1] = [0.5, 0.9].map((part) => errors[Math.floor(errors.length * part)]);
    console.info(
      `error of the estimate: median ${(100 * median).toFixed()} %, nine in ten within ${(100 * ninth).toFixed()} %, absent ${absent} of ${absent + errors.length}`,
    );
    expect(median).toBeLessThan(0.34);
    expect(ninth).toBeLessThan(1);
  });
});
