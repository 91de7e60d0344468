/** Everybody who asks CloudFormation in a region asks by the same budget. */
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { workerSession } from "../../src/aws/identity/worker-session.ts";
import { stackOperations } from "../../src/aws/cloudformation/stack-operations.ts";
import { credentialsOf, regionOf, relayOf } from "../../src/objects.ts";
import { settingsOf } from "../../src/settings.ts";
import { deploymentOf, register } from "./deployments.ts";
import { aws, newStack, pass, poll, trackerOf, useFarEnd } from "./far-end.ts";
import { connect } from "./viewer.ts";
import { watched } from "./watched.ts";

useFarEnd();

const usedBy = async () => (await regionOf(env, { region: "us-east-1" }).budgetView()).usedBy;

/** As the orchestrator and the canvas ask. */
const deploying = () => {
  const settings = settingsOf(env);
  if (!settings.ok) throw new Error("The settings are wrong");
  return stackOperations(workerSession(env, settings.value.aws, { region: "us-east-1", purpose: "deploy" }));
};

test("what an operation asks counts as that, and what a check asks as looks", async () => {
  newStack("b-app").own("CREATE_IN_PROGRESS");
  await deploying().snapshot("b-app");
  await deploying().templateText("b-app");
  expect(await usedBy()).toMatchObject({ operating: 0.2, running: 0 });
  await credentialsOf(env, "default").check();
  const used = await usedBy();
  expect(used).toMatchObject({ operating: 0.2 });
  expect(used.running).toBeGreaterThan(0);
});

test("what is passed on counts by what it is for: a write is an operation, a read is somebody who waits", async () => {
  const relay = relayOf(env, { region: "us-east-1", stackName: "b-relayed" });
  const form = "Action=DescribeStackResources&StackName=b-relayed&Version=2010-05-15";
  await relay.read({ action: "DescribeStackResources", form, asDeployer: false });
  await relay.write({
    action: "CancelUpdateStack",
    form: "Action=CancelUpdateStack&StackName=b-relayed&Version=2010-05-15",
    asDeployer: true,
    accessKeyId: "SCAK1",
    subject: "kim",
    isRepeatable: true,
    begins: false,
  });
  expect(await usedBy()).toMatchObject({ operating: 0.1, watched: 0.1, running: 0 });
});

test("a throttle that anybody sees halves what all are allowed", async () => {
  const allowed = async () => (await regionOf(env, { region: "us-east-1" }).budgetView()).allowedPerSecond;
  const before = await allowed();
  newStack("b-throttled").own("CREATE_IN_PROGRESS");
  let refusals = 0;
  aws.cloudFormation.fault = () => (refusals++ === 0 ? "throttled" : undefined);
  await deploying().snapshot("b-throttled");
  expect(await allowed()).toBe(before / 2);
});

test("a look that is throttled makes no further call", async () => {
  const { stackId } = newStack("b-look").own("CREATE_IN_PROGRESS").begun(2);
  const asked: string[] = [];
  aws.cloudFormation.fault = ({ action }) => {
    asked.push(action);
    return action === "DescribeStacks" ? "throttled" : undefined;
  };
  await trackerOf("b-look").sight(stackId);
  expect(asked).toEqual(["DescribeStackEvents", "DescribeStacks"]);
});

test("a deployment that begins to wait for a stack has it looked at once", async () => {
  newStack("b-fed").own("CREATE_IN_PROGRESS").begun(2);
  await register("fed", { "b-fed": [] });
  const events = aws.cloudFormation.calls.filter(({ action }) => action === "DescribeStackEvents");
  expect(events).toHaveLength(1);
});

test("who views a deployment views its stacks: they are looked at before others", async () => {
  const stack = newStack("b-shown").own("CREATE_IN_PROGRESS");
  const holders = async () => {
    const view = await regionOf(env, { region: "us-east-1" }).budgetView();
    return [view.holders.running, view.holders.watched];
  };
  const grow = async () => {
    stack.begun(1);
    pass(11);
    await poll(stack.name);
    await poll(stack.name);
    return holders();
  };
  await register("shown", { "b-shown": [] });
  await expect.poll(grow).toEqual([1, 0]);
  await deploymentOf("shown").join({ gateway: "g", classic: false });
  await expect.poll(grow).toEqual([0, 1]);
  await deploymentOf("shown").leave("g");
  await expect.poll(grow).toEqual([1, 0]);
});

/** So many others ask there that no room is left, and AWS has refused them. */
const crowd = async (): Promise<void> => {
  const region = regionOf(env, { region: "us-east-1" });
  for (let halvings = 0; halvings < 12; halvings += 1) {
    await region.noteThrottle();
    pass(7);
  }
  const request = { kind: "running", wantedMs: 1_000, looks: 0, calls: 0, throttled: false } as const;
  for (let index = 0; index < 200; index += 1) {
    await region.lease({ ...request, holder: `other-${index % 100}` });
    // Shares are worked out once a second.
    if (index === 99) pass(1);
  }
};

const samplings = (viewer: { frames: readonly { type: string }[] }) =>
  viewer.frames.filter(({ type }) => type === "sampling");

test("[S44] how often AWS is looked at is told to who opted in, when it changes and when they join", async () => {
  const { stack, classic, modern } = await watched("b-sampled");
  const channel = `stacks/us-east-1/${stack.name}`;
  expect(samplings(modern)).toEqual([]);
  await trackerOf(stack.name).nudge(false);
  const push = { type: "sampling", channel, periodSeconds: 60, reason: "push" };
  await modern.until(3);
  expect(samplings(modern)).toEqual([push]);
  const late = await connect(stack.name, { subprotocol: true });
  await late.settled();
  expect(samplings(late)).toEqual([push]);
  pass(601);
  await crowd();
  for (let looks = 0; looks < 3; looks += 1) {
    pass(61);
    await poll(stack.name);
  }
  await Promise.all([modern.settled(), classic.settled()]);
  expect(samplings(modern)).toEqual([
    push,
    { ...push, reason: "budget", periodSeconds: expect.any(Number), allowedPerSecond: expect.any(Number) },
  ]);
  expect(samplings(classic)).toEqual([]);
});

test("[S44] a deployment's channel tells the slowest of its running stacks", async () => {
  for (const name of ["b-one", "b-two"]) newStack(name).own("CREATE_IN_PROGRESS");
  await register("sampled", { "b-one": [], "b-two": [], "b-later": ["b-one"] });
  const reported = async () => {
    const joined = await deploymentOf("sampled").join({ gateway: "g", classic: false });
    return joined.ok ? (joined.value.transient ?? []).map((text) => JSON.parse(text) as unknown) : [];
  };
  expect(await reported()).toEqual([]);
  for (const [stack, periodSeconds] of [
    ["b-one", 9],
    ["b-two", 12],
    ["b-later", 30],
  ] as const) {
    const sampling = { periodSeconds, reason: "budget", allowedPerSecond: 6 } as const;
    await deploymentOf("sampled").stackFrames({ stack, epoch: "of-no-stack", from: 1, frames: [], sampling });
  }
  const channel = "deployments/sampled-dev";
  expect(await reported()).toEqual([
    { type: "sampling", channel, periodSeconds: 12, reason: "budget", allowedPerSecond: 6 },
  ]);
});
