/** What becomes visible late or at the wrong moment, and what a clean-up leaves of it. */
import { describe, expect, test } from "vitest";
import type { StackEvent } from "../../src/domain/stack/stack-event.ts";
import { FakeCloudFormation } from "../support/fake-cloudformation.ts";
import { at, CHILD, nested, own, resource, ROOT, timed } from "./events.ts";
import { Follower } from "./follower.ts";

const started = () => {
  const cloudFormation = new FakeCloudFormation();
  return { cloudFormation, follower: new Follower(cloudFormation) };
};

const reported = ({ frames }: Follower): string[] =>
  frames.map((frame) =>
    frame.type === "stack_complete"
      ? `end: ${frame.outcome}`
      : `${frame.resource.path} ${frame.resource.status}`,
  );

const resourceAt = ({ state }: Follower, path: string) =>
  [...state.resources.values()].find((tracked) => tracked.path === path);

describe("What becomes visible late", () => {
  test("is waited for before the end, where a resource has no end of its own", async () => {
    const { cloudFormation, follower } = started();
    const [start, begun, done, end] = timed(
      own("CREATE_IN_PROGRESS"),
      resource("A", "CREATE_IN_PROGRESS"),
      resource("A", "CREATE_COMPLETE"),
      own("CREATE_COMPLETE"),
    ) as [StackEvent, StackEvent, StackEvent, StackEvent];
    cloudFormation.show(start, begun, end);
    await follower.poll();
    expect(follower.complete).toBe(false);
    cloudFormation.lists.set(ROOT, [start, begun, done, end]);
    await follower.poll();
    expect(reported(follower).slice(2)).toEqual([
      "shop CREATE_COMPLETE",
      "A CREATE_COMPLETE",
      "end: deployed",
    ]);
  });

  test("takes neither the stack nor a resource back", async () => {
    const { cloudFormation, follower } = started();
    const events = timed(
      own("UPDATE_IN_PROGRESS"),
      resource("A", "UPDATE_IN_PROGRESS"),
      resource("A", "UPDATE_COMPLETE"),
      own("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"),
      own("UPDATE_COMPLETE"),
    );
    cloudFormation.staleStatus = "UPDATE_IN_PROGRESS";
    cloudFormation.show(events[0]!, events[2]!, events[4]!);
    await follower.poll();
    cloudFormation.lists.set(ROOT, events);
    await follower.poll();
    cloudFormation.staleStatus = undefined;
    await follower.poll();
    expect(reported(follower).slice(3)).toEqual([
      "A UPDATE_IN_PROGRESS",
      "shop UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
      "end: deployed",
    ]);
    expect([resourceAt(follower, "A")?.status, follower.ends[0]?.stack.completedResources]).toEqual([
      "UPDATE_COMPLETE",
      1,
    ]);
  });

  test("is a nested stack that was announced in the poll that saw the end", async () => {
    const { cloudFormation, follower } = started();
    cloudFormation.show(
      ...timed(
        own("CREATE_IN_PROGRESS"),
        nested("Data", "CREATE_COMPLETE"),
        resource("Table", "CREATE_COMPLETE", {}, CHILD),
        own("CREATE_COMPLETE"),
      ),
    );
    cloudFormation.fault = (_action, stack) =>
      stack === CHILD ? { kind: "missing", message: "does not exist" } : undefined;
    await follower.poll();
    cloudFormation.fault = () => undefined;
    await follower.poll();
    expect(reported(follower).slice(3)).toEqual(["Data/Table CREATE_COMPLETE", "end: deployed"]);
  });

  test("is a nested stack's clean-up of which its parent says nothing more", async () => {
    const { cloudFormation, follower } = started();
    cloudFormation.show(
      ...timed(
        own("UPDATE_IN_PROGRESS"),
        nested("Data", "UPDATE_IN_PROGRESS"),
        own("UPDATE_IN_PROGRESS", {}, CHILD),
        own("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", {}, CHILD),
        nested("Data", "UPDATE_COMPLETE"),
      ),
    );
    await follower.poll();
    cloudFormation.show(
      own("UPDATE_COMPLETE", { seconds: 9 }, CHILD),
      own("UPDATE_COMPLETE", { seconds: 9 }),
    );
    await follower.poll();
    expect(reported(follower).slice(5)).toEqual([
      "shop UPDATE_COMPLETE",
      "Data/shop-Data-AAAA UPDATE_COMPLETE",
      "end: deployed",
    ]);
  });
});

describe("What is not of this operation", () => {
  const creation = () =>
    timed(
      own("CREATE_IN_PROGRESS"),
      nested("Data", "CREATE_IN_PROGRESS"),
      own("CREATE_IN_PROGRESS", {}, CHILD),
      own("CREATE_COMPLETE", {}, CHILD),
      nested("Data", "CREATE_COMPLETE"),
      own("CREATE_COMPLETE"),
    );
  const deletion = () => [
    own("DELETE_IN_PROGRESS", { seconds: 20 }),
    nested("Data", "DELETE_IN_PROGRESS", { seconds: 21 }),
    own("DELETE_IN_PROGRESS", { seconds: 22 }, CHILD),
  ];

  test("is what a nested stack shows of the next one, begun after its root was read: it is told then", async () => {
    const { cloudFormation, follower } = started();
    cloudFormation.show(...creation());
    cloudFormation.fault = (_action, stack) => {
      if (stack === CHILD && cloudFormation.lists.get(CHILD)?.length === 2)
        cloudFormation.show(...deletion());
      return undefined;
    };
    await follower.poll();
    await follower.poll();
    expect(reported(follower).slice(5)).toEqual([
      "shop CREATE_COMPLETE",
      "end: deployed",
      "shop DELETE_IN_PROGRESS",
      "Data DELETE_IN_PROGRESS",
      "Data/shop-Data-AAAA DELETE_IN_PROGRESS",
    ]);
  });

  test("is what a nested stack did in an operation between two polls", async () => {
    const { cloudFormation, follower } = started();
    cloudFormation.show(...creation());
    await follower.poll();
    cloudFormation.show(
      own("UPDATE_IN_PROGRESS", { seconds: 10 }),
      nested("Data", "UPDATE_IN_PROGRESS", { seconds: 11 }),
      resource("Table", "UPDATE_COMPLETE", { seconds: 12 }, CHILD),
      nested("Data", "UPDATE_COMPLETE", { seconds: 13 }),
      own("UPDATE_COMPLETE", { seconds: 14 }),
      ...deletion(),
    );
    await follower.poll();
    expect(reported(follower).slice(7)).toEqual([
      "shop DELETE_IN_PROGRESS",
      "Data DELETE_IN_PROGRESS",
      "Data/shop-Data-AAAA DELETE_IN_PROGRESS",
    ]);
  });

  test("is the time for which a change set was under review", async () => {
    const { cloudFormation, follower } = started();
    cloudFormation.show(
      own("REVIEW_IN_PROGRESS", { seconds: 0 }),
      own("CREATE_IN_PROGRESS", { seconds: 600 }),
      own("CREATE_COMPLETE", { seconds: 607 }),
    );
    await follower.poll();
    expect([follower.ends[0]?.durationSeconds, follower.state.attempt?.startedAt]).toEqual([7, at(600)]);
  });

  test("is the instance that a clean-up deletes under the name of the one that took its place", async () => {
    const { cloudFormation, follower } = started();
    cloudFormation.show(
      ...timed(
        own("UPDATE_IN_PROGRESS"),
        resource("A", "UPDATE_COMPLETE", { physicalId: "new" }),
        own("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"),
        resource("A", "DELETE_FAILED", { physicalId: "old" }),
        own("UPDATE_COMPLETE"),
      ),
    );
    await follower.poll();
    const { status, physicalId } = resourceAt(follower, "A") ?? {};
    expect([status, physicalId, follower.ends[0]?.outcome]).toEqual([
      "UPDATE_COMPLETE",
      "new",
      "deployed_with_orphans",
    ]);
  });
});

test("A hook's report on the stack that tells no status leaves it as it stands", async () => {
  const { cloudFormation, follower } = started();
  const hook = {
    type: "Guard",
    status: "HOOK_IN_PROGRESS",
    reason: "",
    invocationPoint: "",
    failureMode: "WARN",
  };
  cloudFormation.show(own("CREATE_IN_PROGRESS"), own("", { hook }));
  await follower.poll();
  expect(follower.frames.map(({ stack }) => stack.status)).toEqual([
    "CREATE_IN_PROGRESS",
    "CREATE_IN_PROGRESS",
  ]);
});
