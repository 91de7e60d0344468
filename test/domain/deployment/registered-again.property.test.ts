/** A stack that could not be created is deleted first in order to be created again, as CDK does: that destroys nothing. */
import { storedAndRead } from "../stored.ts";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { applyEvent } from "../../../src/domain/deployment/apply-event.ts";
import { foldDeployment } from "../../../src/domain/deployment/fold-deployment.ts";
import { translated } from "../../../src/domain/deployment/stack-translation.ts";
import type { StackEvent } from "../../../src/domain/stack/stack-event.ts";
import type { DeploymentEvent } from "../../../src/protocol/deployment/deployment-events.ts";
import { FakeCloudFormation } from "../../support/fake-cloudformation.ts";
import { own, resource, ROOT, timed } from "../events.ts";
import { Follower } from "../follower.ts";
import { ADDRESS, begun, foldOf, heard, NOTHING, planned, reported } from "./reported.ts";

const ANEW = "arn:aws:cloudformation:eu-west-1:123456789012:stack/shop/55555555-6666";
const OPERATION = { clientRequestToken: "first" };
const REMOVAL = { clientRequestToken: "second" };
const SECOND = { clientRequestToken: "third" };

/** What was there before the deployment: a creation that had failed, one way or another. */
const PAST: Readonly<Record<string, readonly StackEvent[]>> = {
  "was rolled back": [
    own("CREATE_IN_PROGRESS", OPERATION),
    resource("Role", "CREATE_IN_PROGRESS"),
    resource("Role", "CREATE_FAILED", { reason: "no" }),
    own("ROLLBACK_IN_PROGRESS", OPERATION),
    resource("Role", "DELETE_COMPLETE"),
    own("ROLLBACK_COMPLETE", OPERATION),
  ],
  "was not rolled back": [
    own("CREATE_IN_PROGRESS", OPERATION),
    resource("Role", "CREATE_IN_PROGRESS"),
    resource("Role", "CREATE_FAILED", { reason: "no" }),
    own("CREATE_FAILED", OPERATION),
  ],
  "was never begun": [own("REVIEW_IN_PROGRESS", OPERATION)],
};

const PASTS = Object.keys(PAST);

/** What whoever deploys does then. */
const REMOVED = [
  own("DELETE_IN_PROGRESS", REMOVAL),
  resource("Role", "DELETE_IN_PROGRESS"),
  resource("Role", "DELETE_COMPLETE"),
  own("DELETE_COMPLETE", REMOVAL),
];
const CREATED = [
  own("REVIEW_IN_PROGRESS", SECOND, ANEW),
  own("CREATE_IN_PROGRESS", SECOND, ANEW),
  resource("Role", "CREATE_IN_PROGRESS", {}, ANEW),
  resource("Role", "CREATE_COMPLETE", {}, ANEW),
  own("CREATE_COMPLETE", SECOND, ANEW),
];

/** The history as the stack's tracker tells it: `sizes` are the events that become visible from look to look. */
const reportedOf = async (past: string, sizes: readonly number[]): Promise<DeploymentEvent[][]> => {
  const cloudFormation = new FakeCloudFormation();
  const follower = new Follower(cloudFormation);
  const before = PAST[past] ?? [];
  const events = timed(...before, ...REMOVED, ...CREATED);
  cloudFormation.show(...events.slice(0, before.length));
  for (let poll = 0; poll < 5; poll++) await follower.poll();
  const begin = follower.frames.length;
  const looks: DeploymentEvent[][] = [];
  const look = async (): Promise<void> => {
    const from = Math.max(begin, follower.frames.length);
    await follower.poll();
    const frames = follower.frames.slice(from);
    looks.push(frames.flatMap((frame) => translated(frame, { ...ADDRESS, stack: "shop" }) ?? []));
  };
  let shown = before.length;
  for (const size of sizes) {
    cloudFormation.show(...events.slice(shown, shown + size));
    shown += size;
    await look();
  }
  // The deletion has been seen by the time the name belongs to another stack: trackers look for that at once.
  for (; shown < events.length; shown++) {
    cloudFormation.show(...events.slice(shown, shown + 1));
    await look();
  }
  for (let poll = 0; poll < 10; poll++) await look();
  return looks;
};

const sizes = fc.array(fc.integer({ min: 0, max: REMOVED.length }), { maxLength: 12 });

/** Looks that tell of the stack from its deletion on; what the deployment makes of each is kept before the next. */
const lookedAt = (looks: readonly DeploymentEvent[][], ...first: readonly DeploymentEvent[]) => {
  const start = foldDeployment(NOTHING, first);
  let { state } = start;
  const events = [...start.events];
  const refused: unknown[] = [];
  for (const given of looks) {
    const fold = foldDeployment(storedAndRead(state), given);
    state = fold.state;
    events.push(...fold.events);
    refused.push(...fold.verdicts.filter(({ kind }) => kind === "refused"));
  }
  return { state, events, refused };
};

const early = (event: DeploymentEvent): DeploymentEvent => ({
  ...event,
  timestamp: "2026-10-31T00:00:00.000Z",
});

const ROW = [
  "stack_deleting shop",
  "resource_deleting shop",
  "resource_deleted shop",
  "stack_deleted shop",
  "layer_started 2",
  "stack_deploying shop",
  "resource_creating shop",
  "resource_created shop",
  "stack_deployed shop",
  "layer_complete 2",
];

describe("a stack on which no other depends, deleted to be created anew", () => {
  test("is followed through both, however its events come in, and its deployment is deployed", async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...PASTS), sizes, async (past, cuts) => {
        const looks = await reportedOf(past, cuts);
        const { state, events, refused } = lookedAt(
          looks,
          early(begun([planned("base", 1), planned("shop", 2, "base")])),
          early(reported("stack_skipped", 1, { stack: "base" })),
        );
        expect(refused).toEqual([]);
        expect(heard({ events })).toEqual([
          "deployment_started",
          "layer_started 1",
          "stack_skipped base",
          "layer_complete 1",
          ...ROW,
          "deployment_complete",
        ]);
        expect(state).toMatchObject({ status: "deployed", reachedPercent: 100 });
      }),
      { numRuns: 60 },
    );
  });

  test("as the run's first and only one is no end of it, and counts nothing until it is there again", async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...PASTS), sizes, async (past, cuts) => {
        const looks = await reportedOf(past, cuts);
        const { events } = lookedAt(looks, early(begun([planned("shop", 2)])));
        expect(heard({ events })).toEqual(["deployment_started", ...ROW, "deployment_complete"]);
        let state = NOTHING;
        for (const event of events) {
          const before = state;
          state = applyEvent(state, event);
          expect(state.reachedPercent).toBeGreaterThanOrEqual(before.reachedPercent);
          if (state.stacks.get("shop")?.operation === "delete")
            expect(state).toMatchObject({ status: "deploying", reachedPercent: 0 });
        }
      }),
      { numRuns: 60 },
    );
  });

  test("tells by its status that it had never been created, also to whoever comes when it is being deleted", async () => {
    for (const past of PASTS) {
      const cloudFormation = new FakeCloudFormation();
      const follower = new Follower(cloudFormation);
      cloudFormation.show(...timed(...(PAST[past] ?? []), ...REMOVED.slice(0, 2)));
      await follower.poll();
      const frames = follower.frames.flatMap(
        (frame) => translated(frame, { ...ADDRESS, stack: "shop" }) ?? [],
      );
      expect(frames[0]).toMatchObject({ type: "stack_deleting", data: { uncreated: true } });
    }
  });

  test("that was well before is destroyed, and tells so at once", async () => {
    const cloudFormation = new FakeCloudFormation();
    const follower = new Follower(cloudFormation);
    cloudFormation.show(
      ...timed(own("CREATE_IN_PROGRESS", OPERATION), own("CREATE_COMPLETE", OPERATION), ...REMOVED),
    );
    await follower.pollToEnd();
    const frames = follower.frames.flatMap((frame) => translated(frame, { ...ADDRESS, stack: "shop" }) ?? []);
    const fold = foldOf(early(begun([planned("shop", 1)])), ...frames);
    expect(heard(fold)).toEqual([
      "deployment_started",
      "deployment_destroying",
      "stack_deleting shop",
      "resource_deleting shop",
      "resource_deleted shop",
      "stack_deleted shop",
      "deployment_destroyed",
    ]);
    expect(follower.frames[0]).toMatchObject({
      resource: { stackId: ROOT, previousStatus: "CREATE_COMPLETE" },
    });
  });
});

describe("a run that deletes", () => {
  const PLAN = [planned("a", 1), planned("b", 2, "a")];
  const deleting = (stack: string, seconds: number, data: object = {}) =>
    reported("stack_deleting", seconds, { stack, ...data });
  const deleted = (stack: string, seconds: number) => reported("stack_deleted", seconds, { stack });
  const uncreated = { uncreated: true };

  test("what could not be created, and then what it stood on, destroys its deployment", () => {
    const fold = foldOf(
      begun(PLAN),
      deleting("b", 1, uncreated),
      deleted("b", 2),
      deleting("a", 3),
      deleted("a", 4),
    );
    expect(heard(fold)).toEqual([
      "deployment_started",
      "stack_deleting b",
      "stack_deleted b",
      "deployment_destroying",
      "stack_deleting a",
      "stack_deleted a",
      "deployment_destroyed",
    ]);
    expect(fold.state.reachedPercent).toBe(100);
  });

  test("and then deploys is on its way up again, whatever was thought before", () => {
    const fold = foldOf(
      begun(PLAN),
      deleting("b", 1),
      deleted("b", 2),
      reported("stack_deploying", 3, { stack: "b" }),
      reported("stack_deployed", 4, { stack: "b" }),
      reported("stack_skipped", 5, { stack: "a" }),
    );
    expect(fold.verdicts.every(({ kind }) => kind === "accepted")).toBe(true);
    expect(heard(fold).slice(-3)).toEqual(["stack_skipped a", "layer_complete 1", "deployment_complete"]);
    expect(foldOf(...fold.events).events).toEqual(fold.events);
  });

  test("a stack that does not come again has failed, and what depends on it cannot begin", () => {
    const error = { code: "STACK_DELETED", message: "not created anew" };
    const fold = foldOf(
      begun([...PLAN, planned("c", 3, "b")]),
      reported("stack_deploying", 1, { stack: "a" }),
      reported("stack_deployed", 2, { stack: "a" }),
      deleting("b", 3, uncreated),
      deleted("b", 4),
      reported("stack_failed", 604, { stack: "b", error }),
    );
    expect(fold.events.at(-1)).toMatchObject({
      type: "deployment_failed",
      data: { error, blast: { stack: "b", stacks: ["c"] } },
    });
  });
});
