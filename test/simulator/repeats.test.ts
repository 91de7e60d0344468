/** What is asked twice, with AWS's own client: tokens, and stacks that would not go. */
import {
  CreateChangeSetCommand,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStacksCommand,
  ExecuteChangeSetCommand,
  UpdateStackCommand,
} from "@aws-sdk/client-cloudformation";
import { expect, it } from "vitest";
import { eventsOf, refusalOf } from "./client.ts";
import { client, simulator, useSimulator } from "./own-simulator.ts";

useSimulator();

const queue = (seconds: number): string =>
  JSON.stringify({
    Resources: { Queue: { Type: "AWS::SQS::Queue", Properties: { DelaySeconds: seconds } } },
  });

const begins = async (stack: string) =>
  (await eventsOf(client, stack)).filter(
    (event) => event.PhysicalResourceId === event.StackId && event.ResourceStatusReason === "User Initiated",
  );

it("create, update and execute do once what is asked twice with one token", async () => {
  const create = { StackName: "s", TemplateBody: queue(1), ClientRequestToken: "one" };
  const first = await client.send(new CreateStackCommand(create));
  expect((await client.send(new CreateStackCommand(create))).StackId).toBe(first.StackId);
  await simulator.settled();
  expect((await client.send(new CreateStackCommand(create))).StackId).toBe(first.StackId);

  const update = { StackName: "s", TemplateBody: queue(2), ClientRequestToken: "two" };
  await client.send(new UpdateStackCommand(update));
  await client.send(new UpdateStackCommand(update));
  await simulator.settled();
  await client.send(new UpdateStackCommand(update));

  const propose = { StackName: "s", ChangeSetName: "c", TemplateBody: queue(3), ClientToken: "three" };
  const { Id } = await client.send(new CreateChangeSetCommand(propose));
  expect((await client.send(new CreateChangeSetCommand(propose))).Id).toBe(Id);
  await simulator.settled();
  const execute = { ChangeSetName: Id, ClientRequestToken: "four" };
  await client.send(new ExecuteChangeSetCommand(execute));
  await client.send(new ExecuteChangeSetCommand(execute));
  await simulator.settled();
  await client.send(new ExecuteChangeSetCommand(execute));

  expect((await begins("s")).map((event) => [event.ResourceStatus, event.ClientRequestToken])).toEqual([
    ["CREATE_IN_PROGRESS", "one"],
    ["UPDATE_IN_PROGRESS", "two"],
    ["UPDATE_IN_PROGRESS", "four"],
  ]);
});

it("a token is for one operation", async () => {
  const { StackId } = await client.send(
    new CreateStackCommand({ StackName: "s", TemplateBody: queue(1), ClientRequestToken: "one" }),
  );
  await simulator.settled();
  const update = { StackName: StackId, TemplateBody: queue(2), ClientRequestToken: "one" };
  expect(await refusalOf(client.send(new UpdateStackCommand(update)))).toEqual({
    name: "TokenAlreadyExistsException",
    message: "A client request token already exists.",
    status: 400,
  });
});

it("a stack that cannot be deleted goes by force, and what held it is left behind", async () => {
  simulator.setFailures("stuck", { Queue: { reason: "in use", at: "delete" } });
  const { StackId } = await client.send(
    new CreateStackCommand({ StackName: "stuck", TemplateBody: queue(1) }),
  );
  await simulator.settled();
  const force = { StackName: StackId, DeletionMode: "FORCE_DELETE_STACK" } as const;
  expect(await refusalOf(client.send(new DeleteStackCommand(force)))).toMatchObject({
    name: "ValidationError",
  });
  await client.send(new DeleteStackCommand({ StackName: StackId }));
  await simulator.settled();
  expect(simulator.stackStatus("stuck")).toBe("DELETE_FAILED");
  await client.send(new DeleteStackCommand(force));
  await simulator.settled();
  const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: StackId }));
  expect(Stacks?.[0]?.StackStatus).toBe("DELETE_COMPLETE");
  const events = await eventsOf(client, StackId ?? "");
  expect(events.at(-2)).toMatchObject({ LogicalResourceId: "Queue", ResourceStatus: "DELETE_SKIPPED" });
});
