/** What a stack's end means for its deployment: nothing that the stack's own channel says is lost on the way up. */
import { describe, expect, test } from "vitest";
import { applyEvent } from "../../../src/domain/deployment/apply-event.ts";
import { deploymentProgressOf } from "../../../src/domain/deployment/estimated-progress.ts";
import { foldDeployment } from "../../../src/domain/deployment/fold-deployment.ts";
import { hasEnded } from "../../../src/domain/deployment/deployment-state.ts";
import { deploymentProgressSchema } from "../../../src/protocol/deployment/deployment-progress.ts";
import { causeAt, end, followed, left, of, own } from "./stack-channel.ts";
import { at, begun, foldOf, heard, NOTHING, planned, reported } from "./reported.ts";

const UPDATING = "UPDATE_IN_PROGRESS";
const CLEANING = "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS";

describe("a stack that was deployed and has left something behind", () => {
  const reason = "not authorized to perform: cloudwatch:DeleteAlarms";
  const one = { totalResources: 1, completedResources: 1, progress: 99 };
  const alarm = left("Alarm", "DELETE_FAILED", reason);
  const { fold, view, stack } = followed(
    own(1, UPDATING, { totalResources: 1 }),
    of(2, ["A", "UPDATE_IN_PROGRESS"], UPDATING, { totalResources: 1, inProgressResources: 1 }),
    of(3, ["A", "UPDATE_COMPLETE"], UPDATING, one),
    own(4, CLEANING, one),
    of(5, ["Alarm", "DELETE_IN_PROGRESS"], CLEANING, one),
    of(6, ["Alarm", "DELETE_FAILED", reason], CLEANING, one),
    end(7, "deployed_with_orphans", "UPDATE_COMPLETE", { ...one, progress: 100 }, { orphans: [alarm] }),
  );

  test("is deployed, and names what could not be deleted, in its events and in the state", () => {
    const deployed = fold.events.find(({ type }) => type === "stack_deployed");
    expect(deployed?.data).toMatchObject({ outcome: "deployed_with_orphans", orphans: [alarm] });
    expect(stack).toMatchObject({ status: "deployed", outcome: "deployed_with_orphans", orphans: [alarm] });
    expect(stack.error).toBeUndefined();
    expect(view.orphans).toEqual([{ stack: "shop", ...alarm }]);
  });

  test("counts as its own channel counts", () => {
    expect(stack.resources).toEqual({ total: 1, created: 1, failed: 0 });
    expect(view.metrics).toMatchObject({ resourcesCreated: 1, resourcesFailed: 0 });
  });

  test("is named by the end of the run", () => {
    const done = foldDeployment(fold.state, [
      reported("stack_skipped", 8, { stack: "next", reason: "No changes" }),
    ]);
    expect(done.events.at(-1)).toMatchObject({
      type: "deployment_complete",
      data: { failedStacks: 0, orphans: [{ stack: "shop", ...alarm }] },
    });
    expect(deploymentProgressSchema.parse(deploymentProgressOf(done.state, at(9)))).toMatchObject({
      status: "deployed",
      orphans: [{ stack: "shop", logicalId: "Alarm", reason }],
    });
  });
});

test("a clean-up that removes a nested stack changes no count", () => {
  const api = { totalResources: 1, completedResources: 1, progress: 99 };
  const totals: number[] = [];
  const frames = [
    own(1, UPDATING, { totalResources: 1 }),
    of(2, ["Api", "UPDATE_COMPLETE"], UPDATING, api),
    own(3, CLEANING, api),
    ...["Storage", "Bucket", "Handler"].flatMap((name, index) => [
      of(4 + index, [name, "DELETE_IN_PROGRESS"], CLEANING, api),
      of(8 + index, [name, "DELETE_COMPLETE"], CLEANING, api),
    ]),
    end(20, "deployed", "UPDATE_COMPLETE", { ...api, progress: 100 }),
  ];
  for (let count = 1; count <= frames.length; count++)
    totals.push(followed(...frames.slice(0, count)).stack.resources.total);
  expect(new Set(totals)).toEqual(new Set([1]));
  expect(followed(...frames).stack.resources).toEqual({ total: 1, created: 1, failed: 0 });
});

describe("a stack that CloudFormation rolls back", () => {
  const CREATING = "CREATE_IN_PROGRESS";
  const cause = causeAt(25, "Handler", "CREATE_FAILED", "Unzipped size must be smaller than 262144000 bytes");
  const failed = { totalResources: 3, completedResources: 2, failedResources: 1, progress: 66 };
  const back = { totalResources: 3, completedResources: 0, failedResources: 1, progress: 0 };
  const forward = [
    own(4, CREATING, { totalResources: 3 }),
    of(7, ["Role", "CREATE_IN_PROGRESS"], CREATING, { totalResources: 3 }),
    of(8, ["Version", "CREATE_IN_PROGRESS"], CREATING, { totalResources: 3 }),
    of(9, ["Version", "CREATE_COMPLETE"], CREATING, { ...failed, completedResources: 1, progress: 33 }),
    of(23, ["Role", "CREATE_COMPLETE"], CREATING, { ...failed, failedResources: 0 }),
    of(24, ["Handler", "CREATE_IN_PROGRESS"], CREATING, { ...failed, failedResources: 0 }),
    of(25, ["Handler", "CREATE_FAILED", cause.reason], CREATING, failed, { operation: { cause } }),
  ];
  const reason = "The following resource(s) failed to create: [Handler]. Rollback requested by user.";
  const turned = own(26, "ROLLBACK_IN_PROGRESS", back, { reason, operation: { phase: "rollback" } });
  const wayBack = [
    of(28, ["Handler", "DELETE_COMPLETE"], "ROLLBACK_IN_PROGRESS", { ...back, progress: 0 }),
    of(29, ["Version", "DELETE_COMPLETE"], "ROLLBACK_IN_PROGRESS", { ...back, completedResources: 1 }),
    of(105, ["Role", "DELETE_COMPLETE"], "ROLLBACK_IN_PROGRESS", { ...back, completedResources: 2 }),
  ];
  const rest = end(
    106,
    "rolled_back",
    "ROLLBACK_COMPLETE",
    { ...back, completedResources: 2, progress: 100 },
    { cause },
  );

  test("says so at once, with the cause, and that what depends on it cannot begin", () => {
    const { fold, view, stack } = followed(...forward, turned);
    expect(fold.events.at(-1)).toMatchObject({ type: "stack_rolling_back", data: { reason, cause } });
    expect(view).toMatchObject({ status: "deploying", cause, blast: { stack: "shop", stacks: ["next"] } });
    expect(stack).toMatchObject({ status: "deploying", rollingBack: true, cause, progressPercent: 66 });
    expect(stack.error).toBeUndefined();
  });

  test("has no time left that anybody could know, all the way back", () => {
    for (let count = 0; count <= wayBack.length; count++) {
      const { fold } = followed(...forward, turned, ...wayBack.slice(0, count));
      for (const seconds of [27, 60, 104])
        expect(deploymentProgressOf(fold.state, at(seconds)).metrics.estimatedTimeRemaining).toBeUndefined();
    }
  });

  test("fails when it has come to rest, with the counts of its own channel", () => {
    const { fold, view, stack } = followed(...forward, turned, ...wayBack, rest);
    expect(heard(fold).slice(-3)).toEqual(["stack_failed shop", "layer_complete 1", "deployment_failed"]);
    expect(stack).toMatchObject({
      status: "failed",
      outcome: "rolled_back",
      cause,
      progressPercent: 66,
      resources: { total: 3, created: 0, failed: 1 },
    });
    expect(stack.rollingBack).toBeUndefined();
    expect(view).toMatchObject({ status: "failed", cause });
  });

  test("tells it once, and not after its end", () => {
    const { fold } = followed(...forward, turned, turned, ...wayBack, rest, turned);
    expect(heard(fold).filter((text) => text.startsWith("stack_rolling_back"))).toHaveLength(1);
    expect(fold.verdicts.filter(({ kind }) => kind === "refused")).toEqual([]);
  });

  test("tells the same where its channel does not say in which phase it is", () => {
    const old = followed(...forward, own(26, "ROLLBACK_IN_PROGRESS", back, { reason }), ...wayBack, rest);
    expect(old.fold.events).toEqual(followed(...forward, turned, ...wayBack, rest).fold.events);
  });

  test("is given up whole, and deleted: its own reason is the cause until there is a better one", () => {
    const own1 = "No export named nobody-exports-this found. Delete requested by user.";
    const takenBack = [
      own(1, CREATING),
      own(3, "DELETE_IN_PROGRESS", {}, { reason: own1, operation: { begins: false } }),
    ];
    const during = followed(...takenBack);
    expect(during.stack).toMatchObject({ rollingBack: true, cause: { path: "shop", reason: own1 } });
    const reported1 = {
      ...causeAt(3, "shop", "DELETE_IN_PROGRESS", own1),
      type: "AWS::CloudFormation::Stack",
    };
    const after = followed(...takenBack, end(4, "rolled_back", "DELETE_COMPLETE", {}, { cause: reported1 }));
    expect(after.fold.events.at(-1)).toMatchObject({
      type: "deployment_failed",
      data: { cause: reported1, error: { message: `shop: ${own1}` } },
    });
  });

  test("names what keeps that from succeeding beside what began it", () => {
    const blocked = causeAt(40, "Key", "UPDATE_FAILED", "the key policy will not allow you to update it");
    const { stack, view, fold } = followed(
      ...forward,
      turned,
      end(41, "rollback_failed", "ROLLBACK_FAILED", back, { cause, rollbackCause: blocked }),
    );
    expect(stack).toMatchObject({ cause, rollbackCause: blocked, outcome: "rollback_failed" });
    expect(view).toMatchObject({ cause, rollbackCause: blocked });
    expect(fold.events.at(-1)?.data).toMatchObject({ cause, rollbackCause: blocked });
  });

  test("counts a failure that AWS showed late, and lets the resource stand as it stands", () => {
    const late = of(25, ["Handler", "CREATE_FAILED", cause.reason], "ROLLBACK_IN_PROGRESS", back, {
      superseded: true,
      operation: { cause },
    });
    const { fold, stack } = followed(
      ...forward.slice(0, -1),
      own(26, "ROLLBACK_IN_PROGRESS", { ...back, failedResources: 0 }, { operation: { phase: "rollback" } }),
      of(28, ["Handler", "DELETE_COMPLETE"], "ROLLBACK_IN_PROGRESS", { ...back, failedResources: 0 }),
      late,
    );
    expect(heard(fold).at(-1)).toBe("resource_failed shop");
    expect(stack).toMatchObject({ cause, resources: { total: 3, failed: 1 } });
    expect(fold.state.stacks.get("shop")?.resources.get("Handler")).toMatchObject({
      status: "deleted",
      failedBefore: true,
    });
  });
});

test("a resource that is retained is told as retained, and listed", () => {
  const BACK = "ROLLBACK_IN_PROGRESS";
  const table = left("Table", "DELETE_SKIPPED");
  const counts = { totalResources: 2, failedResources: 1 };
  const frames = [
    own(1, "CREATE_IN_PROGRESS", { totalResources: 2 }),
    of(2, ["Table", "CREATE_COMPLETE"], "CREATE_IN_PROGRESS", { totalResources: 2, completedResources: 1 }),
    of(3, ["Bucket", "CREATE_FAILED", "already exists"], "CREATE_IN_PROGRESS", counts),
    own(4, BACK, counts),
    of(5, ["Table", "DELETE_SKIPPED"], BACK, counts),
    of(5, ["Bucket", "DELETE_SKIPPED"], BACK, counts),
  ];
  const during = followed(...frames);
  expect(heard(during.fold).slice(-2)).toEqual(["resource_retained shop", "resource_retained shop"]);
  expect(during.stack.retained?.map(({ logicalId }) => logicalId)).toEqual(["Table", "Bucket"]);
  const after = followed(
    ...frames,
    end(6, "rolled_back", "ROLLBACK_COMPLETE", { ...counts, completedResources: 1 }, { retained: [table] }),
  );
  expect(after.stack.retained).toEqual([table]);
  expect(after.view.retained).toEqual([{ stack: "shop", ...table }]);
  expect(after.fold.events.at(-1)).toMatchObject({
    type: "deployment_failed",
    data: { retained: [{ stack: "shop", ...table }] },
  });
  expect(JSON.stringify(after.stack.logs)).not.toContain("Deleted");
});

test("a deletion names what it kept", () => {
  const table = left("Table", "DELETE_SKIPPED");
  const { fold } = followed(
    own(1, "DELETE_IN_PROGRESS", { totalResources: 1 }),
    of(2, ["Table", "DELETE_SKIPPED"], "DELETE_IN_PROGRESS", { totalResources: 1, completedResources: 1 }),
    end(3, "deleted", "DELETE_COMPLETE", { totalResources: 1, completedResources: 1 }, { retained: [table] }),
  );
  expect(fold.events.find(({ type }) => type === "stack_deleted")?.data).toMatchObject({ retained: [table] });
});

test("a deletion that CloudFormation refuses has failed, with its reason", () => {
  const reason = "Export net-VpcId cannot be deleted as it is in use by app";
  const cause = { ...causeAt(2, "shop", "CREATE_COMPLETE", reason), type: "AWS::CloudFormation::Stack" };
  const { fold, view } = followed(
    own(1, "DELETE_IN_PROGRESS"),
    end(2, "failed", "CREATE_COMPLETE", {}, { cause }),
  );
  expect(fold.events.find(({ type }) => type === "stack_failed")?.data).toMatchObject({
    error: { code: "DELETE_REFUSED", message: `shop: ${reason}` },
    cause,
  });
  expect(view.stacks["shop"]?.status).toBe("failed");
});

test("what is deployed in Express mode may still be becoming available, and says so", () => {
  const { stack, view } = followed(
    own(1, "CREATE_IN_PROGRESS", { totalResources: 1 }),
    end(
      2,
      "deployed",
      "CREATE_COMPLETE",
      { totalResources: 1, completedResources: 1 },
      { stabilising: true },
    ),
  );
  expect(stack).toMatchObject({ status: "deployed", stabilising: true });
  expect(view.stabilising).toEqual(["shop"]);
});

test("an update that its user cancelled says so", () => {
  const { stack } = followed(
    own(1, UPDATING),
    end(2, "rolled_back", "UPDATE_ROLLBACK_COMPLETE", {}, { cancelled: true }),
  );
  expect(stack).toMatchObject({ status: "failed", cancelled: true });
});

describe("a run that is taken back as it has failed", () => {
  const plan = [planned("a", 1), planned("b", 2, "a")];
  const error = { code: "X", message: "broke" };
  const data = { mode: "deploy", onFailure: "rollback" };
  const failing = [
    begun(plan, data),
    reported("stack_deploying", 1, { stack: "a" }),
    reported("stack_deployed", 2, { stack: "a" }),
    reported("stack_deploying", 3, { stack: "b" }),
    reported("stack_failed", 4, { stack: "b", error }),
    reported("deployment_failed", 5, { willRollBack: true }),
  ];

  test("has failed with its cause, and is not over", () => {
    const { state, events } = foldOf(...failing);
    expect(events.at(-1)).toMatchObject({ type: "deployment_failed", data: { error, failedStacks: 1 } });
    expect(hasEnded(state)).toBe(false);
    expect(deploymentProgressOf(state, at(6))).toMatchObject({ status: "failed", willRollBack: true });
    expect(foldDeployment(state, [begun(plan, data)]).verdicts).toEqual([{ kind: "known" }]);
  });

  test("goes on to be rolled back, and ends as that", () => {
    const { state, verdicts, events } = foldOf(
      ...failing,
      reported("deployment_rolling_back", 5),
      reported("stack_deleting", 6, { stack: "a" }),
      reported("stack_deleted", 7, { stack: "a" }),
      reported("deployment_rolled_back", 8),
    );
    expect(verdicts.every(({ kind }) => kind === "accepted")).toBe(true);
    expect(state).toMatchObject({ status: "rolled_back", endTime: at(8) });
    expect(state.willRollBack).toBeUndefined();
    expect(events.reduce((before, event) => applyEvent(before, event), NOTHING)).toEqual(state);
  });

  test("may fail at that, too", () => {
    const { state } = foldOf(
      ...failing,
      reported("deployment_rolling_back", 5),
      reported("deployment_failed", 9),
    );
    expect(state).toMatchObject({ status: "failed", endTime: at(9) });
    expect(hasEnded(state)).toBe(true);
  });

  test("is over at once where an orchestrator tells of it, who may never say more", () => {
    const { state } = foldOf(
      begun(plan, { mode: "ingest" }),
      reported("stack_deploying", 1, { stack: "a" }),
      reported("stack_failed", 2, { stack: "a", error }),
      reported("deployment_failed", 3, { willRollBack: true }),
    );
    expect(hasEnded(state)).toBe(true);
  });
});
