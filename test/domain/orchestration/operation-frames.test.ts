import { describe, expect, test } from "vitest";
import { emptyDeployment } from "../../../src/domain/deployment/deployment-state.ts";
import { foldDeployment } from "../../../src/domain/deployment/fold-deployment.ts";
import { consequenceOf } from "../../../src/domain/run/facts.ts";
import { eventsOfFrame, eventsOfFrames } from "../../../src/domain/run/operation-frames.ts";
import type { Task } from "../../../src/domain/run/task.ts";
import type { ResourceUpdate, StackComplete, StackFrame } from "../../../src/protocol/stack/stack-frames.ts";

const ADDRESS = { deploymentId: "D", environment: "dev" };
const STACK_ID = "arn:aws:cloudformation:us-east-1:1:stack/s/1";
const at = (second: number): string => new Date(second * 1000).toISOString();

const belonging = { ...ADDRESS, stack: "s" };

const countsOf = (status: string) => ({
  name: "s",
  status,
  totalResources: 1,
  completedResources: 0,
  inProgressResources: 0,
  failedResources: 0,
  progress: 0,
});

const position = { channel: "stacks/us-east-1/s", offset: 9 };

const end = (status: string, outcome: StackComplete["outcome"]): StackComplete => ({
  type: "stack_complete",
  timestamp: at(5),
  stack: countsOf(status),
  outcome,
  outputs: {},
  durationSeconds: 1,
  ...position,
});

/** What a stack tells of itself, or of a resource. */
const update = (logicalId: string, status: string, stackStatus = status): ResourceUpdate => ({
  type: "resource_update",
  timestamp: at(4),
  resource: {
    logicalId,
    type: logicalId === "s" ? "AWS::CloudFormation::Stack" : "AWS::SQS::Queue",
    status,
    physicalId: logicalId === "s" ? STACK_ID : logicalId,
    progress: 0,
    reason: "",
    path: logicalId,
    stackId: STACK_ID,
  },
  stack: countsOf(stackStatus),
  ...position,
});

describe("what a stack's end tells", () => {
  const reported = (kind: Task["kind"], status: string, outcome: StackComplete["outcome"]) => {
    const { events, ended } = eventsOfFrame(end(status, outcome), belonging, { kind, accepted: true });
    return [events.map(({ type }) => type), ended];
  };

  test.each([
    ["deploy", "CREATE_COMPLETE", "deployed", ["stack_deployed"], "well"],
    ["deploy", "UPDATE_ROLLBACK_COMPLETE", "rolled_back", ["stack_failed"], "badly"],
    ["deploy", "DELETE_COMPLETE", "deleted", ["stack_failed"], "badly"],
    ["clear", "DELETE_COMPLETE", "deleted", [], "well"],
    ["clear", "DELETE_FAILED", "failed", ["stack_failed"], "badly"],
    ["revert", "UPDATE_COMPLETE", "deployed", ["stack_rolled_back"], "well"],
    ["revert", "UPDATE_ROLLBACK_COMPLETE", "rolled_back", ["stack_failed"], "badly"],
    ["resume", "UPDATE_ROLLBACK_COMPLETE", "rolled_back", [], "well"],
    ["resume", "UPDATE_ROLLBACK_FAILED", "rollback_failed", ["stack_failed"], "badly"],
    ["remove", "DELETE_COMPLETE", "deleted", ["stack_deleted"], "well"],
    ["remove", "DELETE_FAILED", "failed", ["stack_failed"], "badly"],
  ] as const)("%s ends with %s", (kind, status, outcome, types, ended) => {
    expect(reported(kind, status, outcome)).toEqual([types, ended]);
  });

  test("a stack that was put back tells what of it was not", () => {
    const task = { kind: "revert", accepted: true, reason: "All but secrets" } as const;
    const { events } = eventsOfFrame(end("UPDATE_COMPLETE", "deployed"), belonging, task);
    expect(events).toMatchObject([{ type: "stack_rolled_back", data: { reason: "All but secrets" } }]);
  });

  test("a deletion that fails comes with the way out", () => {
    const { events } = eventsOfFrame(end("DELETE_FAILED", "failed"), belonging, {
      kind: "remove",
      accepted: true,
    });
    expect(events).toMatchObject([
      {
        data: {
          error: { code: "DELETE_FAILED", details: expect.stringContaining("FORCE_DELETE_STACK") },
        },
      },
    ]);
  });
});

describe("what a stack tells belongs to what was set going", () => {
  const all = (frames: readonly StackFrame[], task: Partial<Task> = {}) => {
    const { events, ended, begun } = eventsOfFrames(frames, belonging, {
      kind: "deploy",
      accepted: true,
      ...task,
    });
    return { types: events.map(({ type }) => type), ended, begun };
  };
  const nothing = { types: [], ended: undefined, begun: false };

  test("only after the stack has told that it begins with it", () => {
    const older = [
      update("Queue", "UPDATE_COMPLETE", "UPDATE_IN_PROGRESS"),
      end("UPDATE_COMPLETE", "deployed"),
    ];
    expect(all(older)).toEqual(nothing);
    const own = [
      update("s", "UPDATE_IN_PROGRESS"),
      update("Queue", "UPDATE_IN_PROGRESS"),
      end("UPDATE_ROLLBACK_COMPLETE", "rolled_back"),
    ];
    const reported = { types: ["resource_updating", "stack_failed"], ended: "badly", begun: true };
    expect(all([...older, ...own])).toEqual(reported);
    expect(all(own.slice(1), { begun: true })).toEqual(reported);
  });

  test("the review of a change set begins nothing", () => {
    expect(all([update("s", "REVIEW_IN_PROGRESS")])).toEqual(nothing);
  });

  test("what follows its end does not", () => {
    const frames = [
      update("s", "UPDATE_IN_PROGRESS"),
      end("UPDATE_COMPLETE", "deployed"),
      update("s", "UPDATE_IN_PROGRESS"),
      end("UPDATE_ROLLBACK_COMPLETE", "rolled_back"),
    ];
    expect(all(frames)).toEqual({ types: ["stack_deployed"], ended: "well", begun: true });
  });

  test("a deletion is one whoever began it, and is not ended by what was under way before", () => {
    const before = [update("s", "CREATE_IN_PROGRESS"), end("CREATE_COMPLETE", "deployed")];
    expect(all(before, { kind: "remove" })).toEqual(nothing);
    const gone = { types: ["stack_deleted"], ended: "well", begun: true };
    expect(all([...before, end("DELETE_COMPLETE", "deleted")], { kind: "remove" })).toEqual(gone);
  });
});

describe("what was never begun", () => {
  const started = foldDeployment(emptyDeployment("D", "dev"), [
    {
      type: "deployment_started",
      timestamp: at(1),
      data: { ...ADDRESS, run: 1, mode: "deploy", stacks: [{ name: "s", layer: 1, dependsOn: [] }] },
    },
  ]).state;
  const error = { code: "X", message: "x" };
  const markAfter = (fact: Parameters<typeof consequenceOf>[0], task: Partial<Task>) =>
    consequenceOf(fact, {
      state: started,
      stack: started.stacks.get("s")!,
      task: { kind: "deploy", accepted: false, ...task },
      mark: { how: "updated" },
      now: at(2),
    }).mark;

  test("is not undone either, unless something was to be undone before", () => {
    const facts = [{ kind: "failed", error, isUntouched: true } as const, { kind: "withdrawn" } as const];
    for (const fact of facts) {
      expect(markAfter(fact, { isFirst: true })).toBe(null);
      expect(markAfter(fact, {})).toBe(undefined);
    }
  });

  test("is not what merely failed", () => {
    expect(markAfter({ kind: "failed", error }, { isFirst: true })).toBe(undefined);
  });
});
