/** Which failure was the first cause. */
import { describe, expect, test } from "vitest";
import type { HookReport, StackEvent } from "../../src/domain/stack/stack-event.ts";
import { summaryOf } from "../../src/domain/stack/summary.ts";
import { FakeCloudFormation } from "../support/fake-cloudformation.ts";
import { at, CHILD, nested, own, resource, ROOT } from "./events.ts";
import { Follower } from "./follower.ts";

/** What is reported of a create that these events are of. */
const reported = async (...events: readonly StackEvent[]) => {
  const cloudFormation = new FakeCloudFormation();
  cloudFormation.show(own("CREATE_IN_PROGRESS", { seconds: 0 }), ...events);
  const follower = new Follower(cloudFormation);
  await follower.poll();
  return summaryOf(follower.state);
};

const causeOf = async (events: readonly StackEvent[]) => (await reported(...events))?.cause;

const hook = (status: string, failureMode: string): { hook: HookReport } => ({
  hook: { type: "Guard", status, reason: "not encrypted", invocationPoint: "PRE_PROVISION", failureMode },
});

describe("The cause of a failure", () => {
  test("is the first failed resource, told whole", async () => {
    const events = [
      resource("Queue", "CREATE_IN_PROGRESS", { seconds: 1 }),
      resource("Topic", "CREATE_FAILED", { seconds: 2, reason: "Name is taken" }),
      resource("Queue", "CREATE_FAILED", { seconds: 3, reason: "Later" }),
    ];
    expect(await causeOf(events)).toEqual({
      logicalId: "Topic",
      path: "Topic",
      type: "AWS::SNS::Topic",
      physicalId: "physical-Topic",
      stackId: ROOT,
      status: "CREATE_FAILED",
      reason: "Name is taken",
      timestamp: at(2),
    });
  });

  test("is not a resource that was cancelled, not a nested stack as such and not the stack itself", async () => {
    const events = [
      resource("Queue", "CREATE_FAILED", { hint: "cancelled" }),
      nested("Data", "CREATE_FAILED", { hint: "embedded" }),
      own("CREATE_FAILED"),
      resource("Table", "CREATE_FAILED", { reason: "Limit exceeded" }, CHILD),
    ];
    expect((await causeOf(events))?.path).toBe("Data/Table");
  });

  test("is a nested stack that could not even begin", async () => {
    const events = [nested("Data", "CREATE_FAILED", { reason: "Template URL must be an S3 URL" }, "")];
    expect((await causeOf(events))?.path).toBe("Data");
  });

  test("is the earliest by AWS's time, though another stack was read first", async () => {
    const events = [
      resource("Late", "CREATE_FAILED", { seconds: 9 }),
      nested("Data", "CREATE_IN_PROGRESS", { seconds: 9 }),
      resource("Early", "CREATE_FAILED", { seconds: 5 }, CHILD),
    ];
    expect((await causeOf(events))?.logicalId).toBe("Early");
  });

  test("is the hook that blocked the resource, with the hook's reason", async () => {
    const events = [
      resource("Bucket", "CREATE_IN_PROGRESS", hook("HOOK_IN_PROGRESS", "FAIL")),
      resource("Bucket", "CREATE_IN_PROGRESS", hook("HOOK_COMPLETE_FAILED", "FAIL")),
      resource("Bucket", "CREATE_FAILED", { reason: "The following hook(s) failed: [Guard]" }),
    ];
    const { status, reason } = (await causeOf(events)) ?? {};
    expect([status, reason]).toEqual(["HOOK_COMPLETE_FAILED", "not encrypted"]);
  });

  test("is no hook that only warns", async () => {
    expect(
      await causeOf([resource("Bucket", "CREATE_IN_PROGRESS", hook("HOOK_COMPLETE_FAILED", "WARN"))]),
    ).toBeUndefined();
  });
});

describe("Of a nested stack whose own events cannot be read", () => {
  const embedded = { hint: "embedded", reason: "Embedded stack was not successfully created" } as const;

  test("the cause is what its parent says of it, and not the root's echo", async () => {
    const { cause } = (await reported(
      nested("Auth", "CREATE_IN_PROGRESS", { seconds: 1 }),
      nested("Auth", "CREATE_FAILED", { seconds: 2, ...embedded }),
      own("ROLLBACK_IN_PROGRESS", { seconds: 3, hint: "listing", reason: "failed to create: [Auth]" }),
    ))!;
    expect([cause?.path, cause?.reason]).toEqual(["Auth", embedded.reason]);
  });

  test("it is the cause if it failed first, though a resource failed after it", async () => {
    const cause = await causeOf([
      nested("Auth", "CREATE_FAILED", { seconds: 2, ...embedded }),
      resource("Topic", "CREATE_FAILED", { seconds: 3, reason: "Name is taken" }),
    ]);
    expect(cause?.path).toBe("Auth");
  });

  test("its own word comes before its parent's, where that can be read", async () => {
    const cause = await causeOf([
      nested("Data", "CREATE_IN_PROGRESS", { seconds: 1 }),
      own("CREATE_IN_PROGRESS", { seconds: 2 }, CHILD),
      own("ROLLBACK_IN_PROGRESS", { seconds: 3, reason: "No export named net-VpcId found." }, CHILD),
      own("ROLLBACK_COMPLETE", { seconds: 4 }, CHILD),
      nested("Data", "CREATE_FAILED", { seconds: 5, ...embedded }),
    ]);
    expect([cause?.path, cause?.reason]).toEqual(["Data/shop-Data-AAAA", "No export named net-VpcId found."]);
  });
});

describe("What the stack itself says went wrong", () => {
  test.each([
    [
      "a rollback with a reason",
      own("ROLLBACK_IN_PROGRESS", { reason: "Attribute 'PublicIp' does not exist" }),
    ],
    ["a failure with a reason", own("CREATE_FAILED", { reason: "paused" })],
  ])("is told by %s", async (_title, event) => {
    expect((await causeOf([event]))?.reason).toBe(event.reason);
  });

  test("is not told by a rollback without one", async () => {
    expect(await causeOf([own("ROLLBACK_IN_PROGRESS")])).toBeUndefined();
  });
});
