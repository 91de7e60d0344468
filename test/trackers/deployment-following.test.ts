/** Deployments that something else deploys, when they are registered, and while they are out of sight. */
import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { emptyDeployment } from "../../src/domain/deployment/deployment-state.ts";
import { newStackNode } from "../../src/domain/deployment/stack-node.ts";
import type { Env } from "../../src/env.ts";
import type { FeedRequest } from "../../src/protocol/rpc/stack-feed.ts";
import type { FedPositions } from "../../src/trackers/deployment/fed-positions.ts";
import { StackExpectations } from "../../src/trackers/deployment/stack-expectations.ts";
import { deploymentOf, end, pollAll, progressOf, register, storyOf, work } from "./deployments.ts";
import { aws, newStack, pass, poll, settled, trackerOf, useFarEnd } from "./far-end.ts";
import { useIdleWorkflow } from "./idle-workflow.ts";

useFarEnd();
useIdleWorkflow();
beforeEach(() => {
  vi.spyOn(console, "error").mockReturnValue();
});

test("a stack that AWS lets nobody see is said to be unseen, until it is seen again", async () => {
  const app = newStack("l-app").own("CREATE_IN_PROGRESS");
  await register("lost", { "l-app": [] });
  aws.cloudFormation.fault = () => "credentials";
  await poll("l-app");
  pass(31);
  await work("lost");
  const trouble = { code: "AWS_CREDENTIALS", message: expect.any(String), since: expect.any(String) };
  expect(await progressOf("lost")).toMatchObject({
    status: "deploying",
    trouble: { ...trouble, stack: "l-app" },
    stacks: { "l-app": { status: "deploying", trouble } },
  });
  const joined = await deploymentOf("lost").join({ gateway: "g", classic: false });
  const transient = joined.ok && joined.value.transient?.map((frame) => JSON.parse(frame) as object);
  const error = { code: "AWS_CREDENTIALS" };
  expect(transient).toMatchObject([
    { type: "error", error },
    { type: "sampling", trouble: error },
  ]);
  aws.cloudFormation.fault = () => undefined;
  app.own("CREATE_COMPLETE");
  pass(61);
  await end("lost", "l-app");
  const seen = await progressOf("lost");
  expect(seen).toMatchObject({ status: "deployed" });
  expect(seen).not.toHaveProperty("trouble");
});

test("a stack whose end was sent to nobody is asked to report all of its attempt again", async () => {
  await register("unheard", {});
  const asked: FeedRequest[] = [];
  await runInDurableObject(deploymentOf("unheard"), async (_, { storage }) => {
    const feed = async (request: FeedRequest) => {
      asked.push(request);
      return { position: { epoch: "e", offset: 0 }, isIdle: true };
    };
    const STACKS = { idFromName: (name: string) => name, get: () => ({ feed }) };
    const positions = {
      of: () => ({ epoch: "e", offset: 9 }),
      keep: () => undefined,
      begin: () => undefined,
    };
    const expectations = new StackExpectations(
      storage.kv,
      { ...env, STACKS } as unknown as Env,
      "deployments/unheard-dev",
      positions as unknown as FedPositions,
      () => 1,
    );
    const state = { ...emptyDeployment("unheard", "dev"), run: 1, startTime: "2026-01-01T00:00:00.000Z" };
    const expecting = { state, isFollowed: false, since: "", now: 0, isWatched: false };
    await expectations.askAgain(newStackNode("u-app", 1, []), expecting);
  });
  expect(asked).toEqual([
    expect.objectContaining({ stack: "u-app", eager: true, anew: true, since: "2026-01-01T00:00:00.000Z" }),
  ]);
  expect(asked[0]).not.toHaveProperty("after");
});

describe("stacks that are up to date when they are registered", () => {
  test("say so at once, layer by layer, and the run is over", async () => {
    for (const name of ["u-base", "u-app"]) await settled(name);
    await register("up", { "u-base": [], "u-app": ["u-base"] });
    expect(await progressOf("up")).toMatchObject({
      run: 1,
      status: "deployed",
      summary: { skippedStacks: 2, progressPercent: 100 },
      stacks: {
        "u-app": {
          status: "skipped",
          logs: [{ message: expect.stringMatching(/It is up to date: CREATE_COMPLETE since 2026-01-01T/) }],
        },
      },
    });
    expect(await storyOf("up")).toEqual([
      "deployment_started",
      "layer_started 1",
      "stack_skipped u-base",
      "layer_complete 1",
      "layer_started 2",
      "stack_skipped u-app",
      "layer_complete 2",
      "deployment_complete",
    ]);
  });

  test("do not keep a run from waiting for those that are to come, and may be changed yet", async () => {
    const base = await settled("p-base");
    await register("part", { "p-base": [], "p-app": ["p-base"] });
    expect(await progressOf("part")).toMatchObject({
      status: "deploying",
      stacks: { "p-base": { status: "skipped" }, "p-app": { status: "pending" } },
    });
    base.own("UPDATE_IN_PROGRESS").resource("One", "UPDATE_COMPLETE");
    await pollAll("part", "p-base");
    expect((await progressOf("part")).stacks["p-base"]).toMatchObject({
      status: "deploying",
      progressPercent: 99,
    });
    base.own("UPDATE_COMPLETE");
    await end("part", "p-base");
    newStack("p-app").own("CREATE_IN_PROGRESS").own("CREATE_COMPLETE");
    await end("part", "p-app");
    expect(await progressOf("part")).toMatchObject({
      run: 1,
      status: "deployed",
      summary: { deployedStacks: 2, skippedStacks: 0 },
    });
  });

  test("and were last rolled back are waited for a while", async () => {
    const back = await settled("b-app");
    back.own("UPDATE_IN_PROGRESS").own("UPDATE_ROLLBACK_IN_PROGRESS").own("UPDATE_ROLLBACK_COMPLETE");
    for (let looks = 0; looks < 4; looks += 1) {
      pass(60);
      await trackerOf("b-app").summary();
    }
    await register("back", { "b-app": [] });
    expect((await progressOf("back")).status).toBe("initializing");
    pass(61);
    await work("back");
    expect(await progressOf("back")).toMatchObject({
      status: "deployed",
      stacks: { "b-app": { status: "skipped" } },
    });
  });

  test("and could never be created fail the run, once nobody has done anything about it for long", async () => {
    const dead = newStack("d-app")
      .own("CREATE_IN_PROGRESS")
      .own("ROLLBACK_IN_PROGRESS")
      .own("ROLLBACK_COMPLETE");
    for (let looks = 0; looks < 4; looks += 1) {
      pass(60);
      await trackerOf(dead.name).summary();
    }
    await register("dead", { "d-app": [] });
    pass(599);
    await work("dead");
    expect((await progressOf("dead")).status).toBe("initializing");
    pass(31);
    await work("dead");
    expect(await progressOf("dead")).toMatchObject({
      status: "failed",
      stacks: { "d-app": { error: { code: "ROLLBACK_COMPLETE" } } },
    });
  });
});
