import { expect, test } from "vitest";
import {
  describedInFull,
  resourceIn,
  sentProperties,
  templateText,
} from "../../src/aws/cloudformation/stack-details.ts";
import { fakeAws, ok, queryError } from "./fake-session.ts";

const answer = (action: string, result: string) =>
  ok(`<${action}Response><${action}Result>${result}</${action}Result></${action}Response>`);

const answeredBy = (...answers: Response[]) =>
  fakeAws({ answer: (_, number) => answers[number - 1] ?? queryError("ValidationError", "asked too often") });

const event = (logicalId: string, properties?: object) =>
  `<member><LogicalResourceId>${logicalId}</LogicalResourceId><PhysicalResourceId>id-${logicalId}</PhysicalResourceId>
   <ResourceType>AWS::SQS::Queue</ResourceType><ResourceStatus>UPDATE_COMPLETE</ResourceStatus>${
     properties
       ? `<ResourceProperties>${JSON.stringify(properties)}</ResourceProperties>`
       : "<ResourceProperties/>"
   }</member>`;

const page = (events: readonly string[], next = "") =>
  answer(
    "DescribeStackEvents",
    `<StackEvents>${events.join("")}</StackEvents>${next && `<NextToken>${next}</NextToken>`}`,
  );

test("a stack is described with what it was made from; what AWS leaves out is absent", async () => {
  const { session } = answeredBy(
    answer(
      "DescribeStacks",
      `<Stacks><member><StackId>arn:s</StackId><StackName>s</StackName><StackStatus>CREATE_COMPLETE</StackStatus>
       <EnableTerminationProtection>true</EnableTerminationProtection><Capabilities><member>CAPABILITY_IAM</member></Capabilities>
       <Tags><member><Key>team</Key><Value/></member></Tags>
       <Outputs><member><OutputKey>Url</OutputKey><OutputValue>https://a</OutputValue><ExportName>shop-url</ExportName></member></Outputs></member></Stacks>`,
    ),
  );
  expect(await describedInFull(session, "s")).toEqual({
    ok: true,
    value: {
      StackId: "arn:s",
      StackName: "s",
      StackStatus: "CREATE_COMPLETE",
      EnableTerminationProtection: "true",
      Capabilities: ["CAPABILITY_IAM"],
      Parameters: [],
      Tags: [{ Key: "team", Value: "" }],
      Outputs: [{ OutputKey: "Url", OutputValue: "https://a", ExportName: "shop-url" }],
    },
  });
});

test("a stack that is not in the answer is missing, and a refusal is passed on", async () => {
  const { session } = answeredBy(
    answer("DescribeStacks", "<Stacks/>"),
    queryError("ValidationError", "Stack with id s does not exist"),
  );
  expect(await describedInFull(session, "s")).toMatchObject({ ok: false, failure: { kind: "missing" } });
  expect(await templateText(session, "s")).toMatchObject({ ok: false, failure: { kind: "missing" } });
});

test("a resource's newest properties and those before are looked for page by page, and no further than three pages", async () => {
  const found = answeredBy(
    page([event("Other", { Size: 9 }), event("Queue", { Size: 2 }), event("Queue", { Size: 2 })], "2"),
    page([event("Queue"), event("Queue", { Size: 1 })], "3"),
  );
  expect(await sentProperties(found.session, "s", "Queue")).toEqual({
    ok: true,
    value: { type: "AWS::SQS::Queue", physicalId: "id-Queue", properties: ['{"Size":2}', '{"Size":1}'] },
  });
  const absent = answeredBy(page([], "2"), page([], "3"), page([], "4"), page([event("Queue", { Size: 1 })]));
  expect(await sentProperties(absent.session, "s", "Queue")).toEqual({ ok: true, value: { properties: [] } });
  expect(absent.requests).toHaveLength(3);
});

test("a template's resource is read with its construct, also where the rest of it is odd", () => {
  const template = `
Resources:
  Queue:
    Type: AWS::SQS::Queue
    DependsOn: Role
    DeletionPolicy: { Ref: Odd }
    Metadata: { "aws:cdk:path": Shop/Queue/Resource }
    Properties: { Name: !Ref Name }
`;
  expect(resourceIn(template, "Queue")).toEqual({
    Type: "AWS::SQS::Queue",
    DependsOn: ["Role"],
    DeletionPolicy: undefined,
    Metadata: { "aws:cdk:path": "Shop/Queue/Resource" },
    Properties: { Name: { Ref: "Name" } },
  });
  expect([
    resourceIn(template, "None"),
    resourceIn("{", "Queue"),
    resourceIn("Resources: 1", "Queue"),
  ]).toEqual([undefined, undefined, undefined]);
});
