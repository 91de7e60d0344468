/** Which failure was the first cause. */
import { describe, expect, test } from "vitest";
import { firstCause, ownFailureOf } from "../../src/domain/cause.ts";
import type { HookReport, StackEvent } from "../../src/domain/stack-event.ts";
import type { Cause } from "../../src/protocol/stack-frames.ts";
import { at, CHILD, nested, own, resource, ROOT } from "./events.ts";

const causeOf = (events: readonly StackEvent[]): Cause | undefined =>
  events.reduce<Cause | undefined>(
    (known, event) => firstCause(known, event, `path/${event.logicalId}`),
    undefined,
  );

const hook = (status: string, failureMode: string): { hook: HookReport } => ({
  hook: { type: "Guard", status, reason: "not encrypted", invocationPoint: "PRE_PROVISION", failureMode },
});

describe("The cause of a failure", () => {
  test("is the first failed resource, told whole", () => {
    const events = [
      resource("Queue", "CREATE_IN_PROGRESS", { seconds: 1 }),
      resource("Topic", "CREATE_FAILED", { seconds: 2, reason: "Name is taken" }),
      resource("Queue", "CREATE_FAILED", { seconds: 3, reason: "Later" }),
    ];
    expect(causeOf(events)).toEqual({
      logicalId: "Topic",
      path: "path/Topic",
      type: "AWS::SNS::Topic",
      physicalId: "physical-Topic",
      stackId: ROOT,
      status: "CREATE_FAILED",
      reason: "Name is taken",
      timestamp: at(2),
    });
  });

  test("is not a resource that was cancelled, not a nested stack as such and not the stack itself", () => {
    const events = [
      resource("Queue", "CREATE_FAILED", { hint: "cancelled" }),
      nested("Data", "CREATE_FAILED", { hint: "embedded" }),
      own("CREATE_FAILED"),
      resource("Table", "CREATE_FAILED", { reason: "Limit exceeded" }, CHILD),
    ];
    expect(causeOf(events)?.path).toBe("path/Table");
  });

  test("is a nested stack that could not even begin", () => {
    const events = [nested("Data", "CREATE_FAILED", { reason: "Template URL must be an S3 URL" }, "")];
    expect(causeOf(events)?.path).toBe("path/Data");
  });

  test("is the earliest by AWS's time, though another stack was read first", () => {
    const events = [
      resource("Late", "CREATE_FAILED", { seconds: 9 }),
      resource("Early", "CREATE_FAILED", { seconds: 5 }, CHILD),
    ];
    expect(causeOf(events)?.logicalId).toBe("Early");
  });

  test("is the hook that blocked the resource, with the hook's reason", () => {
    const events = [
      resource("Bucket", "CREATE_IN_PROGRESS", hook("HOOK_IN_PROGRESS", "FAIL")),
      resource("Bucket", "CREATE_IN_PROGRESS", hook("HOOK_COMPLETE_FAILED", "FAIL")),
      resource("Bucket", "CREATE_FAILED", { reason: "The following hook(s) failed: [Guard]" }),
    ];
    const { status, reason } = causeOf(events) ?? {};
    expect([status, reason]).toEqual(["HOOK_COMPLETE_FAILED", "not encrypted"]);
  });

  test("is no hook that only warns", () => {
    expect(
      causeOf([resource("Bucket", "CREATE_IN_PROGRESS", hook("HOOK_COMPLETE_FAILED", "WARN"))]),
    ).toBeUndefined();
  });
});

describe("What the stack itself says went wrong", () => {
  test("is told by a rollback or a failure with a reason", () => {
    const told = [
      own("ROLLBACK_IN_PROGRESS", { reason: "Attribute 'PublicIp' does not exist" }),
      own("CREATE_FAILED", { reason: "paused" }),
      own("ROLLBACK_IN_PROGRESS"),
      own("CREATE_IN_PROGRESS", { reason: "User Initiated" }),
    ].map((event) => ownFailureOf(event, "shop")?.reason);
    expect(told).toEqual(["Attribute 'PublicIp' does not exist", "paused", undefined, undefined]);
  });
});
