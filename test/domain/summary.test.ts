/** A stack's state as REST shows it. */
import { describe, expect, test } from "vitest";
import { EMPTY_STATE } from "../../src/domain/stack/stack-state.ts";
import { summaryOf } from "../../src/domain/stack/summary.ts";
import { FakeCloudFormation } from "../support/fake-cloudformation.ts";
import { at, CHILD, nested, own, resource, ROOT, timed } from "./events.ts";
import { Follower } from "./follower.ts";

const TOPIC = "AWS::SNS::Topic";

test("Nothing is known of a stack that AWS has not shown", () => {
  expect(summaryOf(EMPTY_STATE)).toBeUndefined();
});

describe("A stack", () => {
  test("under way shows what it has begun and what is planned", async () => {
    const cloudFormation = new FakeCloudFormation();
    cloudFormation.templates.set(ROOT, { Topic: { type: TOPIC }, Later: { type: "AWS::SQS::Queue" } });
    cloudFormation.show(
      ...timed(
        own("CREATE_IN_PROGRESS"),
        resource("Topic", "CREATE_IN_PROGRESS", { reason: "Resource creation Initiated" }),
        nested("Data", "CREATE_IN_PROGRESS"),
        resource("Table", "CREATE_FAILED", { reason: "Limit exceeded" }, CHILD),
      ),
    );
    const follower = new Follower(cloudFormation);
    await follower.poll();
    const began = (seconds: number) => ({ startedAt: at(seconds), updatedAt: at(seconds) });
    const summary = summaryOf(follower.state);
    const estimate = summary?.estimate;
    expect(estimate?.remainingSeconds?.p50).toBeGreaterThan(0);
    expect(summary).toEqual({
      name: "shop",
      status: "CREATE_IN_PROGRESS",
      totalResources: 4,
      completedResources: 0,
      inProgressResources: 2,
      failedResources: 1,
      progress: 0,
      estimate: { ...estimate, basis: "typical" },
      stackId: ROOT,
      phase: "forward",
      startedAt: at(0),
      outputs: {},
      cause: {
        logicalId: "Table",
        path: "Data/Table",
        type: TOPIC,
        physicalId: "physical-Table",
        stackId: CHILD,
        status: "CREATE_FAILED",
        reason: "Limit exceeded",
        timestamp: at(3),
      },
      resources: [
        {
          logicalId: "Topic",
          type: TOPIC,
          status: "CREATE_IN_PROGRESS",
          physicalId: "physical-Topic",
          reason: "Resource creation Initiated",
          path: "Topic",
          stackId: ROOT,
          ...began(1),
        },
        {
          logicalId: "Data",
          type: "AWS::CloudFormation::Stack",
          status: "CREATE_IN_PROGRESS",
          physicalId: CHILD,
          reason: "",
          path: "Data",
          stackId: ROOT,
          ...began(2),
        },
        {
          logicalId: "Table",
          type: TOPIC,
          status: "CREATE_FAILED",
          physicalId: "physical-Table",
          reason: "Limit exceeded",
          path: "Data/Table",
          stackId: CHILD,
          ...began(3),
        },
        {
          logicalId: "Later",
          type: "AWS::SQS::Queue",
          status: "",
          physicalId: "",
          reason: "",
          path: "Later",
          stackId: ROOT,
        },
      ],
    });
  });

  test("that has ended shows how, its outputs, and no cause of what was deployed all the same", async () => {
    const cloudFormation = new FakeCloudFormation();
    cloudFormation.show(
      ...timed(
        own("UPDATE_IN_PROGRESS"),
        own("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"),
        resource("Old", "DELETE_FAILED", { reason: "Bucket is not empty" }),
        own("UPDATE_COMPLETE", { hint: "orphans" }),
      ),
    );
    const follower = new Follower(cloudFormation);
    await follower.poll();
    expect(summaryOf(follower.state)).toEqual({
      name: "shop",
      status: "UPDATE_COMPLETE",
      totalResources: 0,
      completedResources: 0,
      inProgressResources: 0,
      failedResources: 0,
      progress: 100,
      stackId: ROOT,
      phase: "cleanup",
      startedAt: at(0),
      endedAt: at(3),
      durationSeconds: 3,
      outcome: "deployed_with_orphans",
      orphans: [
        {
          logicalId: "Old",
          path: "Old",
          type: TOPIC,
          physicalId: "physical-Old",
          status: "DELETE_FAILED",
          reason: "Bucket is not empty",
        },
      ],
      outputs: { Url: "https://example.com" },
      resources: [
        {
          logicalId: "Old",
          type: TOPIC,
          status: "DELETE_FAILED",
          physicalId: "physical-Old",
          reason: "Bucket is not empty",
          path: "Old",
          stackId: ROOT,
          startedAt: at(2),
          updatedAt: at(2),
        },
      ],
    });
  });
});
