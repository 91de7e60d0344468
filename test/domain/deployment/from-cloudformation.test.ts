/** From CloudFormation's events to a deployment's state: what a stack's operation meant arrives whole. */
import { describe, expect, test } from "vitest";
import { reasonHintOf } from "../../../src/aws/cloudformation/reason-hint.ts";
import { deploymentProgressOf } from "../../../src/domain/deployment/estimated-progress.ts";
import { foldDeployment } from "../../../src/domain/deployment/fold-deployment.ts";
import { translated } from "../../../src/domain/deployment/stack-translation.ts";
import type { StackEvent } from "../../../src/domain/stack/stack-event.ts";
import { FakeCloudFormation } from "../../support/fake-cloudformation.ts";
import { own, resource, timed } from "../events.ts";
import { Follower } from "../follower.ts";
import { ADDRESS, begun, heard, NOTHING, planned } from "./reported.ts";

const hinted = (event: StackEvent): StackEvent => {
  const hint = reasonHintOf(event.reason, event.status);
  return { ...event, ...(hint && { hint }) };
};

/** The deployment as it is after each look, one event of CloudFormation's a look, and after the last one. */
const followed = async (past: readonly StackEvent[], events: readonly StackEvent[]) => {
  const cloudFormation = new FakeCloudFormation();
  const follower = new Follower(cloudFormation);
  const all = timed(...past, ...events).map(hinted);
  cloudFormation.show(...all.slice(0, past.length));
  if (past.length > 0) await follower.pollToEnd();
  const seen = follower.frames.length;
  for (const event of all.slice(past.length)) {
    cloudFormation.show(event);
    await follower.poll();
  }
  await follower.pollToEnd();
  const frames = follower.frames.slice(seen);
  const start = { ...begun([planned("shop", 1)]), timestamp: frames[0]?.timestamp ?? "" };
  let { state } = foldDeployment(NOTHING, [start]);
  const reported: string[] = [];
  const views = frames.map((frame) => {
    const event = translated(frame, { ...ADDRESS, stack: "shop" });
    const fold = foldDeployment(state, event ? [event] : []);
    state = fold.state;
    reported.push(...heard(fold));
    return { frame, view: deploymentProgressOf(state, state.lastEventTime) };
  });
  const { view } = views.at(-1)!;
  return { views, told: reported, view, stack: view.stacks["shop"]! };
};

const CREATED = [
  own("CREATE_IN_PROGRESS", { clientRequestToken: "c" }),
  own("CREATE_COMPLETE", { clientRequestToken: "c" }),
];
const UPDATE = { clientRequestToken: "u" };

const ORPHANS = [
  own("UPDATE_IN_PROGRESS", UPDATE),
  resource("A", "UPDATE_IN_PROGRESS"),
  resource("A", "UPDATE_COMPLETE"),
  own("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", UPDATE),
  resource("Alarm", "DELETE_IN_PROGRESS"),
  resource("Alarm", "DELETE_FAILED", { reason: "not authorized to perform: cloudwatch:DeleteAlarms" }),
  own("UPDATE_COMPLETE", {
    ...UPDATE,
    reason: "Update successful. One or more resources could not be deleted.",
  }),
];

const ROLLED_BACK = [
  own("CREATE_IN_PROGRESS", UPDATE),
  ...["Role", "Table", "Bucket"].map((id) => resource(id, "CREATE_IN_PROGRESS")),
  resource("Table", "CREATE_COMPLETE"),
  resource("Bucket", "CREATE_FAILED", { reason: "assets already exists" }),
  resource("Role", "CREATE_FAILED", { reason: "Resource creation cancelled" }),
  own("ROLLBACK_IN_PROGRESS", {
    ...UPDATE,
    reason: "The following resource(s) failed to create: [Bucket, Role]. Rollback requested by user.",
  }),
  resource("Table", "DELETE_SKIPPED"),
  resource("Bucket", "DELETE_SKIPPED"),
  resource("Role", "DELETE_IN_PROGRESS"),
  resource("Role", "DELETE_COMPLETE"),
  own("ROLLBACK_COMPLETE", UPDATE),
];

describe("a deployment of a stack", () => {
  test("that leaves behind what could not be deleted is deployed, and says so", async () => {
    const { stack, view } = await followed(CREATED, ORPHANS);
    expect(stack).toMatchObject({
      status: "deployed",
      outcome: "deployed_with_orphans",
      resources: { total: 1, created: 1, failed: 0 },
    });
    expect(view.orphans).toMatchObject([
      { stack: "shop", logicalId: "Alarm", reason: "not authorized to perform: cloudwatch:DeleteAlarms" },
    ]);
  });

  test("that CloudFormation rolls back says so at once, and what it retained", async () => {
    const { views, told: reported, stack, view } = await followed([], ROLLED_BACK);
    const during = views.find(({ frame }) => frame.stack.status === "ROLLBACK_IN_PROGRESS")!.view;
    expect(during).toMatchObject({ status: "deploying", cause: { logicalId: "Bucket" } });
    expect(during.stacks["shop"]).toMatchObject({ rollingBack: true, cause: { logicalId: "Bucket" } });
    expect(during.metrics.estimate).toMatchObject({ basis: "typical" });
    expect(reported.filter((text) => text.startsWith("resource_retained"))).toHaveLength(2);
    expect(reported).not.toContain("stack_deleting shop");
    expect(stack).toMatchObject({
      status: "failed",
      outcome: "rolled_back",
      cause: { logicalId: "Bucket" },
      resources: { total: 3, failed: 2 },
    });
    expect(view.retained?.map(({ logicalId }) => logicalId).sort()).toEqual(["Bucket", "Table"]);
  });

  test("whose deletion is refused has failed, with the reason", async () => {
    const reason = "Export net-VpcId cannot be deleted as it is in use by app";
    const { view, stack } = await followed(CREATED, [
      own("DELETE_IN_PROGRESS", { clientRequestToken: "d" }),
      own("CREATE_COMPLETE", { clientRequestToken: "d", reason }),
    ]);
    expect(view).toMatchObject({ status: "failed", cause: { reason } });
    expect(stack.error?.message).toContain(reason);
  });

  test("that is given up whole, and deleted, was rolled back, with the reason of its own", async () => {
    const reason = "No export named nobody-exports-this found. Delete requested by user.";
    const {
      view,
      stack,
      told: reported,
    } = await followed(
      [],
      [
        own("CREATE_IN_PROGRESS", UPDATE),
        own("DELETE_IN_PROGRESS", { ...UPDATE, reason }),
        own("DELETE_COMPLETE", UPDATE),
      ],
    );
    expect(reported).toContain("stack_rolling_back shop");
    expect(stack).toMatchObject({ status: "failed", outcome: "rolled_back" });
    expect(view).toMatchObject({ status: "failed", cause: { reason } });
  });

  test("whose rollback fails names what blocks it", async () => {
    const { stack, view } = await followed(CREATED, [
      own("UPDATE_IN_PROGRESS", UPDATE),
      resource("Key", "UPDATE_COMPLETE"),
      resource("Web", "UPDATE_FAILED", { reason: "the new task cannot start" }),
      own("UPDATE_ROLLBACK_IN_PROGRESS", UPDATE),
      resource("Key", "UPDATE_IN_PROGRESS"),
      resource("Key", "UPDATE_FAILED", { reason: "the key policy will not allow you to update it" }),
      resource("Web", "UPDATE_COMPLETE"),
      own("UPDATE_ROLLBACK_FAILED", { ...UPDATE, reason: "The following resource(s) failed: [Key]." }),
    ]);
    expect(stack).toMatchObject({ outcome: "rollback_failed", rollbackCause: { logicalId: "Key" } });
    expect(view).toMatchObject({ cause: { logicalId: "Web" }, rollbackCause: { logicalId: "Key" } });
  });

  test("in Express mode says that resources may still be becoming available", async () => {
    const reason =
      "Stack operation completed using Express Mode. It may continue becoming available in the background.";
    const { stack, view } = await followed(
      [],
      [
        own("CREATE_IN_PROGRESS", UPDATE),
        resource("Db", "CREATE_IN_PROGRESS"),
        resource("Db", "CREATE_COMPLETE", { reason: reason.replace("Stack", "Resource") }),
        own("CREATE_COMPLETE", { ...UPDATE, reason }),
      ],
    );
    expect(stack).toMatchObject({ status: "deployed", stabilising: true });
    expect(view.stabilising).toEqual(["shop"]);
  });

  test.each([
    ["orphans", CREATED, ORPHANS],
    ["a rollback", [], ROLLED_BACK],
  ] as const)("counts as the stack's own channel does, event by event: %s", async (_what, past, events) => {
    const { views } = await followed(past, events);
    for (const { frame, view } of views) {
      const { total, failed } = view.stacks["shop"]!.resources;
      const isReported =
        frame.type === "stack_complete" || frame.resource.type !== "AWS::CloudFormation::Stack";
      if (isReported)
        expect([total, failed]).toEqual([frame.stack.totalResources, frame.stack.failedResources]);
    }
  });
});
