/** What a follower of a stack's channel knows of it, beginning with nothing or with a summary. */
import { describe, expect, test } from "vitest";
import { StackStore } from "../../src/client/stack-store.ts";
import type { StackFrame } from "../../src/protocol/stack/stack-frames.ts";
import type { StackSummary } from "../../src/protocol/stack/stack-summary.ts";

const CHANNEL = "stacks/us-east-1/shop";
const ARN = "arn:aws:cloudformation:us-east-1:123456789012:stack/shop/1";

const counts = {
  name: "shop",
  status: "CREATE_IN_PROGRESS",
  totalResources: 2,
  completedResources: 0,
  inProgressResources: 1,
  failedResources: 0,
  progress: 0,
};

const update = (offset: number, logicalId: string, status: string): StackFrame => ({
  type: "resource_update",
  timestamp: `2026-01-01T12:00:0${offset}.000Z`,
  resource: {
    logicalId,
    type: logicalId === "shop" ? "AWS::CloudFormation::Stack" : "AWS::S3::Bucket",
    status,
    physicalId: logicalId === "shop" ? ARN : "",
    progress: 0,
    reason: "",
    path: logicalId,
    stackId: ARN,
  },
  stack: counts,
  channel: CHANNEL,
  offset,
});

const FRAMES = [
  update(1, "shop", "CREATE_IN_PROGRESS"),
  update(2, "Uploads", "CREATE_IN_PROGRESS"),
  update(3, "Uploads", "CREATE_COMPLETE"),
];

const summary = (offset: number, more: Partial<StackSummary> = {}): StackSummary => ({
  ...counts,
  channel: CHANNEL,
  epoch: "e1",
  offset,
  floor: 1,
  region: "us-east-1",
  stackId: ARN,
  phase: "forward",
  startedAt: "2026-01-01T12:00:01.000Z",
  outputs: {},
  tracking: true,
  viewers: 1,
  resources: ["Uploads", "Backups"].map((logicalId) => ({
    logicalId,
    type: "AWS::S3::Bucket",
    status: "",
    physicalId: "",
    reason: "",
    path: logicalId,
    stackId: ARN,
  })),
  ...more,
});

const HEAD = { epoch: "e1", offset: 3, floor: 1 };

const shown = ({ view, offset }: StackStore) => ({
  offset,
  resources: Object.fromEntries(
    [...(view?.resources.values() ?? [])].map(({ path, status }) => [path, status]),
  ),
});

describe("a stack's store", () => {
  test("folds what it is told", () => {
    const store = new StackStore();
    expect(store.view).toBeUndefined();
    store.listener.reset?.(HEAD);
    store.listener.events?.(FRAMES);
    expect(shown(store)).toEqual({ offset: 3, resources: { Uploads: "CREATE_COMPLETE" } });
  });

  test("goes on from a summary, and takes nothing twice of the history that it is told", () => {
    const store = new StackStore();
    store.give(summary(1));
    expect(shown(store)).toEqual({ offset: 1, resources: { Uploads: "", Backups: "" } });
    store.listener.reset?.(HEAD);
    store.listener.events?.(FRAMES.slice(0, 2));
    store.listener.events?.(FRAMES.slice(2));
    expect(shown(store)).toEqual({ offset: 3, resources: { Uploads: "CREATE_COMPLETE", Backups: "" } });
  });

  test("takes what is planned from a summary that came late", () => {
    const store = new StackStore();
    store.listener.reset?.(HEAD);
    store.listener.events?.(FRAMES);
    store.give(summary(1));
    expect(shown(store)).toEqual({ offset: 3, resources: { Uploads: "CREATE_COMPLETE", Backups: "" } });
  });

  test("forgets a summary that the channel's history does not follow", () => {
    for (const start of [
      { epoch: "e2", offset: 3, floor: 1 },
      { epoch: "e1", offset: 9, floor: 7 },
      { epoch: "e1", offset: 0, floor: 1 },
    ]) {
      const store = new StackStore();
      store.give(summary(1));
      store.listener.reset?.(start);
      expect(store.view).toBeUndefined();
    }
  });

  test("takes no summary of another epoch than its channel's", () => {
    const store = new StackStore();
    store.listener.reset?.(HEAD);
    store.listener.events?.(FRAMES);
    store.give(summary(9, { epoch: "e0" }));
    expect(shown(store).offset).toBe(3);
  });

  test("tells of changes once a turn, until nobody wants to know", async () => {
    const store = new StackStore();
    let reported = 0;
    const end = store.subscribe(() => (reported += 1));
    store.listener.reset?.(HEAD);
    store.listener.events?.(FRAMES);
    await Promise.resolve();
    expect(reported).toBe(1);
    end();
    store.listener.reset?.(HEAD);
    await Promise.resolve();
    expect(reported).toBe(1);
  });
});
