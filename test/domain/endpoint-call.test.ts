/** What a request to the endpoint is about, which is what the rights are decided by. */
import { describe, expect, test } from "vitest";
import { endpointCallOf } from "../../src/domain/endpoint/endpoint-call.ts";

const REGION = "eu-west-1";
const STACK = `arn:aws:cloudformation:${REGION}:123456789012:stack/app/6f1c2a10-0000-4000-8000-000000000000`;
const CHANGE_SET = `arn:aws:cloudformation:${REGION}:123456789012:changeSet/news/6f1c2a10-0000-4000-8000-000000000000`;

const about = (action: string, parameters: Readonly<Record<string, string>> = {}) => {
  const call = endpointCallOf({ action, parameters: new Map(Object.entries(parameters)) }, REGION);
  return call.ok ? call.value.about : call.failure.code;
};

const effect = (action: string) => {
  const call = endpointCallOf({ action, parameters: new Map() }, REGION);
  return call.ok && [call.value.traits.effect, call.value.traits.repeatable ?? false];
};

describe("a call", () => {
  test("is about the stack that its name or ARN means", () => {
    const app = { kind: "stack", stackName: "app" };
    expect([
      about("DescribeStacks", { StackName: "app" }),
      about("DeleteStack", { StackName: STACK }),
      about("DescribeChangeSet", { StackName: "app", ChangeSetName: "news" }),
      about("GetTemplateSummary", { StackName: "app" }),
    ]).toEqual([app, app, app, app]);
  });

  test("by a change set's ARN is about the stack of that, whatever is said beside it", () => {
    expect([
      about("ExecuteChangeSet", { ChangeSetName: CHANGE_SET }),
      about("ExecuteChangeSet", { ChangeSetName: CHANGE_SET, StackName: "app" }),
    ]).toEqual([
      { kind: "change-set", arn: CHANGE_SET, stackName: undefined },
      { kind: "change-set", arn: CHANGE_SET, stackName: "app" },
    ]);
  });

  test("is about all stacks where none is named, where something else names it, and where it is not known", () => {
    const all = { kind: "region" };
    expect([
      about("DescribeStacks"),
      about("ListStacks"),
      about("ListExports"),
      about("DescribeStackResources", { PhysicalResourceId: "i-0" }),
      about("DescribeEvents", { StackName: "app", OperationId: "1" }),
      about("GetTemplateSummary", { StackSetName: "all" }),
      about("CreateStackSet", { StackName: "app" }),
      about("Fly"),
    ]).toEqual(Array.from({ length: 8 }, () => all));
  });

  test("about a template says whether AWS is to fetch it", () => {
    expect([
      about("ValidateTemplate", { TemplateBody: "{}" }),
      about("GetTemplateSummary", { TemplateURL: "https://x" }),
    ]).toEqual([
      { kind: "template", byUrl: false },
      { kind: "template", byUrl: true },
    ]);
  });

  test("names a stack of its region and nothing else", () => {
    expect([
      about("DescribeStacks", { StackName: "app/../other" }),
      about("DescribeStacks", { StackName: "" }),
      about("DescribeStacks", { StackName: STACK.replace(REGION, "us-east-1") }),
      about("DescribeChangeSet", { ChangeSetName: CHANGE_SET.replace(REGION, "us-east-1") }),
      about("DescribeChangeSet", { ChangeSetName: "arn:nonsense", StackName: "app" }),
    ]).toEqual(Array.from({ length: 5 }, () => "ValidationError"));
  });

  test("changes something unless it is known, or named, as a read; what is not known is not made twice", () => {
    expect([effect("DescribeStackEvents"), effect("DescribePublisher"), effect("ListTypes")]).toEqual(
      Array.from({ length: 3 }, () => ["read", true]),
    );
    expect([effect("ExecuteChangeSet"), effect("SetStackPolicy")]).toEqual([
      ["write", true],
      ["write", true],
    ]);
    expect([effect("CreateStackSet"), effect("Listen"), effect("describeStacks")]).toEqual(
      Array.from({ length: 3 }, () => ["write", false]),
    );
  });
});
