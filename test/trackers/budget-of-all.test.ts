/** Everybody who asks CloudFormation in a region asks by the same budget. */
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { workerSession } from "../../src/aws/identity/worker-session.ts";
import { stackOperations } from "../../src/aws/cloudformation/stack-operations.ts";
import { credentialsOf, regionOf } from "../../src/objects.ts";
import { settingsOf } from "../../src/settings.ts";
import { register } from "./deployments.ts";
import { aws, newStack, trackerOf, useFarEnd } from "./far-end.ts";

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
  await deploying().picture("b-app");
  await deploying().templateText("b-app");
  expect(await usedBy()).toMatchObject({ operating: 0.2, running: 0 });
  await credentialsOf(env, "default").check();
  expect(await usedBy()).toMatchObject({ operating: 0.2, running: 0.5 });
});

test("a throttle that anybody sees halves what all are allowed", async () => {
  const allowed = async () => (await regionOf(env, { region: "us-east-1" }).budgetView()).allowedPerSecond;
  const before = await allowed();
  newStack("b-throttled").own("CREATE_IN_PROGRESS");
  let refusals = 0;
  aws.cloudFormation.fault = () => (refusals++ === 0 ? "throttled" : undefined);
  await deploying().picture("b-throttled");
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
