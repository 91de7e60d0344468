/** Change sets with AWS's own client. */
import {
  CreateChangeSetCommand,
  CreateStackCommand,
  DeleteChangeSetCommand,
  DescribeChangeSetCommand,
  ExecuteChangeSetCommand,
  ListChangeSetsCommand,
  type CloudFormationClient,
  type CreateChangeSetCommandInput,
} from "@aws-sdk/client-cloudformation";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Simulator } from "../../src/simulator/options.ts";
import { createSimulator } from "../../src/simulator/simulator.ts";
import { clientOf, refusalOf } from "./client.ts";

let simulator: Simulator;
let client: CloudFormationClient;

beforeEach(async () => {
  simulator = await createSimulator({ speed: 1_000_000, dynamodbPort: false, pageSize: 5 });
  client = clientOf(simulator);
});

afterEach(() => simulator.close());

const queues = (count: number, sections: object = {}): string =>
  JSON.stringify({
    Resources: Object.fromEntries(
      Array.from({ length: count }, (_, index) => [`Queue${index}`, { Type: "AWS::SQS::Queue" }]),
    ),
    ...sections,
  });

const propose = async (input: Omit<CreateChangeSetCommandInput, "ChangeSetName">): Promise<string> => {
  const { Id: id = "" } = await client.send(new CreateChangeSetCommand({ ChangeSetName: "next", ...input }));
  await simulator.settled();
  return id;
};

const describeSet = async (ChangeSetName: string) => {
  const pages = [];
  let NextToken: string | undefined;
  do {
    const page = await client.send(new DescribeChangeSetCommand({ ChangeSetName, NextToken }));
    pages.push(page);
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  return pages;
};

describe("a change set", () => {
  it("of type CREATE leaves the stack in review and shows its changes page by page", async () => {
    const id = await propose({ StackName: "many", ChangeSetType: "CREATE", TemplateBody: queues(12) });
    expect(simulator.stackStatus("many")).toBe("REVIEW_IN_PROGRESS");
    const pages = await describeSet(id);
    expect(pages.map(({ Changes }) => Changes?.length)).toEqual([5, 5, 2]);
    expect(pages[0]).toMatchObject({ Status: "CREATE_COMPLETE", ExecutionStatus: "AVAILABLE" });
    await client.send(new ExecuteChangeSetCommand({ ChangeSetName: id, ClientRequestToken: "go" }));
    await simulator.settled();
    expect(simulator.stackStatus("many")).toBe("CREATE_COMPLETE");
    expect((await describeSet(id))[0]?.ExecutionStatus).toBe("EXECUTE_COMPLETE");
  });

  it("says what is added, changed, replaced and removed", async () => {
    const template = (resources: object): string => JSON.stringify({ Resources: resources });
    const bucket = (name: string) => ({ Type: "AWS::S3::Bucket", Properties: { BucketName: name } });
    const policy = { Type: "AWS::S3::BucketPolicy", Properties: { Bucket: { Ref: "Files" } } };
    const topic = (name: string) => ({ Type: "AWS::SNS::Topic", Properties: { DisplayName: name } });
    const before = template({
      Files: bucket("one"),
      Policy: policy,
      Topic: topic("a"),
      Old: topic("x"),
      Same: topic("s"),
    });
    await client.send(new CreateStackCommand({ StackName: "files", TemplateBody: before }));
    await simulator.settled();
    const after = template({
      Files: bucket("two"),
      Policy: policy,
      Topic: topic("b"),
      New: topic("y"),
      Same: topic("s"),
    });
    const [page] = await describeSet(await propose({ StackName: "files", TemplateBody: after }));
    const changes = page?.Changes?.map(({ ResourceChange: change }) => [
      change?.LogicalResourceId,
      change?.Action,
      change?.Replacement,
    ]);
    expect(changes?.sort()).toEqual([
      ["Files", "Modify", "True"],
      ["New", "Add", undefined],
      ["Old", "Remove", undefined],
      ["Policy", "Modify", "False"],
      ["Topic", "Modify", "False"],
    ]);
  });

  it("without changes fails, and says so in AWS's two wordings", async () => {
    await client.send(new CreateStackCommand({ StackName: "plain", TemplateBody: queues(1) }));
    const transformed = queues(1, { Transform: "AWS::Serverless-2016-10-31" });
    const Capabilities = ["CAPABILITY_AUTO_EXPAND" as const];
    await client.send(new CreateStackCommand({ StackName: "sam", TemplateBody: transformed, Capabilities }));
    await simulator.settled();
    const [plain] = await describeSet(await propose({ StackName: "plain", TemplateBody: queues(1) }));
    const [sam] = await describeSet(
      await propose({ StackName: "sam", TemplateBody: transformed, Capabilities }),
    );
    expect([plain?.Status, plain?.ExecutionStatus, plain?.StatusReason]).toEqual([
      "FAILED",
      "UNAVAILABLE",
      "The submitted information didn't contain changes. Submit different information to create a change set.",
    ]);
    expect([sam?.Status, sam?.StatusReason]).toEqual(["FAILED", "No updates are to be performed."]);
    expect(
      await refusalOf(client.send(new ExecuteChangeSetCommand({ ChangeSetName: plain?.ChangeSetId }))),
    ).toMatchObject({
      name: "InvalidChangeSetStatusException",
    });
  });

  it("that changes an output only has no changes and can be executed", async () => {
    await client.send(new CreateStackCommand({ StackName: "outputs", TemplateBody: queues(1) }));
    await simulator.settled();
    const after = queues(1, { Outputs: { Queue: { Value: { Ref: "Queue0" } } } });
    const id = await propose({ StackName: "outputs", TemplateBody: after });
    const [page] = await describeSet(id);
    expect([page?.Status, page?.Changes]).toEqual(["CREATE_COMPLETE", []]);
    await client.send(new ExecuteChangeSetCommand({ ChangeSetName: id }));
    await simulator.settled();
    expect(simulator.stackStatus("outputs")).toBe("UPDATE_COMPLETE");
  });

  it("of nested stacks leads to the children's own sets", async () => {
    simulator.addTemplate("https://templates.example/child", queues(3));
    const child = {
      Type: "AWS::CloudFormation::Stack",
      Properties: { TemplateURL: "https://templates.example/child" },
    };
    const id = await propose({
      StackName: "root",
      ChangeSetType: "CREATE",
      TemplateBody: JSON.stringify({ Resources: { Child: child } }),
      IncludeNestedStacks: true,
    });
    const [page] = await describeSet(id);
    const [inner] = await describeSet(page?.Changes?.[0]?.ResourceChange?.ChangeSetId ?? "");
    expect(inner?.Changes).toHaveLength(3);
    expect(inner?.ParentChangeSetId).toBe(id);
  });

  it("is listed, deleted, and then not found", async () => {
    const id = await propose({ StackName: "many", ChangeSetType: "CREATE", TemplateBody: queues(1) });
    const list = await client.send(new ListChangeSetsCommand({ StackName: "many" }));
    expect(list.Summaries?.map(({ ChangeSetId }) => ChangeSetId)).toEqual([id]);
    await client.send(new DeleteChangeSetCommand({ ChangeSetName: id }));
    expect(await refusalOf(client.send(new DescribeChangeSetCommand({ ChangeSetName: id })))).toEqual({
      name: "ChangeSetNotFoundException",
      message: `ChangeSet [${id}] does not exist`,
      status: 404,
    });
  });
});
