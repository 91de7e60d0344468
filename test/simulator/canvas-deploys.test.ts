import {
  CreateChangeSetCommand,
  CreateStackCommand,
  DescribeChangeSetCommand,
  DescribeStacksCommand,
} from "@aws-sdk/client-cloudformation";
import { CreateKeyPairCommand, EC2Client } from "@aws-sdk/client-ec2";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Simulator } from "../../src/simulator/options.ts";
import { createSimulator } from "../../src/simulator/simulator.ts";
import { CanvasDeploys } from "../../src/trackers/canvas/canvas-deploys.ts";
import {
  canvasSession,
  canvasTemplate,
  fingerprintOf,
  keyPairsIn,
  operationsOf,
  orderOf,
  StoredValues,
} from "./canvas-account.ts";
import { clientOf, credentials } from "./client.ts";

const STACK = "foundry-stack-00000001";

let simulator: Simulator;
let kv: StoredValues;
let deploys: CanvasDeploys;

const address = { region: "us-east-1", stackName: STACK };

const newLife = (): CanvasDeploys => new CanvasDeploys(kv, address, canvasSession(simulator));

beforeEach(async () => {
  simulator = await createSimulator({ speed: 1_000_000, dynamodbPort: false });
  kv = new StoredValues();
  deploys = newLife();
  vi.spyOn(console, "warn").mockReturnValue();
});

afterEach(async () => {
  vi.restoreAllMocks();
  await simulator.close();
});

const stackNow = async () =>
  (await clientOf(simulator).send(new DescribeStacksCommand({ StackName: STACK }))).Stacks?.[0];

const tagsNow = async () =>
  Object.fromEntries((await stackNow())?.Tags?.map(({ Key, Value }) => [Key, Value]) ?? []);

const begun = { stackName: STACK, stackId: expect.stringContaining(`:stack/${STACK}/`), region: "us-east-1" };

describe("a deploy for a canvas", () => {
  it("makes the stack and its key pairs, and says who wanted it", async () => {
    const order = orderOf({ keyPairs: ["a", "b & c"], parameters: { Size: "large" }, tags: { team: "x" } });
    const outcome = await deploys.deploy(order, "ada@example.com|<admin>");
    expect(outcome).toEqual({
      ok: true,
      value: {
        deployed: {
          ...begun,
          outcome: "created",
          keyPairs: {
            a: {
              keyPairId: expect.any(String),
              fingerprint: expect.any(String),
              privateKey: expect.any(String),
            },
            "b & c": {
              keyPairId: expect.any(String),
              fingerprint: expect.any(String),
              privateKey: expect.any(String),
            },
          },
        },
        token: expect.stringMatching(/^stackcast-/),
      },
    });
    await simulator.settled();
    expect(await stackNow()).toMatchObject({
      StackStatus: "CREATE_COMPLETE",
      Parameters: [{ ParameterKey: "Size", ParameterValue: "large" }],
    });
    expect(await tagsNow()).toEqual({ team: "x", "stackcast:user": "ada@example.com__admin_" });
  });

  it("updates a stack that is there, which keeps the parameters and tags that are not named", async () => {
    await deploys.deploy(orderOf({ parameters: { Size: "large" }, tags: { team: "x" } }), "ada");
    await simulator.settled();
    const change = orderOf({ id: "second", template: { body: canvasTemplate(2) } });
    expect(await deploys.deploy(change, "bob")).toMatchObject({
      value: { deployed: { outcome: "updated" } },
    });
    await simulator.settled();
    expect(await stackNow()).toMatchObject({
      StackStatus: "UPDATE_COMPLETE",
      Parameters: [{ ParameterKey: "Size", ParameterValue: "large" }],
    });
    expect(await tagsNow()).toEqual({ team: "x", "stackcast:user": "bob" });
  });

  it("keeps tags that it does not name beside those that it does, unless they are replaced", async () => {
    await deploys.deploy(orderOf({ tags: { team: "x", stage: "dev" } }), "ada");
    await simulator.settled();
    const change = orderOf({ id: "second", template: { body: canvasTemplate(2) }, tags: { stage: "prod" } });
    await deploys.deploy(change, "ada");
    await simulator.settled();
    expect(await tagsNow()).toEqual({ team: "x", stage: "prod", "stackcast:user": "ada" });
    await deploys.deploy({ ...change, id: "third", replaceTags: true }, "ada");
    await simulator.settled();
    expect(await tagsNow()).toEqual({ stage: "prod", "stackcast:user": "ada" });
  });

  it("makes a whole stack of one that waits in review, and lets be what others have proposed", async () => {
    const client = clientOf(simulator);
    const theirs = { StackName: STACK, ChangeSetName: "theirs" };
    await client.send(
      new CreateChangeSetCommand({ ...theirs, ChangeSetType: "CREATE", TemplateBody: canvasTemplate(9) }),
    );
    await simulator.settled();
    const made = await deploys.deploy(orderOf({ options: { terminationProtection: true } }), "ada");
    expect(made).toMatchObject({ ok: true, value: { deployed: { ...begun, outcome: "created" } } });
    await simulator.settled();
    expect(await stackNow()).toMatchObject({
      StackStatus: "CREATE_COMPLETE",
      EnableTerminationProtection: true,
    });
    expect(await client.send(new DescribeChangeSetCommand(theirs))).toMatchObject({
      ExecutionStatus: "OBSOLETE",
    });
  });

  it("deletes a stack that could not be created, and makes it anew", async () => {
    simulator.setFailures(STACK, { Queue: { reason: "no" } });
    await clientOf(simulator).send(
      new CreateStackCommand({ StackName: STACK, TemplateBody: canvasTemplate(1) }),
    );
    await simulator.settled();
    expect((await stackNow())?.StackStatus).toBe("ROLLBACK_COMPLETE");
    simulator.setFailures(STACK, {});
    expect(await deploys.deploy(orderOf(), "ada")).toMatchObject({
      value: { deployed: { outcome: "created" } },
    });
    await simulator.settled();
    expect((await stackNow())?.StackStatus).toBe("CREATE_COMPLETE");
  });

  it("changes a paused stack so that it stays paused where that fails, too", async () => {
    await deploys.deploy(orderOf(), "ada");
    await simulator.settled();
    simulator.setFailures(STACK, { Queue: { reason: "no" } });
    const failing = orderOf({
      id: "second",
      template: { body: canvasTemplate(2) },
      options: { disableRollback: true },
    });
    await deploys.deploy(failing, "ada");
    await simulator.settled();
    expect((await stackNow())?.StackStatus).toBe("UPDATE_FAILED");
    const repairing = orderOf({ id: "third", template: { body: canvasTemplate(3) } });
    expect(await deploys.deploy({ ...repairing, options: { disableRollback: false } }, "ada")).toMatchObject({
      failure: { code: "STACK_TRAPPED", message: expect.stringContaining("RollbackStack") },
    });
    simulator.setFailures(STACK, {});
    await deploys.deploy({ ...repairing, id: "fourth" }, "ada");
    await simulator.settled();
    expect(await stackNow()).toMatchObject({ StackStatus: "UPDATE_COMPLETE", DisableRollback: true });
  });

  it("carries the options of a new stack to CloudFormation", async () => {
    const options = {
      roleArn: "arn:aws:iam::123456789012:role/cfn",
      notificationArns: ["arn:aws:sns:us-east-1:123456789012:ops"],
      onStackFailure: "DO_NOTHING",
      stackPolicy: '{"Statement":[]}',
      terminationProtection: true,
      timeoutMinutes: 30,
      deploymentMode: "EXPRESS",
    } as const;
    const sent: URLSearchParams[] = [];
    const session = canvasSession(simulator, async (request, init) => {
      sent.push(new URLSearchParams(await request.clone().text()));
      return fetch(request, init);
    });
    await new CanvasDeploys(kv, address, session).deploy(orderOf({ options }), "ada");
    const create = sent.find((form) => form.get("Action") === "CreateStack");
    expect(Object.fromEntries(create ?? [])).toMatchObject({
      RoleARN: options.roleArn,
      "NotificationARNs.member.1": options.notificationArns[0],
      OnFailure: "DO_NOTHING",
      StackPolicyBody: options.stackPolicy,
      EnableTerminationProtection: "true",
      TimeoutInMinutes: "30",
      "DeploymentConfig.Mode": "EXPRESS",
    });
  });

  it.each([
    ["the same user", "ada"],
    ["another user", "bob"],
  ])("changes nothing where nothing differs, by %s", async (_, user) => {
    await deploys.deploy(orderOf(), "ada");
    await simulator.settled();
    const again = await deploys.deploy(orderOf({ id: "second", keyPairs: ["k"] }), user);
    expect(again).toEqual({
      ok: true,
      value: {
        deployed: {
          ...begun,
          outcome: "unchanged",
          keyPairs: { k: expect.objectContaining({ privateKey: expect.any(String) }) },
        },
      },
    });
    expect(await operationsOf(simulator, STACK)).toEqual(["CREATE_IN_PROGRESS"]);
  });

  it("asked for again, answers the same without private keys, and does nothing more", async () => {
    const order = orderOf({ keyPairs: ["k"] });
    const [first, atOnce] = await Promise.all([deploys.deploy(order, "ada"), deploys.deploy(order, "ada")]);
    const later = await newLife().deploy(order, "ada");
    if (!first.ok) throw new Error(JSON.stringify(first.failure));
    const { privateKey: _, ...known } = { privateKey: "", ...first.value.deployed.keyPairs["k"] };
    const lost = {
      ...first,
      value: {
        ...first.value,
        deployed: { ...first.value.deployed, keyPairs: { k: { ...known, lost: true } } },
      },
    };
    expect(atOnce).toEqual(lost);
    expect(later).toEqual(lost);
    expect(simulator.calls.filter(({ action }) => action.startsWith("Create"))).toHaveLength(2);
    expect(await deploys.deploy({ ...order, digest: "another" }, "ada")).toMatchObject({
      ok: false,
      failure: { code: "IDEMPOTENCY_KEY_REUSED" },
    });
  });

  it("keeps no private key, parameter or template, and a request without a key not at all", async () => {
    const secret = "a-parameter-that-is-secret";
    const order = orderOf({ keyPairs: ["k"], parameters: { Size: secret } });
    expect(await deploys.deploy(order, "ada")).toMatchObject({ ok: true });
    expect(kv.text).toContain("fingerprint");
    expect(kv.text).not.toMatch(/PRIVATE KEY|secret|AWS::SQS/);
    await simulator.settled();
    const before = kv.text;
    const once = orderOf({ id: "by chance", isRepeatable: false, template: { body: canvasTemplate(3) } });
    expect(await deploys.deploy(once, "ada")).toMatchObject({ ok: true });
    expect(kv.text).toBe(before);
  });
});

describe("what is refused", () => {
  const refusal = async (more: Parameters<typeof orderOf>[0], user = "ada") => {
    const outcome = await deploys.deploy(orderOf({ keyPairs: ["k"], ...more }), user);
    if (outcome.ok) throw new Error("it was deployed");
    return outcome.failure;
  };

  it.each([
    [{ template: { body: "Resources: [" } }, "DEPLOY_REFUSED", /^AWS refused it: Template format error/],
    [
      { template: { body: canvasTemplate(1, "Must: { Type: String }") } },
      "INVALID_REQUEST",
      /^parameters\.Must/,
    ],
    [{ parameters: { constructor: "x" } }, "INVALID_REQUEST", /^parameters\.constructor: is no parameter/],
    [
      { template: { body: canvasTemplate(1, "constructor: { Type: String }") } },
      "INVALID_REQUEST",
      /^parameters\.constructor: must have a value/,
    ],
    [
      {
        template: {
          body: "Resources: { R: { Type: AWS::IAM::Role, Properties: { RoleName: r, AssumeRolePolicyDocument: {} } } }",
        },
      },
      "CAPABILITIES_REQUIRED",
      /CAPABILITY_NAMED_IAM/,
    ],
    [{ template: { url: "https://nothing.s3.amazonaws.com/x" } }, "DEPLOY_REFUSED", /S3 error/],
  ])("%j before any key pair is made: %s", async (more, code, message) => {
    expect(await refusal(more)).toMatchObject({ code, message: expect.stringMatching(message) });
    expect(simulator.calls.some(({ action }) => action === "CreateKeyPair")).toBe(false);
    expect(kv.text).toBe("[]");
  });

  it("a parameter for a template that has none, and the key pairs are gone again", async () => {
    const template = { body: "Resources: { Topic: { Type: AWS::SNS::Topic } }" };
    expect(await refusal({ template, parameters: { Size: "1" } })).toMatchObject({
      code: "DEPLOY_REFUSED",
      message: "AWS refused it: Parameters: [Size] do not exist in the template",
    });
    expect(await keyPairsIn(simulator)).toEqual({});
    expect(kv.text).toBe("[]");
  });

  it("a stack under way, and one that is somebody else's", async () => {
    await simulator.close();
    simulator = await createSimulator({ speed: 0.01, dynamodbPort: false });
    deploys = newLife();
    const theirs = new CreateStackCommand({ StackName: STACK, TemplateBody: canvasTemplate(1) });
    await clientOf(simulator).send(theirs);
    expect(await refusal({})).toEqual({
      code: "STACK_BUSY",
      message: "The stack is in CREATE_IN_PROGRESS: deploy again when that ends",
    });
    expect(await refusal({ mustBeNew: true })).toMatchObject({ code: "STACK_EXISTS" });
    expect(simulator.calls.some(({ action }) => action === "CreateKeyPair")).toBe(false);
  });

  it("a time limit for a stack that is there, and a value that there never was", async () => {
    await clientOf(simulator).send(
      new CreateStackCommand({ StackName: STACK, TemplateBody: canvasTemplate(1) }),
    );
    await simulator.settled();
    expect(await refusal({ options: { timeoutMinutes: 5 } })).toMatchObject({
      code: "INVALID_REQUEST",
      details: [{ field: "timeoutMinutes" }],
    });
    const parameters = { Password: { usePrevious: true } } as const;
    const template = { body: canvasTemplate(1, "Password: { Type: String }") };
    expect(await refusal({ parameters, template })).toMatchObject({
      code: "INVALID_REQUEST",
      details: [{ field: "parameters.Password" }],
    });
  });

  it("a key pair whose name is taken; those made before it are deleted", async () => {
    const client = new EC2Client({ region: "us-east-1", endpoint: simulator.url, credentials });
    const { KeyFingerprint } = await client.send(new CreateKeyPairCommand({ KeyName: "theirs" }));
    expect(await refusal({ keyPairs: ["a", "theirs", "c"] })).toEqual({
      code: "KEY_PAIR_EXISTS",
      message: "There is a key pair theirs already",
    });
    expect(await keyPairsIn(simulator)).toEqual({ theirs: KeyFingerprint });
    expect(kv.text).toBe("[]");
  });

  it("a stack that CloudFormation will not make; the key pairs are deleted, and the same key can be used again", async () => {
    const fault = simulator.fault({ kind: "access-denied", action: "CreateStack" });
    expect(await refusal({})).toMatchObject({ code: "AWS_ACCESS_DENIED" });
    expect(await keyPairsIn(simulator)).toEqual({});
    fault.clear();
    expect(await deploys.deploy(orderOf({ keyPairs: ["k"] }), "ada")).toMatchObject({ ok: true });
  });

  it("key pairs that cannot be deleted are told, and taken back by the next request of any kind", async () => {
    simulator.fault({ kind: "access-denied", action: "CreateStack", count: 1 });
    simulator.fault({ kind: "access-denied", action: "DeleteKeyPair", count: 1 });
    expect(await refusal({})).toEqual({
      code: "AWS_ACCESS_DENIED",
      message: "The credentials are not allowed to deploy this stack. Key pairs: k may still be there",
      details: [{ field: "keyPairs.k", message: "may still be there" }],
    });
    expect(Object.keys(await keyPairsIn(simulator))).toEqual(["k"]);
    const next = await newLife().deploy(orderOf({ id: "other", keyPairs: ["k"] }), "ada");
    if (!next.ok) throw new Error(JSON.stringify(next.failure));
    const pair = next.value.deployed.keyPairs["k"];
    if (pair === undefined || !("privateKey" in pair)) throw new Error("no private key");
    expect(await keyPairsIn(simulator)).toEqual({ k: fingerprintOf(pair.privateKey) });
  });

  it("while AWS is away nothing is known, and nothing is lost", async () => {
    const fault = simulator.fault({ kind: "reset", action: "CreateStack" });
    expect(await refusal({})).toEqual({
      code: "AWS_UNREACHABLE",
      message:
        "CloudFormation cannot be reached. Whether the deployment has started is not known: send the request again with the same Idempotency-Key. Key pairs: k was made, and is kept",
      details: [{ field: "keyPairs.k", message: "was made, and is kept" }],
    });
    fault.clear();
    expect(await newLife().deploy(orderOf({ keyPairs: ["k"] }), "ada")).toMatchObject({
      value: { deployed: { outcome: "created", keyPairs: { k: { privateKey: expect.any(String) } } } },
    });
  });

  it("an answer that is lost every time is found in the stack's events", async () => {
    simulator.fault({ kind: "truncate", action: "CreateStack" });
    expect(await deploys.deploy(orderOf({ keyPairs: ["k"] }), "ada")).toMatchObject({
      value: { deployed: { outcome: "created", keyPairs: { k: { privateKey: expect.any(String) } } } },
    });
    expect(await operationsOf(simulator, STACK)).toEqual(["CREATE_IN_PROGRESS"]);
  });

  it("a key pair whose answer is lost is made anew", async () => {
    simulator.fault({ kind: "truncate", action: "CreateKeyPair", count: 1 });
    const outcome = await deploys.deploy(orderOf({ keyPairs: ["k"] }), "ada");
    if (!outcome.ok) throw new Error(JSON.stringify(outcome.failure));
    const pair = outcome.value.deployed.keyPairs["k"];
    if (pair === undefined || !("privateKey" in pair)) throw new Error("no private key");
    expect(await keyPairsIn(simulator)).toEqual({ k: fingerprintOf(pair.privateKey) });
  });
});
