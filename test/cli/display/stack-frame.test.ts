/** A stack on its own: what its frames tell, and how it is drawn. */
import { describe, expect, test } from "vitest";
import { frameOf } from "../../../src/cli/display/frame.ts";
import type { DisplayKind, StackScene } from "../../../src/cli/display/scene.ts";
import { stackViewAfter } from "../../../src/domain/stack/stack-view.ts";
import type {
  ResourceUpdate,
  StackComplete,
  StackCounts,
  StackFrame,
} from "../../../src/protocol/stack/stack-frames.ts";
import { at } from "../../domain/deployment/reported.ts";
import * as aws from "../../domain/events.ts";
import { Follower } from "../../domain/follower.ts";
import { FakeCloudFormation } from "../../support/fake-cloudformation.ts";
import { LIVE, moment } from "./scenes.ts";

const ADDRESS = { region: "eu-west-1", stackName: "shop" };
const ARN = "arn:aws:cloudformation:eu-west-1:123456789012:stack/shop/1";
const POSITION = { channel: "stacks/eu-west-1/shop", offset: 1 };

const counts = (status: string, progress: number, more: Partial<StackCounts> = {}): StackCounts => ({
  name: "shop",
  status,
  totalResources: 4,
  completedResources: 0,
  inProgressResources: 0,
  failedResources: 0,
  progress,
  ...more,
});

const update = (
  seconds: number,
  path: string,
  status: string,
  stack: StackCounts,
  more: Partial<ResourceUpdate["resource"]> = {},
): ResourceUpdate => ({
  type: "resource_update",
  timestamp: at(seconds),
  resource: {
    logicalId: path.split("/").at(-1) ?? "",
    path,
    status,
    type: "AWS::S3::Bucket",
    physicalId: "",
    progress: stack.progress,
    reason: "",
    stackId: ARN,
    ...more,
  },
  stack,
  ...POSITION,
});

const own = (seconds: number, status: string, stack = counts(status, 0)): ResourceUpdate =>
  update(seconds, "shop", status, stack, { type: "AWS::CloudFormation::Stack", physicalId: ARN });

const running = counts("CREATE_IN_PROGRESS", 25, { completedResources: 1, inProgressResources: 2 });

const BEGINNING: readonly StackFrame[] = [
  own(0, "CREATE_IN_PROGRESS"),
  update(2, "Bucket", "CREATE_IN_PROGRESS", running),
  update(3, "Database", "CREATE_IN_PROGRESS", running, { type: "AWS::RDS::DBInstance" }),
  update(4, "Bucket", "CREATE_IN_PROGRESS", running, { physicalId: "shop-bucket" }),
  update(12, "Bucket", "CREATE_COMPLETE", running, { physicalId: "shop-bucket" }),
  update(13, "Nested/Queue", "CREATE_IN_PROGRESS", running, { type: "AWS::SQS::Queue" }),
];

const complete = (seconds: number, more: Partial<StackComplete>): StackComplete => ({
  type: "stack_complete",
  timestamp: at(seconds),
  stack: counts("CREATE_COMPLETE", 100, { completedResources: 4 }),
  outcome: "deployed",
  outputs: {},
  durationSeconds: seconds,
  ...POSITION,
  ...more,
});

const drawn = (
  frames: readonly StackFrame[],
  seconds: number,
  columns = 80,
  rows = 24,
  display: DisplayKind = "layered",
): string[] => {
  const view = stackViewAfter(
    undefined,
    frames.map((frame, index) => ({ ...frame, offset: index + 1 })),
  );
  const scene: StackScene = { kind: "stack", address: ADDRESS, view, contact: LIVE };
  return frameOf(scene, moment(seconds), { columns, rows }, { color: false, unicode: true, display });
};

describe("a stack on its own", () => {
  test("is drawn with its bar and its resources as a tree", () => {
    expect(drawn(BEGINNING, 65)).toEqual([
      "→ Stack shop (eu-west-1): CREATE_IN_PROGRESS",
      `${"━".repeat(11)}${"╌".repeat(33)} 25% (1/4 resources)`,
      "",
      "├─ Bucket       ✓ CREATE_COMPLETE (10s)",
      "├─ Database     → CREATE_IN_PROGRESS (62s elapsed)",
      "└─ Nested/Queue → CREATE_IN_PROGRESS (52s elapsed)",
      "",
      "Elapsed: 65s",
    ]);
  });

  test("shows what its resources are where there is room for it", () => {
    expect(drawn(BEGINNING, 65, 120).slice(3, 6)).toEqual([
      "├─ Bucket       AWS::S3::Bucket      ✓ CREATE_COMPLETE (10s)",
      "├─ Database     AWS::RDS::DBInstance → CREATE_IN_PROGRESS (62s elapsed)",
      "└─ Nested/Queue AWS::SQS::Queue      → CREATE_IN_PROGRESS (52s elapsed)",
    ]);
  });

  test("is drawn without them below the verbose log, which has told of them", () => {
    expect(drawn(BEGINNING, 65, 80, 24, "verbose")).toEqual([
      "",
      "→ Stack shop (eu-west-1): CREATE_IN_PROGRESS",
      `${"━".repeat(11)}${"╌".repeat(33)} 25% (1/4 resources)`,
      "",
      "Elapsed: 65s",
    ]);
  });

  test("keeps what fails and what runs where rows are few", () => {
    const many = Array.from({ length: 40 }, (_, index) =>
      update(14, `Done${index}`, "CREATE_COMPLETE", running),
    );
    const failed = update(15, "Role", "CREATE_FAILED", running);
    expect(drawn([...BEGINNING, failed, ...many], 65, 80, 12).slice(3, 10)).toEqual([
      "├─ Database     → CREATE_IN_PROGRESS (62s elapsed)",
      "├─ Nested/Queue → CREATE_IN_PROGRESS (52s elapsed)",
      "├─ Role         ✗ CREATE_FAILED (0s)",
      "├─ Done37       ✓ CREATE_COMPLETE (0s)",
      "├─ Done38       ✓ CREATE_COMPLETE (0s)",
      "├─ Done39       ✓ CREATE_COMPLETE (0s)",
      "└─ … 38 more",
    ]);
  });

  test("ends with its outputs, or with its cause", () => {
    const good = complete(90, { outputs: { Url: "https://shop.example" } });
    expect(drawn([...BEGINNING, good], 500)).toEqual([
      "✓ Stack shop (eu-west-1): deployed",
      `${"━".repeat(44)} 100% (4/4 resources)`,
      "",
      "├─ Bucket       ✓ CREATE_COMPLETE (10s)",
      "├─ Database     → CREATE_IN_PROGRESS (87s elapsed)",
      "└─ Nested/Queue → CREATE_IN_PROGRESS (77s elapsed)",
      "",
      "Outputs:",
      "  Url = https://shop.example",
      "",
      "Took: 90s",
    ]);
    const { resource, timestamp } = update(14, "Database", "CREATE_FAILED", running, {
      reason: "no room",
      type: "AWS::RDS::DBInstance",
    });
    const bad = complete(90, { outcome: "rolled_back", cause: { ...resource, timestamp } });
    expect(drawn([...BEGINNING, bad], 500).filter((row) => /Stack|Cause|no room/.test(row))).toEqual([
      "✗ Stack shop (eu-west-1): failed and rolled back",
      "✗ Cause: Database  AWS::RDS::DBInstance CREATE_FAILED",
      "         no room",
    ]);
  });

  test("is waited for, and begins anew with a newer operation", () => {
    expect(drawn([], 0)).toEqual(["Stack shop (eu-west-1): waiting for its first event"]);
    const again = [...BEGINNING, complete(90, {}), own(500, "UPDATE_IN_PROGRESS")];
    expect(drawn(again, 510)).toEqual([
      "→ Stack shop (eu-west-1): UPDATE_IN_PROGRESS",
      `${"╌".repeat(44)}  0% (0/4 resources)`,
      "",
      "Elapsed: 10s",
    ]);
  });

  test("keeps what took the place of a replaced resource, and tells a hook's report beside its resource", async () => {
    const cloudFormation = new FakeCloudFormation();
    const follower = new Follower(cloudFormation);
    const hook = {
      type: "Guard",
      status: "HOOK_IN_PROGRESS",
      reason: "",
      invocationPoint: "",
      failureMode: "",
    };
    cloudFormation.show(
      ...aws.timed(
        aws.own("UPDATE_IN_PROGRESS"),
        aws.resource("Topic", "UPDATE_IN_PROGRESS", { physicalId: "old" }),
        aws.resource("Topic", "UPDATE_COMPLETE", { physicalId: "new" }),
        aws.resource("Queue", "UPDATE_IN_PROGRESS"),
        aws.resource("Queue", "", { hook }),
        aws.own("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"),
        aws.resource("Topic", "DELETE_IN_PROGRESS", { physicalId: "old" }),
        aws.resource("Topic", "DELETE_COMPLETE", { physicalId: "old" }),
      ),
    );
    await follower.poll();
    expect(drawn(follower.frames, 9).slice(3, 5)).toEqual([
      "├─ Topic ✓ UPDATE_COMPLETE (1s)",
      "└─ Queue → UPDATE_IN_PROGRESS (0s elapsed, hook Guard HOOK_IN_PROGRESS)",
    ]);
  });
});
