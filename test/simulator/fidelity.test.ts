/** Every kind of sequence that the simulator plays, held against recordings of that kind. */
import {
  CreateChangeSetCommand,
  CreateStackCommand,
  DeleteStackCommand,
  ExecuteChangeSetCommand,
  UpdateStackCommand,
} from "@aws-sdk/client-cloudformation";
import { describe, expect, it } from "vitest";
import { eventsOf } from "./client.ts";
import { isWithoutTraces, needsTraces } from "./recordings.ts";
import { classesWithin, operationsOf, recordedOperations, type Sequences } from "./sequences.ts";
import { client, simulator, useSimulator } from "./own-simulator.ts";

const queue = (seconds: number) => ({ Type: "AWS::SQS::Queue", Properties: { VisibilityTimeout: seconds } });

const template = (resources: Readonly<Record<string, unknown>>): string =>
  JSON.stringify({ Resources: resources });

const nested = (url: string) => ({ Type: "AWS::CloudFormation::Stack", Properties: { TemplateURL: url } });

const role = (description: string) => ({ Type: "AWS::IAM::Role", Properties: { Description: description } });

const several = {
  Topic: { Type: "AWS::SNS::Topic" },
  DeadLetters: queue(30),
  Jobs: { ...queue(30), DependsOn: "DeadLetters" },
  Role: role("of the worker"),
  Worker: { Type: "AWS::Lambda::Function", Properties: { Role: { "Fn::GetAtt": ["Role", "Arn"] } } },
  Table: { Type: "AWS::DynamoDB::Table" },
  Database: { Type: "AWS::RDS::DBInstance", DependsOn: "Worker" },
};

useSimulator();

const Capabilities = ["CAPABILITY_IAM" as const];

const create = async (
  StackName: string,
  resources: Readonly<Record<string, unknown>>,
  more = {},
): Promise<string> => {
  const created = await client.send(
    new CreateStackCommand({ StackName, TemplateBody: template(resources), Capabilities, ...more }),
  );
  await simulator.settled();
  return created.StackId ?? "";
};

const update = async (StackName: string, resources: Readonly<Record<string, unknown>>): Promise<void> => {
  await client.send(new UpdateStackCommand({ StackName, TemplateBody: template(resources), Capabilities }));
  await simulator.settled();
};

const played = async (stackId: string): Promise<readonly Sequences[]> =>
  operationsOf(await eventsOf(client, stackId));

/** Nothing was played that was not recorded, and the stack's own events came in a recorded order. */
const expectRecorded = (operation: Sequences | undefined, recorded: readonly Sequences[]): void => {
  expect(recorded.map(({ own }) => own)).toContain(operation?.own);
  expect(recorded.flatMap(({ classes }) => classes)).toEqual(
    expect.arrayContaining([...(operation?.classes ?? [])]),
  );
  expect(operation?.classes.length).toBeGreaterThan(0);
};

describe.skipIf(isWithoutTraces)(`the play of a stack is as recorded${needsTraces}`, () => {
  it("create", async () => {
    const [operation] = await played(await create("shop", several));
    expectRecorded(
      operation,
      recordedOperations("ebcli-sam-create", "roomiematcher-11-create-rds", "pharmacy-71-update-rollback"),
    );
  });

  it("create by change set begins in review", async () => {
    const set = await client.send(
      new CreateChangeSetCommand({
        StackName: "shop",
        ChangeSetName: "first",
        ChangeSetType: "CREATE",
        TemplateBody: template(several),
        Capabilities,
      }),
    );
    await simulator.settled();
    await client.send(new ExecuteChangeSetCommand({ ChangeSetName: set.Id ?? "" }));
    await simulator.settled();
    const events = await eventsOf(client, set.StackId ?? "");
    expect(events.map((event) => event.ResourceStatus).slice(0, 2)).toEqual([
      "REVIEW_IN_PROGRESS",
      "CREATE_IN_PROGRESS",
    ]);
    expectRecorded(
      operationsOf(events)[0],
      recordedOperations("pharmacy-71-update-rollback", "ebcli-sam-create"),
    );
  });

  it("failed create with rollback", async () => {
    simulator.setFailures("shop", { Worker: { reason: "Out of luck" } });
    const [operation] = await played(await create("shop", several));
    expect(operation?.own).toBe("CREATE_IN_PROGRESS ROLLBACK_IN_PROGRESS ROLLBACK_COMPLETE");
    expectRecorded(operation, recordedOperations("devenv-179-create-rollback", "eksctl-113-rollback-failed"));
  });

  it("failed create whose rollback fails", async () => {
    simulator.setFailures("shop", {
      Worker: { reason: "Out of luck" },
      Role: { reason: "Not authorized to perform: iam:DetachRolePolicy", at: "delete" },
    });
    const [operation] = await played(await create("shop", several));
    expect(operation?.own).toBe("CREATE_IN_PROGRESS ROLLBACK_IN_PROGRESS ROLLBACK_FAILED");
    expectRecorded(operation, recordedOperations("devenv-179-create-rollback", "eksctl-113-rollback-failed"));
  });

  it("failed create without rollback", async () => {
    simulator.setFailures("shop", { Wait: { reason: "WaitCondition timed out." } });
    const resources = {
      Handle: { Type: "AWS::SNS::Topic" },
      Wait: { Type: "AWS::SNS::Topic", DependsOn: "Handle" },
    };
    const [operation] = await played(await create("shop", resources, { DisableRollback: true }));
    expect(operation?.own).toBe("CREATE_IN_PROGRESS CREATE_FAILED");
    expectRecorded(operation, recordedOperations("ebcli-create-failed-waitcondition"));
  });

  it("update with replacement and clean-up", async () => {
    const instance = (image: string) => ({ Type: "AWS::EC2::Instance", Properties: { ImageId: image } });
    const address = { Type: "AWS::EC2::EIPAssociation", Properties: { InstanceId: { Ref: "Instance" } } };
    const id = await create("demo", { Instance: instance("ami-1"), Address: address, Extra: queue(1) });
    await update("demo", { Instance: instance("ami-2"), Address: address });
    const [, operation] = await played(id);
    expectRecorded(operation, recordedOperations("demoapp-10-replacement-cleanup", "aichatbot-41-updates"));
    const events = (await eventsOf(client, id))
      .filter((event) => event.LogicalResourceId === "Instance")
      .slice(-5);
    const [old, fresh] = [events[0]?.PhysicalResourceId, events[1]?.PhysicalResourceId];
    expect(old).not.toBe(fresh);
    expect(events.map(({ PhysicalResourceId: physical }) => physical)).toEqual([old, fresh, fresh, old, old]);
  });

  it("failed update with rollback", async () => {
    const worker = (memory: number) => ({
      Type: "AWS::Lambda::Function",
      Properties: { MemorySize: memory },
    });
    const version = (memory: number) => ({
      A: worker(memory),
      B: worker(memory),
      C: worker(memory),
      Table: { Type: "AWS::DynamoDB::Table", Properties: { BillingMode: `${memory}` } },
    });
    const id = await create("chat", version(128));
    simulator.setFailures("chat", {
      Table: { at: "update", reason: "a custom-named resource requires replacing" },
    });
    await update("chat", version(256));
    const [, operation] = await played(id);
    expectRecorded(operation, recordedOperations("aichatbot-41-updates", "pharmacy-71-update-rollback"));
  });

  it("delete: refused, then with a resource left behind", async () => {
    const policy = { BrokenPolicy: { Type: "AWS::IAM::Policy" } };
    simulator.setFailures("blocked", { BrokenPolicy: { reason: "no", at: "delete" } });
    const id = await create("blocked", policy, { Tags: [] });
    await client.send(new DeleteStackCommand({ StackName: id }));
    await simulator.settled();
    await client.send(new DeleteStackCommand({ StackName: id, RetainResources: ["BrokenPolicy"] }));
    await simulator.settled();
    const [, refused, left] = await played(id);
    const recorded = recordedOperations("localstack/blocked-deletion-15");
    expectRecorded(refused, recorded);
    expectRecorded(left, recorded);
  });

  it("delete", async () => {
    const id = await create("shop", several);
    await client.send(new DeleteStackCommand({ StackName: id }));
    await simulator.settled();
    const [, operation] = await played(id);
    const rollbacks = classesWithin(recordedOperations("devenv-179-create-rollback"), /^DELETE_/);
    expect(recordedOperations("localstack/blocked-deletion-15").map(({ own }) => own)).toContain(
      operation?.own,
    );
    expect(rollbacks).toEqual(expect.arrayContaining([...(operation?.classes ?? [])]));
  });

  it("create with nested stacks", async () => {
    simulator.addTemplate(
      "https://templates.example/auth",
      template({ Pool: { Type: "AWS::Cognito::UserPool" } }),
    );
    simulator.addTemplate(
      "https://templates.example/data",
      template({ Inner: nested("https://templates.example/auth") }),
    );
    const root = await create("sandbox", {
      Auth: nested("https://templates.example/auth"),
      Data: { ...nested("https://templates.example/data"), DependsOn: "Auth" },
    });
    const recorded = recordedOperations("amplify-create-495-nested10");
    const [operation] = await played(root);
    expectRecorded(operation, recorded);
    const children = (await eventsOf(client, root)).filter(
      (event) => event.ResourceStatus === "CREATE_COMPLETE" && event.PhysicalResourceId !== root,
    );
    expect(children).toHaveLength(2);
    for (const child of children) expectRecorded((await played(child.PhysicalResourceId ?? ""))[0], recorded);
  });

  it("failed update of a nested stack", async () => {
    const pool = (name: string) =>
      template({ Pool: { Type: "AWS::Cognito::UserPool", Properties: { Policy: name } } });
    const custom = template({ Queue: queue(1) });
    simulator.addTemplate("https://templates.example/auth-1", pool("one"));
    simulator.addTemplate("https://templates.example/auth-2", pool("two"));
    simulator.addTemplate("https://templates.example/custom-1", custom);
    simulator.addTemplate("https://templates.example/custom-2", custom);
    const version = (number: number) => ({
      Auth: nested(`https://templates.example/auth-${number}`),
      Custom: nested(`https://templates.example/custom-${number}`),
    });
    const root = await create("sandbox", version(1));
    const reason = 'Resource handler returned message: "Email address is not verified."';
    simulator.setFailures("sandbox", { "Auth/Pool": { at: "update", reason } });
    await update("sandbox", version(2));
    const recorded = recordedOperations("amplify-update-failed-22-nested");
    const [, operation] = await played(root);
    expectRecorded(operation, recorded);
    expect(operation?.classes).toHaveLength(2);
    const auth = (await eventsOf(client, root)).findLast((event) => event.LogicalResourceId === "Auth");
    expectRecorded((await played(auth?.PhysicalResourceId ?? ""))[1], recorded);
  });
});
