/** Creating, updating and deleting stacks with AWS's own client, and what it is refused. */
import {
  CancelUpdateStackCommand,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStackResourcesCommand,
  DescribeStacksCommand,
  GetTemplateCommand,
  UpdateStackCommand,
  ValidateTemplateCommand,
} from "@aws-sdk/client-cloudformation";
import { describe, expect, it } from "vitest";
import {
  SAMPLE_CAPABILITIES,
  SAMPLE_TEMPLATE,
  SAMPLE_UPDATE_FAILURES,
  SAMPLE_UPDATE_TEMPLATE,
} from "../../src/simulator/sample/sample.ts";
import { clientOf, eventsOf, refusalOf } from "./client.ts";
import { client, replaceSimulator, simulator, useSimulator } from "./own-simulator.ts";

useSimulator();

const Capabilities = [...SAMPLE_CAPABILITIES];

const topic = (name: string, sections: object = {}): string =>
  JSON.stringify({
    Resources: { Topic: { Type: "AWS::SNS::Topic", Properties: { DisplayName: name } } },
    ...sections,
  });

const create = async (StackName: string, TemplateBody: string, more = {}): Promise<string> => {
  const created = await client.send(
    new CreateStackCommand({ StackName, TemplateBody, Capabilities, ...more }),
  );
  await simulator.settled();
  return created.StackId ?? "";
};

const describeStack = async (StackName: string) =>
  (await client.send(new DescribeStacksCommand({ StackName }))).Stacks?.[0];

describe("a stack", () => {
  it("is created with its outputs, parameters with their defaults, and tags", async () => {
    await create("shop", SAMPLE_TEMPLATE, { Tags: [{ Key: "team", Value: "a<b>&c" }] });
    const stack = await describeStack("shop");
    expect(stack).toMatchObject({
      StackStatus: "CREATE_COMPLETE",
      DisableRollback: false,
      Capabilities,
      Tags: [{ Key: "team", Value: "a<b>&c" }],
      Parameters: [
        { ParameterKey: "Environment", ParameterValue: "dev" },
        { ParameterKey: "DatabaseClass", ParameterValue: "db.t4g.medium" },
        { ParameterKey: "ServiceCount", ParameterValue: "2" },
      ],
    });
    const outputs = Object.fromEntries(
      stack?.Outputs?.map((output) => [output.OutputKey, output.OutputValue]) ?? [],
    );
    expect(outputs["Url"]).toMatch(/^https:\/\/.+\.us-east-1\.elb\.amazonaws\.com\/$/);
    expect(outputs["JobsQueue"]).toMatch(
      /^https:\/\/sqs\.us-east-1\.amazonaws\.com\/123456789012\/shop-Jobs-/,
    );
    const { StackResources: resources } = await client.send(
      new DescribeStackResourcesCommand({ StackName: "shop" }),
    );
    expect(resources).toHaveLength(31);
    expect(resources?.every(({ ResourceStatus }) => ResourceStatus === "CREATE_COMPLETE")).toBe(true);
    expect((await client.send(new GetTemplateCommand({ StackName: "shop" }))).TemplateBody).toBe(
      SAMPLE_TEMPLATE,
    );
  });

  it("begins no resource before all that it depends on are complete", async () => {
    const id = await create("shop", SAMPLE_TEMPLATE);
    const events = await eventsOf(client, id);
    const indexOf = (logicalId: string, status: string): number =>
      events.findIndex((event) => event.LogicalResourceId === logicalId && event.ResourceStatus === status);
    const pairs = [
      ["Database", "DatabaseSubnets"],
      ["DatabaseSubnets", "PrivateSubnetB"],
      ["ServiceTask", "Database"],
      ["Service", "Listener"],
      ["Balancer", "InternetRoute"],
      ["InternetRoute", "GatewayAttachment"],
    ] as const;
    for (const [later, earlier] of pairs) {
      expect(indexOf(later, "CREATE_IN_PROGRESS")).toBeGreaterThan(indexOf(earlier, "CREATE_COMPLETE"));
    }
    expect(new Set(events.map(({ EventId }) => EventId)).size).toBe(events.length);
    expect(new Set(events.map(({ OperationId }) => OperationId)).size).toBe(1);
  });

  it("fails its update, and the rollback is an operation of its own under the same token", async () => {
    const id = await create("shop", SAMPLE_TEMPLATE, { ClientRequestToken: "token-1" });
    simulator.setFailures("shop", SAMPLE_UPDATE_FAILURES);
    const update = {
      StackName: "shop",
      TemplateBody: SAMPLE_UPDATE_TEMPLATE,
      Capabilities,
      ClientRequestToken: "token-2",
    };
    const { OperationId: operationId } = await client.send(new UpdateStackCommand(update));
    await simulator.settled();
    const own = (await eventsOf(client, id)).filter((event) => event.PhysicalResourceId === id);
    expect(own.map((event) => [event.ResourceStatus, event.ClientRequestToken])).toEqual([
      ["CREATE_IN_PROGRESS", "token-1"],
      ["CREATE_COMPLETE", "token-1"],
      ["UPDATE_IN_PROGRESS", "token-2"],
      ["UPDATE_ROLLBACK_IN_PROGRESS", "token-2"],
      ["UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS", "token-2"],
      ["UPDATE_ROLLBACK_COMPLETE", "token-2"],
    ]);
    expect(own[2]?.OperationId).toBe(operationId);
    expect(own[3]?.OperationId).not.toBe(operationId);
    expect(own[3]?.OperationId).toBe(own[5]?.OperationId);
    expect(own[3]?.ResourceStatusReason).toMatch(/^The following resource\(s\) failed to update: \[Service/);
    expect((await describeStack(id))?.LastOperations?.[0]).toMatchObject({ OperationType: "ROLLBACK" });
  });

  it("fails by its tags too", async () => {
    await create("tagged", topic("a"), {
      Tags: [{ Key: "simulator:fail:Topic", Value: "create: as it was told" }],
    });
    expect((await describeStack("tagged"))?.StackStatus).toBe("ROLLBACK_COMPLETE");
    const failed = (await eventsOf(client, "tagged")).find(
      (event) => event.ResourceStatus === "CREATE_FAILED",
    );
    expect(failed?.ResourceStatusReason).toBe("as it was told");
  });

  it("is deleted if it cannot be created and OnFailure says so", async () => {
    simulator.setFailures("gone", { Topic: { reason: "no" } });
    const id = await create("gone", topic("a"), { OnFailure: "DELETE" });
    expect((await describeStack(id))?.StackStatus).toBe("DELETE_COMPLETE");
  });

  it("goes back when its update is cancelled", async () => {
    await replaceSimulator({ speed: 200 });
    await create("slow", topic("a"));
    const instance = '"Instance": {"Type": "AWS::RDS::DBInstance"}';
    const body = topic("a").replace('"Topic"', `${instance},"Topic"`);
    await client.send(new UpdateStackCommand({ StackName: "slow", TemplateBody: body }));
    await expect
      .poll(async () => (await eventsOf(client, "slow")).at(-1)?.LogicalResourceId)
      .toBe("Instance");
    await client.send(new CancelUpdateStackCommand({ StackName: "slow" }));
    await simulator.settled();
    expect(simulator.stackStatus("slow")).toBe("UPDATE_ROLLBACK_COMPLETE");
    const instanceStatuses = (await eventsOf(client, "slow"))
      .filter((event) => event.LogicalResourceId === "Instance")
      .map((event) => event.ResourceStatus);
    expect(instanceStatuses).toContain("CREATE_FAILED");
    expect(instanceStatuses.at(-1)).toBe("DELETE_COMPLETE");
  });

  it("can be deleted while it is being created", async () => {
    await replaceSimulator({ speed: 200 });
    const { StackId: id = "" } = await client.send(
      new CreateStackCommand({ StackName: "shop", TemplateBody: SAMPLE_TEMPLATE, Capabilities }),
    );
    await expect.poll(async () => (await eventsOf(client, id)).length).toBeGreaterThan(10);
    await client.send(new DeleteStackCommand({ StackName: "shop" }));
    await simulator.settled();
    expect(simulator.stackStatus(id)).toBe("DELETE_COMPLETE");
  });

  it("answers to its ARN alone once it is deleted, and its name can be used again", async () => {
    const id = await create("shop", topic("a"));
    await client.send(new DeleteStackCommand({ StackName: "shop" }));
    await simulator.settled();
    expect(await refusalOf(eventsOf(client, "shop"))).toEqual({
      name: "ValidationError",
      message: "Stack [shop] does not exist",
      status: 400,
    });
    expect((await describeStack(id))?.StackStatus).toBe("DELETE_COMPLETE");
    const again = await create("shop", topic("a"));
    expect(again).not.toBe(id);
    expect((await describeStack("shop"))?.StackId).toBe(again);
    expect(await eventsOf(client, id)).toHaveLength(8 + 1);
  });

  it("is another one in another region", async () => {
    await create("shop", topic("a"));
    const far = clientOf(simulator, { region: "eu-central-1" });
    expect((await refusalOf(far.send(new DescribeStacksCommand({ StackName: "shop" })))).message).toBe(
      "Stack with id shop does not exist",
    );
    const { StackId: id } = await far.send(
      new CreateStackCommand({ StackName: "shop", TemplateBody: topic("a") }),
    );
    expect(id).toMatch(/^arn:aws:cloudformation:eu-central-1:123456789012:stack\/shop\//);
  });
});

describe("AWS's refusals", () => {
  it("missing stacks, in both wordings", async () => {
    expect(await refusalOf(client.send(new DescribeStacksCommand({ StackName: "none" })))).toEqual({
      name: "ValidationError",
      message: "Stack with id none does not exist",
      status: 400,
    });
    expect(
      (await refusalOf(client.send(new UpdateStackCommand({ StackName: "none", TemplateBody: topic("a") }))))
        .message,
    ).toBe("Stack [none] does not exist");
    await client.send(new DeleteStackCommand({ StackName: "none" }));
  });

  it("an update that changes nothing", async () => {
    await create("same", topic("a"));
    expect(
      await refusalOf(client.send(new UpdateStackCommand({ StackName: "same", TemplateBody: topic("a") }))),
    ).toEqual({
      name: "ValidationError",
      message: "No updates are to be performed.",
      status: 400,
    });
  });

  it("a name in use, capabilities not given, parameters missing or unknown", async () => {
    await create("taken", topic("a"));
    expect(
      await refusalOf(client.send(new CreateStackCommand({ StackName: "taken", TemplateBody: topic("a") }))),
    ).toMatchObject({
      name: "AlreadyExistsException",
      message: "Stack [taken] already exists",
    });
    expect(
      await refusalOf(
        client.send(new CreateStackCommand({ StackName: "shop", TemplateBody: SAMPLE_TEMPLATE })),
      ),
    ).toMatchObject({
      name: "InsufficientCapabilitiesException",
      message: "Requires capabilities : [CAPABILITY_IAM]",
    });
    const body = topic("a", { Parameters: { Size: { Type: "Number" } } });
    expect(
      (await refusalOf(client.send(new CreateStackCommand({ StackName: "p", TemplateBody: body })))).message,
    ).toBe("Parameters: [Size] must have values");
    const Parameters = [{ ParameterKey: "Nope", ParameterValue: "1" }];
    expect(
      (
        await refusalOf(
          client.send(new CreateStackCommand({ StackName: "p", TemplateBody: body, Parameters })),
        )
      ).message,
    ).toBe("Parameters: [Nope] do not exist in the template");
  });

  it("what runs cannot be updated; what rolled back on create neither", async () => {
    simulator.setFailures("broken", { Topic: { reason: "no" } });
    const id = await create("broken", topic("a"));
    expect(
      (
        await refusalOf(
          client.send(new UpdateStackCommand({ StackName: "broken", TemplateBody: topic("b") })),
        )
      ).message,
    ).toBe(`Stack:${id} is in ROLLBACK_COMPLETE state and can not be updated.`);
  });

  it.each([
    ["{", "Template format error: JSON not well-formed."],
    ["a: [", "Template format error: YAML not well-formed."],
    ["Resources: {}", "Template format error: At least one Resources member must be defined."],
    [
      "Resources: {A: {Type: 'AWS::SNS::Topic', Properties: {Name: !Ref Nope}}}",
      "Template format error: Unresolved resource dependencies [Nope] in the Resources block of the template",
    ],
    [
      "Resources: {A: {Type: T, DependsOn: B}, B: {Type: T, DependsOn: A}}",
      "Circular dependency between resources: [A, B]",
    ],
  ])("a template that is none: %s", async (TemplateBody, message) => {
    expect(
      (await refusalOf(client.send(new CreateStackCommand({ StackName: "t", TemplateBody })))).message,
    ).toBe(message);
  });

  it("a template is validated without a stack", async () => {
    const valid = await client.send(new ValidateTemplateCommand({ TemplateBody: SAMPLE_TEMPLATE }));
    expect(valid.Parameters?.map(({ ParameterKey }) => ParameterKey)).toEqual([
      "Environment",
      "DatabaseClass",
      "ServiceCount",
    ]);
    expect(valid.Capabilities).toEqual(["CAPABILITY_IAM"]);
  });
});
