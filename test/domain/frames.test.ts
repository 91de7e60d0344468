/** The frames of a stack's channel, whole, as the contract has them. */
import { describe, expect, test } from "vitest";
import type { StackEvent } from "../../src/domain/stack/stack-event.ts";
import { stackFrameSchema } from "../../src/protocol/stack/stack-frames.ts";
import { FakeCloudFormation } from "../support/fake-cloudformation.ts";
import { at, CHILD, nested, own, resource, ROOT, timed } from "./events.ts";
import { CHANNEL, Follower } from "./follower.ts";

const TEMPLATE = { Topic: { type: "AWS::SNS::Topic" }, Queue: { type: "AWS::SQS::Queue" } };

const followed = async (...events: readonly StackEvent[]): Promise<Follower> => {
  const cloudFormation = new FakeCloudFormation();
  cloudFormation.templates.set(ROOT, TEMPLATE);
  cloudFormation.show(...timed(...events));
  const follower = new Follower(cloudFormation);
  await follower.poll();
  return follower;
};

const counts = (
  status: string,
  [totalResources, completedResources, inProgressResources, failedResources, progress]: readonly [
    number,
    number,
    number,
    number,
    number,
  ],
) => ({
  name: "shop",
  status,
  totalResources,
  completedResources,
  inProgressResources,
  failedResources,
  progress,
});

describe("A stack's channel", () => {
  test("tells each event of the stack and of its resources, and the end", async () => {
    const { frames } = await followed(
      own("CREATE_IN_PROGRESS", { reason: "User Initiated" }),
      resource("Topic", "CREATE_IN_PROGRESS", { physicalId: "" }),
      resource("Topic", "CREATE_IN_PROGRESS", { detailedStatus: "CONFIGURATION_COMPLETE" }),
      resource("Topic", "CREATE_COMPLETE"),
      resource("Queue", "CREATE_COMPLETE", { type: "AWS::SQS::Queue" }),
      own("CREATE_COMPLETE"),
    );
    const view = (logicalId: string, type: string, status: string, physicalId: string, progress: number) => ({
      logicalId,
      type,
      status,
      physicalId,
      progress,
      reason: "",
      path: logicalId,
      stackId: ROOT,
    });
    const topic = (status: string, physicalId: string, progress: number) =>
      view("Topic", "AWS::SNS::Topic", status, physicalId, progress);
    const ownView = (status: string, progress: number) =>
      view("shop", "AWS::CloudFormation::Stack", status, ROOT, progress);
    const update = (offset: number, resourceView: object, stack: object) => ({
      type: "resource_update",
      timestamp: at(offset - 1),
      resource: resourceView,
      stack,
      channel: CHANNEL,
      offset,
    });
    const running = "CREATE_IN_PROGRESS";
    const end = counts("CREATE_COMPLETE", [2, 2, 0, 0, 100]);
    const untimed = frames.map(({ stack: { estimate: _estimate, ...stack }, ...frame }) => ({
      ...frame,
      stack,
    }));
    expect(untimed).toEqual([
      update(1, { ...ownView(running, 0), reason: "User Initiated" }, counts(running, [2, 0, 0, 0, 0])),
      update(2, topic(running, "", 0), counts(running, [2, 0, 1, 0, 0])),
      update(
        3,
        { ...topic(running, "physical-Topic", 0), detailedStatus: "CONFIGURATION_COMPLETE" },
        counts(running, [2, 0, 1, 0, 0]),
      ),
      update(4, topic("CREATE_COMPLETE", "physical-Topic", 50), counts(running, [2, 1, 0, 0, 50])),
      update(
        5,
        view("Queue", "AWS::SQS::Queue", "CREATE_COMPLETE", "physical-Queue", 99),
        counts(running, [2, 2, 0, 0, 99]),
      ),
      update(6, ownView("CREATE_COMPLETE", 100), end),
      {
        type: "stack_complete",
        timestamp: at(5),
        stack: end,
        outcome: "deployed",
        outputs: { Url: "https://example.com" },
        durationSeconds: 5,
        channel: CHANNEL,
        offset: 7,
      },
    ]);
    for (const frame of frames) expect(stackFrameSchema.parse(frame)).toEqual(frame);
  });

  test("tells the cause with the end, by its path through the nested stacks", async () => {
    const { ends } = await followed(
      own("CREATE_IN_PROGRESS"),
      nested("Data", "CREATE_IN_PROGRESS"),
      own("CREATE_IN_PROGRESS", {}, CHILD),
      resource("Table", "CREATE_FAILED", { reason: "Limit exceeded" }, CHILD),
      own("CREATE_FAILED", {}, CHILD),
      nested("Data", "CREATE_FAILED", { hint: "embedded" }),
      own("CREATE_FAILED", { reason: "The following resource(s) failed to create: [Data]" }),
    );
    expect(ends).toEqual([
      {
        type: "stack_complete",
        timestamp: at(6),
        // The nested stack and its table failed; the template's other two never began.
        stack: counts("CREATE_FAILED", [4, 0, 0, 2, 0]),
        outcome: "failed",
        outputs: { Url: "https://example.com" },
        durationSeconds: 6,
        cause: {
          logicalId: "Table",
          path: "Data/Table",
          type: "AWS::SNS::Topic",
          physicalId: "physical-Table",
          stackId: CHILD,
          status: "CREATE_FAILED",
          reason: "Limit exceeded",
          timestamp: at(3),
        },
        channel: CHANNEL,
        offset: 8,
      },
    ]);
  });

  test("shows a hook's report, with its status where AWS gives none of the resource", async () => {
    const hook = {
      type: "Guard",
      status: "HOOK_COMPLETE_FAILED",
      reason: "not encrypted",
      invocationPoint: "PRE_PROVISION",
      failureMode: "FAIL",
    };
    const { frames } = await followed(own("CREATE_IN_PROGRESS"), resource("Topic", "", { hook }));
    expect(frames[1]).toMatchObject({ resource: { status: "HOOK_COMPLETE_FAILED", hook } });
  });
});
