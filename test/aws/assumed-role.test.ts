/** Roles of other accounts, opened at a stand-in STS that checks what AWS checks. */
import { createServer, type Server } from "node:http";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import {
  assumeRole,
  assumeRoleWithWebIdentity,
  longestSession,
} from "../../src/aws/identity/assumed-role.ts";
import { callerIdentity } from "../../src/aws/identity/caller-identity.ts";
import { anonymousSession, awsSession } from "../../src/aws/identity/session.ts";
import { listen, shutDown } from "../../src/simulator/wire/listening.ts";
import type { Simulator } from "../../src/simulator/options.ts";
import { createSimulator } from "../../src/simulator/simulator.ts";
import { motoPath, startMoto, type Moto } from "../support/moto.ts";

const ROLE = "arn:aws:iam::210987654321:role/stackcast/observer";
const KEYS = { accessKeyId: "AKIDTEST", secretAccessKey: "test-secret-key" };
const SUBJECT = "stackcast:account:prod";
const AUDIENCE = "sts.amazonaws.com";

let aws: Simulator;
let issuer: Server;
let issuerUrl = "";
let keys: Awaited<ReturnType<typeof generateKeyPair>>;

beforeAll(async () => {
  keys = await generateKeyPair("RS256");
  const jwk = { ...(await exportJWK(keys.publicKey)), kid: "k1", alg: "RS256", use: "sig" };
  issuer = createServer((request, response) => {
    const document = request.url?.endsWith("jwks.json")
      ? { keys: [jwk] }
      : { issuer: issuerUrl, jwks_uri: `${issuerUrl}/.well-known/jwks.json` };
    response.setHeader("content-type", "application/json").end(JSON.stringify(document));
  });
  issuerUrl = `http://127.0.0.1:${await listen(issuer, 0)}`;
  aws = await createSimulator({ dynamodbPort: false, inboxPort: false });
});

afterEach(() => aws.clearFaults());

afterAll(async () => {
  await aws.close();
  await shutDown(issuer);
});

const place = () => ({ region: "us-east-1", endpoints: { all: aws.url } });
const own = () => awsSession({ ...KEYS, ...place() });
const request = { roleArn: ROLE, sessionName: "stackcast-prod", durationSeconds: 3600 };

const tokenOf = (claims: Record<string, unknown> = {}, expiresIn = "5m", key: CryptoKey = keys.privateKey) =>
  new SignJWT({ sub: SUBJECT, aud: AUDIENCE, iss: issuerUrl, ...claims })
    .setProtectedHeader({ alg: "RS256", kid: "k1" })
    .setIssuedAt()
    .setExpirationTime(expiresIn)
    .sign(key);

describe("a role that asks for an external id", () => {
  it("is opened with it, and its keys are the role's", async () => {
    aws.setRole({ arn: ROLE, externalId: "right" });
    const granted = await assumeRole(own(), { ...request, externalId: "right" });
    if (!granted.ok) throw new Error("refused");
    expect(granted.value).toEqual({
      accessKeyId: expect.stringMatching(/^ASIA/),
      secretAccessKey: expect.any(String),
      sessionToken: expect.any(String),
      expiresAt: expect.any(Number),
    });
    expect(await callerIdentity(awsSession({ ...granted.value, ...place() }))).toMatchObject({
      value: {
        account: "210987654321",
        arn: "arn:aws:sts::210987654321:assumed-role/observer/stackcast-prod",
      },
    });
  });

  it.each([["another"], [undefined]])("stays shut with %s", async (externalId) => {
    aws.setRole({ arn: ROLE, externalId: "right" });
    expect(await assumeRole(own(), { ...request, externalId })).toEqual({
      ok: false,
      failure: { kind: "credentials", code: "AccessDenied", message: expect.stringContaining("external id") },
    });
  });

  it("is held for two hours where it lets itself be held so long, and else for one", async () => {
    const lifeOf = async (maxSessionSeconds: number) => {
      aws.setRole({ arn: ROLE, externalId: "right", maxSessionSeconds });
      aws.clearCalls();
      const session = longestSession((durationSeconds) =>
        assumeRole(own(), { ...request, externalId: "right", durationSeconds }),
      );
      const lives = [await session(), await session()].map(
        (granted) => granted.ok && Math.round((granted.value.expiresAt - Date.now()) / 60_000),
      );
      return { lives, calls: aws.calls.length };
    };
    expect(await lifeOf(43_200)).toEqual({ lives: [120, 120], calls: 2 });
    expect(await lifeOf(3600)).toEqual({ lives: [60, 60], calls: 3 });
  });

  it("cannot be opened while STS is away: that says nothing of the role", async () => {
    aws.setRole({ arn: ROLE, externalId: "right" });
    aws.fault({ kind: "server-error" });
    expect(await assumeRole(own(), { ...request, externalId: "right" })).toEqual({
      ok: false,
      failure: { kind: "unavailable", status: 500 },
    });
  });
});

describe("a role that trusts an identity provider", () => {
  const byToken = (token: string) =>
    assumeRoleWithWebIdentity(anonymousSession(place()), { ...request, token });

  const trusting = () =>
    aws.setRole({ arn: ROLE, webIdentity: { issuer: issuerUrl, subject: SUBJECT, audience: AUDIENCE } });

  it("is opened by a token, without any key", async () => {
    trusting();
    const granted = await byToken(await tokenOf());
    if (!granted.ok) throw new Error("refused");
    expect(await callerIdentity(awsSession({ ...granted.value, ...place() }))).toMatchObject({
      value: { account: "210987654321" },
    });
  });

  it.each([
    ["another subject", () => tokenOf({ sub: "stackcast:account:test" }), "AccessDenied"],
    ["another audience", () => tokenOf({ aud: "somebody" }), "InvalidIdentityToken"],
    ["another issuer", () => tokenOf({ iss: "https://issuer.example" }), "InvalidIdentityToken"],
    [
      "a signature that the served keys do not have made",
      async () => tokenOf({}, "5m", (await generateKeyPair("RS256")).privateKey),
      "InvalidIdentityToken",
    ],
    ["a token that has ended", () => tokenOf({}, "-1m"), "ExpiredTokenException"],
  ])("stays shut to %s", async (_, token, code) => {
    trusting();
    const text = await token();
    const refused = await byToken(text);
    expect(refused).toMatchObject({ ok: false, failure: { kind: "credentials", code } });
    expect(JSON.stringify(refused)).not.toContain(text);
  });

  it("is asked for again later if AWS cannot read the keys just now", async () => {
    aws.setRole({
      arn: ROLE,
      webIdentity: { issuer: "http://127.0.0.1:9", subject: SUBJECT, audience: AUDIENCE },
    });
    expect(await byToken(await tokenOf({ iss: "http://127.0.0.1:9" }))).toMatchObject({
      failure: { kind: "unavailable" },
    });
  });
});

const path = motoPath();

describe.skipIf(path === undefined)("moto's STS", () => {
  let moto: Moto;

  beforeAll(async () => {
    moto = await startMoto(path!);
  }, 90_000);

  afterAll(() => moto?.stop());

  const there = () => ({ region: "eu-west-1", endpoints: { all: moto.url } });

  it("gives keys of a role to a signature and to a token", async () => {
    const one = await assumeRole(awsSession({ ...KEYS, ...there() }), { ...request, externalId: "right" });
    const other = await assumeRoleWithWebIdentity(anonymousSession(there()), {
      ...request,
      token: await tokenOf(),
    });
    for (const granted of [one, other]) {
      if (!granted.ok) throw new Error(JSON.stringify(granted.failure));
      expect(granted.value.expiresAt).toBeGreaterThan(Date.now());
      expect(await callerIdentity(awsSession({ ...granted.value, ...there() }))).toMatchObject({
        ok: true,
        value: { arn: expect.stringContaining("assumed-role") },
      });
    }
  });
});
