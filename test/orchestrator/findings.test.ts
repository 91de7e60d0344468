/** Why a change set was refused is reported with what stands where CloudFormation's reason points. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { deployStack } from "../../src/orchestrator/deploy-stack.ts";
import { orderOf, RememberingController, startWorld, type World } from "./orders.ts";

let world: World;

beforeAll(async () => {
  world = await startWorld();
});

afterAll(() => world?.close());

const errorOf = async (name: string, resources: Readonly<Record<string, unknown>>) => {
  const controller = new RememberingController();
  await deployStack({
    lease: orderOf(name, JSON.stringify({ Resources: resources })),
    clients: world.clients,
    controller,
  });
  await world.simulator.settled();
  const [fact] = controller.facts;
  return fact?.kind === "failed" ? fact.error : expect.unreachable(JSON.stringify(controller));
};

const taken = "Resource of type 'AWS::SQS::Queue' with identifier 'orders' already exists.";

test("early validation names the resource and what is wrong with it; a right that lacks is named", async () => {
  const resources = { Orders: { Type: "AWS::SQS::Queue" } };
  for (const name of ["early", "blind"])
    world.simulator.setFailures(name, { Orders: { at: "validation", reason: taken } });
  const { message, details } = await errorOf("early", resources);
  expect(message).toBe(`Orders (AWS::SQS::Queue): ${taken} [NAME_CONFLICT_VALIDATION at /Resources/Orders]`);
  expect(details).toContain("use the DescribeEvents API");
  const denied = world.simulator.fault({ kind: "access-denied", action: "DescribeEvents" });
  expect(await errorOf("blind", resources)).toEqual({
    code: "CHANGE_SET_FAILED",
    message: details,
    details: "Stackcast is not allowed to read the reason: grant it cloudformation:DescribeEvents",
  });
  denied.clear();
});

test("a hook on change sets is named with what it has found", async () => {
  world.simulator.setFailures("hooked", {
    "AWS::CloudFormation::Stack": { at: "hook", reason: "No public buckets" },
  });
  const { message } = await errorOf("hooked", { Orders: { Type: "AWS::SQS::Queue" } });
  expect(message).toContain("No public buckets");
});

test("a nested stack's change set is asked why it failed; without nested sets the stack is deployed", async () => {
  const url = "https://templates.example/api";
  const second = { "Fn::Select": [1, { "Fn::Split": [",", { Ref: "Names" }] }] };
  world.simulator.addTemplate(
    url,
    JSON.stringify({
      Parameters: { Names: { Type: "String" } },
      Resources: { Jobs: { Type: "AWS::SQS::Queue", Properties: { QueueName: second } } },
    }),
  );
  // What the topic is called is known only once it is there.
  const resources = {
    Topic: { Type: "AWS::SNS::Topic" },
    Api: {
      Type: "AWS::CloudFormation::Stack",
      Properties: { TemplateURL: url, Parameters: { Names: { "Fn::Join": [",", [{ Ref: "Topic" }]] } } },
    },
  };
  expect(await errorOf("nested", resources)).toEqual({
    code: "CHANGE_SET_FAILED",
    message: "Nested stack nested-Api: Template error: Fn::Select cannot select nonexistent value at index 1",
  });
  const controller = new RememberingController();
  const plan = { options: { includeNestedStacks: false } };
  const order = orderOf("plain", JSON.stringify({ Resources: resources }), { plan });
  await deployStack({ lease: order, clients: world.clients, controller });
  expect(controller.facts).toEqual([{ kind: "accepted", task: "deploy" }]);
});
