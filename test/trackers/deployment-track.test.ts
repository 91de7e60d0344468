/** Deployments whose stacks something else deploys, followed through their trackers. */
import { evictDurableObject } from "cloudflare:test";
import { expect, test } from "vitest";
import { AUDIT_TABLE, alarmIn, aws, newStack, pass, trackerOf, useFarEnd } from "./far-end.ts";
import { addressOf, deploymentOf, pollAll, progressOf, register, storyOf, work } from "./deployments.ts";

useFarEnd();

test("a deployment of two layers is told from its start to its end", async () => {
  const network = newStack("t-network").own("CREATE_IN_PROGRESS");
  const registered = await register("track", { "t-network": [], "t-web": ["t-network"] });
  expect(registered).toMatchObject({ ok: true, value: { run: 1, status: "initializing", totalLayers: 2 } });
  network.resource("Vpc", "CREATE_IN_PROGRESS").resource("Vpc", "CREATE_COMPLETE").own("CREATE_COMPLETE");
  await pollAll("track", "t-network");
  const web = newStack("t-web").own("CREATE_IN_PROGRESS");
  await pollAll("track", "t-web");
  expect(await progressOf("track")).toMatchObject({
    status: "deploying",
    currentLayer: 2,
    currentStack: "t-web",
    summary: { totalStacks: 2, deployedStacks: 1, progressPercent: 50 },
  });
  web.resource("App", "CREATE_IN_PROGRESS").resource("App", "CREATE_COMPLETE").own("CREATE_COMPLETE");
  await pollAll("track", "t-web");
  expect(await storyOf("track")).toEqual([
    "deployment_started",
    "layer_started 1",
    "stack_deploying t-network",
    "resource_creating t-network/Vpc",
    "resource_created t-network/Vpc",
    "stack_deployed t-network",
    "layer_complete 1",
    "layer_started 2",
    "stack_deploying t-web",
    "resource_creating t-web/App",
    "resource_created t-web/App",
    "stack_deployed t-web",
    "layer_complete 2",
    "deployment_complete",
  ]);
  expect(await progressOf("track")).toMatchObject({
    status: "deployed",
    summary: { deployedStacks: 2, failedStacks: 0, progressPercent: 100 },
    stacks: { "t-web": { status: "deployed", outputs: web.outputs } },
  });
});

test("a stack that fails is the cause, and what depends on it is told not to have begun", async () => {
  const base = newStack("f-base").own("CREATE_IN_PROGRESS");
  await register("fail", { "f-base": [], "f-app": ["f-base"], "f-edge": ["f-app"] });
  base
    .resource("Role", "CREATE_FAILED", { reason: "not authorized" })
    .own("ROLLBACK_IN_PROGRESS")
    .resource("Role", "DELETE_COMPLETE")
    .own("ROLLBACK_COMPLETE");
  await pollAll("fail", "f-base");
  expect(await progressOf("fail")).toMatchObject({
    status: "failed",
    cause: { logicalId: "Role", reason: "not authorized" },
    blast: { stack: "f-base", layers: [2, 3], stacks: ["f-app", "f-edge"] },
    stacks: { "f-base": { status: "failed" }, "f-app": { status: "pending" } },
  });
  expect((await storyOf("fail")).slice(-2)).toEqual(["layer_complete 1", "deployment_failed"]);
});

test("an attempt that had ended before the run began is none of its business", async () => {
  newStack("old").own("CREATE_IN_PROGRESS").resource("Bucket", "CREATE_COMPLETE").own("CREATE_COMPLETE");
  pass(3600);
  await register("late", { old: [] });
  expect(await storyOf("late")).not.toContain("stack_deploying old");
});

test("with `since` an attempt that began after it counts, though it has ended by now", async () => {
  const since = "2020-01-01T00:00:00Z";
  newStack("since").own("CREATE_IN_PROGRESS").own("CREATE_COMPLETE");
  await register("since", { since: [] }, { since });
  expect((await progressOf("since")).status).toBe("deployed");
});

test("a stack that is deleted to be created anew is followed through both", async () => {
  const refused = newStack("n-app").own("CREATE_IN_PROGRESS").own("ROLLBACK_COMPLETE");
  await register("anew", { "n-base": [], "n-app": ["n-base"], "n-edge": ["n-app"] });
  await pollAll("anew", "n-app");
  pass(31);
  const now = { timestamp: new Date().toISOString() };
  newStack("n-base").own("CREATE_IN_PROGRESS", now).own("CREATE_COMPLETE", now);
  await pollAll("anew", "n-base");
  refused.own("DELETE_IN_PROGRESS", now).own("DELETE_COMPLETE", now);
  await pollAll("anew", "n-app");
  expect(await progressOf("anew")).toMatchObject({
    status: "deploying",
    stacks: { "n-app": { status: "deleted" } },
  });
  pass(30);
  const later = { timestamp: new Date().toISOString() };
  newStack("n-app").own("CREATE_IN_PROGRESS", later).own("CREATE_COMPLETE", later);
  await pollAll("anew", "n-app", "n-app");
  expect((await progressOf("anew")).stacks["n-app"]).toMatchObject({ status: "deployed" });
});

/** A stack that could not be created before its deployment was registered, and is deleted since. */
const cleared = async (deployment: string, name: string, base?: string): Promise<void> => {
  const refused = newStack(name).own("CREATE_IN_PROGRESS").own("ROLLBACK_COMPLETE");
  await register(deployment, base ? { [base]: [], [name]: [base] } : { [name]: [] });
  await pollAll(deployment, name);
  pass(31);
  if (base) {
    const now = { timestamp: new Date().toISOString() };
    newStack(base).own("CREATE_IN_PROGRESS", now).own("CREATE_COMPLETE", now);
    await pollAll(deployment, base);
  }
  const now = { timestamp: new Date().toISOString() };
  refused.own("DELETE_IN_PROGRESS", now);
  await pollAll(deployment, name);
  refused.own("DELETE_COMPLETE", now);
  await pollAll(deployment, name);
  aws.cloudFormation.stacks.splice(aws.cloudFormation.stacks.indexOf(refused), 1);
};

test("the only stack of a run, deleted as it could not be created, ends nothing if it is created anew", async () => {
  await cleared("once-more", "o-app");
  expect(await progressOf("once-more")).toMatchObject({
    status: "deploying",
    stacks: { "o-app": { status: "deleted" } },
  });
  pass(300);
  await pollAll("once-more", "o-app");
  const later = { timestamp: new Date().toISOString() };
  newStack("o-app").own("CREATE_IN_PROGRESS", later).own("CREATE_COMPLETE", later);
  await pollAll("once-more", "o-app", "o-app");
  expect(await progressOf("once-more")).toMatchObject({
    status: "deployed",
    stacks: { "o-app": { status: "deployed" } },
  });
});

test("a run that has done nothing but delete what could not be created has destroyed it, if it stays so", async () => {
  await cleared("gone", "g-app");
  pass(599);
  await pollAll("gone", "g-app");
  expect(await progressOf("gone")).toMatchObject({ status: "deploying" });
  pass(2);
  await pollAll("gone", "g-app");
  expect(await storyOf("gone")).toEqual([
    "deployment_started",
    "stack_deleting g-app",
    "stack_deleted g-app",
    "deployment_destroying",
    "deployment_destroyed",
  ]);
});

test("a stack that is deleted and not created anew fails the run that deployed others", async () => {
  await cleared("half", "h-app", "h-base");
  pass(601);
  await pollAll("half", "h-app");
  expect(await progressOf("half")).toMatchObject({
    status: "failed",
    stacks: {
      "h-base": { status: "deployed" },
      "h-app": { status: "failed", error: { code: "STACK_DELETED" } },
    },
  });
});

test("a stack that was deleted long ago is waited for from the time on when it is to come", async () => {
  const old = newStack("long-gone").own("CREATE_IN_PROGRESS").own("CREATE_COMPLETE");
  await register("first-time", { "long-gone": [] }, { since: "2020-01-01T00:00:00Z" });
  await pollAll("first-time", "long-gone");
  old.own("DELETE_IN_PROGRESS").own("DELETE_COMPLETE");
  pass(60);
  expect(await trackerOf("long-gone").summary()).toMatchObject({ value: { outcome: "deleted" } });
  await register("second-time", { "long-gone": [] });
  await pollAll("second-time", "long-gone");
  expect(await progressOf("second-time")).toMatchObject({ status: "initializing" });
  pass(601);
  await pollAll("second-time", "long-gone");
  expect(await progressOf("second-time")).toMatchObject({
    status: "failed",
    stacks: { "long-gone": { error: { code: "STACK_NOT_FOUND" } } },
  });
});

test("a stack that never comes fails its deployment once it has been waited for long enough", async () => {
  await register("absent", { absent: [] });
  expect(await storyOf("absent")).toEqual(["deployment_started"]);
  pass(601);
  await pollAll("absent", "absent");
  await pollAll("absent", "absent");
  expect(await progressOf("absent")).toMatchObject({
    status: "failed",
    stacks: { absent: { status: "failed", error: { code: "STACK_NOT_FOUND" } } },
  });
});

test("a later layer is missed from the time on when it can begin, however long the first one takes", async () => {
  const base = newStack("slow-base").own("CREATE_IN_PROGRESS");
  await register("slow", { "slow-base": [], "slow-app": ["slow-base"] });
  pass(1500);
  base.resource("Cluster", "CREATE_COMPLETE");
  await pollAll("slow", "slow-app", "slow-app", "slow-base");
  expect(await progressOf("slow")).toMatchObject({
    status: "deploying",
    stacks: { "slow-app": { status: "pending" } },
  });
  base.own("CREATE_COMPLETE");
  await pollAll("slow", "slow-base", "slow-app");
  pass(599);
  await pollAll("slow", "slow-app");
  expect(await progressOf("slow")).toMatchObject({
    status: "deploying",
    stacks: { "slow-base": { status: "deployed" }, "slow-app": { status: "pending" } },
  });
  pass(2);
  await pollAll("slow", "slow-app");
  expect(await progressOf("slow")).toMatchObject({
    status: "failed",
    stacks: { "slow-app": { status: "failed", error: { code: "STACK_NOT_FOUND" } } },
  });
});

test("a stack that two deployments wait for is missed by each in its own time", async () => {
  await register("early-wait", { shared: [] });
  pass(500);
  await pollAll("early-wait", "shared");
  await register("late-wait", { shared: [] });
  pass(101);
  await pollAll("early-wait", "shared");
  await work("late-wait");
  expect([(await progressOf("early-wait")).status, (await progressOf("late-wait")).status]).toEqual([
    "failed",
    "initializing",
  ]);
  pass(498);
  await pollAll("late-wait", "shared");
  expect((await progressOf("late-wait")).status).toBe("initializing");
  pass(2);
  await pollAll("late-wait", "shared");
  expect((await progressOf("late-wait")).status).toBe("failed");
});

test("[S40] a new stack whose change set is reviewed first is seen when that is executed", async () => {
  await register("reviewed", { "r-app": [] });
  const app = newStack("r-app").own("REVIEW_IN_PROGRESS");
  await pollAll("reviewed", "r-app", "r-app");
  expect(await alarmIn("r-app")).not.toBeNull();
  expect((await progressOf("reviewed")).status).toBe("initializing");
  pass(3600);
  await pollAll("reviewed", "r-app");
  expect(await progressOf("reviewed")).toMatchObject({
    status: "initializing",
    stacks: { "r-app": { status: "pending" } },
  });
  app.own("CREATE_IN_PROGRESS").resource("Topic", "CREATE_COMPLETE").own("CREATE_COMPLETE");
  await pollAll("reviewed", "r-app");
  expect(await storyOf("reviewed")).toEqual([
    "deployment_started",
    "layer_started 1",
    "stack_deploying r-app",
    "resource_created r-app/Topic",
    "stack_deployed r-app",
    "layer_complete 1",
    "deployment_complete",
  ]);
});

test("objects that are evicted at any moment lose nothing and tell nothing twice", async () => {
  const stack = newStack("evicted").own("CREATE_IN_PROGRESS");
  await register("evict", { evicted: [] });
  stack.resource("One", "CREATE_IN_PROGRESS");
  await evictDurableObject(deploymentOf("evict"));
  await pollAll("evict", "evicted");
  await evictDurableObject(deploymentOf("evict"));
  stack.resource("One", "CREATE_COMPLETE").own("CREATE_COMPLETE");
  await pollAll("evict", "evicted");
  expect(await storyOf("evict")).toEqual([
    "deployment_started",
    "layer_started 1",
    "stack_deploying evicted",
    "resource_creating evicted/One",
    "resource_created evicted/One",
    "stack_deployed evicted",
    "layer_complete 1",
    "deployment_complete",
  ]);
});

test("a delivery that comes twice is taken once", async () => {
  newStack("twice").own("CREATE_IN_PROGRESS");
  await register("twice", { twice: [] });
  const before = await storyOf("twice");
  expect(before).toHaveLength(3);
  const again = await deploymentOf("twice").stackFrames({
    stack: "twice",
    epoch: "another",
    from: 1,
    frames: [],
  });
  expect(again.wanted).toBe(true);
  expect(await storyOf("twice")).toEqual(before);
});

test("a second run goes on in the same channel, and the first one is history", async () => {
  const stack = newStack("again").own("CREATE_IN_PROGRESS");
  await register("again", { again: [] });
  expect(await register("again", { again: [] })).toMatchObject({
    ok: false,
    failure: { code: "RUN_UNDERWAY" },
  });
  stack.own("CREATE_COMPLETE");
  await pollAll("again", "again");
  pass(60);
  stack.own("UPDATE_IN_PROGRESS");
  await register("again", { again: [] });
  await pollAll("again", "again");
  stack.own("UPDATE_COMPLETE");
  await pollAll("again", "again");
  const answer = await deploymentOf("again").runs(addressOf("again"));
  expect(answer.ok && answer.value.runs.map(({ run, status }) => [run, status])).toEqual([
    [2, "deployed"],
    [1, "deployed"],
  ]);
  expect((await progressOf("again")).offset).toBe(12);
});

test("a deployment's stacks are audited there, and not on their own", async () => {
  const stack = newStack("audited").own("CREATE_IN_PROGRESS");
  await register("audited", { audited: [] });
  stack.own("CREATE_COMPLETE");
  await pollAll("audited", "audited");
  pass(30);
  await work("audited");
  const items = aws.dynamoDB.items(AUDIT_TABLE);
  expect([...new Set(items.map(({ deploymentId }) => deploymentId?.["S"]))]).toEqual(["audited"]);
  expect(items.map(({ type }) => type?.["S"])).toContain("deployment_complete");
});

test("another pair that spells the same channel is refused", async () => {
  await register("a-b", { one: [] });
  const other = { deploymentId: "a", environment: "b-dev" };
  const answer = await deploymentOf("a-b").register({ ...other, mode: "ingest", stacks: [] }, "kim");
  expect(answer).toMatchObject({ ok: false, failure: { code: "CHANNEL_TAKEN" } });
});

test("a circle of dependencies is refused by its name", async () => {
  const answer = await register("circle", { x: ["y"], y: ["z"], z: ["x"] });
  expect(answer).toMatchObject({
    ok: false,
    failure: { code: "CYCLIC_DEPENDENCIES", message: "Stacks depend on each other: x → y → z → x" },
  });
});
