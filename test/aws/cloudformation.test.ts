import { expect, it } from "vitest";
import { cloudFormation } from "../../src/aws/cloudformation/cloudformation.ts";
import { eventXml, pageXml, escapeXml } from "./event-xml.ts";
import { fakeAws, ok, queryError } from "./fake-session.ts";
import { itRecorded, recordedBody, recording } from "./recordings.ts";

const answer = (action: string, result: string) =>
  ok(
    `<${action}Response xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><${action}Result>${result}</${action}Result><ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></${action}Response>`,
  );

/** CloudFormation, answered by these in turn, and what it asked. */
const answeredBy = (...answers: Response[]) => {
  const aws = fakeAws({
    answer: (_, number) => answers[number - 1] ?? queryError("ValidationError", "asked too often"),
  });
  const asked = async () =>
    Promise.all(
      aws.requests.map(async (request) =>
        Object.fromEntries(new URLSearchParams(await request.clone().text())),
      ),
    );
  return { cfn: cloudFormation(aws.session), asked, requests: aws.requests };
};

it("a page of events is asked for by stack and token, and read", async () => {
  const event = {
    eventId: "a",
    stackId: "arn:s",
    stackName: "s",
    logicalId: "s",
    physicalId: "arn:s",
    type: "AWS::CloudFormation::Stack",
    status: "A_STATUS_OF_TOMORROW",
    reason: "<b> & 😀",
    timestamp: "2018-09-15T20:00:11.189Z",
  };
  const { cfn, asked, requests } = answeredBy(ok(pageXml([eventXml(event)])), ok(pageXml([], "t2")));
  expect(await cfn.eventPage("arn:s", new Set())).toEqual({
    ok: true,
    value: { unseen: [event], reachedKnown: false },
  });
  expect(await cfn.eventPage("arn:s", new Set(), "t/1+=")).toEqual({
    ok: true,
    value: { unseen: [], reachedKnown: false, nextToken: "t2" },
  });
  const first = { Action: "DescribeStackEvents", Version: "2010-05-15", StackName: "arn:s" };
  expect(await asked()).toEqual([first, { ...first, NextToken: "t/1+=" }]);
  expect(requests[0]?.url).toBe("https://cloudformation.us-east-1.amazonaws.com/");
  expect(requests[0]?.headers.get("content-type")).toBe("application/x-www-form-urlencoded; charset=utf-8");
});

it("a stack is described with its outputs, its parameters as conditions see them, and its change set", async () => {
  const { cfn } = answeredBy(
    answer(
      "DescribeStacks",
      `<Stacks><member><StackId>arn:s</StackId><StackName>s</StackName><StackStatus>CREATE_COMPLETE</StackStatus><ChangeSetId>arn:c</ChangeSetId>
      <Outputs><member><OutputKey>Url</OutputKey><OutputValue>https://a/?b&amp;c</OutputValue></member><member><OutputKey>Empty</OutputKey><OutputValue/></member></Outputs>
      <Parameters><member><ParameterKey>Zip</ParameterKey><ParameterValue>0123</ParameterValue></member><member><ParameterKey>Ami</ParameterKey><ParameterValue>/ssm/name</ParameterValue><ResolvedValue>ami-1</ResolvedValue></member></Parameters></member></Stacks>`,
    ),
  );
  expect(await cfn.describeStack("s")).toEqual({
    ok: true,
    value: {
      stackId: "arn:s",
      name: "s",
      status: "CREATE_COMPLETE",
      outputs: { Url: "https://a/?b&c", Empty: "" },
      parameters: { Zip: "0123", Ami: "ami-1" },
      changeSetId: "arn:c",
    },
  });
});

it("a stack that is not there is missing, in every wording", async () => {
  const { cfn } = answeredBy(
    queryError("ValidationError", "Stack with id s does not exist"),
    queryError("ValidationError", "Stack [s] does not exist"),
    answer("DescribeStacks", "<Stacks/>"),
  );
  expect(await cfn.describeStack("s")).toMatchObject({ failure: { kind: "missing" } });
  expect(await cfn.eventPage("s", new Set())).toMatchObject({ failure: { kind: "missing" } });
  expect(await cfn.describeStack("s")).toMatchObject({ failure: { kind: "missing" } });
});

const change = (id: string, more = "") =>
  `<member><Type>Resource</Type><ResourceChange><PolicyAction/><Action>Add</Action><LogicalResourceId>${id}</LogicalResourceId><ResourceType>AWS::S3::Bucket</ResourceType><Scope/><Details><member><Target><Attribute>Properties</Attribute></Target></member></Details>${more}</ResourceChange></member>`;

it("a change set is all of its pages", async () => {
  const page = (changes: string, token: string) =>
    answer(
      "DescribeChangeSet",
      `<StackId>arn:s</StackId><ExecutionStatus>EXECUTE_COMPLETE</ExecutionStatus><Changes>${changes}</Changes>${token}`,
    );
  const { cfn, asked } = answeredBy(
    page(change("A") + change("Nested", "<ChangeSetId>arn:n</ChangeSetId>"), "<NextToken>2</NextToken>"),
    page("<member><Type>Hook</Type></member>", "<NextToken>3</NextToken>"),
    page(change("B"), "<NextToken/>"),
  );
  const add = (logicalId: string) => ({ action: "Add", logicalId, type: "AWS::S3::Bucket" });
  expect(await cfn.changeSet("arn:c")).toEqual({
    ok: true,
    value: {
      stackId: "arn:s",
      executionStatus: "EXECUTE_COMPLETE",
      changes: [add("A"), { ...add("Nested"), changeSetId: "arn:n" }, add("B")],
    },
  });
  const first = { Action: "DescribeChangeSet", Version: "2010-05-15", ChangeSetName: "arn:c" };
  expect(await asked()).toEqual([first, { ...first, NextToken: "2" }, { ...first, NextToken: "3" }]);
});

it("a page that fails fails the whole: no total is counted from a part", async () => {
  const { cfn } = answeredBy(
    answer("ListStackResources", "<StackResourceSummaries/><NextToken>2</NextToken>"),
    queryError("AccessDenied", "no", 403),
  );
  expect(await cfn.resources("s")).toMatchObject({ ok: false, failure: { kind: "denied" } });
});

it("pages without an end are a bad answer", async () => {
  const aws = fakeAws({
    answer: () => answer("ListStackResources", "<StackResourceSummaries/><NextToken>t</NextToken>"),
  });
  expect(await cloudFormation(aws.session).resources("s")).toMatchObject({ failure: { kind: "bad-answer" } });
  expect(aws.requests.length).toBe(200);
});

it("a change set that is gone is missing", async () => {
  const { cfn } = answeredBy(queryError("ChangeSetNotFound", "ChangeSet [c] does not exist", 404));
  expect(await cfn.changeSet("c")).toMatchObject({ failure: { kind: "missing" } });
});

it("a stack's resources are those of all pages", async () => {
  const resource = (id: string, more: string) =>
    `<member><LogicalResourceId>${id}</LogicalResourceId><ResourceType>AWS::SNS::Topic</ResourceType><LastUpdatedTimestamp>2018-09-15T20:00:11.5Z</LastUpdatedTimestamp><ResourceStatus>CREATE_FAILED</ResourceStatus>${more}</member>`;
  const page = (resources: string, token = "") =>
    answer("ListStackResources", `<StackResourceSummaries>${resources}</StackResourceSummaries>${token}`);
  const { cfn } = answeredBy(
    page(resource("A", ""), "<NextToken>2</NextToken>"),
    page(
      resource(
        "B",
        "<PhysicalResourceId>p</PhysicalResourceId><ResourceStatusReason>why</ResourceStatusReason>",
      ),
    ),
  );
  const common = { type: "AWS::SNS::Topic", status: "CREATE_FAILED", timestamp: "2018-09-15T20:00:11.500Z" };
  expect(await cfn.resources("s")).toEqual({
    ok: true,
    value: [
      { ...common, logicalId: "A", physicalId: "", reason: "" },
      { ...common, logicalId: "B", physicalId: "p", reason: "why" },
    ],
  });
});

it("a template comes as JSON or as YAML", async () => {
  const wrapped = (text: string) => answer("GetTemplate", `<TemplateBody>${escapeXml(text)}</TemplateBody>`);
  const { cfn } = answeredBy(
    wrapped('{"Resources":{"A":{"Type":"AWS::SNS::Topic"}}}'),
    wrapped("Resources:\n  A:\n    Type: AWS::SNS::Topic\n"),
  );
  const template = {
    ok: true,
    value: {
      resources: { A: { type: "AWS::SNS::Topic" } },
      conditions: {},
      mappings: {},
      schedule: { dependencies: {}, timeouts: {} },
    },
  };
  expect(await cfn.template("s")).toEqual(template);
  expect(await cfn.template("s")).toEqual(template);
});

const NESTED = "raw-http/orchestration_stacks_nested";

itRecorded("answers recorded from AWS are read", async () => {
  const { cfn } = answeredBy(
    ok(recordedBody(`${NESTED}-DescribeStacks-1.txt`)),
    ok(recordedBody(`${NESTED}-ListStackResources-1.txt`)),
    ok(recordedBody(`${NESTED}-GetTemplate-1.txt`)),
    ok(recordedBody(`${NESTED}-GetTemplate-2.txt`)),
  );
  const stackId =
    "arn:aws:cloudformation:us-east-1:200278856672:stack/EmsRefreshSpecStack/b4e06950-2fed-11e7-bd93-500c286374d1";
  expect(await cfn.describeStack(stackId)).toEqual({
    ok: true,
    value: {
      stackId,
      name: "EmsRefreshSpecStack",
      status: "CREATE_COMPLETE",
      outputs: {
        Bastion:
          "arn:aws:cloudformation:us-east-1:200278856672:stack/EmsRefreshSpecStack-WebServerInstance-1CTHQS2P5WJ7S/d3bb46b0-2fed-11e7-a3d9-503f23fb55fe",
      },
      parameters: {
        KeyName: "EmsRefreshSpec-KeyPair",
        SSHLocation: "0.0.0.0/0",
        DBRootPassword: "****",
        InstanceType: "t2.nano",
      },
    },
  });
  const resources = await cfn.resources(stackId);
  if (!resources.ok) throw new Error(JSON.stringify(resources.failure));
  expect(resources.value[0]).toEqual({
    logicalId: "AttachGateway",
    physicalId: "EmsRe-Attac-18IYH2NXW163I",
    type: "AWS::EC2::VPCGatewayAttachment",
    status: "CREATE_COMPLETE",
    reason: "",
    timestamp: "2017-05-03T10:46:51.634Z",
  });
  const [template, nested] = [await cfn.template("a"), await cfn.template("b")];
  if (!template.ok || !nested.ok) throw new Error("no template");
  expect(Object.keys(template.value.resources).sort()).toEqual(
    resources.value.map(({ logicalId }) => logicalId).sort(),
  );
  expect(Object.keys(nested.value.resources).length).toBeGreaterThan(0);
});

itRecorded(
  "the errors recorded for a missing stack and for throttling are known, and neither is asked again at once",
  async () => {
    const throttled = new Response(recording("raw-http/error-throttling-400-2014.xml"), { status: 400 });
    const missing = new Response(recording("raw-http/error-stack-does-not-exist.xml"), { status: 400 });
    const { cfn, requests } = answeredBy(throttled, missing);
    expect(await cfn.eventPage("test-stack", new Set())).toMatchObject({ failure: { kind: "throttled" } });
    expect(await cfn.eventPage("test-stack", new Set())).toMatchObject({ failure: { kind: "missing" } });
    expect(requests.length).toBe(2);
  },
);
