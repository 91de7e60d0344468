import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { changeSets } from "../../src/aws/cloudformation/change-sets.ts";
import { awsSession } from "../../src/aws/identity/session.ts";
import { stackOperations } from "../../src/aws/cloudformation/stack-operations.ts";
import type { DesiredStack } from "../../src/aws/cloudformation/desired-stack.ts";
import type { Simulator } from "../../src/simulator/options.ts";
import { createSimulator } from "../../src/simulator/simulator.ts";

let aws: Simulator;

beforeAll(async () => {
  aws = await createSimulator({ speed: 2000, dynamodbPort: false });
});

afterEach(() => {
  aws.clearFaults();
  aws.clearCalls();
});

afterAll(async () => {
  await aws.close();
});

const session = () =>
  awsSession({
    accessKeyId: "AKIDTEST",
    secretAccessKey: "test-secret-key",
    region: "us-east-1",
    endpoints: { all: aws.url },
  });

const templateOf = (properties: string) => `Parameters:
  Size: { Type: String, Default: small }
  Secret: { Type: String, Default: hidden, NoEcho: true }
Resources:
  Queue: { Type: AWS::SQS::Queue, Properties: { ${properties} } }
Outputs:
  Url: { Value: !Ref Queue }
`;

const desiredOf = (properties: string, more: Partial<DesiredStack> = {}): DesiredStack => ({
  template: { body: templateOf(properties) },
  ...more,
});

/** The outcome of a change set once it is computed. */
const computed = async (name: string, stack: string) => {
  const sets = changeSets(session());
  for (;;) {
    const state = await sets.state({ name, stack });
    if (!state.ok || state.value.verdict !== "computing") return state;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
};

it("a stack is made, told whole, changed, found unchanged, and deleted", async () => {
  const stacks = stackOperations(session());
  const tags = { team: "a & b", empty: "" };
  const desired = desiredOf("DelaySeconds: 1", { parameters: { Size: "<large>" }, tags });
  const created = await stacks.create("whole", desired, { token: "t1" });
  expect(created).toEqual({
    ok: true,
    value: { stackId: expect.stringContaining(":stack/whole/"), operationId: expect.any(String) },
  });
  await aws.settled();
  expect(await stacks.snapshot("whole")).toEqual({
    ok: true,
    value: {
      stackId: created.ok && created.value.stackId,
      name: "whole",
      status: "CREATE_COMPLETE",
      reason: "",
      parameters: { Size: "<large>", Secret: { usePrevious: true } },
      tags,
      capabilities: [],
      notificationArns: [],
      disableRollback: false,
      isExpress: false,
      isProtected: false,
      outputs: { Url: expect.any(String) },
      lastOperations: [{ type: "CREATE_STACK", id: expect.any(String) }],
    },
  });
  const same = await stacks.update("whole", desired, { token: "t2" });
  expect(same).toMatchObject({ ok: false, failure: { kind: "unchanged" } });
  const change = desiredOf("DelaySeconds: 2", { parameters: { Size: { usePrevious: true } }, tags: {} });
  expect(await stacks.update("whole", change, { token: "t3" })).toMatchObject({ ok: true });
  await aws.settled();
  expect(await stacks.snapshot("whole")).toMatchObject({
    value: { status: "UPDATE_COMPLETE", parameters: { Size: "<large>" }, tags: {} },
  });
  expect(await stacks.delete("whole", { token: "t4" })).toEqual({ ok: true, value: null });
  await aws.settled();
  expect(await stacks.snapshot("whole")).toMatchObject({ ok: false, failure: { kind: "missing" } });
  expect(await stacks.delete("whole", { token: "t4" })).toEqual({ ok: true, value: null });
});

it("an answer that was lost is asked for again, and the stack is made once", async () => {
  aws.fault({ kind: "truncate", action: "CreateStack", count: 2 });
  const created = await stackOperations(session()).create("once", desiredOf(""), { token: "lost" });
  expect(created).toMatchObject({ ok: true });
  expect(aws.calls.filter(({ action }) => action === "CreateStack").map(({ outcome }) => outcome)).toEqual([
    "truncate",
    "truncate",
    "ok",
  ]);
  const other = await stackOperations(session()).create("once", desiredOf(""), { token: "other" });
  expect(other).toMatchObject({ ok: false, failure: { kind: "exists" } });
});

it.each([
  ["quotes and ampersands", 'Description: "<a> & &amp; &#38; \' ]]>"\n'],
  ["blanks at both ends", "\n   \n# head   \n\n"],
  ["Windows' line ends", "Description: x\r\nMetadata: {}\r\n"],
  ["other scripts and pictures", "Description: пример 例 😀\n"],
  ["a long text full of quotes", `Metadata: { Long: '${'"a" & <b> '.repeat(4000)}' }\n`],
])("a template with %s comes back to the letter", async (title, head) => {
  const stacks = stackOperations(session());
  const name = `letter-${title.replace(/[^a-z]/g, "")}`;
  const body = `${head}Resources:\n  Queue:\n    Type: AWS::SQS::Queue\n \n`;
  expect(await stacks.create(name, { template: { body } }, { token: name })).toMatchObject({ ok: true });
  expect(await stacks.templateText(name)).toEqual({ ok: true, value: body });
});

it("a template says what it asks for before anything is made", async () => {
  const body = `Transform: AWS::Serverless-2016-10-31
Parameters:
  Open: { Type: String, Default: a }
  Closed: { Type: String, NoEcho: true }
Resources:
  Role: { Type: AWS::IAM::Role, Properties: { AssumeRolePolicyDocument: {} } }
`;
  expect(await stackOperations(session()).validate({ body })).toEqual({
    ok: true,
    value: {
      parameters: [
        { name: "Open", defaultValue: "a", isSecret: false },
        { name: "Closed", isSecret: true },
      ],
      capabilities: ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
      transforms: ["AWS::Serverless-2016-10-31"],
    },
  });
  expect(await stackOperations(session()).validate({ body: "Resources: [" })).toMatchObject({
    ok: false,
    failure: { kind: "rejected", code: "ValidationError" },
  });
});

it("a change set is made, awaited and executed, and says when there is nothing to change", async () => {
  const sets = changeSets(session());
  const stack = "proposed";
  const first = { name: "first", stack };
  const made = await sets.create({ ...first, type: "CREATE", token: "c1" }, desiredOf("DelaySeconds: 1"));
  expect(made).toMatchObject({ ok: true });
  expect(await computed("first", stack)).toMatchObject({
    value: { verdict: "ready", status: "CREATE_COMPLETE" },
  });
  expect(await sets.execute(first, { token: "e1" })).toEqual({ ok: true, value: null });
  expect(await sets.execute(first, { token: "e1" })).toEqual({ ok: true, value: null });
  await aws.settled();
  expect(await sets.execute(first, { token: "e2" })).toEqual({ ok: true, value: null });
  expect(await computed("first", stack)).toMatchObject({ value: { verdict: "executed" } });
  await sets.create({ name: "second", stack, type: "UPDATE", token: "c2" }, desiredOf("DelaySeconds: 1"));
  expect(await computed("second", stack)).toMatchObject({ value: { verdict: "unchanged" } });
  expect(await sets.execute({ name: "second", stack }, { token: "e3" })).toMatchObject({
    ok: false,
    failure: { kind: "wrong-state", status: "FAILED" },
  });
  expect(await sets.delete({ name: "second", stack })).toEqual({ ok: true, value: null });
  expect(await sets.delete({ name: "second", stack })).toEqual({ ok: true, value: null });
  expect(await sets.state({ name: "second", stack })).toMatchObject({
    ok: false,
    failure: { kind: "missing" },
  });
});

it("a change set whose answer was lost is made once", async () => {
  aws.fault({ kind: "truncate", action: "CreateChangeSet", count: 1 });
  const proposal = { stack: "again", name: "only", type: "CREATE", token: "c" } as const;
  expect(await changeSets(session()).create(proposal, desiredOf(""))).toMatchObject({ ok: true });
});
