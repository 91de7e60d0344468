/** What stands elsewhere: early validation, hooks and nested change sets, with AWS's own client. */
import {
  CreateChangeSetCommand,
  CreateStackCommand,
  DescribeChangeSetCommand,
  DescribeEventsCommand,
  ExecuteChangeSetCommand,
  GetHookResultCommand,
  type CreateChangeSetCommandInput,
  type DescribeEventsCommandInput,
  type OperationEvent,
} from "@aws-sdk/client-cloudformation";
import { describe, expect, it } from "vitest";
import { eventsOf, refusalOf } from "./client.ts";
import { client, simulator, useSimulator } from "./own-simulator.ts";

useSimulator();

const template = (resources: object): string => JSON.stringify({ Resources: resources });

const orders = template({
  Orders: { Type: "AWS::Lambda::Function" },
  Jobs: { Type: "AWS::SQS::Queue" },
});

const propose = async (more: Partial<CreateChangeSetCommandInput> = {}) => {
  const { Id: id = "" } = await client.send(
    new CreateChangeSetCommand({
      StackName: "shop",
      ChangeSetName: "next",
      ChangeSetType: "CREATE",
      TemplateBody: orders,
      ...more,
    }),
  );
  await simulator.settled();
  return id;
};

const describeSet = (ChangeSetName: string | undefined) =>
  client.send(new DescribeChangeSetCommand({ ChangeSetName }));

const describeEvents = async (input: DescribeEventsCommandInput): Promise<readonly OperationEvent[]> =>
  (await client.send(new DescribeEventsCommand(input))).OperationEvents ?? [];

const failed = { Filters: { FailedEvents: true } };

const conflict = "Resource of type 'AWS::Lambda::Function' with identifier 'orders' already exists.";

describe("early validation", () => {
  it("fails the change set, which names the check; DescribeEvents tells what was found", async () => {
    simulator.setFailures("shop", { Orders: { at: "validation", reason: conflict } });
    const id = await propose();
    expect(await describeSet(id)).toMatchObject({
      Status: "FAILED",
      ExecutionStatus: "UNAVAILABLE",
      StatusReason:
        "The following hook(s)/validation failed: [AWS::EarlyValidation::ResourceExistenceCheck]. To troubleshoot Early Validation errors, use the DescribeEvents API for detailed failure information.",
    });
    const events = await describeEvents({ ChangeSetName: id, ...failed });
    expect(events.map(({ EventType, OperationType }) => [EventType, OperationType])).toEqual([
      ["STACK_EVENT", "CREATE_CHANGESET"],
      ["VALIDATION_ERROR", "CREATE_CHANGESET"],
    ]);
    expect(events[1]).toMatchObject({
      LogicalResourceId: "Orders",
      ResourceType: "AWS::Lambda::Function",
      ValidationName: "NAME_CONFLICT_VALIDATION",
      ValidationStatus: "FAILED",
      ValidationStatusReason: conflict,
      ValidationPath: "/Resources/Orders",
      ValidationFailureMode: "FAIL",
    });
    expect(await describeEvents({ ChangeSetName: "next", StackName: "shop", ...failed })).toEqual(events);
    expect(await describeEvents({ StackName: "shop", ...failed })).toEqual(events);
    expect(await describeEvents({ OperationId: events[0]?.OperationId, ...failed })).toEqual(events);
    expect(simulator.stackStatus("shop")).toBe("REVIEW_IN_PROGRESS");
  });

  it("that only warns fails nothing, and is told", async () => {
    simulator.setFailures("shop", {
      Jobs: { at: "validation", mode: "WARN", check: "PROPERTY_VALIDATION", reason: "odd" },
    });
    const id = await propose();
    expect((await describeSet(id)).Status).toBe("CREATE_COMPLETE");
    expect(await describeEvents({ ChangeSetName: id, ...failed })).toMatchObject([
      { ValidationName: "PROPERTY_VALIDATION", ValidationFailureMode: "WARN" },
    ]);
  });

  it("needs an ARN, or both names", async () => {
    await propose();
    for (const input of [{}, { ChangeSetName: "next" }])
      expect((await refusalOf(describeEvents(input))).message).toBe(
        "One of ChangeSetName, OperationId or StackName must be specified",
      );
  });
});

describe("an operation without a change set", () => {
  it("is given up before it touches anything; DescribeEvents tells what was found", async () => {
    simulator.setFailures("shop", { Orders: { at: "validation", reason: conflict } });
    await client.send(new CreateStackCommand({ StackName: "shop", TemplateBody: orders }));
    await simulator.settled();
    const events = await eventsOf(client, "shop");
    expect(events.map(({ ResourceStatus }) => ResourceStatus)).toEqual([
      "CREATE_IN_PROGRESS",
      "ROLLBACK_IN_PROGRESS",
      "ROLLBACK_COMPLETE",
    ]);
    expect(events[1]?.ResourceStatusReason).toContain("use the DescribeEvents API");
    expect(await describeEvents({ StackName: "shop", ...failed })).toContainEqual(
      expect.objectContaining({
        EventType: "VALIDATION_ERROR",
        OperationType: "CREATE_STACK",
        LogicalResourceId: "Orders",
        ValidationStatusReason: conflict,
      }),
    );
  });
});

describe("a nested change set that fails", () => {
  const url = "https://templates.example/child";
  const child = (parameters: object, resources: object): string =>
    JSON.stringify({ Parameters: parameters, Resources: resources });
  const nested = (Parameters: object = {}) => ({
    Type: "AWS::CloudFormation::Stack",
    Properties: { TemplateURL: url, Parameters },
  });

  it("fails its parent's, which says no more than that", async () => {
    simulator.addTemplate(url, child({}, { Jobs: { Type: "AWS::SQS::Queue" } }));
    simulator.setFailures("shop", { "Api/Jobs": { at: "validation", reason: "taken" } });
    const id = await propose({ IncludeNestedStacks: true, TemplateBody: template({ Api: nested() }) });
    const root = await describeSet(id);
    const arn = /^Nested change set (\S+) was not successfully created: Currently in FAILED\.$/.exec(
      root.StatusReason ?? "",
    )?.[1];
    expect(root.Status).toBe("FAILED");
    expect(await describeSet(arn)).toMatchObject({
      Status: "FAILED",
      StatusReason: expect.stringContaining("[AWS::EarlyValidation::ResourceExistenceCheck]"),
      ParentChangeSetId: id,
      RootChangeSetId: id,
    });
    expect(await describeEvents({ ChangeSetName: arn, ...failed })).toContainEqual(
      expect.objectContaining({ LogicalResourceId: "Jobs", ValidationStatusReason: "taken" }),
    );
  });

  it("does so where it splits what only exists later; without nested change sets all is well", async () => {
    const second = { "Fn::Select": [1, { "Fn::Split": [",", { Ref: "Names" }] }] };
    simulator.addTemplate(
      url,
      child(
        { Names: { Type: "String" } },
        { Jobs: { Type: "AWS::SQS::Queue", Properties: { QueueName: second } } },
      ),
    );
    const TemplateBody = template({
      Topic: { Type: "AWS::SNS::Topic" },
      Api: nested({ Names: { "Fn::Join": [",", [{ Ref: "Topic" }]] } }),
    });
    const root = await describeSet(await propose({ IncludeNestedStacks: true, TemplateBody }));
    const arn = /^Nested change set (\S+) /.exec(root.StatusReason ?? "")?.[1];
    expect(await describeSet(arn)).toMatchObject({
      Status: "FAILED",
      StatusReason: "Template error: Fn::Select cannot select nonexistent value at index 1",
    });
    const plain = await propose({ ChangeSetName: "plain", TemplateBody });
    expect((await describeSet(plain)).Status).toBe("CREATE_COMPLETE");
  });
});

describe("a hook that fails", () => {
  const ruled = { Orders: { at: "hook", check: "Private::Guard::Rules", reason: "no tags" } } as const;

  it("keeps its resource from being created; its own result tells why", async () => {
    simulator.setFailures("shop", ruled);
    await client.send(new CreateStackCommand({ StackName: "shop", TemplateBody: orders }));
    await simulator.settled();
    const events = (await eventsOf(client, "shop")).filter(
      ({ LogicalResourceId }) => LogicalResourceId === "Orders",
    );
    expect(
      events
        .slice(0, 4)
        .map(({ ResourceStatus, HookStatus, ResourceStatusReason, HookStatusReason }) => [
          ResourceStatus,
          HookStatus,
          ResourceStatusReason ?? HookStatusReason,
        ]),
    ).toEqual([
      ["CREATE_IN_PROGRESS", undefined, undefined],
      ["CREATE_IN_PROGRESS", "HOOK_IN_PROGRESS", "Invoking hook"],
      ["CREATE_IN_PROGRESS", "HOOK_COMPLETE_FAILED", "Hook failed with message: no tags"],
      ["CREATE_FAILED", undefined, "The following hook(s) failed: [Private::Guard::Rules]"],
    ]);
    const HookResultId = events[2]?.HookInvocationId;
    expect(await client.send(new GetHookResultCommand({ HookResultId }))).toMatchObject({
      Status: "HOOK_COMPLETE_FAILED",
      TypeName: "Private::Guard::Rules",
      HookStatusReason: "Hook failed with message: no tags",
      Target: { TargetId: "Orders", TargetTypeName: "AWS::Lambda::Function", Action: "CREATE" },
    });
    const errors = await describeEvents({ StackName: "shop", ...failed });
    expect(errors.map(({ EventType }) => EventType)).toEqual(
      expect.arrayContaining(["STACK_EVENT", "PROVISIONING_ERROR", "HOOK_INVOCATION_ERROR"]),
    );
  });

  it("with WARN is told, and no more", async () => {
    simulator.setFailures("shop", { Orders: { ...ruled.Orders, mode: "WARN" } });
    await client.send(new ExecuteChangeSetCommand({ ChangeSetName: await propose() }));
    await simulator.settled();
    expect(simulator.stackStatus("shop")).toBe("CREATE_COMPLETE");
    expect(await describeEvents({ StackName: "shop", ...failed })).toMatchObject([
      { EventType: "HOOK_INVOCATION_ERROR", HookFailureMode: "WARN" },
    ]);
  });

  it("on a change set fails that", async () => {
    simulator.setFailures("shop", { "AWS::CloudFormation::Stack": { at: "hook", reason: "no cost centre" } });
    const id = await propose();
    expect((await describeSet(id)).StatusReason).toBe(
      "The following hook(s)/validation failed: [Private::Guard::ChangeSetHook].",
    );
    expect(await describeEvents({ ChangeSetName: id, ...failed })).toContainEqual(
      expect.objectContaining({ EventType: "HOOK_INVOCATION_ERROR", HookStatusReason: "no cost centre" }),
    );
  });
});
