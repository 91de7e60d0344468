/**
 * A canvas deploys: the seeds' front-end, and one that asks again after the Worker has died in the middle. What is reported
 * once must have been reported to the right one, and to nobody else.
 */
import { createHash, createPrivateKey } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { DescribeKeyPairsCommand, EC2Client } from "@aws-sdk/client-ec2";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import type { Fault } from "../../src/simulator/faults/faults.ts";
import { eventually } from "../support/eventually.ts";
import { expectNothingSecret } from "../support/secrets.ts";
import { KEYS, startSystem, type System } from "../support/system.ts";
import { Watcher } from "../support/watcher.ts";

const answerSchema = z.strictObject({
  stackName: z.string(),
  stackId: z.string(),
  region: z.string(),
  outcome: z.enum(["created", "updated", "unchanged"]),
  keyPairs: z.record(
    z.string(),
    z.strictObject({
      keyPairId: z.string(),
      fingerprint: z.string(),
      privateKey: z.string().optional(),
      lost: z.literal(true).optional(),
    }),
  ),
  trackUrl: z.url({ protocol: /^ws$/ }),
});

type Answer = z.infer<typeof answerSchema>;

const template = (delaySeconds: number) => ({
  Resources: {
    First: { Type: "AWS::SQS::Queue", Properties: { DelaySeconds: delaySeconds } },
    Second: { Type: "AWS::SQS::Queue", DependsOn: "First" },
  },
  Outputs: { Url: { Value: { Ref: "First" } } },
});

const fingerprintOf = (privateKey: string): string =>
  createHash("sha1")
    .update(createPrivateKey(privateKey).export({ type: "pkcs8", format: "der" }))
    .digest("hex")
    .replace(/..(?=.)/g, "$&:");

const post = (body: object, key?: string): RequestInit => ({
  method: "POST",
  headers: { "Content-Type": "application/json", ...(key !== undefined && { "Idempotency-Key": key }) },
  body: JSON.stringify(body),
});

describe("The seeds' front-end", () => {
  let system: System;

  beforeAll(async () => {
    system = await startSystem({ simulator: { speed: 40 }, variables: { AUTH_MODE: "off" } });
  });

  afterAll(() => system?.stop());

  it("deploys a template and follows the stack by its name to the end", async () => {
    const answer = await fetch(`${system.worker().url}/canvas/deploy`, post({ template: template(1) }));
    const { stackName, keyPairs } = z
      .object({ stackName: z.string().regex(/^foundry-stack-\d{8}$/), keyPairs: z.object({}) })
      .parse(await answer.json());
    expect(keyPairs).toEqual({});
    const address = `ws://localhost:${system.worker().port}/canvas/deploy/track/${stackName}`;
    const watcher = await new Watcher(new WebSocket(address)).opened();
    await watcher.saw(({ completes }) => completes.length === 1, "the end");
    expect(watcher.completes[0]).toMatchObject({
      outcome: "deployed",
      outputs: { Url: expect.any(String) },
      stack: { name: stackName, totalResources: 2, completedResources: 2, progress: 100 },
    });
    expect(watcher.events[0]).toMatchObject({ resource: { logicalId: stackName } });
  });
});

describe("A canvas with tokens", () => {
  let system: System;

  beforeAll(async () => {
    system = await startSystem({ simulator: { speed: 40 } });
  });

  afterAll(() => system?.stop());

  const deploy = async (body: object, key?: string): Promise<Answer> => {
    const answer = await system.ask("/canvas/deploy", post(body, key));
    const reported: unknown = await answer.json();
    expect([answer.status, reported]).toEqual([200, expect.anything()]);
    return answerSchema.parse(reported);
  };

  const keyPairsNow = async (): Promise<Record<string, string>> => {
    const client = new EC2Client({
      region: "us-east-1",
      endpoint: system.simulator.url,
      credentials: KEYS,
    });
    const { KeyPairs = [] } = await client.send(new DescribeKeyPairsCommand({}));
    return Object.fromEntries(KeyPairs.map((pair) => [pair.KeyName ?? "", pair.KeyFingerprint ?? ""]));
  };

  const madeStacks = (stackName: string) =>
    system.simulator.calls.filter(
      ({ action, stack, outcome }) => action === "CreateStack" && stack === stackName && outcome === "ok",
    ).length;

  it("is told a stack that is followed before anybody watches, updated and left alone", async () => {
    const body = { template: template(1), stackName: "app", tags: { team: "a" } };
    const created = await deploy(body);
    expect(created).toMatchObject({ stackName: "app", region: "us-east-1", outcome: "created" });
    const summary: unknown = await (await system.ask("/api/v1/stacks/app")).json();
    expect(summary).toMatchObject({
      success: true,
      data: { stackId: created.stackId, tracking: true, viewers: 0 },
    });
    const url = `${created.trackUrl}&token=${system.token}`;
    const watcher = await new Watcher(new WebSocket(url)).opened();
    await watcher.saw(({ completes }) => completes.length === 1, "the end of the creation");

    expect(await deploy(body)).toMatchObject({ outcome: "unchanged", stackId: created.stackId });
    expect(await deploy({ ...body, template: template(2) })).toMatchObject({ outcome: "updated" });
    await watcher.saw(({ completes }) => completes.length === 2, "the end of the update");
    expect(watcher.completes.map(({ outcome }) => outcome)).toEqual(["deployed", "deployed"]);
    watcher.close();
  });

  it("gets a private key once, and it is in nothing that is printed", async () => {
    const body = { template: template(1), keyPairs: ["once"] };
    const first = await deploy(body, "the-key-1");
    const privateKey = first.keyPairs["once"]?.privateKey ?? "";
    expect(fingerprintOf(privateKey)).toBe((await keyPairsNow())["once"]);
    const again = await deploy(body, "the-key-1");
    expect(again).toEqual({
      ...first,
      keyPairs: { once: { ...first.keyPairs["once"], privateKey: undefined, lost: true } },
    });
    const other = await system.ask("/canvas/deploy", post({ ...body, stackName: "else" }, "the-key-1"));
    expect([other.status, await other.json()]).toMatchObject([
      422,
      { error: { code: "IDEMPOTENCY_KEY_REUSED" } },
    ]);
    expectNothingSecret(system, [privateKey.split("\n")[1] ?? "", "PRIVATE KEY", "the-key-1"]);
  });

  it.each<[string, readonly Fault[], boolean]>([
    ["after the key pair, before the stack", [{ kind: "hang", action: "CreateStack" }], false],
    [
      "after the stack, before its answer",
      [
        { kind: "truncate", action: "CreateStack" },
        { kind: "hang", action: "DescribeStackEvents" },
      ],
      true,
    ],
  ])("asks again when the Worker has died %s, and has one stack", async (title, faults, isLost) => {
    const name = title.replace(/[^a-z]+/g, "-");
    const body = { template: template(1), stackName: name, keyPairs: [name] };
    const handles = faults.map((fault) => system.simulator.fault({ ...fault, stack: name }));
    const unanswered = system.ask("/canvas/deploy", post(body, name)).catch(() => undefined);
    await eventually(() => handles.every((handle) => handle.hits() > 0), "the moment to die");
    // What was noted before the call is on the disk by then.
    await sleep(200);
    await system.worker().kill();
    await unanswered;
    for (const handle of handles) handle.clear();
    await system.restart();
    await system.worker().ready();

    const answer = await deploy(body, name);
    const pair = answer.keyPairs[name];
    expect((await keyPairsNow())[name]).toBe(pair?.fingerprint);
    if (isLost) expect(pair).toMatchObject({ lost: true });
    else expect(fingerprintOf(pair?.privateKey ?? "")).toBe(pair?.fingerprint);
    const url = `${answer.trackUrl}&token=${system.token}`;
    const watcher = await new Watcher(new WebSocket(url)).opened();
    await watcher.saw(({ completes }) => completes.length === 1, "the end of the creation");
    expect(watcher.completes[0]).toMatchObject({ outcome: "deployed" });
    expect(madeStacks(answer.stackName)).toBe(isLost ? 0 : 1);
    expect(await deploy(body, name)).toMatchObject({ stackId: answer.stackId, outcome: "created" });
    watcher.close();
  });
});
