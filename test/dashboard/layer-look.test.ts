import { effect } from "@preact/signals";
import { describe, expect, it } from "vitest";
import { layerLookOf } from "../../src/dashboard/deployment/tree/layer-look.ts";
import { RunView } from "../../src/dashboard/deployment/run/run-view.ts";
import { stackFilterOf } from "../../src/dashboard/deployment/tree/stack-filter.ts";
import { deploymentProgressOf } from "../../src/domain/deployment/estimated-progress.ts";
import { at, stateAfter, type Telling } from "./reported-run.ts";

const BEGUN: readonly Telling[] = [
  [
    0,
    "deployment_started",
    {
      totalStacks: 3,
      totalLayers: 2,
      stacks: [
        { name: "net", layer: 1, dependsOn: [] },
        { name: "data", layer: 1, dependsOn: [] },
        { name: "api", layer: 2, dependsOn: ["net"] },
      ],
    },
  ],
  [1, "stack_deploying", { stack: "net", totalResources: 2 }],
  [1, "stack_deploying", { stack: "data", totalResources: 2 }],
];

const QUEUE = { type: "AWS::SQS::Queue", name: "Queue" };
const RESOURCE: Telling = [2, "resource_creating", { stack: "net", resource: QUEUE }];
const NET_DONE: Telling = [3, "stack_deployed", { stack: "net" }];
const DATA_FAILED: Telling = [
  4,
  "stack_failed",
  { stack: "data", error: { code: "FULL", message: "no room" } },
];

const shownAfter = (view: RunView, tellings: readonly Telling[]): RunView => {
  const state = stateAfter(tellings);
  view.show(deploymentProgressOf(state, at(60)), state);
  return view;
};

const firstLayerOf = (view: RunView, text = "", kind = "") =>
  layerLookOf(view, { layer: 1, stacks: ["net", "data"] }, stackFilterOf(text, kind));

describe("what a layer shows", () => {
  it("says how far it is", () => {
    const view = shownAfter(new RunView(), [...BEGUN, NET_DONE, DATA_FAILED]);
    const { wanted, isDone, tally, total } = firstLayerOf(view);
    expect([wanted.value, isDone.value, tally.value, total.value]).toEqual([
      "net\ndata",
      true,
      "1 of 2 done, 1 failed",
      2,
    ]);
  });

  it("shows the stacks that the reader asks for, as they come to be so", () => {
    const view = shownAfter(new RunView(), BEGUN);
    const { wanted } = firstLayerOf(view, "", "failed");
    expect(wanted.value).toBe("");
    shownAfter(view, [...BEGUN, NET_DONE, DATA_FAILED]);
    expect(wanted.value).toBe("data");
  });

  it("is drawn anew for what changes it, not for every event of its stacks", () => {
    const view = shownAfter(new RunView(), BEGUN);
    const look = firstLayerOf(view);
    const drawn: string[] = [];
    const end = effect(() => {
      const { wanted, isDone, tally, total, startTime, endTime } = look;
      void [wanted.value, isDone.value, total.value, startTime.value, endTime.value];
      drawn.push(tally.value);
    });
    shownAfter(view, [...BEGUN, RESOURCE]);
    shownAfter(view, [...BEGUN, RESOURCE, [2, "resource_created", { stack: "net", resource: QUEUE }]]);
    shownAfter(view, [...BEGUN, RESOURCE, NET_DONE]);
    end();
    expect(drawn).toEqual(["0 of 2 done", "1 of 2 done"]);
  });
});
