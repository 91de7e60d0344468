/** Templates read, evaluated, compared, and played. */
import {
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStacksCommand,
} from "@aws-sdk/client-cloudformation";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Simulator } from "../../src/simulator/options.ts";
import { createSimulator } from "../../src/simulator/simulator.ts";
import { differenceOf } from "../../src/simulator/template/difference.ts";
import { evaluate, type Scope } from "../../src/simulator/template/evaluate.ts";
import { parseTemplate } from "../../src/simulator/template/parse.ts";
import { resolveParameters } from "../../src/simulator/template/parameters.ts";
import { planOf, type Plan } from "../../src/simulator/template/plan.ts";
import { clientOf } from "./client.ts";
import { isWithoutTraces, needsTraces, realTemplates } from "./recordings.ts";

const pseudo = { "AWS::Region": "us-east-1", "AWS::StackName": "shop", "AWS::AccountId": "123456789012" };

const plan = (body: string, given: Readonly<Record<string, string>> = {}): Plan => {
  const template = parseTemplate(body);
  const parameters = Object.entries(given).map(([key, value]) => ({ key, value }));
  return planOf(template, resolveParameters(template, parameters), pseudo, () => undefined);
};

describe("short forms", () => {
  it("mean what the long forms mean", () => {
    const short = `
Conditions:
  IsBig: !Not [!Equals [!Ref Size, small]]
Parameters:
  Size: {Type: String, Default: small}
Resources:
  Queue: {Type: AWS::SQS::Queue}
  Topic:
    Type: AWS::SNS::Topic
    Condition: IsBig
    Properties:
      Name: !Sub "\${AWS::StackName}-\${Queue.Arn}-\${!Literal}"
      Other: !Sub ["\${a}", {a: !GetAtt Queue.QueueName}]
      Parts: !Split [",", !Join [",", [!Ref Queue, x]]]
`;
    const long = JSON.stringify({
      Conditions: { IsBig: { "Fn::Not": [{ "Fn::Equals": [{ Ref: "Size" }, "small"] }] } },
      Parameters: { Size: { Type: "String", Default: "small" } },
      Resources: {
        Queue: { Type: "AWS::SQS::Queue" },
        Topic: {
          Type: "AWS::SNS::Topic",
          Condition: "IsBig",
          Properties: {
            Name: { "Fn::Sub": "${AWS::StackName}-${Queue.Arn}-${!Literal}" },
            Other: { "Fn::Sub": ["${a}", { a: { "Fn::GetAtt": ["Queue", "QueueName"] } }] },
            Parts: { "Fn::Split": [",", { "Fn::Join": [",", [{ Ref: "Queue" }, "x"]] }] },
          },
        },
      },
    });
    expect(parseTemplate(short)).toEqual(parseTemplate(long));
    expect([...plan(short).resources.keys()]).toEqual(["Queue"]);
    expect(plan(short, { Size: "big" }).resources.get("Topic")?.dependsOn).toEqual(new Set(["Queue"]));
  });
});

describe("functions", () => {
  const scope: Scope = {
    parameters: { ...pseudo, Zones: ["a", "b"] },
    mappings: { Sizes: { prod: { count: 3 } } },
    condition: (name) => name === "Yes",
    resource: (logicalId, attribute) =>
      attribute === undefined ? `id-of-${logicalId}` : `${attribute}-of-${logicalId}`,
    imported: (name) => `value-of-${name}`,
  };

  it.each([
    [{ Ref: "A" }, "id-of-A"],
    [{ "Fn::GetAtt": "A.B.C" }, "B.C-of-A"],
    [{ "Fn::GetAtt": ["A", "B"] }, "B-of-A"],
    [{ "Fn::Select": [1, { Ref: "Zones" }] }, "b"],
    [{ "Fn::Join": ["-", ["x", { Ref: "AWS::Region" }]] }, "x-us-east-1"],
    [{ "Fn::FindInMap": ["Sizes", "prod", "count"] }, 3],
    [{ "Fn::ImportValue": { "Fn::Sub": "${AWS::Region}-net" } }, "value-of-us-east-1-net"],
    [{ "Fn::GetAZs": "" }, ["a", "b", "c", "d", "e", "f"].map((zone) => `us-east-1${zone}`)],
    [{ "Fn::If": ["Yes", 1, 2] }, 1],
    [{ a: { "Fn::If": ["No", 1, { Ref: "AWS::NoValue" }] }, b: 2 }, { b: 2 }],
    [[1, { Ref: "AWS::NoValue" }], [1]],
    [{ "Fn::And": [{ Condition: "Yes" }, { "Fn::Or": [{ Condition: "No" }, { Condition: "Yes" }] }] }, true],
    [{ "Fn::Sub": ["${x} ${A} ${A.Arn}", { x: "own" }] }, "own id-of-A Arn-of-A"],
    [{ "Fn::Base64": "text" }, "dGV4dA=="],
    [{ Condition: { StringEquals: { "aws:x": "y" } } }, { Condition: { StringEquals: { "aws:x": "y" } } }],
  ])("%j", (value, result) => expect(evaluate(value, scope)).toEqual(result));
});

describe("a difference", () => {
  const queues = (first: object, second: object): Plan =>
    plan(
      JSON.stringify({
        Resources: {
          First: { Type: "AWS::SQS::Queue", Properties: first },
          Second: { Type: "AWS::SQS::QueuePolicy", Properties: { Queues: [{ Ref: "First" }], ...second } },
        },
      }),
    );

  it("is nothing between equals", () =>
    expect(differenceOf(queues({ A: 1 }, {}), queues({ A: 1 }, {}))).toEqual([]));

  it("reaches what refers to a replaced resource, and no further", () => {
    const changes = differenceOf(queues({ QueueName: "one" }, {}), queues({ QueueName: "two" }, {}));
    expect(
      changes.map(({ logicalId, replacement, isDynamic }) => [logicalId, replacement, isDynamic]),
    ).toEqual([
      ["First", true, false],
      ["Second", false, true],
    ]);
    const inPlace = differenceOf(queues({ DelaySeconds: 1 }, {}), queues({ DelaySeconds: 2 }, {}));
    expect(inPlace.map(({ logicalId, replacement }) => [logicalId, replacement])).toEqual([["First", false]]);
  });
});

describe.skipIf(isWithoutTraces)(`a real template${needsTraces}`, () => {
  let simulator: Simulator;

  beforeEach(async () => {
    simulator = await createSimulator({ speed: 1_000_000, dynamodbPort: false });
  });

  afterEach(() => simulator.close());

  it.each(realTemplates())("$name is created whole and deleted whole", async ({ name, body }) => {
    const client = clientOf(simulator);
    const url = `https://templates.example/${name}`;
    simulator.addTemplate(url, body);
    const missing = Object.entries(parseTemplate(body).Parameters).filter(
      ([, { Default }]) => Default === undefined,
    );
    const { StackId: id = "" } = await client.send(
      new CreateStackCommand({
        StackName: "real",
        TemplateURL: url,
        Capabilities: ["CAPABILITY_NAMED_IAM"],
        Parameters: missing.map(([key]) => ({ ParameterKey: key, ParameterValue: "one,two,three" })),
      }),
    );
    await simulator.settled();
    const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: id }));
    expect(Stacks?.[0]?.StackStatus).toBe("CREATE_COMPLETE");
    for (const { OutputValue: value } of Stacks?.[0]?.Outputs ?? [])
      expect(value).not.toMatch(/undefined|\u0001/);
    await client.send(new DeleteStackCommand({ StackName: id }));
    await simulator.settled();
    expect(simulator.stackStatus(id)).toBe("DELETE_COMPLETE");
  });
});
