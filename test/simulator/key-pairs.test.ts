/** Key pairs with AWS's own client for EC2. */
import { createHash, createPrivateKey } from "node:crypto";
import {
  CreateKeyPairCommand,
  DeleteKeyPairCommand,
  DescribeKeyPairsCommand,
  EC2Client,
} from "@aws-sdk/client-ec2";
import { afterAll, beforeAll, expect, it } from "vitest";
import { keyPairs } from "../../src/aws/services/key-pairs.ts";
import { awsSession } from "../../src/aws/identity/session.ts";
import type { Simulator } from "../../src/simulator/options.ts";
import { createSimulator } from "../../src/simulator/simulator.ts";
import { credentials, refusalOf } from "./client.ts";

let simulator: Simulator;
let client: EC2Client;

beforeAll(async () => {
  simulator = await createSimulator({ dynamodbPort: false });
  client = new EC2Client({ region: "us-east-1", endpoint: simulator.url, credentials, maxAttempts: 1 });
});

afterAll(() => simulator.close());

it("a key pair's private key is real, in PEM, and its fingerprint is the one that EC2 shows", async () => {
  const made = await client.send(
    new CreateKeyPairCommand({
      KeyName: "first & only",
      TagSpecifications: [{ ResourceType: "key-pair", Tags: [{ Key: "owner", Value: "<ada>" }] }],
    }),
  );
  expect(made.KeyMaterial).toMatch(/^-----BEGIN RSA PRIVATE KEY-----\n[^]+\n-----END RSA PRIVATE KEY-----$/);
  const key = createPrivateKey(made.KeyMaterial ?? "");
  expect(key.asymmetricKeyDetails?.modulusLength).toBe(2048);
  const digest = createHash("sha1")
    .update(key.export({ type: "pkcs8", format: "der" }))
    .digest("hex");
  expect(made.KeyFingerprint?.replaceAll(":", "")).toBe(digest);
  expect(made).toMatchObject({
    KeyName: "first & only",
    KeyPairId: expect.stringMatching(/^key-[0-9a-f]{17}$/),
    Tags: [{ Key: "owner", Value: "<ada>" }],
  });
  const { KeyPairs } = await client.send(new DescribeKeyPairsCommand({ KeyNames: ["first & only"] }));
  expect(KeyPairs).toMatchObject([
    {
      KeyName: "first & only",
      KeyPairId: made.KeyPairId,
      KeyFingerprint: made.KeyFingerprint,
      KeyType: "rsa",
      Tags: [{ Key: "owner", Value: "<ada>" }],
    },
  ]);
});

it("an ed25519 key pair is one", async () => {
  const made = await client.send(new CreateKeyPairCommand({ KeyName: "curve", KeyType: "ed25519" }));
  expect(createPrivateKey(made.KeyMaterial ?? "").asymmetricKeyType).toBe("ed25519");
  expect(made.KeyFingerprint).toMatch(/^[A-Za-z0-9+/]{43}=$/);
});

it("a name is given once in a region, and is free again after its key pair was deleted", async () => {
  const create = new CreateKeyPairCommand({ KeyName: "twice" });
  const { KeyPairId } = await client.send(create);
  expect(await refusalOf(client.send(create))).toEqual({
    name: "InvalidKeyPair.Duplicate",
    message: "The keypair already exists",
    status: 400,
  });
  const elsewhere = new EC2Client({ region: "eu-west-1", endpoint: simulator.url, credentials });
  expect((await elsewhere.send(create)).KeyPairId).not.toBe(KeyPairId);
  await client.send(new DeleteKeyPairCommand({ KeyPairId }));
  expect(await refusalOf(client.send(new DescribeKeyPairsCommand({ KeyNames: ["twice"] })))).toMatchObject({
    name: "InvalidKeyPair.NotFound",
    message: "The key pair 'twice' does not exist",
  });
  expect((await client.send(new DeleteKeyPairCommand({ KeyName: "twice" }))).Return).toBe(true);
  await client.send(create);
});

it("our own calls and AWS's client see the same key pairs", async () => {
  const session = awsSession({ ...credentials, region: "us-east-1", endpoints: { all: simulator.url } });
  const ours = keyPairs(session);
  expect(await ours.find("ours")).toEqual({ ok: true, value: undefined });
  const made = await ours.create("ours", { "stackcast:user": "ada", empty: "" });
  if (!made.ok) throw new Error(JSON.stringify(made.failure));
  const { privateKey, ...known } = made.value;
  expect(createPrivateKey(privateKey).asymmetricKeyType).toBe("rsa");
  expect(await ours.find("ours")).toEqual({
    ok: true,
    value: { ...known, tags: { "stackcast:user": "ada", empty: "" } },
  });
  expect(await ours.create("ours", {})).toMatchObject({ ok: false, failure: { kind: "exists" } });
  expect(await ours.delete(known.keyPairId)).toEqual({ ok: true, value: null });
  expect(await ours.delete(known.keyPairId)).toEqual({ ok: true, value: null });
  expect(await ours.find("ours")).toEqual({ ok: true, value: undefined });
});

it("a key pair is never asked for twice: a lost answer is told", async () => {
  const session = awsSession({ ...credentials, region: "us-east-1", endpoints: { all: simulator.url } });
  simulator.clearCalls();
  simulator.fault({ kind: "truncate", action: "CreateKeyPair", count: 1 });
  expect(await keyPairs(session).create("lost", {})).toMatchObject({
    ok: false,
    failure: { kind: "network" },
  });
  expect(simulator.calls).toHaveLength(1);
  simulator.fault({ kind: "throttle", action: "CreateKeyPair", count: 1 });
  expect(await keyPairs(session).create("slow", {})).toEqual({
    ok: false,
    failure: { kind: "throttled", code: "RequestLimitExceeded" },
  });
});
