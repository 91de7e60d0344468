/** Deployments that something else deploys, followed from run to run. */
import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { beforeEach, describe, expect, test, vi } from "vitest";
import type { ScriptedStack } from "../support/scripted-stack.ts";
import { addressOf, deploymentOf, end, pollAll, progressOf, register, storyOf, work } from "./deployments.ts";
import { alarmIn, aws, newStack, pass, poll, settled, trackerOf, useFarEnd } from "./far-end.ts";
import { newGateway, watch } from "./gateway-viewer.ts";
import { useIdleWorkflow } from "./idle-workflow.ts";

useFarEnd();
useIdleWorkflow();
beforeEach(() => {
  vi.spyOn(console, "error").mockReturnValue();
});

const runsOf = async (id: string) => {
  const answer = await deploymentOf(id).runs(addressOf(id));
  return answer.ok ? answer.value.runs.map(({ run, status, user = "-" }) => [run, status, user]) : answer;
};

describe("after the end of a run", () => {
  test("the next operation begins the next run, with the same stacks and layers, on every viewer's socket", async () => {
    const [base, app] = [await settled("n-base"), await settled("n-app")];
    await register("next", { "n-base": [], "n-app": ["n-base"] }, { owner: "ada@example.com" });
    const channel = "deployments/next-dev";
    const viewer = await watch(newGateway(), channel);
    const before = (await progressOf("next")).offset;
    expect(await alarmIn("n-base")).toBeGreaterThan(0);
    base.own("UPDATE_IN_PROGRESS").resource("One", "UPDATE_COMPLETE");
    await pollAll("next", "n-base");
    expect(await progressOf("next")).toMatchObject({
      run: 2,
      mode: "track",
      owner: "ada@example.com",
      status: "deploying",
      stacks: {
        "n-base": { status: "deploying", layer: 1 },
        "n-app": { status: "pending", layer: 2, dependsOn: ["n-base"] },
      },
    });
    base.own("UPDATE_COMPLETE");
    await end("next", "n-base");
    app.own("UPDATE_IN_PROGRESS").resource("One", "UPDATE_COMPLETE").own("UPDATE_COMPLETE");
    await end("next", "n-app");
    expect(await runsOf("next")).toEqual([
      [2, "deployed", "-"],
      [1, "deployed", "kim"],
    ]);
    const story = (await storyOf("next")).slice(before);
    expect(story).toEqual([
      "deployment_started",
      "layer_started 1",
      "stack_deploying n-base",
      "resource_updated n-base/One",
      "stack_deployed n-base",
      "layer_complete 1",
      "layer_started 2",
      "stack_deploying n-app",
      "resource_updated n-app/One",
      "stack_deployed n-app",
      "layer_complete 2",
      "deployment_complete",
    ]);
    await expect
      .poll(() => viewer.eventsOf(channel).map(({ type }) => type))
      .toEqual(story.map((line) => line.split(" ")[0]));
    expect(viewer.closed).toBeUndefined();
  });

  test("stacks that do not begin are not waited for, once nothing has been under way for a while", async () => {
    const base = await settled("q-base");
    await settled("q-app");
    await register("quiet", { "q-base": [], "q-app": [] });
    base.own("UPDATE_IN_PROGRESS");
    await pollAll("quiet", "q-base");
    pass(3600);
    await pollAll("quiet", "q-app");
    expect(await progressOf("quiet")).toMatchObject({ run: 2, stacks: { "q-app": { status: "pending" } } });
    base.own("UPDATE_COMPLETE");
    await end("quiet", "q-base");
    expect((await progressOf("quiet")).status).toBe("deploying");
    pass(61);
    await work("quiet");
    expect(await progressOf("quiet")).toMatchObject({
      run: 2,
      status: "deployed",
      summary: { deployedStacks: 1, skippedStacks: 1, progressPercent: 100 },
    });
    pass(60);
    base.own("UPDATE_IN_PROGRESS").own("UPDATE_COMPLETE");
    await pollAll("quiet", "q-base");
    expect((await progressOf("quiet")).run).toBe(3);
  });

  test("stacks that one tool deploys with pauses in between are one run, for as long as was asked for", async () => {
    const [base, app] = [await settled("z-base"), await settled("z-app")];
    await register("paused", { "z-base": [], "z-app": [] }, { quietSeconds: 300 });
    expect(await progressOf("paused")).toMatchObject({ run: 1, status: "deployed", quietSeconds: 300 });
    base.own("UPDATE_IN_PROGRESS").own("UPDATE_COMPLETE");
    await end("paused", "z-base");
    for (const seconds of [31, 31, 31, 31, 31]) {
      pass(seconds);
      await work("paused");
    }
    expect(await progressOf("paused")).toMatchObject({ run: 2, status: "deploying" });
    app.own("UPDATE_IN_PROGRESS").own("UPDATE_COMPLETE");
    await end("paused", "z-app");
    expect(await progressOf("paused")).toMatchObject({
      run: 2,
      status: "deployed",
      summary: { deployedStacks: 2, skippedStacks: 0 },
    });
  });

  test("a stack at rest is waited for while another is under way when it is registered", async () => {
    const base = (await settled("m-base")).own("UPDATE_IN_PROGRESS");
    const app = await settled("m-app");
    await register("midway", { "m-base": [], "m-app": [] });
    base.own("UPDATE_COMPLETE");
    await end("midway", "m-base");
    app.own("UPDATE_IN_PROGRESS").own("UPDATE_COMPLETE");
    await end("midway", "m-app");
    expect(await progressOf("midway")).toMatchObject({
      run: 1,
      status: "deployed",
      summary: { deployedStacks: 2, skippedStacks: 0 },
    });
  });

  test("a paused stack that is rolled back after its run begins another", async () => {
    const stack = await settled("y-app");
    await register("resumed", { "y-app": [] });
    stack.own("UPDATE_IN_PROGRESS").resource("One", "UPDATE_FAILED", { reason: "no" }).own("UPDATE_FAILED");
    await end("resumed", "y-app");
    expect(await progressOf("resumed")).toMatchObject({ run: 2, status: "failed" });
    pass(60);
    stack.own("UPDATE_ROLLBACK_IN_PROGRESS");
    await pollAll("resumed", "y-app");
    expect(await progressOf("resumed")).toMatchObject({
      run: 3,
      status: "deploying",
      stacks: { "y-app": { status: "deploying", rollingBack: true } },
    });
    stack.resource("One", "UPDATE_COMPLETE").own("UPDATE_ROLLBACK_COMPLETE");
    await end("resumed", "y-app");
    expect(await progressOf("resumed")).toMatchObject({
      run: 3,
      status: "failed",
      stacks: { "y-app": { status: "failed", outcome: "rolled_back" } },
    });
  });

  test("a stack that is deleted begins a run that destroys it", async () => {
    const stack = await settled("x-app");
    await register("gone", { "x-app": [] });
    stack.own("DELETE_IN_PROGRESS").resource("One", "DELETE_COMPLETE").own("DELETE_COMPLETE");
    await end("gone", "x-app");
    expect(await progressOf("gone")).toMatchObject({
      run: 2,
      status: "destroyed",
      stacks: { "x-app": { status: "deleted" } },
    });
    pass(60);
    newStack("x-app").own("REVIEW_IN_PROGRESS");
    await pollAll("gone", "x-app");
    expect((await progressOf("gone")).run).toBe(2);
    aws.cloudFormation.stacks.at(-1)?.own("CREATE_IN_PROGRESS");
    await pollAll("gone", "x-app");
    expect(await progressOf("gone")).toMatchObject({ run: 3, status: "deploying" });
  });

  test("a change set of a new stack that is thrown away begins no run", async () => {
    const gone = await settled("w-app");
    await register("thrown", { "w-app": [] });
    gone.own("DELETE_IN_PROGRESS").own("DELETE_COMPLETE");
    await end("thrown", "w-app");
    const reviewed = newStack("w-app").own("REVIEW_IN_PROGRESS");
    await pollAll("thrown", "w-app");
    reviewed.own("DELETE_IN_PROGRESS").own("DELETE_COMPLETE");
    await end("thrown", "w-app");
    expect((await progressOf("thrown")).run).toBe(2);
  });

  test("a run that is cancelled is followed no more, until it is registered anew", async () => {
    const stack = await settled("c-app");
    await register("cancelled", { "c-app": [] });
    expect(await alarmIn("c-app")).not.toBeNull();
    const answer = await deploymentOf("cancelled").act(addressOf("cancelled"), "cancel", "ada");
    expect(answer).toMatchObject({ ok: true, value: { status: "deployed", following: false } });
    await work("cancelled");
    await expect
      .poll(async () => {
        await poll("c-app");
        return alarmIn("c-app");
      })
      .toBeNull();
    stack.own("UPDATE_IN_PROGRESS");
    await trackerOf("c-app").summary();
    await work("cancelled");
    expect((await progressOf("cancelled")).run).toBe(1);
    await register("cancelled", { "c-app": [] });
    await pollAll("cancelled", "c-app");
    expect(await progressOf("cancelled")).toMatchObject({ run: 2, status: "deploying", following: true });
    await deploymentOf("cancelled").act(addressOf("cancelled"), "cancel", "ada");
    stack.own("UPDATE_COMPLETE");
    await end("cancelled", "c-app");
    expect(await runsOf("cancelled")).toEqual([
      [2, "cancelled", "kim"],
      [1, "deployed", "kim"],
    ]);
  });

  test("registering other stacks lets go of those before", async () => {
    await settled("l-old");
    await settled("l-new");
    await register("other", { "l-old": [] });
    expect(await alarmIn("l-old")).not.toBeNull();
    await register("other", { "l-new": [] });
    await work("other");
    await expect
      .poll(async () => {
        await poll("l-old");
        return alarmIn("l-old");
      })
      .toBeNull();
    expect(await alarmIn("l-new")).not.toBeNull();
  });

  test("objects that are evicted at any moment begin one run", async () => {
    const stack = await settled("e-app");
    await register("evicted-next", { "e-app": [] });
    await evictDurableObject(deploymentOf("evicted-next"));
    await evictDurableObject(trackerOf("e-app"));
    stack.own("UPDATE_IN_PROGRESS");
    await poll("e-app");
    await evictDurableObject(deploymentOf("evicted-next"));
    await pollAll("evicted-next", "e-app");
    await evictDurableObject(trackerOf("e-app"));
    stack.own("UPDATE_COMPLETE");
    await end("evicted-next", "e-app");
    expect((await storyOf("evicted-next")).slice(-6)).toEqual([
      "deployment_started",
      "layer_started 1",
      "stack_deploying e-app",
      "stack_deployed e-app",
      "layer_complete 1",
      "deployment_complete",
    ]);
  });

  test("a run that ended under a release that did not follow is followed from when somebody comes", async () => {
    const stack = await settled("f-app");
    await register("former", { "f-app": [] });
    await runInDurableObject(deploymentOf("former"), async (_, { storage }) => {
      for (const key of ["following", "heard", "asked", "fed/f-app"]) storage.kv.delete(key);
      storage.kv.put("told/f-app", "released");
      await storage.deleteAlarm();
    });
    await trackerOf("f-app").release("deployments/former-dev");
    await evictDurableObject(deploymentOf("former"));
    stack.own("UPDATE_IN_PROGRESS").own("UPDATE_COMPLETE");
    for (let looks = 0; looks < 4; looks += 1) {
      pass(60);
      await trackerOf("f-app").summary();
    }
    await progressOf("former");
    await work("former");
    expect((await progressOf("former")).run).toBe(1);
    stack.own("UPDATE_IN_PROGRESS");
    await pollAll("former", "f-app");
    expect(await progressOf("former")).toMatchObject({ run: 2, status: "deploying" });
  });
});

test("an operation that ends late, though it began before the run, is not the run's", async () => {
  const stack = newStack("late-end")
    .own("CREATE_IN_PROGRESS")
    .own("ROLLBACK_IN_PROGRESS")
    .own("ROLLBACK_COMPLETE");
  stack.staleStatus = "ROLLBACK_IN_PROGRESS";
  await register("late-end", { "late-end": [] });
  stack.staleStatus = undefined;
  await end("late-end", "late-end");
  expect(await storyOf("late-end")).toEqual(["deployment_started"]);
  newStack("late-end");
  pass(31);
  stack.own("DELETE_IN_PROGRESS").own("DELETE_COMPLETE");
  await end("late-end", "late-end");
  expect((await storyOf("late-end")).slice(1, 3)).toEqual([
    "stack_deleting late-end",
    "stack_deleted late-end",
  ]);
});

describe("an operation whose own beginning AWS shows late", () => {
  /** Has a stack at rest begin to update a resource. The stack's own word of that is shown by what is given. */
  const beginUnannounced = (stack: ScriptedStack) => {
    stack.own("UPDATE_IN_PROGRESS").resource("One", "UPDATE_IN_PROGRESS");
    const [start] = stack.events.splice(3, 1);
    return () => stack.events.splice(3, 0, start!);
  };

  const whole = (name: string) => [
    "layer_started 1",
    `stack_deploying ${name}`,
    `resource_updating ${name}/One`,
    `resource_updated ${name}/One`,
    `stack_deployed ${name}`,
    "layer_complete 1",
    "deployment_complete",
  ];

  test("belongs to the run that was registered meanwhile, whose stack is not taken to be up to date", async () => {
    const stack = await settled("h-app");
    const show = beginUnannounced(stack);
    await register("held", { "h-app": [] });
    pass(5);
    await pollAll("held", "h-app");
    expect(await storyOf("held")).toEqual(["deployment_started"]);
    show();
    stack.resource("One", "UPDATE_COMPLETE").own("UPDATE_COMPLETE");
    await end("held", "h-app");
    expect(await storyOf("held")).toEqual(["deployment_started", ...whole("h-app")]);
  });

  test("begins the next run with all that it has done", async () => {
    const stack = await settled("i-app");
    await register("held-next", { "i-app": [] });
    const before = (await storyOf("held-next")).length;
    const show = beginUnannounced(stack);
    await pollAll("held-next", "i-app");
    expect(await storyOf("held-next")).toHaveLength(before);
    show();
    stack.resource("One", "UPDATE_COMPLETE").own("UPDATE_COMPLETE");
    await end("held-next", "i-app");
    expect((await storyOf("held-next")).slice(before)).toEqual(["deployment_started", ...whole("i-app")]);
  });
});
