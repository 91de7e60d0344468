/** The rows of a timeline, from what is known of a run. */
import { describe, expect, test } from "vitest";
import { timedRunOf, type TimedRun } from "../../../src/dashboard/timeline/timeline-run.ts";
import { pathOfRun, readyAt, timelineRowsOf } from "../../../src/dashboard/timeline/timeline-rows.ts";
import { emptyDeployment, type DeploymentState } from "../../../src/domain/deployment/deployment-state.ts";
import { deploymentProgressOf } from "../../../src/domain/deployment/estimated-progress.ts";
import { at, START, stateAfter, type Telling } from "../reported-run.ts";

const resource = (name: string) => ({ type: "AWS::SQS::Queue", name });

const stacks = [
  { name: "network", layer: 1, dependsOn: [] },
  { name: "database", layer: 2, dependsOn: ["network"] },
  { name: "cache", layer: 2, dependsOn: ["network"] },
  { name: "web", layer: 3, dependsOn: ["database"] },
];

const RUN: readonly Telling[] = [
  [0, "deployment_started", { stacks }],
  [1, "stack_deploying", { stack: "network", totalResources: 2 }],
  [2, "resource_creating", { stack: "network", resource: resource("Vpc") }],
  [2, "resource_creating", { stack: "network", resource: resource("Gateway") }],
  [9, "resource_created", { stack: "network", resource: resource("Vpc") }],
  [11, "stack_deployed", { stack: "network" }],
  [12, "stack_skipped", { stack: "cache" }],
  [15, "stack_deploying", { stack: "database" }],
  [16, "resource_creating", { stack: "database", resource: resource("Main") }],
];

const FAILED: readonly Telling[] = [
  ...RUN,
  [20, "resource_failed", { stack: "database", resource: resource("Main"), reason: "no room" }],
];

const known = (state: DeploymentState): TimedRun => timedRunOf(state)!;

const rowsOf = (state: DeploymentState, ...open: string[]) => {
  const run = known(state);
  const critical = new Set(pathOfRun(run, START + 30_000).stacks);
  return timelineRowsOf(run, { open: new Set(open), critical }).map((row) =>
    row.kind === "layer"
      ? `layer ${row.layer}`
      : row.kind === "stack"
        ? `${row.isCritical ? "*" : ""}${row.stack.name} ${row.stack.word}`
        : `- ${row.resource.name} ${row.resource.word}`,
  );
};

describe("the rows of a timeline", () => {
  test("are layers and their stacks; the critical path is marked", () => {
    expect(rowsOf(stateAfter(RUN))).toEqual([
      "layer 1",
      "*network deployed",
      "layer 2",
      "cache skipped",
      "*database deploying",
      "layer 3",
      "web waiting",
    ]);
  });

  test("are the resources of unfolded stacks too, in the order in which they began", () => {
    expect(rowsOf(stateAfter(RUN), "network", "web")).toEqual([
      "layer 1",
      "*network deployed",
      "- Gateway creating",
      "- Vpc created",
      "layer 2",
      "cache skipped",
      "*database deploying",
      "layer 3",
      "web waiting",
    ]);
  });

  test("say that a stack rolls back before it has failed, and what cannot start since", () => {
    expect(rowsOf(stateAfter(FAILED), "database").slice(3)).toEqual([
      "cache skipped",
      "*database rolling back",
      "- Main failed",
      "layer 3",
      "web waiting",
    ]);
    const failed = stateAfter([
      ...FAILED,
      [40, "stack_failed", { stack: "database", error: { code: "X", message: "no" } }],
    ]);
    expect(rowsOf(failed).slice(3)).toEqual([
      "cache skipped",
      "*database failed",
      "layer 3",
      "web cannot start",
    ]);
    const over = stateAfter([
      ...FAILED,
      [40, "stack_failed", { stack: "database", error: { code: "X", message: "no" } }],
      [41, "deployment_failed"],
    ]);
    expect(rowsOf(over).at(-1)).toBe("web did not start");
    expect(known(failed).stacks.find(({ name }) => name === "database")).toMatchObject({
      span: { start: START + 15_000, end: START + 40_000 },
      reason: "no room",
    });
  });

  test("are those of the critical path alone, if that is asked for", () => {
    const rows = timelineRowsOf(known(stateAfter(RUN)), {
      open: new Set(),
      critical: new Set(["database"]),
      onlyCritical: true,
    });
    expect(rows.map(({ key }) => key)).toEqual(["layer 2", "stack database"]);
  });

  test("are the same from a progress, which knows no resources", () => {
    const state = stateAfter(RUN);
    const progress = deploymentProgressOf(state, at(30));
    const shown = ({ stacks: all }: TimedRun) =>
      all.map(({ name, look, word, layer, span }) => ({ name, look, word, layer, span }));
    expect(shown(timedRunOf(progress)!)).toEqual(shown(known(state)));
    expect(timedRunOf(progress)!.stacks.map(({ resourceCount }) => resourceCount)).toEqual([0, 0, 0, 0]);
  });

  test("are none before the first run", () => {
    expect(timedRunOf(emptyDeployment("shop", "dev"))).toBeUndefined();
  });

  test("end with their run, whatever was still under way", () => {
    const { stacks: ended } = known(stateAfter([...RUN, [50, "deployment_failed"]]));
    const database = ended.find(({ name }) => name === "database")!;
    expect(database.span).toEqual({ start: START + 15_000, end: START + 50_000 });
    expect(database.resources()).toMatchObject([{ span: { start: START + 16_000, end: START + 50_000 } }]);
  });
});

describe("a stack's waiting", () => {
  test("begins when all that it depends on has ended", () => {
    const run = known(stateAfter(RUN));
    const ready = Object.fromEntries(run.stacks.map((stack) => [stack.name, readyAt(stack, run)]));
    expect(ready).toEqual({
      network: START,
      database: START + 11_000,
      cache: START + 11_000,
      web: undefined,
    });
  });
});
