/** What an end means: judged by what the operation meant, with its cause and what it left behind. */
import { describe, expect, test } from "vitest";
import { reasonHintOf } from "../../src/aws/cloudformation/reason-hint.ts";
import type { StackEvent } from "../../src/domain/stack/stack-event.ts";
import { summaryOf } from "../../src/domain/stack/summary.ts";
import { FakeCloudFormation } from "../support/fake-cloudformation.ts";
import { CHILD, nested, own, resource, ROOT, timed } from "./events.ts";
import { Follower } from "./follower.ts";

/** With the hints that their reasons give, as from the wire. */
const asRead = (event: StackEvent): StackEvent => {
  const hint = reasonHintOf(event.reason, event.status);
  return hint ? { ...event, hint } : event;
};

const followed = async (events: readonly StackEvent[], prepare?: (aws: FakeCloudFormation) => void) => {
  const cloudFormation = new FakeCloudFormation();
  prepare?.(cloudFormation);
  const follower = new Follower(cloudFormation);
  for (const event of timed(...events)) {
    cloudFormation.show(asRead(event));
    await follower.poll();
  }
  await follower.pollToEnd();
  return follower;
};

/** The end, as the channel and REST tell it alike. */
const endOf = async (events: readonly StackEvent[]) => {
  const follower = await followed(events);
  const { outcome, cause, rollbackCause, cancelled, orphans, retained, stabilising, stack } =
    follower.ends.at(-1)!;
  const summary = summaryOf(follower.state)!;
  const facts = { outcome, cause, rollbackCause, cancelled, orphans, retained, stabilising };
  expect(summary).toMatchObject(
    Object.fromEntries(Object.entries({ ...facts, ...stack }).filter(([, fact]) => fact !== undefined)),
  );
  const known = Object.entries({
    outcome,
    cause: cause?.path,
    why: cause?.reason,
    rollbackCause: rollbackCause?.path,
    cancelled,
    stabilising,
    orphans: orphans?.map(({ path, reason }) => `${path}: ${reason}`),
    retained: retained?.map(({ path, physicalId }) => `${path}: ${physicalId}`),
    counts: [stack.totalResources, stack.completedResources, stack.failedResources, stack.progress],
  });
  return Object.fromEntries(known.filter(([, fact]) => fact !== undefined));
};

const created = () => [own("CREATE_IN_PROGRESS"), own("CREATE_COMPLETE")];

describe("A deletion that is refused", () => {
  test.each(["CREATE_COMPLETE", "UPDATE_COMPLETE", "ROLLBACK_COMPLETE", "UPDATE_ROLLBACK_COMPLETE"])(
    "has failed with the stack's own reason, though the stack rests at %s",
    async (status) => {
      const reason = "Export net-VpcId cannot be deleted as it is in use by app";
      expect(
        await endOf([
          ...created(),
          own("DELETE_IN_PROGRESS", { reason: "User Initiated", clientRequestToken: "del" }),
          own(status, { reason, clientRequestToken: "del" }),
        ]),
      ).toEqual({ outcome: "failed", cause: "shop", why: reason, counts: [0, 0, 0, 0] });
    },
  );
});

describe("A create that is given up and deleted", () => {
  test("is rolled back, with the reason that only the stack's own event holds", async () => {
    const reason = "No export named nobody-exports-this found. Delete requested by user.";
    expect(
      await endOf([
        own("CREATE_IN_PROGRESS", { reason: "User Initiated", clientRequestToken: "c" }),
        own("DELETE_IN_PROGRESS", { reason, clientRequestToken: "c" }),
        own("DELETE_COMPLETE", { clientRequestToken: "c" }),
      ]),
    ).toEqual({ outcome: "rolled_back", cause: "shop", why: reason, counts: [0, 0, 0, 100] });
  });

  const givenUp = [
    own("CREATE_IN_PROGRESS", { reason: "User Initiated" }),
    resource("Queue", "CREATE_IN_PROGRESS"),
    resource("Role", "CREATE_IN_PROGRESS"),
    resource("Queue", "CREATE_FAILED", { reason: "orders.fifo! is invalid" }),
    resource("Role", "CREATE_FAILED", { reason: "Resource creation cancelled" }),
    own("DELETE_IN_PROGRESS", {
      reason: "The following resource(s) failed to create: [Role, Queue]. . Delete requested by user.",
    }),
    resource("Role", "DELETE_IN_PROGRESS"),
    resource("Queue", "DELETE_COMPLETE"),
  ];

  test("is one attempt without any token, with its counts and the first failed resource", async () => {
    expect(await endOf([...givenUp, resource("Role", "DELETE_COMPLETE"), own("DELETE_COMPLETE")])).toEqual({
      outcome: "rolled_back",
      cause: "Queue",
      why: "orders.fifo! is invalid",
      counts: [2, 0, 2, 100],
    });
  });

  test("has a failed rollback if it cannot be deleted", async () => {
    expect(
      await endOf([
        ...givenUp,
        resource("Role", "DELETE_FAILED", { reason: "it has policies" }),
        own("DELETE_FAILED", { reason: "The following resource(s) failed to delete: [Role]." }),
      ]),
    ).toMatchObject({ outcome: "rollback_failed", cause: "Queue", rollbackCause: "Role" });
  });

  test("is somebody's deletion where nothing says otherwise", async () => {
    const end = await endOf([
      own("CREATE_IN_PROGRESS"),
      resource("Queue", "CREATE_IN_PROGRESS"),
      own("DELETE_IN_PROGRESS", { reason: "User Initiated" }),
      resource("Queue", "DELETE_COMPLETE"),
      own("DELETE_COMPLETE"),
    ]);
    expect(end).toEqual({ outcome: "deleted", counts: [1, 1, 0, 100] });
  });
});

describe("A rollback that fails", () => {
  const failing = [
    ...created(),
    own("UPDATE_IN_PROGRESS"),
    resource("Key", "UPDATE_IN_PROGRESS"),
    resource("Key", "UPDATE_COMPLETE"),
    resource("Web", "UPDATE_IN_PROGRESS"),
    resource("Web", "UPDATE_FAILED", { reason: "the new task cannot start" }),
    own("UPDATE_ROLLBACK_IN_PROGRESS", { reason: "The following resource(s) failed to update: [Web]." }),
    resource("Key", "UPDATE_IN_PROGRESS"),
    resource("Key", "UPDATE_FAILED", { reason: "the key policy will not allow it" }),
    resource("Web", "UPDATE_COMPLETE"),
    own("UPDATE_ROLLBACK_FAILED", { reason: "The following resource(s) failed to update: [Key]." }),
  ];

  test("names what blocks it beside what began it", async () => {
    expect(await endOf(failing)).toMatchObject({
      outcome: "rollback_failed",
      cause: "Web",
      rollbackCause: "Key",
    });
  });

  test("names nothing any more once it was continued and has succeeded", async () => {
    const end = await endOf([
      ...failing,
      own("UPDATE_ROLLBACK_IN_PROGRESS", { reason: "User Initiated" }),
      resource("Key", "UPDATE_COMPLETE"),
      own("UPDATE_ROLLBACK_COMPLETE"),
    ]);
    expect(end).toMatchObject({ outcome: "rolled_back", cause: "Web" });
    expect([end["rollbackCause"], end["cancelled"]]).toEqual([undefined, undefined]);
  });

  test("is no cause of a create that only its own event explains", async () => {
    expect(
      await endOf([
        own("CREATE_IN_PROGRESS"),
        resource("A", "CREATE_COMPLETE"),
        own("ROLLBACK_IN_PROGRESS", { reason: "Attribute 'PublicIp' does not exist" }),
        resource("A", "DELETE_FAILED", { reason: "not empty" }),
        own("ROLLBACK_FAILED", { reason: "The following resource(s) failed to delete: [A]." }),
      ]),
    ).toMatchObject({
      outcome: "rollback_failed",
      why: "Attribute 'PublicIp' does not exist",
      rollbackCause: "A",
    });
  });
});

test("An update that its user cancelled is told as such", async () => {
  expect(
    await endOf([
      ...created(),
      own("UPDATE_IN_PROGRESS", { reason: "User Initiated" }),
      resource("A", "UPDATE_IN_PROGRESS"),
      own("UPDATE_ROLLBACK_IN_PROGRESS", { reason: "User Initiated" }),
      resource("A", "UPDATE_FAILED", { reason: "Resource update cancelled" }),
      resource("A", "UPDATE_COMPLETE"),
      own("UPDATE_ROLLBACK_COMPLETE"),
    ]),
  ).toEqual({
    outcome: "rolled_back",
    cause: "shop",
    why: "User Initiated",
    cancelled: true,
    counts: [1, 0, 1, 100],
  });
});

describe("What is left behind", () => {
  test("by a clean-up is named with its reason, once, and not in the total", async () => {
    expect(
      await endOf([
        own("UPDATE_IN_PROGRESS"),
        resource("Policy", "UPDATE_COMPLETE"),
        own("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"),
        resource("Old", "DELETE_IN_PROGRESS"),
        resource("Old", "DELETE_FAILED", { reason: "AccessDenied" }),
        resource("Old", "DELETE_IN_PROGRESS"),
        resource("Old", "DELETE_FAILED", { reason: "AccessDenied again" }),
        own("UPDATE_COMPLETE", { reason: "Update successful. One or more resources could not be deleted." }),
      ]),
    ).toEqual({
      outcome: "deployed_with_orphans",
      orphans: ["Old: AccessDenied again"],
      counts: [1, 1, 0, 100],
    });
  });

  test("is nothing that could be deleted at the second try", async () => {
    expect(
      await endOf([
        own("UPDATE_IN_PROGRESS"),
        own("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"),
        resource("Old", "DELETE_FAILED", { reason: "in use" }),
        resource("Old", "DELETE_COMPLETE"),
        own("UPDATE_COMPLETE"),
      ]),
    ).toEqual({ outcome: "deployed", counts: [0, 0, 0, 100] });
  });

  test("is the replaced instance, not the one that took its place", async () => {
    expect(
      await endOf([
        own("UPDATE_IN_PROGRESS"),
        resource("A", "UPDATE_COMPLETE", { physicalId: "new" }),
        own("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"),
        resource("A", "DELETE_SKIPPED", { physicalId: "old" }),
        own("UPDATE_COMPLETE"),
      ]),
    ).toEqual({ outcome: "deployed", retained: ["A: old"], counts: [1, 1, 0, 100] });
  });

  test("because its template retains it is told apart from what was deleted", async () => {
    expect(
      await endOf([
        own("CREATE_IN_PROGRESS"),
        resource("Table", "CREATE_COMPLETE"),
        resource("Bucket", "CREATE_IN_PROGRESS"),
        resource("Bucket", "CREATE_FAILED", { reason: "assets already exists" }),
        own("ROLLBACK_IN_PROGRESS", { reason: "The following resource(s) failed to create: [Bucket]. " }),
        resource("Table", "DELETE_SKIPPED"),
        resource("Bucket", "DELETE_SKIPPED"),
        own("ROLLBACK_COMPLETE"),
      ]),
    ).toEqual({
      outcome: "rolled_back",
      cause: "Bucket",
      why: "assets already exists",
      retained: ["Table: physical-Table", "Bucket: physical-Bucket"],
      counts: [2, 1, 1, 100],
    });
  });

  test("by a deletion that skips what it cannot delete is named, too", async () => {
    expect(
      await endOf([
        own("DELETE_IN_PROGRESS"),
        resource("A", "DELETE_FAILED", { reason: "in use" }),
        resource("B", "DELETE_SKIPPED"),
        own("DELETE_COMPLETE"),
      ]),
    ).toMatchObject({ outcome: "deleted", orphans: ["A: in use"], retained: ["B: physical-B"] });
  });
});

test("An end in Express mode says that resources may go on becoming available", async () => {
  const said =
    "operation completed using Express Mode. It may continue becoming available in the background.";
  expect(
    await endOf([
      own("CREATE_IN_PROGRESS"),
      resource("Db", "CREATE_IN_PROGRESS"),
      resource("Db", "CREATE_COMPLETE", { reason: `Resource ${said}` }),
      own("CREATE_COMPLETE", { reason: `Stack ${said}` }),
    ]),
  ).toEqual({ outcome: "deployed", stabilising: true, counts: [1, 1, 0, 100] });
});

test("What a clean-up deletes with a nested stack counts for nothing, at no time", async () => {
  const templates = (aws: FakeCloudFormation) => {
    aws.templates.set(CHILD, {
      Bucket: { type: "AWS::S3::Bucket" },
      Handler: { type: "AWS::Lambda::Function" },
    });
    aws.templates.set(ROOT, { Api: { type: "AWS::Lambda::Function" } });
  };
  const { frames, ends } = await followed(
    [
      own("UPDATE_IN_PROGRESS"),
      resource("Api", "UPDATE_IN_PROGRESS"),
      resource("Api", "UPDATE_COMPLETE"),
      own("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"),
      nested("Data", "DELETE_IN_PROGRESS"),
      own("DELETE_IN_PROGRESS", {}, CHILD),
      resource("Handler", "DELETE_IN_PROGRESS", {}, CHILD),
      resource("Handler", "DELETE_COMPLETE", {}, CHILD),
      resource("Bucket", "DELETE_COMPLETE", {}, CHILD),
      own("DELETE_COMPLETE", {}, CHILD),
      nested("Data", "DELETE_COMPLETE"),
      own("UPDATE_COMPLETE"),
    ],
    templates,
  );
  expect(new Set(frames.map(({ stack }) => stack.totalResources))).toEqual(new Set([1]));
  expect(ends).toMatchObject([{ outcome: "deployed", stack: { completedResources: 1, failedResources: 0 } }]);
});
