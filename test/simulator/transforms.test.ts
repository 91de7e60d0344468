/** Templates with transforms: what AWS makes of them, under the ids and types that it gives, with AWS's own client. */
import {
  CreateChangeSetCommand,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeChangeSetCommand,
  DescribeStacksCommand,
  GetTemplateCommand,
  GetTemplateSummaryCommand,
  type CreateStackCommandInput,
} from "@aws-sdk/client-cloudformation";
import { describe, expect, it } from "vitest";
import { templateTree } from "../../src/simulator/template/template-tree.ts";
import { processedTree } from "../../src/simulator/template/transforms.ts";
import { refusalOf } from "./client.ts";
import { client, simulator, useSimulator } from "./own-simulator.ts";
import { SERVERLESS, SERVERLESS_RESOURCES } from "./serverless-template.ts";

useSimulator();

const ACKNOWLEDGED = ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"] as const;

const create = async (TemplateBody: string, more: Partial<CreateStackCommandInput> = {}): Promise<string> => {
  const Capabilities = [...ACKNOWLEDGED];
  const input = { StackName: "shop", TemplateBody, Capabilities, ...more };
  const { StackId: id = "" } = await client.send(new CreateStackCommand(input));
  await simulator.settled();
  return id;
};

const refusal = async (body: string, more: Partial<CreateStackCommandInput> = {}) =>
  (await refusalOf(create(body, more))).message;

const shown = async (id: string) => {
  const { Stacks: stacks } = await client.send(new DescribeStacksCommand({ StackName: id }));
  const outputs = stacks?.[0]?.Outputs?.map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue]);
  return { status: stacks?.[0]?.StackStatus, outputs: Object.fromEntries(outputs ?? []) as object };
};

const resourcesOf = (tree: unknown): Record<string, { Type: string }> =>
  (tree as { Resources: Record<string, { Type: string }> }).Resources;

const processed = (body: string, parameters: Readonly<Record<string, string | readonly string[]>> = {}) =>
  processedTree(templateTree(body), { accountId: "123456789012", parameters, textAt: () => undefined });

/** Ids that follow from content, without it. */
const typesOf = (tree: unknown): Record<string, string> =>
  Object.fromEntries(
    Object.entries(resourcesOf(tree)).map(([id, { Type }]) => [
      id.replace(/^(.*(?:Version|Deployment|Tools))[0-9a-f]{10}$/, "$1#"),
      Type,
    ]),
  );

describe("a serverless template", () => {
  it("has the resources that AWS makes of it", () =>
    expect(typesOf(processed(SERVERLESS, { Stage: "live" }))).toEqual(SERVERLESS_RESOURCES));

  it("is deployed and deleted, and its outputs refer to what was made", async () => {
    const id = await create(SERVERLESS);
    expect(await shown(id)).toEqual({
      status: "CREATE_COMPLETE",
      outputs: {
        Url: expect.stringMatching(
          /^https:\/\/\w+\.execute-api\.us-east-1\.amazonaws\.com\/shop-.+/,
        ) as string,
        Alias: expect.stringContaining("OrdersAliaslive") as string,
        Queue: expect.stringMatching(/^arn:aws:sqs:/) as string,
        Role: expect.stringMatching(/^arn:aws:iam::\d+:role\/shop-OrdersRole-/) as string,
        Layer: expect.stringContaining("Tools") as string,
      },
    });
    await client.send(new DeleteStackCommand({ StackName: id }));
    await simulator.settled();
    expect(simulator.stackStatus(id)).toBe("DELETE_COMPLETE");
  });

  it("has no circle where a function's event names the API that calls the function", async () => {
    const uri = {
      "Fn::Sub":
        "arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${Orders.Arn}/invocations",
    };
    const paths = { "/x": { get: { "x-amazon-apigateway-integration": { type: "aws_proxy", uri } } } };
    const event = { Type: "Api", Properties: { Path: "/x", Method: "get", RestApiId: { Ref: "Front" } } };
    const body = JSON.stringify({
      Transform: "AWS::Serverless-2016-10-31",
      Resources: {
        Front: {
          Type: "AWS::Serverless::Api",
          Properties: { StageName: "Prod", DefinitionBody: { swagger: "2.0", paths } },
        },
        Orders: {
          Type: "AWS::Serverless::Function",
          Properties: {
            Runtime: "nodejs22.x",
            Handler: "index.handler",
            InlineCode: "x",
            Events: { X: event },
          },
        },
      },
    });
    expect((await shown(await create(body))).status).toBe("CREATE_COMPLETE");
  });

  it.each([
    ["Type Nothing is not supported", { Events: { A: { Type: "Nothing" } } }],
    [
      "must be a valid reference",
      { Events: { A: { Type: "Api", Properties: { RestApiId: { Ref: "None" } } } } },
    ],
    [
      "must reference an S3 bucket",
      { Events: { A: { Type: "S3", Properties: { Bucket: "b", Events: "e" } } } },
    ],
    ["'AutoPublishAlias' must be a string", { AutoPublishAlias: { Ref: "AWS::NoValue" } }],
  ])("is refused by name: %s", async (message, Properties) => {
    const Resources = { Orders: { Type: "AWS::Serverless::Function", Properties } };
    const body = JSON.stringify({ Transform: "AWS::Serverless-2016-10-31", Resources });
    const said = await refusal(body);
    expect(said).toContain("Resource with id [Orders] is invalid.");
    expect(said).toContain(message);
  });

  it("needs no acknowledgement of its transform by a change set, which shows what is made", async () => {
    const body = `
Transform: AWS::Serverless-2016-10-31
Resources: { Stock: { Type: AWS::Serverless::SimpleTable }, Orders: { Type: AWS::Serverless::Function, Properties: { InlineCode: x } } }`;
    expect(await refusal(body, { Capabilities: ["CAPABILITY_IAM"] })).toBe(
      "Requires capabilities : [CAPABILITY_AUTO_EXPAND]",
    );
    const set = {
      StackName: "shop",
      ChangeSetName: "one",
      ChangeSetType: "CREATE",
      TemplateBody: body,
    } as const;
    expect((await refusalOf(client.send(new CreateChangeSetCommand(set)))).message).toBe(
      "Requires capabilities : [CAPABILITY_IAM]",
    );
    await client.send(new CreateChangeSetCommand({ ...set, Capabilities: ["CAPABILITY_IAM"] }));
    await simulator.settled();
    const { Changes: changes } = await client.send(
      new DescribeChangeSetCommand({ StackName: "shop", ChangeSetName: "one" }),
    );
    expect(changes?.map(({ ResourceChange: change }) => change?.LogicalResourceId).sort()).toEqual([
      "Orders",
      "OrdersRole",
      "Stock",
    ]);
  });
});

describe("language extensions", () => {
  const looped = `
Transform: AWS::LanguageExtensions
Parameters: { Names: { Type: CommaDelimitedList, Default: "alpha,beta-2" } }
Conditions:
  Fn::ForEach::Kinds: [Kind, [One, Two], { "Is\${Kind}": !Equals [!Ref Kind, One] }]
Resources:
  Fn::ForEach::Topics:
    - Name
    - !Ref Names
    - "Topic&{Name}":
        Type: AWS::SNS::Topic
        Properties: { TopicName: !Sub "\${AWS::StackName}-\${Name}", DisplayName: !Ref Name }
      Fn::ForEach::Kinds:
        - Kind
        - [One, Two]
        - "Queue&{Name}\${Kind}": { Type: AWS::SQS::Queue, Condition: "Is\${Kind}" }
Outputs:
  Fn::ForEach::Shown:
    - Name
    - !Ref Names
    - "Arn&{Name}": { Value: !Ref "Topic&{Name}" }
`;

  it("unroll loops in each section, and within each other", async () => {
    const id = await create(looped);
    expect(await shown(id)).toEqual({
      status: "CREATE_COMPLETE",
      outputs: {
        Arnalpha: expect.stringMatching(/:shop-alpha$/) as string,
        Arnbeta2: expect.stringMatching(/:shop-beta-2$/) as string,
      },
    });
    const { TemplateBody: whole = "" } = await client.send(new GetTemplateCommand({ StackName: id }));
    expect(resourcesOf(JSON.parse(whole))).toEqual({
      Topicalpha: topic("alpha"),
      QueuealphaOne: { Type: "AWS::SQS::Queue", Condition: "IsOne" },
      QueuealphaTwo: { Type: "AWS::SQS::Queue", Condition: "IsTwo" },
      Topicbeta2: topic("beta-2"),
      Queuebeta2One: { Type: "AWS::SQS::Queue", Condition: "IsOne" },
      Queuebeta2Two: { Type: "AWS::SQS::Queue", Condition: "IsTwo" },
    });
    const original = await client.send(new GetTemplateCommand({ StackName: id, TemplateStage: "Original" }));
    expect(original.TemplateBody).toBe(looped);
  });

  const topic = (name: string) => ({
    Type: "AWS::SNS::Topic",
    Properties: { TopicName: { "Fn::Sub": `\${AWS::StackName}-${name}` }, DisplayName: name },
  });

  it("are no part of CloudFormation's language without the transform", async () => {
    const body = looped.replace("Transform: AWS::LanguageExtensions", "Transform: AWS::ServiceCatalog");
    expect(await refusal(body)).toContain("Fn::ForEach::Topics");
  });
});

describe("Transform", () => {
  const queue = { Queue: { Type: "AWS::SQS::Queue" } };
  const bodyWith = (Transform: unknown) => JSON.stringify({ Transform, Resources: queue });

  it("is a name, an object, or a list of both, and each is told", async () => {
    const include = { Name: "AWS::Include", Parameters: { Location: "s3://templates/more.yaml" } };
    simulator.addTemplate("https://s3.us-east-1.amazonaws.com/templates/more.yaml", "Description: included");
    const TemplateBody = bodyWith([include, "AWS::LanguageExtensions"]);
    const summary = await client.send(new GetTemplateSummaryCommand({ TemplateBody }));
    expect(summary.DeclaredTransforms).toEqual(["AWS::Include", "AWS::LanguageExtensions"]);
    const id = await create(TemplateBody);
    const { Stacks: stacks } = await client.send(new DescribeStacksCommand({ StackName: id }));
    expect(stacks?.[0]?.Description).toBe("included");
    await create(bodyWith(include), { StackName: "object" });
    await create(bodyWith("AWS::Serverless-2016-10-31"), { StackName: "name" });
  });

  it("that an account has no macro for is refused by name", async () => {
    const message = "No transform named 123456789012::Ours found.";
    expect(await refusal(bodyWith("Ours"))).toBe(message);
    const called = { Queue: { Type: "AWS::SQS::Queue", Properties: { "Fn::Transform": { Name: "Ours" } } } };
    expect(await refusal(JSON.stringify({ Transform: "AWS::Include", Resources: called }))).toBe(message);
  });
});

describe("what a template may hold", () => {
  it("is bounded, and no section has another name", async () => {
    const many = (count: number): string =>
      JSON.stringify({
        Resources: Object.fromEntries(
          Array.from({ length: count }, (_, index) => [`Q${index}`, { Type: "T" }]),
        ),
      });
    expect(await refusal(many(501))).toBe(
      "Template format error: Number of resources, 501, is greater than maximum allowed, 500",
    );
    expect((await shown(await create(many(500)))).status).toBe("CREATE_COMPLETE");
    const named = JSON.stringify({ Resourcen: {}, Resources: { A: { Type: "T" } } });
    expect(await refusal(named, { StackName: "named" })).toBe(
      "Invalid template property or properties [Resourcen]",
    );
  });

  it.each([
    [{ AllowedPattern: "[a-z]+" }, "Ab1", "must match pattern [a-z]+"],
    [{ MinLength: 4 }, "abc", "must contain at least 4 characters"],
    [{ MaxLength: 2 }, "abc", "must contain at most 2 characters"],
    [{ Type: "Number", MinValue: 4 }, "3", "must be a number not less than 4"],
    [{ Type: "Number", MaxValue: 2 }, "3", "must be a number not greater than 2"],
    [{ Type: "List<Number>" }, "1,x", "must be a number."],
    [{ Type: "CommaDelimitedList", AllowedPattern: "\\d" }, "1,22", "must match pattern \\d"],
    [{ AllowedValues: ["a", "b"] }, "c", "must be one of AllowedValues"],
  ])("as a parameter's value: %j", async (declared, value, message) => {
    const bodyOf = (more: object): string =>
      JSON.stringify({
        Parameters: { P: { Type: "String", ...declared, ...more } },
        Resources: { A: { Type: "T" } },
      });
    const Parameters = [{ ParameterKey: "P", ParameterValue: value }];
    expect(await refusal(bodyOf({}), { Parameters })).toBe(`Parameter 'P' ${message}`);
    if (message.endsWith("number.")) return;
    expect(await refusal(bodyOf({ ConstraintDescription: "as we like it" }), { Parameters })).toBe(
      "Parameter P failed to satisfy constraint: as we like it",
    );
  });
});
