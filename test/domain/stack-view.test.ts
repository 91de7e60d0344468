/** What a reader of a stack's frames is reported, case by case; the property beside this file holds it against the server. */
import { describe, expect, test } from "vitest";
import type { StackEvent } from "../../src/domain/stack/stack-event.ts";
import { plannedFrom, resourcesOf, stackViewAfter, stackViewOf } from "../../src/domain/stack/stack-view.ts";
import { summaryOf } from "../../src/domain/stack/summary.ts";
import { FakeCloudFormation } from "../support/fake-cloudformation.ts";
import { at, CHILD, nested, own, resource, ROOT, timed } from "./events.ts";
import { Follower } from "./follower.ts";

const followed = async (...events: readonly StackEvent[]) => {
  const cloudFormation = new FakeCloudFormation();
  const follower = new Follower(cloudFormation);
  cloudFormation.show(...timed(...events));
  await follower.pollToEnd(5);
  return follower;
};

const viewOf = async (...events: readonly StackEvent[]) => {
  const { frames } = await followed(...events);
  return stackViewAfter(undefined, frames)!;
};

const hook = {
  type: "Guard",
  status: "HOOK_COMPLETE_SUCCEEDED",
  reason: "",
  invocationPoint: "PRE_PROVISION",
  failureMode: "FAIL",
};

describe("A resource", () => {
  const replacement = [
    own("UPDATE_IN_PROGRESS"),
    resource("Topic", "UPDATE_IN_PROGRESS", { physicalId: "old" }),
    resource("Topic", "UPDATE_COMPLETE", { physicalId: "new" }),
    own("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"),
    resource("Topic", "DELETE_IN_PROGRESS", { physicalId: "old" }),
    resource("Topic", "DELETE_COMPLETE", { physicalId: "old" }),
    own("UPDATE_COMPLETE"),
  ];

  test("that was replaced ends as its update left it, with its new id", async () => {
    const view = await viewOf(...replacement);
    expect(resourcesOf(view)).toEqual([
      {
        logicalId: "Topic",
        type: "AWS::SNS::Topic",
        status: "UPDATE_COMPLETE",
        physicalId: "new",
        reason: "",
        path: "Topic",
        stackId: ROOT,
        startedAt: at(1),
        updatedAt: at(2),
      },
    ]);
    expect([view.phase, view.outcome, view.endedAt]).toEqual(["cleanup", "deployed", at(6)]);
  });

  test("keeps its own status when a hook reports, and shows the report until it goes on", async () => {
    const events = [
      own("CREATE_IN_PROGRESS"),
      resource("Topic", "CREATE_IN_PROGRESS"),
      resource("Topic", "", { hook }),
    ];
    const [reported] = resourcesOf(await viewOf(...events));
    expect([reported?.status, reported?.hook]).toEqual(["CREATE_IN_PROGRESS", hook]);
    const [done] = resourcesOf(await viewOf(...events, resource("Topic", "CREATE_COMPLETE")));
    expect([done?.status, done?.hook]).toEqual(["CREATE_COMPLETE", undefined]);
  });

  test("keeps its failure while and after the rollback puts it back, and says since when that is done", async () => {
    const failing = [
      own("UPDATE_IN_PROGRESS"),
      resource("Topic", "UPDATE_IN_PROGRESS"),
      resource("Topic", "UPDATE_FAILED", { reason: "Access denied" }),
    ];
    const failure = { status: "UPDATE_FAILED", reason: "Access denied" };
    const back = [own("UPDATE_ROLLBACK_IN_PROGRESS"), resource("Topic", "UPDATE_IN_PROGRESS")];
    const [running] = resourcesOf(await viewOf(...failing, ...back));
    expect([running?.failure, running?.startedAt, running?.since]).toEqual([failure, at(1), at(4)]);
    const [done] = resourcesOf(await viewOf(...failing, ...back, resource("Topic", "UPDATE_COMPLETE")));
    expect([done?.status, done?.failure]).toEqual(["UPDATE_COMPLETE", failure]);
    const [again] = resourcesOf(await viewOf(...failing, resource("Topic", "UPDATE_COMPLETE")));
    expect([again?.status, again?.failure]).toEqual(["UPDATE_COMPLETE", undefined]);
  });

  test("is one of its own stack", async () => {
    const view = await viewOf(
      own("CREATE_IN_PROGRESS"),
      resource("Topic", "CREATE_COMPLETE"),
      nested("Data", "CREATE_IN_PROGRESS"),
      own("CREATE_IN_PROGRESS", {}, CHILD),
      resource("Topic", "CREATE_FAILED", {}, CHILD),
    );
    expect(resourcesOf(view).map(({ path, status }) => [path, status])).toEqual([
      ["Topic", "CREATE_COMPLETE"],
      ["Data", "CREATE_IN_PROGRESS"],
      ["Data/Topic", "CREATE_FAILED"],
    ]);
  });
});

describe("An operation", () => {
  test("that is new voids what was known of the one before", async () => {
    const view = await viewOf(
      own("CREATE_IN_PROGRESS"),
      resource("Topic", "CREATE_FAILED", { reason: "no" }),
      own("CREATE_FAILED"),
      own("DELETE_IN_PROGRESS"),
    );
    expect(view).toMatchObject({ startedAt: at(3), outputs: {}, resources: new Map() });
    expect([view.outcome, view.endedAt, view.cause]).toEqual([undefined, undefined, undefined]);
  });

  test("tells its cause as soon as it is known", async () => {
    const view = await viewOf(
      own("CREATE_IN_PROGRESS"),
      resource("Queue", "CREATE_FAILED", { hint: "cancelled" }),
      resource("Topic", "CREATE_FAILED", { reason: "no" }),
    );
    expect(view.cause).toMatchObject({ path: "Topic", reason: "no" });
  });

  test("that goes well adds nothing to the frames that the classic client reads", async () => {
    const { frames } = await followed(
      own("CREATE_IN_PROGRESS"),
      resource("Topic", "CREATE_IN_PROGRESS", { physicalId: "" }),
      nested("Data", "CREATE_IN_PROGRESS"),
      own("CREATE_IN_PROGRESS", {}, CHILD),
      own("CREATE_COMPLETE", {}, CHILD),
      nested("Data", "CREATE_COMPLETE"),
      resource("Topic", "CREATE_COMPLETE"),
      own("CREATE_COMPLETE"),
      own("UPDATE_IN_PROGRESS"),
      own("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"),
      own("UPDATE_COMPLETE"),
    );
    const added = frames.filter(
      (frame) =>
        frame.type === "resource_update" && (frame.operation ?? frame.corrected ?? frame.resource.superseded),
    );
    expect(added).toEqual([]);
  });
});

describe("What is planned", () => {
  const summaryAt = async (offset: number, ...events: readonly StackEvent[]) => {
    const cloudFormation = new FakeCloudFormation();
    cloudFormation.templates.set(ROOT, {
      Topic: { type: "AWS::SNS::Topic" },
      Queue: { type: "AWS::SQS::Queue" },
    });
    const follower = new Follower(cloudFormation);
    cloudFormation.show(...events);
    await follower.poll();
    return { ...summaryOf(follower.state)!, offset };
  };

  const events = timed(own("CREATE_IN_PROGRESS"), resource("Queue", "CREATE_IN_PROGRESS"));
  const paths = (view: Parameters<typeof resourcesOf>[0]) =>
    resourcesOf(view).map(({ path, status }) => [path, status]);

  test("comes with a summary, and moves to what has begun once it begins", async () => {
    const begun = stackViewOf(await summaryAt(1, events[0]!));
    expect(paths(begun)).toEqual([
      ["Topic", ""],
      ["Queue", ""],
    ]);
    const { frames } = await followed(...events);
    expect(paths(stackViewAfter(begun, frames)!)).toEqual([
      ["Queue", "CREATE_IN_PROGRESS"],
      ["Topic", ""],
    ]);
  });

  test("is taken from a summary of the same operation alone", async () => {
    const view = await viewOf(...events);
    const summary = await summaryAt(2, ...events);
    expect(paths(plannedFrom(view, summary))).toEqual([
      ["Queue", "CREATE_IN_PROGRESS"],
      ["Topic", ""],
    ]);
    expect(plannedFrom(view, { ...summary, startedAt: at(100) })).toBe(view);
  });
});
