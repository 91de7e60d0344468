/** Following nested stacks, which come, go, and cannot always be read. */
import { describe, expect, test } from "vitest";
import type { LookupFailure } from "../../src/domain/failure/lookup-failure.ts";
import type { StackEvent } from "../../src/domain/stack/stack-event.ts";
import { FakeCloudFormation } from "../support/fake-cloudformation.ts";
import { CHILD, nested, own, resource, ROOT, timed } from "./events.ts";
import { Follower } from "./follower.ts";
import { expectInvariants } from "./invariants.ts";

const GRANDCHILD = CHILD.replace("shop-Data-AAAA", "shop-Data-AAAA-Deep-BBBB");

const started = () => {
  const cloudFormation = new FakeCloudFormation();
  return { cloudFormation, follower: new Follower(cloudFormation) };
};

const story = ({ frames }: Follower): string[] =>
  frames.map((frame) =>
    frame.type === "stack_complete"
      ? `end: ${frame.outcome}`
      : `${frame.resource.path} ${frame.resource.status}`,
  );

const countsAtEnd = ({ ends }: Follower) => {
  const { totalResources, completedResources, inProgressResources, failedResources } =
    ends.at(-1)?.stack ?? {};
  return [totalResources, completedResources, inProgressResources, failedResources];
};

/** A create with a nested stack that holds one resource. */
const creation = (): StackEvent[] =>
  timed(
    own("CREATE_IN_PROGRESS"),
    nested("Data", "CREATE_IN_PROGRESS"),
    own("CREATE_IN_PROGRESS", {}, CHILD),
    resource("Table", "CREATE_COMPLETE", {}, CHILD),
    own("CREATE_COMPLETE", {}, CHILD),
    nested("Data", "CREATE_COMPLETE"),
    own("CREATE_COMPLETE"),
  );

const CREATION_TOLD = [
  "shop CREATE_IN_PROGRESS",
  "Data CREATE_IN_PROGRESS",
  "Data/shop-Data-AAAA CREATE_IN_PROGRESS",
  "Data/Table CREATE_COMPLETE",
  "Data/shop-Data-AAAA CREATE_COMPLETE",
  "Data CREATE_COMPLETE",
  "shop CREATE_COMPLETE",
  "end: deployed",
];

const failing = (stackId: string, failure: LookupFailure, action = "DescribeStackEvents") =>
  ((asked, stack) =>
    asked === action && stack === stackId ? failure : undefined) satisfies FakeCloudFormation["fault"];

describe("A nested stack", () => {
  test("is told of within its parent's story, at any depth, also when all is over", async () => {
    const { cloudFormation, follower } = started();
    cloudFormation.show(
      ...timed(
        own("CREATE_IN_PROGRESS"),
        nested("Data", "CREATE_IN_PROGRESS"),
        own("CREATE_IN_PROGRESS", {}, CHILD),
        nested("Deep", "CREATE_IN_PROGRESS", {}, GRANDCHILD, CHILD),
        own("CREATE_IN_PROGRESS", {}, GRANDCHILD),
        resource("Topic", "CREATE_COMPLETE", {}, GRANDCHILD),
        own("CREATE_COMPLETE", {}, GRANDCHILD),
        nested("Deep", "CREATE_COMPLETE", {}, GRANDCHILD, CHILD),
        own("CREATE_COMPLETE", {}, CHILD),
        nested("Data", "CREATE_COMPLETE"),
        own("CREATE_COMPLETE"),
      ),
    );
    await follower.poll();
    expect(story(follower)).toContain("Data/Deep/Topic CREATE_COMPLETE");
    expect([follower.complete, countsAtEnd(follower)]).toEqual([true, [3, 3, 0, 0]]);
  });

  test("is asked for only while its parent says that it does something", async () => {
    const { cloudFormation, follower } = started();
    const events = creation();
    cloudFormation.show(...events.slice(0, 6));
    await follower.poll();
    cloudFormation.calls.length = 0;
    await follower.poll();
    expect(cloudFormation.calls).toEqual([`DescribeStackEvents ${ROOT}`]);
  });

  test("that never shows an event holds the end up for no long time", async () => {
    const { cloudFormation, follower } = started();
    cloudFormation.show(...creation().filter(({ stackId }) => stackId === ROOT));
    await follower.pollToEnd(3);
    expect([follower.complete, follower.trouble, countsAtEnd(follower)]).toEqual([
      true,
      undefined,
      [1, 1, 0, 0],
    ]);
  });

  test("that is announced, but not there yet, is no trouble and is told when it is", async () => {
    const { cloudFormation, follower } = started();
    const events = creation();
    cloudFormation.fault = failing(CHILD, { kind: "missing", message: "does not exist" });
    cloudFormation.show(...events.slice(0, 3));
    for (let poll = 0; poll < 5; poll++) await follower.poll();
    expect(follower.trouble).toBeUndefined();
    cloudFormation.fault = () => undefined;
    cloudFormation.show(...events.slice(3));
    await follower.poll();
    expect(story(follower)).toEqual(CREATION_TOLD);
  });

  test("that is throttled for eight polls at the end is told before it", async () => {
    const { cloudFormation, follower } = started();
    const events = creation();
    cloudFormation.show(...events.slice(0, 3));
    await follower.poll();
    cloudFormation.fault = failing(CHILD, { kind: "throttled", code: "Throttling" });
    cloudFormation.show(...events.slice(3));
    for (let poll = 0; poll < 8; poll++) await follower.poll();
    expect([follower.complete, follower.trouble?.kind]).toEqual([false, "throttled"]);
    cloudFormation.fault = () => undefined;
    await follower.poll();
    expect(story(follower).toSorted()).toEqual(CREATION_TOLD.toSorted());
    expect(countsAtEnd(follower)).toEqual([2, 2, 0, 0]);
  });

  test("that is read after its stack began to roll back counts for what it did before", async () => {
    const { cloudFormation, follower } = started();
    const events = timed(
      own("CREATE_IN_PROGRESS"),
      nested("Data", "CREATE_IN_PROGRESS"),
      own("CREATE_IN_PROGRESS", {}, CHILD),
      resource("Table", "CREATE_COMPLETE", {}, CHILD),
      own("CREATE_COMPLETE", {}, CHILD),
      nested("Data", "CREATE_COMPLETE"),
      resource("Topic", "CREATE_FAILED"),
      own("ROLLBACK_IN_PROGRESS"),
    );
    cloudFormation.fault = failing(CHILD, { kind: "throttled", code: "Throttling" });
    cloudFormation.show(...events);
    await follower.poll();
    cloudFormation.fault = () => undefined;
    await follower.poll();
    const table = [...follower.state.resources.values()].find(({ path }) => path === "Data/Table");
    expect([table?.forward, table?.undo]).toEqual(["done", undefined]);
    expectInvariants(follower.frames);
  });

  test.each(["denied", "rejected"] as const)(
    "that is %s is done without, and is no trouble of its stack",
    async (kind) => {
      const { cloudFormation, follower } = started();
      cloudFormation.fault = failing(CHILD, { kind, code: "No", message: "no" });
      cloudFormation.show(...creation());
      await follower.poll();
      expect([follower.complete, follower.trouble, countsAtEnd(follower)]).toEqual([
        true,
        undefined,
        [1, 1, 0, 0],
      ]);
    },
  );

  test("that is deleted in the clean-up is told of, and does not count", async () => {
    const { cloudFormation, follower } = started();
    cloudFormation.show(...creation());
    await follower.poll();
    const change = [
      own("UPDATE_IN_PROGRESS"),
      resource("Topic", "CREATE_COMPLETE"),
      own("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"),
      nested("Data", "DELETE_IN_PROGRESS"),
      own("DELETE_IN_PROGRESS", {}, CHILD),
      resource("Table", "DELETE_COMPLETE", {}, CHILD),
      own("DELETE_COMPLETE", {}, CHILD),
      nested("Data", "DELETE_COMPLETE"),
      own("UPDATE_COMPLETE"),
    ].map((event, index) => ({ ...event, timestamp: `2026-11-02T12:00:0${index}.000Z` }));
    for (const event of change) {
      cloudFormation.show(event);
      await follower.poll();
    }
    await follower.pollToEnd();
    expect(story(follower).slice(CREATION_TOLD.length)).toEqual([
      "shop UPDATE_IN_PROGRESS",
      "Topic CREATE_COMPLETE",
      "shop UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
      "Data DELETE_IN_PROGRESS",
      "Data/shop-Data-AAAA DELETE_IN_PROGRESS",
      "Data/Table DELETE_COMPLETE",
      "Data/shop-Data-AAAA DELETE_COMPLETE",
      "Data DELETE_COMPLETE",
      "shop UPDATE_COMPLETE",
      "end: deployed",
    ]);
    expect(countsAtEnd(follower)).toEqual([1, 1, 0, 0]);
    expectInvariants(follower.frames);
  });

  test("whose parent was read after it is read again", async () => {
    const { cloudFormation, follower } = started();
    const events = timed(
      own("CREATE_IN_PROGRESS"),
      nested("Data", "CREATE_IN_PROGRESS"),
      own("CREATE_IN_PROGRESS", {}, CHILD),
      nested("Deep", "CREATE_IN_PROGRESS", {}, GRANDCHILD, CHILD),
      own("CREATE_IN_PROGRESS", {}, GRANDCHILD),
      own("CREATE_COMPLETE", {}, GRANDCHILD),
      nested("Deep", "CREATE_COMPLETE", {}, GRANDCHILD, CHILD),
      nested("Deep", "DELETE_IN_PROGRESS", {}, GRANDCHILD, CHILD),
      own("DELETE_IN_PROGRESS", {}, GRANDCHILD),
      own("DELETE_COMPLETE", {}, GRANDCHILD),
      nested("Deep", "DELETE_COMPLETE", {}, GRANDCHILD, CHILD),
    );
    cloudFormation.show(...events.slice(0, 8));
    await follower.poll();
    // Both are read at the same time; the grandchild's answer is the older one.
    const eventPage = cloudFormation.eventPage.bind(cloudFormation);
    cloudFormation.eventPage = async (stack, known, nextToken) => {
      if (stack === CHILD) await Promise.resolve(cloudFormation.show(...events.slice(8)));
      return eventPage(stack, known, nextToken);
    };
    const reversed = new Map([...follower.state.followed].toReversed());
    follower.state = { ...follower.state, followed: reversed };
    await follower.poll();
    cloudFormation.eventPage = eventPage;
    await follower.poll();
    expect(story(follower).filter((reported) => reported.includes("BBBB"))).toEqual([
      "Data/Deep/shop-Data-AAAA-Deep-BBBB CREATE_IN_PROGRESS",
      "Data/Deep/shop-Data-AAAA-Deep-BBBB CREATE_COMPLETE",
      "Data/Deep/shop-Data-AAAA-Deep-BBBB DELETE_IN_PROGRESS",
      "Data/Deep/shop-Data-AAAA-Deep-BBBB DELETE_COMPLETE",
    ]);
  });
});

test("Stacks that hold each other, as only a broken emulator tells, are not followed round and round", async () => {
  const { cloudFormation, follower } = started();
  cloudFormation.show(
    ...timed(
      own("CREATE_IN_PROGRESS"),
      nested("Data", "CREATE_IN_PROGRESS"),
      nested("Down", "CREATE_IN_PROGRESS", {}, GRANDCHILD, CHILD),
      nested("Up", "CREATE_IN_PROGRESS", {}, CHILD, GRANDCHILD),
    ),
  );
  await follower.poll();
  expect([...follower.state.followed.keys()]).toContain(CHILD);
});
