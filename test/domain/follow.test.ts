/** Following a stack, poll by poll, when AWS or its users do something awkward. */
import { describe, expect, test } from "vitest";
import type { StackEvent } from "../../src/domain/stack/stack-event.ts";
import { FakeCloudFormation } from "../support/fake-cloudformation.ts";
import { at, CHILD, nested, own, resource, ROOT, timed } from "./events.ts";
import { Follower } from "./follower.ts";
import { expectInvariants } from "./invariants.ts";

const started = () => {
  const cloudFormation = new FakeCloudFormation();
  return { cloudFormation, follower: new Follower(cloudFormation) };
};

/** Logical ids and statuses of what was reported, the ends by their outcome. */
const story = ({ frames }: Follower): string[] =>
  frames.map((frame) =>
    frame.type === "stack_complete"
      ? `end: ${frame.outcome}`
      : `${frame.resource.path} ${frame.resource.status}`,
  );

const creation = () => [own("CREATE_IN_PROGRESS"), resource("A", "CREATE_COMPLETE"), own("CREATE_COMPLETE")];
const update = (id = "A") => [
  own("UPDATE_IN_PROGRESS"),
  resource(id, "UPDATE_COMPLETE"),
  own("UPDATE_COMPLETE"),
];

describe("A stack that is followed", () => {
  test("costs one call a poll while nothing begins and nothing ends", async () => {
    const { cloudFormation, follower } = started();
    cloudFormation.show(own("CREATE_IN_PROGRESS"));
    await follower.poll();
    cloudFormation.calls.length = 0;
    cloudFormation.show(resource("A", "CREATE_IN_PROGRESS"));
    await follower.poll();
    await follower.poll();
    expect(cloudFormation.calls).toEqual([`DescribeStackEvents ${ROOT}`, `DescribeStackEvents ${ROOT}`]);
  });

  test("is left alone by a poll that brings nothing", async () => {
    const { cloudFormation, follower } = started();
    cloudFormation.show(own("CREATE_IN_PROGRESS"));
    await follower.poll();
    const before = follower.state;
    expect(await follower.poll()).toEqual({
      state: before,
      frames: [],
      renewed: false,
      touchedResources: new Set(),
      touchedStacks: new Set(),
      changed: false,
    });
  });

  test("is planned by the change set that was executed, else by its template", async () => {
    const { cloudFormation, follower } = started();
    cloudFormation.templates.set(ROOT, { A: { type: "T" }, B: { type: "T" }, C: { type: "T" } });
    cloudFormation.show(own("REVIEW_IN_PROGRESS"));
    await follower.poll();
    expect(cloudFormation.calls).not.toContain(`GetTemplate ${ROOT}`);
    cloudFormation.show(own("CREATE_IN_PROGRESS"));
    await follower.poll();
    expect(follower.frames.at(-1)?.stack.totalResources).toBe(3);
    cloudFormation.changes.set(ROOT, [
      { action: "Modify", logicalId: "A", type: "T" },
      { action: "Remove", logicalId: "B", type: "T" },
    ]);
    cloudFormation.show(own("CREATE_COMPLETE"), own("UPDATE_IN_PROGRESS"));
    await follower.poll();
    expect(follower.frames.at(-1)?.stack.totalResources).toBe(1);
  });

  test("waits for its plan three polls long, then goes on without", async () => {
    const { cloudFormation, follower } = started();
    cloudFormation.show(own("CREATE_IN_PROGRESS"), resource("A", "CREATE_IN_PROGRESS"));
    cloudFormation.fault = (action) =>
      action === "GetTemplate" ? { kind: "throttled", code: "Throttling" } : undefined;
    for (let poll = 0; poll < 3; poll++) expect(await follower.poll()).toBeUndefined();
    await follower.poll();
    expect(story(follower)).toEqual(["shop CREATE_IN_PROGRESS", "A CREATE_IN_PROGRESS"]);
  });

  test("keeps nothing of a walk whose second page fails, and has all of it the next time", async () => {
    const { cloudFormation, follower } = started();
    cloudFormation.show(own("CREATE_IN_PROGRESS"));
    await follower.poll();
    const before = follower.state;
    cloudFormation.show(
      ...Array.from({ length: 250 }, (_, index) => resource(`R${index}`, "CREATE_COMPLETE")),
    );
    cloudFormation.fault = (_action, _stack, page) =>
      page === 1 ? { kind: "throttled", code: "Throttling" } : undefined;
    expect(await follower.poll()).toBeUndefined();
    expect([follower.state, follower.frames.length]).toEqual([before, 1]);
    cloudFormation.fault = () => undefined;
    await follower.poll();
    expect(story(follower)).toEqual([
      "shop CREATE_IN_PROGRESS",
      ...Array.from({ length: 250 }, (_, index) => `R${index} CREATE_COMPLETE`),
    ]);
    expectInvariants(follower.frames);
  });
});

describe("The end is told", () => {
  const ended = async () => {
    const setup = started();
    setup.cloudFormation.show(...timed(...creation()));
    return setup;
  };

  test("once, and then asking for it costs one call", async () => {
    const { cloudFormation, follower } = await ended();
    await follower.poll();
    cloudFormation.calls.length = 0;
    await follower.poll();
    expect(cloudFormation.calls).toEqual([`DescribeStackEvents ${ROOT}`]);
    expect(follower.ends).toHaveLength(1);
  });

  test("as soon as a DescribeStacks that lagged agrees", async () => {
    const { cloudFormation, follower } = await ended();
    cloudFormation.staleStatus = "CREATE_IN_PROGRESS";
    for (let poll = 0; poll < 5; poll++) await follower.poll();
    expect(follower.ends).toEqual([]);
    cloudFormation.staleStatus = undefined;
    await follower.poll();
    expect(follower.ends.map(({ outcome }) => outcome)).toEqual(["deployed"]);
  });

  test("after ten polls, though DescribeStacks never agrees", async () => {
    const { cloudFormation, follower } = await ended();
    cloudFormation.staleStatus = "REVIEW_IN_PROGRESS";
    for (let poll = 0; poll < 10; poll++) await follower.poll();
    expect(follower.ends).toEqual([]);
    await follower.poll();
    expect(follower.ends).toHaveLength(1);
  });

  test.each([
    ["may not be asked", { kind: "denied", code: "AccessDenied", message: "no" }],
    ["knows the stack no more", { kind: "missing", message: "does not exist" }],
  ] as const)("without outputs, where DescribeStacks %s", async (_title, failure) => {
    const { cloudFormation, follower } = await ended();
    cloudFormation.fault = (action) => (action === "DescribeStacks" ? failure : undefined);
    await follower.pollToEnd(3);
    expect(follower.ends.map(({ outcome, outputs }) => [outcome, outputs])).toEqual([["deployed", {}]]);
  });

  test("when DescribeStacks can be asked again, not before", async () => {
    const { cloudFormation, follower } = await ended();
    cloudFormation.fault = (action) =>
      action === "DescribeStacks" ? { kind: "network", message: "" } : undefined;
    for (let poll = 0; poll < 20; poll++) await follower.poll();
    expect([follower.ends, follower.trouble?.kind]).toEqual([[], "network"]);
    cloudFormation.fault = () => undefined;
    await follower.poll();
    expect(follower.ends.map(({ outputs }) => outputs)).toEqual([{ Url: "https://example.com" }]);
  });

  test("again, when a stack that stayed failed is rolled back later", async () => {
    const { cloudFormation, follower } = started();
    cloudFormation.show(
      ...timed(own("CREATE_IN_PROGRESS"), resource("A", "CREATE_FAILED"), own("CREATE_FAILED")),
    );
    await follower.poll();
    cloudFormation.show(
      own("ROLLBACK_IN_PROGRESS", { seconds: 60 }),
      own("ROLLBACK_COMPLETE", { seconds: 61 }),
    );
    await follower.poll();
    expect(story(follower)).toEqual([
      "shop CREATE_IN_PROGRESS",
      "A CREATE_FAILED",
      "shop CREATE_FAILED",
      "end: failed",
      "shop ROLLBACK_IN_PROGRESS",
      "shop ROLLBACK_COMPLETE",
      "end: rolled_back",
    ]);
    expect(follower.ends[1]?.durationSeconds).toBe(61);
    expectInvariants(follower.frames);
  });
});

describe("A newer operation", () => {
  test("is told alone, where two went by between two polls, and the one before never comes back", async () => {
    const { cloudFormation, follower } = started();
    cloudFormation.show(...timed(...creation()));
    await follower.poll();
    cloudFormation.show(...update("Skipped"), ...update("B").slice(0, 2));
    await follower.poll();
    cloudFormation.show(own("UPDATE_COMPLETE"));
    await follower.poll();
    await follower.poll();
    expect(story(follower).slice(4)).toEqual([
      "shop UPDATE_IN_PROGRESS",
      "B UPDATE_COMPLETE",
      "shop UPDATE_COMPLETE",
      "end: deployed",
    ]);
    expectInvariants(follower.frames);
  });

  test("ends the one before, if its end had not been told", async () => {
    const { cloudFormation, follower } = started();
    cloudFormation.show(...creation().slice(0, 2));
    await follower.poll();
    cloudFormation.show(...creation().slice(2), ...update("B").slice(0, 1));
    const change = await follower.poll();
    expect(story(follower).slice(2)).toEqual([
      "shop CREATE_COMPLETE",
      "end: deployed",
      "shop UPDATE_IN_PROGRESS",
    ]);
    expect([change?.renewed, follower.state.attempt?.firstOffset]).toEqual([true, 5]);
  });

  test("in the middle of a create leaves that without an end", async () => {
    const { cloudFormation, follower } = started();
    cloudFormation.show(own("CREATE_IN_PROGRESS"), resource("A", "CREATE_IN_PROGRESS"));
    await follower.poll();
    cloudFormation.show(own("DELETE_IN_PROGRESS"), resource("A", "DELETE_COMPLETE"), own("DELETE_COMPLETE"));
    await follower.pollToEnd();
    expect(story(follower).slice(2)).toEqual([
      "shop DELETE_IN_PROGRESS",
      "A DELETE_COMPLETE",
      "shop DELETE_COMPLETE",
      "end: deleted",
    ]);
  });
});

describe("A stack of the same name", () => {
  const SECOND = ROOT.replace("11111111", "99999999");
  const second = (): StackEvent[] => [
    own("CREATE_IN_PROGRESS", {}, SECOND),
    own("CREATE_COMPLETE", {}, SECOND),
  ];
  const deletion = () => [own("DELETE_IN_PROGRESS"), own("DELETE_COMPLETE")];

  test("goes on in the channel of the one that was deleted", async () => {
    const { cloudFormation, follower } = started();
    cloudFormation.show(...creation(), ...deletion());
    await follower.poll();
    cloudFormation.lists.set(SECOND, second());
    await follower.poll();
    expect(story(follower)).toEqual([
      "shop DELETE_IN_PROGRESS",
      "shop DELETE_COMPLETE",
      "end: deleted",
      "shop CREATE_IN_PROGRESS",
      "shop CREATE_COMPLETE",
      "end: deployed",
    ]);
    expect(follower.state.rootId).toBe(SECOND);
    expectInvariants(follower.frames);
  });

  test("is not taken for it as long as the name still leads to the deleted one, or to none", async () => {
    const { cloudFormation, follower } = started();
    cloudFormation.show(...creation(), ...deletion());
    await follower.poll();
    const before = [...follower.frames];
    await follower.poll();
    cloudFormation.fault = () => ({ kind: "missing", message: "does not exist" });
    await follower.poll();
    expect([follower.frames, follower.state.rootId, follower.trouble]).toEqual([before, ROOT, undefined]);
  });

  test("is found, though AWS has forgotten the one before", async () => {
    const { cloudFormation, follower } = started();
    cloudFormation.show(...creation());
    await follower.poll();
    cloudFormation.lists.delete(ROOT);
    await follower.poll();
    expect(follower.trouble?.kind).toBe("missing");
    cloudFormation.lists.set(SECOND, second());
    await follower.poll();
    expect([follower.state.rootId, follower.ends.length, follower.trouble]).toEqual([SECOND, 2, undefined]);
  });
});

test("Pages that never end are a bad answer, and not a walk for ever", async () => {
  const { cloudFormation, follower } = started();
  cloudFormation.show(resource("Bucket", "CREATE_IN_PROGRESS"));
  const eventPage = cloudFormation.eventPage.bind(cloudFormation);
  cloudFormation.eventPage = async (stack, known) => {
    const page = await eventPage(stack, known);
    return page.ok ? { ok: true, value: { ...page.value, nextToken: "again" } } : page;
  };
  await follower.poll();
  expect(follower.frames).toEqual([]);
  expect(cloudFormation.calls.length).toBeLessThan(1000);
});

test("An attempt of 5,000 events is folded well within a second", async () => {
  const children = Array.from({ length: 20 }, (_, index) => CHILD.replace("Data", `Data${index}`));
  const events = timed(
    own("CREATE_IN_PROGRESS"),
    ...children.flatMap((child, index) => [
      nested(`Data${index}`, "CREATE_IN_PROGRESS", {}, child),
      own("CREATE_IN_PROGRESS", {}, child),
      ...Array.from({ length: 123 }, (_, id) => [
        resource(`R${id}`, "CREATE_IN_PROGRESS", {}, child),
        resource(`R${id}`, "CREATE_COMPLETE", {}, child),
      ]).flat(),
      own("CREATE_COMPLETE", {}, child),
      nested(`Data${index}`, "CREATE_COMPLETE", {}, child),
    ]),
    own("CREATE_COMPLETE"),
  );
  const { cloudFormation, follower } = started();
  cloudFormation.show(...events);
  let took = Infinity;
  // The fastest of some: what else the machine does is no part of it.
  for (const each of [follower, new Follower(cloudFormation), new Follower(cloudFormation)]) {
    const begin = performance.now();
    await each.poll();
    took = Math.min(took, performance.now() - begin);
  }
  expect(follower.frames).toHaveLength(events.length + 1);
  expect(follower.ends[0]?.stack.totalResources).toBe(20 * 124);
  expect(follower.ends[0]?.timestamp).toBe(at(events.length - 1));
  expect(took).toBeLessThan(1000);
});
