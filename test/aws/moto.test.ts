/** What changes stacks, asked of an AWS that others have written: what we send and read is not only our simulator's. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { accountTemplate } from "../../src/aws/install/account-template.ts";
import { openingOf } from "../../src/aws/install/opening.ts";
import { deploying, explaining, observing, policyOf } from "../../src/aws/install/policies.ts";
import { templateRoleName } from "../../src/protocol/role-arn.ts";
import { callerIdentity } from "../../src/aws/identity/caller-identity.ts";
import { changeSets } from "../../src/aws/cloudformation/change-sets.ts";
import { keyPairs } from "../../src/aws/services/key-pairs.ts";
import { awsSession } from "../../src/aws/identity/session.ts";
import { stackOperations } from "../../src/aws/cloudformation/stack-operations.ts";
import type { DesiredStack } from "../../src/aws/cloudformation/desired-stack.ts";
import { CanvasDeploys } from "../../src/trackers/canvas/canvas-deploys.ts";
import { fingerprintOf, orderOf, StoredValues } from "../simulator/canvas-account.ts";
import { motoPath, startMoto, type Moto } from "../support/moto.ts";

const path = motoPath();
if (path === undefined) console.warn("SKIPPED: no moto_server here, AWS's calls are not tried on it");

const desiredOf = (delaySeconds: number): DesiredStack => ({
  template: {
    body: `# <to> & "from"
Parameters:
  Name: { Type: String, Default: none }
Resources:
  Queue:
    Type: AWS::SQS::Queue
    Properties: { DelaySeconds: ${delaySeconds}, Tags: [{ Key: Name, Value: !Ref Name }] }
Outputs:
  Arn: { Value: !GetAtt Queue.Arn }
`,
  },
  parameters: { Name: "a & b" },
  tags: { team: "x y" },
});

describe.skipIf(path === undefined)("moto", () => {
  let moto: Moto;

  beforeAll(async () => {
    moto = await startMoto(path!);
  }, 90_000);

  afterAll(() => moto?.stop());

  const session = () =>
    awsSession({
      accessKeyId: "test",
      secretAccessKey: "test",
      region: "us-east-1",
      endpoints: { all: moto.url },
    });

  /** moto leaves in a list what AWS::NoValue stands for. */
  const withoutChoices = (key: string, value: unknown): unknown =>
    key === "Policies" && Array.isArray(value)
      ? value.filter((policy) => !Object.hasOwn(policy as object, "Fn::If"))
      : value;

  /** IAM, as moto understands who is meant by the signature's scope alone. */
  const iam = async (action: string, parameters: Readonly<Record<string, string>>): Promise<string> => {
    const scope = "Credential=test/20260101/us-east-1/iam/aws4_request";
    const answer = await fetch(moto.url, {
      method: "POST",
      headers: { Authorization: `AWS4-HMAC-SHA256 ${scope}, SignedHeaders=host, Signature=0` },
      body: new URLSearchParams({ Action: action, Version: "2010-05-08", ...parameters }),
    });
    return answer.text();
  };

  /** moto writes some documents as Python does, with other quotes. */
  const documentIn = (xml: string, field: string): unknown => {
    const text = decodeURIComponent(new RegExp(`<${field}>([^<]*)<`).exec(xml)?.[1] ?? "null");
    return JSON.parse(text.replaceAll(/'|&#39;|&quot;/g, '"'));
  };

  it("makes, shows, changes and deletes a stack", async () => {
    const stacks = stackOperations(session());
    const created = await stacks.create("shop", desiredOf(1), { token: "t1" });
    expect(created).toMatchObject({ ok: true, value: { stackId: expect.stringContaining(":stack/shop/") } });
    expect(await stacks.create("shop", desiredOf(1), { token: "t2" })).toMatchObject({
      failure: { kind: "exists" },
    });
    expect(await stacks.snapshot("shop")).toMatchObject({
      ok: true,
      value: {
        name: "shop",
        status: "CREATE_COMPLETE",
        parameters: { Name: "a & b" },
        tags: { team: "x y" },
        outputs: { Arn: expect.stringMatching(/^arn:aws:sqs:/) },
      },
    });
    expect(await stacks.update("shop", desiredOf(2), { token: "t3" })).toMatchObject({ ok: true });
    const { template } = desiredOf(2);
    expect(await stacks.templateText("shop")).toEqual({
      ok: true,
      value: "body" in template && template.body,
    });
    expect(await stacks.delete("shop", { token: "t4" })).toEqual({ ok: true, value: null });
    expect(await stacks.snapshot("shop")).toMatchObject({ ok: false, failure: { kind: "missing" } });
  });

  it("makes, executes and deletes change sets", async () => {
    const sets = changeSets(session());
    const first = { name: "first", stack: "proposed" };
    expect(
      await sets.create({ ...first, type: "CREATE", token: "c1", description: "a" }, desiredOf(1)),
    ).toMatchObject({ ok: true });
    expect(await sets.state(first)).toMatchObject({ ok: true, value: { verdict: "ready" } });
    expect(await sets.execute(first, { token: "e1" })).toEqual({ ok: true, value: null });
    expect(await stackOperations(session()).snapshot("proposed")).toMatchObject({
      value: { status: "CREATE_COMPLETE", tags: { team: "x y" } },
    });
    const next = { name: "next", stack: "proposed" };
    expect(await sets.create({ ...next, type: "UPDATE", token: "c2" }, desiredOf(2))).toMatchObject({
      ok: true,
    });
    expect(await sets.delete(next)).toEqual({ ok: true, value: null });
    expect(await sets.state(next)).toMatchObject({ ok: false, failure: { kind: "missing" } });
  });

  it("makes key pairs once, and finds them", async () => {
    const pairs = keyPairs(session());
    const made = await pairs.create("servers", { "stackcast:user": "ada" });
    if (!made.ok) throw new Error(JSON.stringify(made.failure));
    expect(made.value.privateKey).toMatch(/^-----BEGIN RSA PRIVATE KEY-----/);
    expect(await pairs.create("servers", {})).toMatchObject({ failure: { kind: "exists" } });
    expect(await pairs.find("servers")).toMatchObject({
      value: { keyPairId: made.value.keyPairId, tags: { "stackcast:user": "ada" } },
    });
    // moto deletes by name only.
    expect(await pairs.delete(made.value.keyPairId)).toEqual({ ok: true, value: null });
    expect(await pairs.find("clients")).toEqual({ ok: true, value: undefined });
  });

  it("says who calls", async () => {
    expect(await callerIdentity(session())).toMatchObject({ ok: true, value: { account: "123456789012" } });
  });

  it("makes the roles of the account's template as they are shown to its owner", async () => {
    const account = {
      alias: "prod",
      accountId: "123456789012",
      regions: ["us-east-1"],
      externalId: "an-external-id",
      deployRoleArn: "arn:aws:iam::123456789012:role/stackcast-deploy-prod",
      issuer: "https://stackcast.example",
    };
    for (const trust of ["web-identity", "external-id"] as const) {
      const principal = "arn:aws:iam::210987654321:user/stackcast";
      const { trustPolicy, installCommand } = openingOf({ ...account, trust }, principal);
      const parameters = Object.fromEntries(
        [...installCommand.matchAll(/ (\w+)=(\S+)/g)].map(([, name = "", value = ""]) => [name, value]),
      );
      const template = { body: JSON.stringify(accountTemplate(), withoutChoices) };
      const stacks = stackOperations(session());
      const desired = { template, parameters, tags: {}, capabilities: ["CAPABILITY_NAMED_IAM"] };
      expect(await stacks.create("stackcast", desired, { token: trust })).toMatchObject({ ok: true });
      const rights = {
        observe: policyOf(observing(), explaining()),
        deploy: policyOf(observing(), explaining(), deploying()),
      };
      for (const purpose of ["observe", "deploy"] as const) {
        const name = templateRoleName(purpose, "prod");
        const role = await iam("GetRole", { RoleName: name });
        expect(documentIn(role, "AssumeRolePolicyDocument")).toEqual(trustPolicy);
        const policy = await iam("GetRolePolicy", { RoleName: name, PolicyName: purpose });
        expect(documentIn(policy, "PolicyDocument")).toEqual(rights[purpose]);
      }
      expect(await stacks.delete("stackcast", { token: `${trust}-gone` })).toMatchObject({ ok: true });
    }
  });

  it("deploys for a canvas", async () => {
    const address = { region: "us-east-1", stackName: "canvas" };
    const deploys = new CanvasDeploys(new StoredValues(), address, session());
    const { template } = desiredOf(1);
    if (!("body" in template)) throw new Error("no template");
    const order = orderOf({ keyPairs: ["canvas"], template, parameters: { Name: "large" } });
    const first = await deploys.deploy(order, "ada");
    if (!first.ok) throw new Error(JSON.stringify(first.failure));
    const { outcome, keyPairs: made } = first.value.deployed;
    const pair = made["canvas"];
    expect(outcome).toBe("created");
    expect(fingerprintOf(pair !== undefined && "privateKey" in pair ? pair.privateKey : "")).toMatch(/^..:/);
    expect(await deploys.deploy(order, "ada")).toMatchObject({
      value: { deployed: { outcome: "created", keyPairs: { canvas: { lost: true } } } },
    });
    expect(await stackOperations(session()).snapshot("canvas")).toMatchObject({
      value: { parameters: { Name: "large" }, tags: { "stackcast:user": "ada" } },
    });
  });
});
