import { afterEach, describe, expect, test, vi } from "vitest";
import * as z from "zod";
import type { CanvasDeployed, CanvasChange } from "../../src/protocol/deployment/canvas-deploy.ts";
import type { Failure } from "../../src/protocol/failure.ts";
import { failed, success } from "../../src/protocol/result.ts";
import type { Env } from "../../src/env.ts";
import { tokenOf } from "../support/token.ts";
import { ask, askAs, jsonOf, ORIGIN, type Asking } from "./ask.ts";

const PATH = "/canvas/deploy";
const TEMPLATE = { Resources: { Queue: { Type: "AWS::SQS::Queue" } } };

/** The stacks' objects: answer in turn as reported, then with success, and remember what they were asked. */
class FakeStacks {
  readonly orders: Readonly<{ channel: string; order: CanvasChange; subject: string }>[] = [];
  readonly #failures: Failure[];

  constructor(...failures: Failure[]) {
    this.#failures = failures;
  }

  readonly idFromName = (name: string): string => name;

  readonly get = (channel: string) => ({
    deploy: async (order: CanvasChange, subject: string) => {
      this.orders.push({ channel, order, subject });
      const failure = this.#failures.shift();
      if (failure) return failed(failure);
      const [, region = "", stackName = ""] = channel.split("/");
      const deployed: CanvasDeployed = {
        stackName,
        stackId: `arn:${stackName}`,
        region,
        outcome: "created",
        keyPairs: {},
      };
      return success(deployed);
    },
  });

  get bindings(): Pick<Env, "STACKS"> {
    return { STACKS: this as unknown as Env["STACKS"] };
  }
}

const deploy = (body: unknown, { headers, ...asking }: Asking = {}) =>
  askAs("deployer", PATH, {
    method: "POST",
    body: JSON.stringify(body),
    headers: { "Content-Type": "application/json", ...headers },
    ...asking,
  });

const bare = (code: string, more: object = {}) => ({
  error: { code, message: expect.any(String), requestId: expect.any(String), ...more },
});

const outcomeOf = async (answer: Response) => [answer.status, await jsonOf(answer)];

const nameIn = async (answer: Response): Promise<string> =>
  z.object({ stackName: z.string() }).parse(await jsonOf(answer)).stackName;

afterEach(() => vi.restoreAllMocks());

describe("POST /canvas/deploy", () => {
  test("hands the order to the stack's object, and answers bare, with the stack's socket", async () => {
    const stacks = new FakeStacks();
    const request = {
      template: TEMPLATE,
      stackName: "app",
      region: "eu-west-1",
      parameters: { Size: 3, IsOpen: true, Name: "x", Zones: ["a", 2], Secret: { usePrevious: true } },
      capabilities: ["CAPABILITY_IAM"],
      tags: { team: "a" },
      keyPairs: ["web servers"],
      roleArn: "arn:aws:iam::123456789012:role/cfn-exec",
      stackPolicy: { Statement: [] },
      terminationProtection: true,
      timeoutMinutes: 30,
      deploymentMode: "EXPRESS",
    };
    const answer = await deploy(request, { bindings: stacks.bindings });
    expect(answer.headers.get("Cache-Control")).toBe("no-store");
    expect(await outcomeOf(answer)).toEqual([
      200,
      {
        stackName: "app",
        stackId: "arn:app",
        region: "eu-west-1",
        outcome: "created",
        keyPairs: {},
        trackUrl: `${ORIGIN.replace("https", "wss")}/canvas/deploy/track/app?region=eu-west-1`,
      },
    ]);
    expect(stacks.orders).toEqual([
      {
        channel: "stacks/eu-west-1/app",
        subject: "tester",
        order: {
          id: expect.any(String),
          digest: expect.stringMatching(/^[0-9a-f]{64}$/),
          isRepeatable: false,
          template: { body: JSON.stringify(TEMPLATE) },
          parameters: {
            Size: "3",
            IsOpen: "true",
            Name: "x",
            Zones: "a,2",
            Secret: { usePrevious: true },
          },
          capabilities: ["CAPABILITY_IAM"],
          tags: { team: "a" },
          keyPairs: ["web servers"],
          mustBeNew: false,
          options: {
            roleArn: "arn:aws:iam::123456789012:role/cfn-exec",
            stackPolicy: '{"Statement":[]}',
            terminationProtection: true,
            timeoutMinutes: 30,
            deploymentMode: "EXPRESS",
          },
        },
      },
    ]);
  });

  test("may say that nothing is kept that is not named", async () => {
    const stacks = new FakeStacks();
    await deploy(
      { template: TEMPLATE, stackName: "app", parameters: "exact", tags: "replace" },
      { bindings: stacks.bindings },
    );
    expect(stacks.orders).toMatchObject([
      { order: { parameters: {}, exactParameters: true, tags: {}, replaceTags: true } },
    ]);
  });

  test("takes text as it is, or the address of a template", async () => {
    const stacks = new FakeStacks();
    const text = "Resources:\n  A: { Type: T }\n";
    const templateUrl = "https://bucket.s3.amazonaws.com/t.yaml";
    await deploy({ template: text }, { bindings: stacks.bindings });
    await deploy({ templateUrl }, { bindings: stacks.bindings });
    expect(stacks.orders.map(({ order }) => order.template)).toEqual([{ body: text }, { url: templateUrl }]);
  });

  test("a stack without a name gets one that no other has; the next name is drawn where one is taken", async () => {
    const taken: Failure = { code: "STACK_EXISTS", message: "There is one" };
    const stacks = new FakeStacks(taken, taken);
    const name = await nameIn(await deploy({ template: TEMPLATE }, { bindings: stacks.bindings }));
    expect(name).toMatch(/^foundry-stack-\d{8}$/);
    expect(new Set(stacks.orders.map(({ channel }) => channel)).size).toBe(3);
    expect(stacks.orders.every(({ order }) => order.mustBeNew)).toBe(true);
    const never = new FakeStacks(taken, taken, taken, taken);
    const answer = await deploy({ template: TEMPLATE }, { bindings: never.bindings });
    expect(await outcomeOf(answer)).toEqual([409, bare("STACK_EXISTS")]);
  });

  test("the same key finds the same stack again, another user's key is another key", async () => {
    const stacks = new FakeStacks();
    const asking = { bindings: stacks.bindings, headers: { "Idempotency-Key": "k-1" } };
    const first = await nameIn(await deploy({ template: TEMPLATE }, asking));
    expect(await nameIn(await deploy({ template: TEMPLATE }, asking))).toBe(first);
    const token = await tokenOf({ sub: "somebody-else", role: "deployer" });
    const theirs = await ask(PATH, {
      method: "POST",
      body: JSON.stringify({ template: TEMPLATE }),
      headers: { "Content-Type": "application/json", "Idempotency-Key": "k-1" },
      bindings: stacks.bindings,
      token,
    });
    expect(await nameIn(theirs)).not.toBe(first);
    const [one, two, three] = stacks.orders.map(({ order }) => order);
    expect(one).toEqual(two);
    expect(one?.isRepeatable).toBe(true);
    expect(three?.id).not.toBe(one?.id);
  });

  test.each([
    ["template", { template: { Resources: {} } }],
    ["name", { template: TEMPLATE, stackName: "other" }],
    ["region", { template: TEMPLATE, region: "eu-west-1" }],
  ])("a key that was used for another %s is refused", async (field, other) => {
    const stacks = new FakeStacks();
    const asking = { bindings: stacks.bindings, headers: { "Idempotency-Key": `k-${field}` } };
    expect((await deploy({ template: TEMPLATE }, asking)).status).toBe(200);
    expect(await outcomeOf(await deploy(other, asking))).toEqual([422, bare("IDEMPOTENCY_KEY_REUSED")]);
    expect(stacks.orders).toHaveLength(1);
  });

  test.each([
    [{}, "template"],
    [{ template: TEMPLATE, templateUrl: "https://b.s3.amazonaws.com/t" }, "template"],
    [{ template: "" }, "template"],
    [{ templateUrl: "http://b.s3.amazonaws.com/t" }, "templateUrl"],
    [{ template: TEMPLATE, stackName: "a/b" }, "stackName"],
    [{ template: TEMPLATE, region: "us-east-1.attacker.example" }, "region"],
    [{ template: TEMPLATE, parameters: { "a b": "x" } }, "parameters.a b"],
    [{ template: TEMPLATE, parameters: { A: { x: 1 } } }, "parameters.A"],
    [{ template: TEMPLATE, parameters: { A: ["x", { y: 1 }] } }, "parameters.A.1"],
    [{ template: TEMPLATE, parameters: { A: { fromOutput: "b.C" } } }, "parameters.A"],
    [{ template: TEMPLATE, nodes: [{ x: 1 }] }, "nodes"],
    [{ template: TEMPLATE, roleArn: "admin" }, "roleArn"],
    [{ template: TEMPLATE, rolearn: "arn:aws:iam::123456789012:role/cfn" }, "rolearn"],
    [{ template: TEMPLATE, importExisting: true }, "importExisting"],
    [{ template: TEMPLATE, includeNestedStacks: false }, "includeNestedStacks"],
    [{ template: TEMPLATE, deploymentMode: "REVERT_DRIFT" }, "deploymentMode"],
    [{ template: TEMPLATE, disableRollback: true, onStackFailure: "DELETE" }, "disableRollback"],
    [{ template: TEMPLATE, capabilities: ["ALL"] }, "capabilities.0"],
    [{ template: TEMPLATE, tags: { "stackcast:user": "root" } }, "tags.stackcast:user"],
    [{ template: TEMPLATE, tags: { team: "<b>" } }, "tags.team"],
    [{ template: TEMPLATE, keyPairs: ["a", "a"] }, "keyPairs"],
    [{ template: TEMPLATE, keyPairs: [" a"] }, "keyPairs.0"],
    [{ template: TEMPLATE, keyPairs: "abcdefghijk".split("") }, "keyPairs"],
  ])("%j is 400 and names the field %s", async (body, field) => {
    const stacks = new FakeStacks();
    const details = [{ field, message: expect.any(String) }];
    expect(await outcomeOf(await deploy(body, { bindings: stacks.bindings }))).toEqual([
      400,
      bare("INVALID_REQUEST", { details }),
    ]);
    expect(stacks.orders).toEqual([]);
  });

  test("a template that is too long for a request is told to go into S3", async () => {
    const stacks = new FakeStacks();
    const fits = `Resources: {} # ${"é".repeat(25_592)}`;
    expect(new TextEncoder().encode(fits).length).toBe(51_200);
    expect((await deploy({ template: fits }, { bindings: stacks.bindings })).status).toBe(200);
    const answer = await deploy({ template: `${fits}.` }, { bindings: stacks.bindings });
    expect(await outcomeOf(answer)).toEqual([
      413,
      bare("PAYLOAD_TOO_LARGE", {
        message: expect.stringContaining("templateUrl"),
        details: [{ field: "template", message: expect.stringContaining("templateUrl") }],
      }),
    ]);
  });

  test("needs a deployer whose token covers the stack: decided before anything is asked", async () => {
    const stacks = new FakeStacks();
    const { bindings } = stacks;
    const init = {
      method: "POST",
      body: JSON.stringify({ template: TEMPLATE, stackName: "app" }),
      headers: { "Content-Type": "application/json", "Idempotency-Key": "right" },
      bindings,
    };
    expect(await outcomeOf(await ask(PATH, init))).toEqual([401, bare("UNAUTHENTICATED")]);
    expect(await outcomeOf(await askAs("viewer", PATH, init))).toEqual([403, bare("FORBIDDEN")]);
    const bounded = await tokenOf({ role: "deployer", channels: ["stacks/*/foundry-stack-*"] });
    expect(await outcomeOf(await ask(PATH, { ...init, token: bounded }))).toEqual([403, bare("FORBIDDEN")]);
    expect(stacks.orders).toEqual([]);
    const unnamed = { ...init, body: JSON.stringify({ template: TEMPLATE }) };
    expect((await ask(PATH, { ...unnamed, token: bounded })).status).toBe(200);
  });

  test("a page of another origin may not ask, one that is listed may", async () => {
    const stacks = new FakeStacks();
    const { bindings } = stacks;
    const from = (origin: string) => ({ Origin: origin });
    const foreign = await deploy({ template: TEMPLATE }, { bindings, headers: from("https://evil.example") });
    expect(await outcomeOf(foreign)).toEqual([403, bare("ORIGIN_NOT_ALLOWED")]);
    const listed = { ...bindings, ALLOWED_ORIGINS: "https://canvas.example" };
    const preflight = await ask(PATH, {
      method: "OPTIONS",
      headers: {
        ...from("https://canvas.example"),
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "idempotency-key",
      },
      bindings: listed,
    });
    expect(preflight.headers.get("Access-Control-Allow-Headers")).toContain("Idempotency-Key");
    const answer = await deploy(
      { template: TEMPLATE },
      { bindings: listed, headers: from("https://canvas.example") },
    );
    expect(answer.status).toBe(200);
    expect(answer.headers.get("Access-Control-Allow-Origin")).toBe("https://canvas.example");
  });

  test("the address of the socket is the one that the settings give", async () => {
    const answer = await deploy(
      { template: TEMPLATE, stackName: "app" },
      { bindings: { ...new FakeStacks().bindings, PUBLIC_URL: "http://watch.example:8443/base" } },
    );
    expect(await jsonOf(answer)).toMatchObject({
      trackUrl: "ws://watch.example:8443/base/canvas/deploy/track/app?region=us-east-1",
    });
  });

  test("what is logged of a request holds nothing of it", async () => {
    const log = vi.spyOn(console, "info").mockReturnValue();
    // Of what did not fail only a sample is logged.
    vi.spyOn(Math, "random").mockReturnValue(0);
    const secret = "a-secret-parameter";
    await deploy(
      { template: TEMPLATE, parameters: { Password: secret } },
      { bindings: new FakeStacks().bindings, headers: { "Idempotency-Key": "a-secret-key" } },
    );
    expect(log).toHaveBeenCalledOnce();
    expect(JSON.stringify(log.mock.calls)).not.toContain("secret");
  });
});
