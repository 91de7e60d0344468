/** A deployment that Stackcast deploys, its workflow played by hand: AWS takes no call that changes anything here. */
import { runInDurableObject } from "cloudflare:test";
import { beforeEach, describe, expect, test, vi } from "vitest";
import type { Registration } from "../../src/protocol/deployment/deployment-requests.ts";
import type { ResourceUpdate, StackComplete } from "../../src/protocol/stack/stack-frames.ts";
import { addressOf, deploymentOf, holderOf, progressOf, storyOf } from "./deployments.ts";
import { useFarEnd } from "./far-end.ts";
import { useIdleWorkflow } from "./idle-workflow.ts";

useFarEnd();
useIdleWorkflow();
beforeEach(() => {
  vi.spyOn(console, "debug").mockReturnValue();
  vi.spyOn(console, "error").mockReturnValue();
});

const CALLER = { run: 1, generation: 1 };

const planOf = (deploymentId: string, rest: Partial<Registration> = {}): Registration => ({
  ...addressOf(deploymentId),
  mode: "deploy",
  stacks: [
    { name: "base", templateBody: "{}" },
    { name: "app", templateBody: "{ }", dependsOn: ["base"], parameters: { Size: "2" } },
  ],
  ...rest,
});

/** Registered, and validated as if AWS had agreed. */
const begun = async (deploymentId: string, rest: Partial<Registration> = {}) => {
  const deployment = deploymentOf(deploymentId);
  expect(await deployment.register(planOf(deploymentId, rest), "kim")).toMatchObject({ ok: true });
  expect(await deployment.turn(CALLER, false, false)).toEqual({
    over: false,
    actions: [{ kind: "validate" }],
  });
  await deployment.validated(CALLER, []);
  return deployment;
};

const endOf = (name: string, status: string, outcome: StackComplete["outcome"], offset: number) =>
  JSON.stringify({
    type: "stack_complete",
    timestamp: new Date().toISOString(),
    stack: {
      name,
      status,
      totalResources: 1,
      completedResources: 1,
      inProgressResources: 0,
      failedResources: 0,
      progress: 100,
    },
    outcome,
    outputs: {},
    durationSeconds: 1,
    channel: `stacks/us-east-1/${name}`,
    offset,
  } satisfies StackComplete);

/** What a stack tells when CloudFormation begins with it. */
const beginOf = (name: string, status: string, offset: number) => {
  const stackId = `arn:aws:cloudformation:us-east-1:1:stack/${name}/1`;
  return JSON.stringify({
    type: "resource_update",
    timestamp: new Date().toISOString(),
    resource: {
      logicalId: name,
      type: "AWS::CloudFormation::Stack",
      status,
      physicalId: stackId,
      progress: 0,
      reason: "User Initiated",
      path: name,
      stackId,
    },
    stack: {
      name,
      status,
      totalResources: 1,
      completedResources: 0,
      inProgressResources: 0,
      failedResources: 0,
      progress: 0,
    },
    channel: `stacks/us-east-1/${name}`,
    offset,
  } satisfies ResourceUpdate);
};

const create = { kind: "deploy", change: "CREATE", changeSetId: "arn:set" } as const;
const accepted = { kind: "accepted", task: "deploy" } as const;

describe("a deployment that Stackcast deploys", () => {
  test("says what is next, takes what was found out, and ends with its stacks", async () => {
    const deployment = await begun("o-flow");
    expect(await deployment.turn(CALLER, false, false)).toEqual({
      over: false,
      actions: [{ kind: "deploy", stack: "base" }],
    });
    expect(await deployment.order(CALLER, "app")).toMatchObject({
      user: "kim",
      template: { body: "{ }" },
      plan: { stackName: "app", region: "us-east-1", parameters: { Size: "2" } },
      places: { base: { stackName: "base", region: "us-east-1" } },
    });
    expect(await deployment.start(await holderOf("o-flow", "base", CALLER), "base", create)).toBe(true);
    expect(await deployment.start(await holderOf("o-flow", "base", CALLER), "base", create)).toBe(true);
    expect(await deployment.turn(CALLER, false, false)).toEqual({
      over: false,
      actions: [{ kind: "deploy", stack: "base" }],
    });
    await deployment.note(await holderOf("o-flow", "base", CALLER), "base", {
      kind: "accepted",
      task: "deploy",
    });
    expect(await deployment.turn(CALLER, false, false)).toEqual({ over: false, actions: [] });
    const delivery = {
      stack: "base",
      epoch: "e",
      from: 1,
      frames: [beginOf("base", "CREATE_IN_PROGRESS", 1), endOf("base", "CREATE_COMPLETE", "deployed", 2)],
    };
    expect(await deployment.stackFrames(delivery)).toEqual({ offset: 2, wanted: false });
    expect(await deployment.stackFrames(delivery)).toEqual({ offset: 2, wanted: false });
    expect(await deployment.turn(CALLER, false, false)).toEqual({
      over: false,
      actions: [{ kind: "deploy", stack: "app" }],
    });
    await deployment.note(await holderOf("o-flow", "app", CALLER), "app", { kind: "unchanged" });
    expect(await deployment.turn(CALLER, false, false)).toEqual({ over: true, actions: [] });
    expect(await storyOf("o-flow")).toEqual([
      "deployment_started",
      "deployment_validating",
      "layer_started 1",
      "stack_deploying base",
      "stack_deployed base",
      "layer_complete 1",
      "layer_started 2",
      "stack_skipped app",
      "layer_complete 2",
      "deployment_complete",
    ]);
  });

  test("tells who runs to whom comes second, whatever he wants", async () => {
    const deployment = await begun("o-second");
    const { startTime } = await progressOf("o-second");
    const refusal = {
      ok: false,
      failure: {
        code: "RUN_UNDERWAY",
        message: `Run 1 of this deployment is in progress: started by kim at ${startTime}`,
        details: [
          { field: "run", message: "1" },
          { field: "user", message: "kim" },
          { field: "since", message: startTime },
        ],
      },
    };
    expect(await deployment.register(planOf("o-second"), "lee")).toEqual(refusal);
    for (const action of ["retry", "destroy"] as const)
      expect(await deployment.act(addressOf("o-second"), action, "lee")).toEqual(refusal);
  });

  test("tells of its run itself, and takes nobody else's word for it", async () => {
    const deployment = await begun("o-told");
    const event = {
      type: "deployment_cancelled",
      timestamp: new Date().toISOString(),
      data: addressOf("o-told"),
    };
    expect(await deployment.ingest(addressOf("o-told"), [event], "lee")).toEqual({
      ok: false,
      failure: {
        code: "INVALID_TRANSITION",
        message: "Stackcast runs run 1 and reports its events itself",
      },
    });
  });

  test("is not had put back what it did by an event, also after its end", async () => {
    const deployment = await begun("o-told-after");
    await deployment.start(await holderOf("o-told-after", "base", CALLER), "base", create);
    await deployment.note(await holderOf("o-told-after", "base", CALLER), "base", accepted);
    const frames = [
      beginOf("base", "CREATE_IN_PROGRESS", 1),
      endOf("base", "ROLLBACK_COMPLETE", "rolled_back", 2),
    ];
    await deployment.stackFrames({ stack: "base", epoch: "e", from: 1, frames });
    expect((await progressOf("o-told-after")).status).toBe("failed");
    const data = addressOf("o-told-after");
    const old = { type: "deployment_started", timestamp: "2020-01-01T00:00:00.000Z", data };
    const event = { type: "deployment_rolling_back", timestamp: new Date().toISOString(), data };
    expect(await deployment.ingest(data, [old, event], "lee")).toMatchObject({
      value: {
        results: [{ outcome: "known" }, { outcome: "refused", error: { code: "INVALID_TRANSITION" } }],
      },
    });
    expect((await progressOf("o-told-after")).status).toBe("failed");
  });

  test("has nothing done to stacks that the token does not cover, whatever it covers else", async () => {
    const deployment = await begun("o-rights");
    const channels = ["deployments/*/*", "stacks/*/base"];
    const refusal = {
      ok: false,
      failure: { code: "FORBIDDEN", message: "The token does not cover the stack app" },
    };
    const actions = ["retry", "rollback", "destroy"] as const;
    for (const action of actions)
      expect(await deployment.act(addressOf("o-rights"), action, "lee", channels)).toEqual(refusal);
    expect(await deployment.act(addressOf("o-rights"), "cancel", "lee", channels)).toMatchObject({
      ok: true,
    });
    await vi.waitFor(async () => {
      await deployment.turn(CALLER, false, false);
      expect((await progressOf("o-rights")).status).toBe("cancelled");
    });
    const again = planOf("o-rights", { stacks: [] });
    expect(await deployment.register(again, "lee", channels)).toEqual(refusal);
    expect(await deployment.register(again, "lee", [...channels, "stacks/us-east-1/app"])).toMatchObject({
      ok: true,
    });
  });

  test("has nothing to say to a workflow that is not its own any more", async () => {
    const deployment = await begun("o-stale");
    expect(await deployment.turn(CALLER, false, true)).toEqual({ over: true, actions: [] });
    expect(await deployment.turn(CALLER, false, false)).toEqual({ over: true, actions: [] });
    expect(await deployment.start(await holderOf("o-stale", "base", CALLER), "base", create)).toBe(false);
    expect(await deployment.order(CALLER, "base")).toBe(undefined);
    await deployment.note(await holderOf("o-stale", "base", CALLER), "base", { kind: "unchanged" });
    expect((await progressOf("o-stale")).stacks["base"]?.status).toBe("pending");
    const next = { run: 1, generation: 2 };
    expect(await deployment.turn(next, false, false)).toMatchObject({ over: false });
  });

  test("hears no more of a step that was tried again: a late failure is not the newest try's", async () => {
    const deployment = await begun("o-late");
    const first = await holderOf("o-late", "base", CALLER);
    const second = await holderOf("o-late", "base", CALLER);
    const failed = { kind: "failed", error: { code: "X", message: "too late" } } as const;
    expect(await deployment.start(second, "base", create)).toBe(true);
    expect(await deployment.start(first, "base", { ...create, changeSetId: "arn:other" })).toBe(false);
    await deployment.note(second, "base", { kind: "accepted", task: "deploy" });
    await deployment.note(first, "base", failed);
    expect((await progressOf("o-late")).stacks["base"]?.status).toBe("deploying");
    expect((await deployment.order(CALLER, "base"))?.task).toMatchObject({ ...create, accepted: true });
    await deployment.note(await holderOf("o-late", "base", CALLER), "base", failed);
    expect((await progressOf("o-late")).stacks["base"]).toMatchObject({
      status: "failed",
      error: failed.error,
    });
  });

  test("takes nothing for its own doing that a stack tells before CloudFormation has taken that", async () => {
    const deployment = await begun("o-early");
    const holder = await holderOf("o-early", "base", CALLER);
    await deployment.start(holder, "base", { ...create, change: "UPDATE" });
    const others = [
      endOf("base", "UPDATE_COMPLETE", "deployed", 1),
      beginOf("base", "UPDATE_IN_PROGRESS", 2),
      endOf("base", "UPDATE_ROLLBACK_COMPLETE", "rolled_back", 3),
    ];
    const delivery = { stack: "base", epoch: "e", from: 1, frames: others };
    expect(await deployment.stackFrames(delivery)).toEqual({ offset: 0, wanted: true, later: true });
    expect((await progressOf("o-early")).stacks["base"]?.status).toBe("deploying");
    await deployment.note(holder, "base", accepted);
    // What ended before it reported that it begins is older.
    const older = { ...delivery, frames: others.slice(0, 1) };
    expect(await deployment.stackFrames(older)).toEqual({ offset: 1, wanted: true });
    expect((await progressOf("o-early")).stacks["base"]?.status).toBe("deploying");
    const begins = { ...delivery, from: 2, frames: others.slice(1, 2) };
    expect(await deployment.stackFrames(begins)).toEqual({ offset: 2, wanted: true });
    const ends = { ...delivery, from: 3, frames: others.slice(2) };
    expect(await deployment.stackFrames(ends)).toEqual({ offset: 3, wanted: false });
    expect((await progressOf("o-early")).stacks["base"]).toMatchObject({
      status: "failed",
      error: { code: "UPDATE_ROLLBACK_COMPLETE" },
    });
  });

  test("begins nothing if anything of its plan is wrong", async () => {
    const deployment = deploymentOf("o-invalid");
    await deployment.register(planOf("o-invalid", { onFailure: "rollback" }), "kim");
    await deployment.turn(CALLER, false, false);
    const error = { code: "INVALID_TEMPLATE", message: "no resources" };
    await deployment.validated(CALLER, [{ stack: "app", error }]);
    expect(await progressOf("o-invalid")).toMatchObject({
      status: "failed",
      stacks: { base: { status: "pending" }, app: { status: "failed", error } },
    });
    expect(await deployment.act(addressOf("o-invalid"), "rollback", "kim")).toMatchObject({
      failure: {
        code: "INVALID_TRANSITION",
        message: "rollback: run 1 has changed nothing that could be rolled back",
      },
    });
  });

  test("keeps pictures as long as something can be put back", async () => {
    const deployment = await begun("o-pictures");
    const previous = {
      template: "é".repeat(400_000),
      parameters: { P: "1" },
      tags: {},
      capabilities: [],
      notificationArns: [],
    };
    await deployment.start(await holderOf("o-pictures", "base", CALLER), "base", {
      ...create,
      change: "UPDATE",
      picture: previous,
    });
    expect((await deployment.order(CALLER, "base"))?.picture).toEqual(previous);
    await deployment.note(await holderOf("o-pictures", "base", CALLER), "base", accepted);
    const frames = [
      beginOf("base", "UPDATE_IN_PROGRESS", 1),
      endOf("base", "UPDATE_ROLLBACK_COMPLETE", "rolled_back", 2),
    ];
    await deployment.stackFrames({ stack: "base", epoch: "e", from: 1, frames });
    expect((await progressOf("o-pictures")).status).toBe("failed");
    const kept = () =>
      runInDurableObject(deployment, (_, { storage }) => [...storage.kv.list({ prefix: "picture" })].length);
    expect(await kept()).toBe(2);
    expect(await deployment.act(addressOf("o-pictures"), "rollback", "lee")).toMatchObject({
      ok: true,
      value: { status: "rolling_back", run: 1 },
    });
    const next = { run: 1, generation: 2 };
    expect(await deployment.turn(next, false, false)).toEqual({
      over: false,
      actions: [{ kind: "revert", stack: "base" }],
    });
    expect((await deployment.order(next, "base"))?.attempt).toBe(1);
    await deployment.note(await holderOf("o-pictures", "base", next), "base", { kind: "back" });
    expect(await deployment.turn(next, false, false)).toEqual({ over: true, actions: [] });
    expect((await progressOf("o-pictures")).status).toBe("rolled_back");
    expect(await kept()).toBe(0);
  });

  test("without a plan can be neither deployed nor destroyed", async () => {
    const deployment = deploymentOf("o-none");
    expect(await deployment.register(planOf("o-none", { stacks: [] }), "kim")).toMatchObject({
      failure: { code: "PLAN_NOT_FOUND" },
    });
    await deployment.register({ ...planOf("o-none"), mode: "track" }, "kim");
    expect(await deployment.act(addressOf("o-none"), "retry", "kim")).toMatchObject({
      failure: {
        code: "INVALID_TRANSITION",
        message: "retry: Stackcast does not run this deployment: its mode is track",
      },
    });
    expect(await deployment.act(addressOf("o-none"), "destroy", "kim")).toMatchObject({
      failure: { code: "PLAN_NOT_FOUND" },
    });
  });
});
