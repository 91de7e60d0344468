import { describe, expect, test } from "vitest";
import { emptyDeployment } from "../../../src/domain/deployment/deployment-state.ts";
import { foldDeployment } from "../../../src/domain/deployment/fold-deployment.ts";
import { doneAfter } from "../../../src/domain/run/done.ts";
import { nextTurn, type Standing } from "../../../src/domain/run/next-turn.ts";
import type { UndoRecord, Orchestration, Task } from "../../../src/domain/run/task.ts";
import type { DeploymentEvent } from "../../../src/protocol/deployment/deployment-events.ts";

const ADDRESS = { deploymentId: "D", environment: "dev" };
const at = (second: number): string => new Date(second * 1000).toISOString();

type Stacks = Readonly<Record<string, readonly string[]>>;

const started = (stacks: Stacks, layers: Readonly<Record<string, number>> = {}): DeploymentEvent => ({
  type: "deployment_started",
  timestamp: at(1),
  data: {
    ...ADDRESS,
    run: 2,
    mode: "deploy",
    stacks: Object.entries(stacks).map(([name, dependsOn]) => ({
      name,
      dependsOn: [...dependsOn],
      layer: layers[name] ?? 1,
    })),
  },
});

const standingOf = (
  events: readonly DeploymentEvent[],
  orchestration: Partial<Orchestration> = {},
  tasks: Readonly<Record<string, Task>> = {},
  marks: Readonly<Record<string, UndoRecord>> = {},
): Standing => ({
  state: foldDeployment(emptyDeployment("D", "dev"), events).state,
  orchestration: {
    run: 2,
    purpose: "deploy",
    onFailure: "stop",
    generation: 1,
    validated: true,
    done: [],
    ...orchestration,
  },
  tasks: new Map(Object.entries(tasks)),
  marks: new Map(Object.entries(marks)),
});

const validating: DeploymentEvent = { type: "deployment_validating", timestamp: at(2), data: ADDRESS };
const taken: Task = { kind: "deploy", change: "UPDATE", changeSetId: "c", accepted: true };
const ofStack = (
  type: "stack_deploying" | "stack_deployed" | "stack_skipped",
  stack: string,
  second: number,
): DeploymentEvent => ({ type, timestamp: at(second), data: { ...ADDRESS, stack } });

describe("what is next", () => {
  test("ten stacks are in flight at the same time, and no more", () => {
    const stacks = Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`s${index}`, []]));
    const standing = standingOf([started(stacks), validating]);
    expect(nextTurn(standing, at(3), false).actions).toHaveLength(10);
    const tasks = Object.fromEntries(Array.from({ length: 9 }, (_, index) => [`s${index}`, taken]));
    const begun = Object.keys(tasks).map((name) => ofStack("stack_deploying", name, 3));
    const full = standingOf([started(stacks), validating, ...begun], {}, tasks);
    expect(nextTurn(full, at(4), false).actions).toEqual([{ kind: "deploy", stack: "s9" }]);
  });

  test("what CloudFormation has not taken is done again; what it has, only in doubt", () => {
    const events = [started({ a: [] }), validating, ofStack("stack_deploying", "a", 3)];
    const again = { over: false, events: [], actions: [{ kind: "deploy", stack: "a" }] };
    const nothing = { over: false, events: [], actions: [] };
    expect(nextTurn(standingOf(events, {}, { a: { ...taken, accepted: false } }), at(4), false)).toEqual(
      again,
    );
    expect(nextTurn(standingOf(events, {}, { a: taken }), at(4), false)).toEqual(nothing);
    expect(nextTurn(standingOf(events, {}, { a: taken }), at(4), true)).toEqual(again);
  });

  test("what the run before has deployed is told first", () => {
    const standing = standingOf([started({ a: [], b: [] }), validating], {
      done: ["a", "b"],
      doneBy: { a: { run: 1, isDeployed: true }, b: { run: 1, isDeployed: false } },
    });
    expect(nextTurn(standing, at(3), false).events).toEqual([
      {
        type: "stack_skipped",
        timestamp: at(3),
        data: { ...ADDRESS, stack: "a", reason: "It was deployed by run 1" },
      },
      {
        type: "stack_skipped",
        timestamp: at(3),
        data: { ...ADDRESS, stack: "b", reason: "Run 1 found nothing to change in it" },
      },
    ]);
  });

  test("which run has deployed a stack is handed on from retry to retry", () => {
    const error = { code: "X", message: "x" };
    const failed: DeploymentEvent = {
      type: "stack_failed",
      timestamp: at(5),
      data: { ...ADDRESS, stack: "c", error },
    };
    const { state } = standingOf([
      started({ a: [], b: [], c: [] }),
      validating,
      ofStack("stack_skipped", "a", 3),
      ofStack("stack_deploying", "b", 3),
      ofStack("stack_deployed", "b", 4),
      ofStack("stack_deploying", "c", 4),
      failed,
    ]);
    const before = { run: state.run, done: ["a"], doneBy: { a: { run: 1, isDeployed: true } } };
    expect(doneAfter(state, before)).toEqual({
      done: ["a", "b"],
      doneBy: { a: { run: 1, isDeployed: true }, b: { run: state.run, isDeployed: true } },
    });
    expect(doneAfter(state, { run: state.run, done: ["a"] }).doneBy).toEqual({
      b: { run: state.run, isDeployed: true },
    });
  });

  test("a run that is to be taken back as it failed has failed before that, in one breath", () => {
    const error = { code: "X", message: "x" };
    const begun = started({ a: [], b: [] });
    const events: DeploymentEvent[] = [
      { ...begun, data: { ...begun.data, onFailure: "rollback" } } as DeploymentEvent,
      validating,
      ofStack("stack_deploying", "a", 3),
      ofStack("stack_deployed", "a", 4),
      ofStack("stack_deploying", "b", 4),
      { type: "stack_failed", timestamp: at(5), data: { ...ADDRESS, stack: "b", error } },
    ];
    const marks: Record<string, UndoRecord> = { a: { how: "updated" } };
    const rollback = { onFailure: "rollback" } as const;
    const back = { type: "deployment_rolling_back", timestamp: at(9), data: ADDRESS } as const;
    const failed = { ...back, type: "deployment_failed" as const, data: { ...ADDRESS, willRollBack: true } };
    expect(nextTurn(standingOf(events, rollback, {}, marks), at(9), false).events).toEqual([failed, back]);
    // Whatever came between: it goes on from there.
    const half = standingOf([...events, failed], rollback, {}, marks);
    expect(nextTurn(half, at(9), false)).toEqual({ over: false, events: [back], actions: [] });
    expect(nextTurn(standingOf(events, rollback), at(9), false).events).toEqual([
      { ...failed, data: ADDRESS },
    ]);
  });

  test("a stack waits for those that it depends on, at any distance, and not for its layer", () => {
    const stacks = { slow: [], a: [], b: ["a"], c: ["b"] };
    const layers = { slow: 1, a: 1, b: 2, c: 3 };
    const events = [
      started(stacks, layers),
      validating,
      ofStack("stack_deploying", "slow", 3),
      ofStack("stack_deploying", "a", 3),
      ofStack("stack_deployed", "a", 4),
    ];
    const standing = standingOf(events, {}, { slow: taken });
    expect(nextTurn(standing, at(5), false).actions).toEqual([{ kind: "deploy", stack: "b" }]);
    const inLayers = { ...standing, state: { ...standing.state, order: "layers" } } as const;
    expect(nextTurn(inLayers, at(5), false).actions).toEqual([]);
    // Backwards, one between them that the run has not changed hands the waiting on.
    const back: Standing = {
      ...standing,
      state: { ...standing.state, status: "rolling_back" },
      tasks: new Map(),
      marks: new Map([
        ["slow", { how: "updated" }],
        ["a", { how: "updated" }],
        ["c", { how: "updated" }],
      ]),
    };
    const deployed = [...back.state.stacks].map(
      ([name, stack]) => [name, { ...stack, status: "deployed" }] as const,
    );
    const turned = { ...back, state: { ...back.state, stacks: new Map(deployed) } };
    expect(nextTurn(turned, at(6), false).actions).toEqual([
      { kind: "revert", stack: "slow" },
      { kind: "revert", stack: "c" },
    ]);
  });

  test("stacks of which only the layers are known wait for whole layers", () => {
    const events = [started({ a: [], b: [], c: [] }, { a: 1, b: 1, c: 2 }), validating];
    expect(nextTurn(standingOf(events), at(3), false).actions).toEqual([
      { kind: "deploy", stack: "a" },
      { kind: "deploy", stack: "b" },
    ]);
  });

  test("the way back begins above, and leaves alone what one that is stuck depends on", () => {
    const stacks = { a: [], b: ["a"], c: ["b"] };
    const events = [
      started(stacks, { a: 1, b: 2, c: 3 }),
      validating,
      ...["a", "b", "c"].flatMap((name, index) => [
        ofStack("stack_deploying", name, 3 + index),
        ...(name === "c" ? [] : [ofStack("stack_deployed", name, 3 + index)]),
      ]),
      {
        type: "stack_failed",
        timestamp: at(8),
        data: { ...ADDRESS, stack: "c", error: { code: "X", message: "x" } },
      },
      { type: "deployment_rolling_back", timestamp: at(9), data: ADDRESS },
    ] satisfies DeploymentEvent[];
    const marks: Record<string, UndoRecord> = {
      a: { how: "updated" },
      b: { how: "updated" },
      c: { how: "created" },
    };
    expect(nextTurn(standingOf(events, {}, {}, marks), at(10), false).actions).toEqual([
      { kind: "remove", stack: "c" },
    ]);
    const stuck = {
      ...marks,
      c: { how: "created", back: "well" },
      b: { how: "updated", back: "failed" },
    } as const;
    expect(nextTurn(standingOf(events, {}, {}, stuck), at(10), false).events).toMatchObject([
      {
        type: "deployment_failed",
        data: {
          error: {
            code: "ROLLBACK_FAILED",
            message: "Not rolled back: b; left unchanged, because these depend on them: a",
          },
        },
      },
    ]);
  });
});
