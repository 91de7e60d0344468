/** How an operation is carried out: Express mode, paused failures, what is kept of a request, slow ends. */
import {
  CreateChangeSetCommand,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStacksCommand,
  ExecuteChangeSetCommand,
  GetStackPolicyCommand,
  ListStacksCommand,
  RollbackStackCommand,
  SetStackPolicyCommand,
  UpdateStackCommand,
  type CreateStackCommandInput,
  type Stack,
  type UpdateStackCommandInput,
} from "@aws-sdk/client-cloudformation";
import { beforeEach, describe, expect, it } from "vitest";
import { eventsOf, refusalOf } from "./client.ts";
import { client, replaceSimulator, simulator, useSimulator } from "./own-simulator.ts";

useSimulator();

const database = (engine = "postgres", size = 20): string =>
  JSON.stringify({
    Resources: {
      Db: { Type: "AWS::RDS::DBInstance", Properties: { Engine: engine, AllocatedStorage: size } },
    },
  });

const create = async (more: Partial<CreateStackCommandInput> = {}): Promise<string> => {
  const { StackId: id = "" } = await client.send(
    new CreateStackCommand({ StackName: "shop", TemplateBody: database(), ...more }),
  );
  await simulator.settled();
  return id;
};

const update = async (TemplateBody: string, more: Partial<UpdateStackCommandInput> = {}): Promise<void> => {
  await client.send(new UpdateStackCommand({ StackName: "shop", TemplateBody, ...more }));
  await simulator.settled();
};

const shown = async (): Promise<Partial<Stack>> =>
  (await client.send(new DescribeStacksCommand({ StackName: "shop" }))).Stacks?.[0] ?? {};

const wordsOf = async (stack = "shop"): Promise<readonly string[]> =>
  (await eventsOf(client, stack)).map((event) =>
    [event.LogicalResourceId, event.ResourceStatus, event.ResourceStatusReason].filter(Boolean).join(" "),
  );

const EXPRESS = { DeploymentConfig: { Mode: "EXPRESS" } } as const;
const SAID = "operation completed using Express Mode. It may continue becoming available in the background.";

describe("Express mode", () => {
  it("ends before its resources are ready, and says so with each resource and at its end", async () => {
    const id = await create(EXPRESS);
    await update(database("postgres", 40), EXPRESS);
    await client.send(new DeleteStackCommand({ StackName: "shop", ...EXPRESS }));
    await simulator.settled();
    expect((await wordsOf(id)).filter((words) => words.includes("_COMPLETE "))).toEqual([
      `Db CREATE_COMPLETE Resource ${SAID}`,
      `shop CREATE_COMPLETE Stack ${SAID}`,
      `Db UPDATE_COMPLETE Resource ${SAID}`,
      `shop UPDATE_COMPLETE Stack ${SAID}`,
      `Db DELETE_COMPLETE Resource ${SAID}`,
      `shop DELETE_COMPLETE Stack ${SAID}`,
    ]);
  });

  it("stops where it fails, and cannot be rolled back afterwards", async () => {
    simulator.setFailures("shop", { Db: { at: "update", reason: "no" } });
    await create(EXPRESS);
    expect(await shown()).toMatchObject({ DeploymentConfig: { Mode: "EXPRESS", DisableRollback: true } });
    await update(database("postgres", 40), EXPRESS);
    expect(simulator.stackStatus("shop")).toBe("UPDATE_FAILED");
    const refusal = await refusalOf(client.send(new RollbackStackCommand({ StackName: "shop" })));
    expect(refusal).toMatchObject({ name: "ValidationError", message: expect.stringContaining("EXPRESS") });
    simulator.setFailures("shop", {});
    await update(database("postgres", 40), EXPRESS);
    expect(simulator.stackStatus("shop")).toBe("UPDATE_COMPLETE");
  });

  it("rolls back where that is asked for; other words for it are refused", async () => {
    simulator.setFailures("shop", { Db: { reason: "no" } });
    await create({ DeploymentConfig: { Mode: "EXPRESS", DisableRollback: false } });
    expect(simulator.stackStatus("shop")).toBe("ROLLBACK_COMPLETE");
    expect((await refusalOf(create({ StackName: "other", ...EXPRESS, OnFailure: "DELETE" }))).name).toBe(
      "ValidationError",
    );
  });
});

describe("a stack whose failure was left as it is", () => {
  const paused =
    "This stack is currently in a non-terminal [UPDATE_FAILED] state. To update the stack from this state, please use the disable-rollback parameter with update-stack API. To rollback to the last known good state, use the rollback-stack API";

  beforeEach(async () => {
    await create();
    simulator.setFailures("shop", { Db: { at: "update", reason: "no" } });
    await update(database("postgres", 40), { DisableRollback: true });
    simulator.setFailures("shop", {});
  });

  it("is updated without rollback only, by a call or by a change set", async () => {
    expect(simulator.stackStatus("shop")).toBe("UPDATE_FAILED");
    expect((await refusalOf(update(database("postgres", 60)))).message).toBe(paused);
    const { Id: ChangeSetName } = await client.send(
      new CreateChangeSetCommand({
        StackName: "shop",
        ChangeSetName: "next",
        TemplateBody: database("postgres", 60),
      }),
    );
    await simulator.settled();
    expect((await refusalOf(client.send(new ExecuteChangeSetCommand({ ChangeSetName })))).message).toBe(
      paused,
    );
    await client.send(new ExecuteChangeSetCommand({ ChangeSetName, DisableRollback: true }));
    await simulator.settled();
    expect(simulator.stackStatus("shop")).toBe("UPDATE_COMPLETE");
  });

  it("takes no replacement, and can be rolled back", async () => {
    await update(database("mysql", 60), { DisableRollback: true });
    expect(await wordsOf()).toContain(
      "Db UPDATE_FAILED Replacement type updates not supported on stack with disable-rollback.",
    );
    await client.send(new RollbackStackCommand({ StackName: "shop" }));
    await simulator.settled();
    expect(simulator.stackStatus("shop")).toBe("UPDATE_ROLLBACK_COMPLETE");
  });
});

it("a create left as it is with OnFailure=DO_NOTHING takes no update", async () => {
  simulator.setFailures("shop", { Db: { reason: "no" } });
  await create({ OnFailure: "DO_NOTHING" });
  expect((await refusalOf(update(database(), { DisableRollback: true }))).message).toContain(
    "[on-failure: DO_NOTHING]",
  );
});

describe("what a request says of its stack", () => {
  const roleArn = "arn:aws:iam::123456789012:role/deployer";
  const topic = "arn:aws:sns:us-east-1:123456789012:events";

  it("is kept and shown, until another says otherwise", async () => {
    await create({
      RoleARN: roleArn,
      NotificationARNs: [topic],
      Tags: [{ Key: "team", Value: "web" }],
      TimeoutInMinutes: 30,
    });
    await update(database("postgres", 40));
    expect(await shown()).toMatchObject({
      StackStatus: "UPDATE_COMPLETE",
      RoleARN: roleArn,
      NotificationARNs: [topic],
      Tags: [{ Key: "team", Value: "web" }],
      TimeoutInMinutes: 30,
    });
    const StackPolicyBody = '{"Statement":[]}';
    await client.send(new SetStackPolicyCommand({ StackName: "shop", StackPolicyBody }));
    expect((await client.send(new GetStackPolicyCommand({ StackName: "shop" }))).StackPolicyBody).toBe(
      StackPolicyBody,
    );
  });

  it("RetainExceptOnCreate deletes in a rollback what is retained otherwise", async () => {
    const TemplateBody = JSON.stringify({
      Resources: {
        Files: { Type: "AWS::S3::Bucket", DeletionPolicy: "Retain" },
        Jobs: { Type: "AWS::SQS::Queue", DependsOn: "Files" },
      },
    });
    simulator.setFailures("shop", { Jobs: { reason: "no" } });
    await create({ TemplateBody });
    expect(await wordsOf()).toContain("Files DELETE_SKIPPED");
    await client.send(new DeleteStackCommand({ StackName: "shop" }));
    await simulator.settled();
    await create({ TemplateBody, RetainExceptOnCreate: true });
    expect(await wordsOf()).toContain("Files DELETE_COMPLETE");
  });
});

it("a clean-up lasts as long as it is asked to", async () => {
  await replaceSimulator({ speed: 1000 });
  await create();
  simulator.fault({ kind: "slow-clean-up", stack: "shop", seconds: 3600, count: 1 });
  await client.send(new UpdateStackCommand({ StackName: "shop", TemplateBody: database("postgres", 40) }));
  await expect
    .poll(() => simulator.stackStatus("shop"), { timeout: 3000 })
    .toBe("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS");
  const refusal = await refusalOf(
    client.send(new UpdateStackCommand({ StackName: "shop", TemplateBody: database("postgres", 60) })),
  );
  expect(refusal.message).toMatch(
    /is in UPDATE_COMPLETE_CLEANUP_IN_PROGRESS state and can not be updated\.$/,
  );
});

it("the list of stacks shows the deleted ones too", async () => {
  const first = await create();
  await client.send(new DeleteStackCommand({ StackName: "shop" }));
  await simulator.settled();
  const second = await create();
  const listed = await client.send(new ListStacksCommand({}));
  expect(listed.StackSummaries?.map(({ StackId, StackStatus }) => [StackId, StackStatus])).toEqual([
    [second, "CREATE_COMPLETE"],
    [first, "DELETE_COMPLETE"],
  ]);
  const living = await client.send(new ListStacksCommand({ StackStatusFilter: ["CREATE_COMPLETE"] }));
  expect(living.StackSummaries).toHaveLength(1);
});

it("each item of a list must be one of the allowed values", async () => {
  const body = (Default: string): string =>
    JSON.stringify({
      Parameters: { Events: { Type: "CommaDelimitedList", Default, AllowedValues: ["started", "failed"] } },
      Resources: { Files: { Type: "AWS::S3::Bucket" } },
      Outputs: { First: { Value: { "Fn::Select": [0, { Ref: "Events" }] } } },
    });
  await create({ TemplateBody: body("started, failed") });
  expect((await shown()).Outputs).toMatchObject([{ OutputValue: "started" }]);
  const refusal = await refusalOf(create({ StackName: "other", TemplateBody: body("started,stopped") }));
  expect(refusal.message).toBe("Parameter 'Events' must be one of AllowedValues");
});
