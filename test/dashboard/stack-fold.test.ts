import { describe, expect, test } from "vitest";
import { resourceRowsOf } from "../../src/dashboard/stack/resource-rows.ts";
import { foldedStack, NO_STACK } from "../../src/dashboard/stack/stack-fold.ts";
import type { ResourceUpdate, StackComplete, StackFrame } from "../../src/protocol/stack-frames.ts";

const ARN = "arn:aws:cloudformation:us-east-1:123456789012:stack/shop/1";

const counts = (status: string) => ({
  name: "shop",
  status,
  totalResources: 2,
  completedResources: 0,
  inProgressResources: 0,
  failedResources: 0,
  progress: 0,
});

const update = (
  offset: number,
  logicalId: string,
  status: string,
  reason = "",
  stackId = ARN,
): ResourceUpdate => ({
  type: "resource_update",
  timestamp: `2026-01-01T12:00:0${offset}.000Z`,
  resource: {
    logicalId,
    type: logicalId === "shop" ? "AWS::CloudFormation::Stack" : "AWS::S3::Bucket",
    status,
    physicalId: logicalId === "shop" ? ARN : "",
    progress: 0,
    reason,
    path: stackId === ARN ? logicalId : `Child/${logicalId}`,
    stackId,
  },
  stack: counts(status),
  channel: "stacks/us-east-1/shop",
  offset,
});

const end: StackComplete = {
  type: "stack_complete",
  timestamp: "2026-01-01T12:00:09.000Z",
  stack: counts("ROLLBACK_COMPLETE"),
  outcome: "rolled_back",
  outputs: {},
  durationSeconds: 8,
  channel: "stacks/us-east-1/shop",
  offset: 9,
};

const statuses = (frames: readonly StackFrame[]) =>
  [...foldedStack(NO_STACK, frames).resources.values()].map(({ path, status }) => [path, status]);

/** While the stack is in another phase than its resource. */
const during = (phase: string, frame: ResourceUpdate): ResourceUpdate => ({ ...frame, stack: counts(phase) });

describe("a resource that failed", () => {
  const failing = [
    update(1, "shop", "UPDATE_IN_PROGRESS"),
    update(2, "Uploads", "UPDATE_IN_PROGRESS"),
    update(3, "Uploads", "UPDATE_FAILED", "Access denied"),
  ];
  const failures = (...frames: readonly StackFrame[]) =>
    [...foldedStack(NO_STACK, frames).resources.values()].map(({ status, failure }) => [status, failure]);

  test("keeps its failure while and after the rollback puts it back", () => {
    const back = [
      during("UPDATE_ROLLBACK_IN_PROGRESS", update(4, "Uploads", "UPDATE_IN_PROGRESS")),
      during("UPDATE_ROLLBACK_IN_PROGRESS", update(5, "Uploads", "UPDATE_COMPLETE")),
    ];
    const failure = { status: "UPDATE_FAILED", reason: "Access denied" };
    expect(failures(...failing, back[0]!)).toEqual([["UPDATE_IN_PROGRESS", failure]]);
    expect(failures(...failing, ...back)).toEqual([["UPDATE_COMPLETE", failure]]);
  });

  test("keeps none where the stack goes on", () => {
    const frames = [during("UPDATE_IN_PROGRESS", update(4, "Uploads", "UPDATE_COMPLETE"))];
    expect(failures(...failing, ...frames)).toEqual([["UPDATE_COMPLETE", undefined]]);
  });
});

describe("a stack's frames", () => {
  const story = [
    update(1, "shop", "CREATE_IN_PROGRESS"),
    update(2, "Uploads", "CREATE_IN_PROGRESS"),
    update(3, "Uploads", "CREATE_FAILED", "Access denied"),
    update(4, "Uploads", "DELETE_COMPLETE"),
  ];

  test("fold to its resources, each as its newest event left it, and its end", () => {
    const folded = foldedStack(NO_STACK, [...story.slice(0, 3), end]);
    expect(folded).toEqual({
      stack: counts("ROLLBACK_COMPLETE"),
      startedAt: "2026-01-01T12:00:01.000Z",
      resources: new Map([
        [
          `${ARN} Uploads`,
          {
            key: `${ARN} Uploads`,
            path: "Uploads",
            type: "AWS::S3::Bucket",
            status: "CREATE_FAILED",
            reason: "Access denied",
            physicalId: "",
            startedAt: "2026-01-01T12:00:02.000Z",
            updatedAt: "2026-01-01T12:00:03.000Z",
          },
        ],
      ]),
      end,
      offset: 9,
    });
  });

  test("fold alike however they are cut", () => {
    const whole = foldedStack(NO_STACK, story);
    const parts = story.reduce((folded, frame) => foldedStack(folded, [frame]), NO_STACK);
    expect(parts).toEqual(whole);
  });

  test("keep apart what nested stacks call by one name", () => {
    expect(statuses([...story, update(5, "Uploads", "CREATE_COMPLETE", "", `${ARN}-child`)])).toEqual([
      ["Uploads", "DELETE_COMPLETE"],
      ["Child/Uploads", "CREATE_COMPLETE"],
    ]);
  });

  test("of a newer operation begin anew, and void the end of the one before", () => {
    const folded = foldedStack(foldedStack(NO_STACK, [...story, end]), [
      update(1, "shop", "UPDATE_IN_PROGRESS"),
      update(2, "Backups", "CREATE_IN_PROGRESS"),
    ]);
    expect([folded.end, [...folded.resources.values()].map(({ path }) => path)]).toEqual([
      undefined,
      ["Backups"],
    ]);
  });
});

describe("the rows of a stack", () => {
  const planned = {
    logicalId: "Backups",
    type: "AWS::S3::Bucket",
    status: "",
    physicalId: "",
    reason: "",
    path: "Backups",
    stackId: ARN,
  };
  const folded = foldedStack(NO_STACK, [
    update(1, "shop", "CREATE_IN_PROGRESS"),
    update(2, "Uploads", "CREATE_IN_PROGRESS"),
  ]);

  test("are what was told, and then what is planned", () => {
    const summary = { startedAt: folded.startedAt, resources: [planned] };
    expect(resourceRowsOf(folded, summary).map(({ path, status }) => [path, status])).toEqual([
      ["Uploads", "CREATE_IN_PROGRESS"],
      ["Backups", ""],
    ]);
  });

  test("take nothing from a summary of another operation", () => {
    const summary = { startedAt: "2025-01-01T00:00:00.000Z", resources: [planned] };
    expect(resourceRowsOf(folded, summary).map(({ path }) => path)).toEqual(["Uploads"]);
  });
});
