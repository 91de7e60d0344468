/** Accounts over REST and Stackcast as their identity provider, with the real objects behind the routes and a stand-in STS. */
import { reset, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { createLocalJWKSet, jwtVerify, type JSONWebKeySet } from "jose";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { credentialsOf, issuerOf } from "../../src/objects.ts";
import type { SigningKey } from "../../src/trackers/account/signing-keys.ts";
import { ask, askAs, failure, jsonOf, ORIGIN } from "./ask.ts";

const PATH = "/api/v1/accounts";
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOW = Date.UTC(2026, 10, 30, 12);

const prod = { alias: "prod", accountId: "210987654321", regions: ["eu-west-1"] };
const ROLE = "arn:aws:iam::210987654321:role/stackcast-observe-prod";

const xml = (action: string, content: string) =>
  new Response(
    `<${action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><${action}Result>${content}</${action}Result></${action}Response>`,
  );

const refusal = (code: string) =>
  new Response(
    `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>${code}</Code><Message>refused</Message></Error></ErrorResponse>`,
    { status: 403 },
  );

/** What STS was asked for since the test began, and what it answers to a request for a role. */
const sts = { wishes: [] as URLSearchParams[], refuses: undefined as string | undefined };

const logged: unknown[] = [];

const keysNumbered = (number: number) =>
  `<Credentials><AccessKeyId>ASIA${number}</AccessKeyId><SecretAccessKey>very-secret-${number}</SecretAccessKey><SessionToken>very-secret-token-${number}</SessionToken><Expiration>${new Date(Date.now() + 2 * HOUR).toISOString()}</Expiration></Credentials>`;

const farEnd = async (request: Request): Promise<Response> => {
  const form = new URLSearchParams(new TextDecoder().decode(await request.arrayBuffer()));
  const action = form.get("Action") ?? "";
  if (action === "GetCallerIdentity")
    return xml(
      action,
      "<Arn>arn:aws:iam::123456789012:user/stackcast</Arn><UserId>U</UserId><Account>123456789012</Account>",
    );
  if (!action.startsWith("AssumeRole")) return new Response("", { status: 500 });
  sts.wishes.push(form);
  if (sts.refuses !== undefined) return refusal(sts.refuses);
  return xml(action, keysNumbered(sts.wishes.length));
};

beforeEach(() => {
  sts.wishes = [];
  sts.refuses = undefined;
  vi.useFakeTimers({ toFake: ["Date"], now: NOW });
  logged.length = 0;
  for (const level of ["log", "warn", "error"] as const)
    vi.spyOn(console, level).mockImplementation((...line) => void logged.push(line));
  vi.spyOn(globalThis, "fetch").mockImplementation(async (request) => farEnd(request as Request));
});

afterEach(async () => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  await reset();
});

const asking = (method: string, body?: unknown) => ({
  method,
  ...(body !== undefined && {
    body: JSON.stringify(body),
    headers: { "Content-Type": "application/json" },
  }),
});

type Answer = Readonly<{ data: Record<string, unknown> }>;

const dataOf = async (response: Response) => (await response.json<Answer>()).data;

const add = (account: Record<string, unknown>) => askAs("admin", PATH, asking("POST", account));

describe("an account", () => {
  test("is added with all that its owner needs", async () => {
    const response = await add(prod);
    expect([response.status, response.headers.get("Location")]).toEqual([201, `${PATH}/prod`]);
    const data = await dataOf(response);
    expect(data).toMatchObject({
      ...prod,
      roleArn: ROLE,
      externalId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      observe: true,
      trust: "external-id",
      trustPolicy: {
        Statement: [
          {
            Principal: { AWS: "arn:aws:iam::123456789012:user/stackcast" },
            Condition: { StringEquals: { "sts:ExternalId": data["externalId"] } },
          },
        ],
      },
      quickCreateUrl: { "eu-west-1": expect.stringContaining("https://eu-west-1.console.aws.amazon.com/") },
    });
    expect(await dataOf(await askAs("admin", `${PATH}/prod`))).toEqual(data);
  });

  test.each([
    [{ ...prod, alias: "us-east-1" }, "alias"],
    [{ ...prod, alias: "eusc-de-east-1" }, "alias"],
    [{ ...prod, alias: "default" }, "alias"],
    [{ ...prod, alias: "Prod" }, "alias"],
    [{ ...prod, accountId: "21098765432" }, "accountId"],
    [{ ...prod, roleArn: "arn:aws:iam::123456789012:role/another" }, "roleArn"],
    [{ ...prod, roleArn: "arn:aws-cn:iam::210987654321:role/observer" }, "roleArn"],
    [{ ...prod, roleArn: "arn:aws:iam::210987654321:user/kim" }, "roleArn"],
    [{ ...prod, deployRoleArn: "arn:aws:iam::123456789012:role/another" }, "deployRoleArn"],
    [{ ...prod, regions: [] }, "regions"],
    [{ ...prod, regions: ["eu-west-1", "cn-north-1"] }, "regions"],
    [{ ...prod, regions: ["mars-1"] }, "regions.0"],
    [{ ...prod, externalId: "x y" }, "externalId"],
    [{ ...prod, secretAccessKey: "k" }, "secretAccessKey"],
  ])("%j is refused for its %s", async (account, field) => {
    const response = await add(account);
    expect([response.status, await jsonOf(response)]).toEqual([
      400,
      {
        success: false,
        error: expect.objectContaining({
          code: "INVALID_REQUEST",
          details: expect.arrayContaining([expect.objectContaining({ field })]),
        }),
      },
    ]);
  });

  test("has one alias, and an alias one account", async () => {
    await add(prod);
    for (const other of [
      { ...prod, alias: "production" },
      { ...prod, accountId: "333333333333" },
    ]) {
      const response = await add(other);
      expect([response.status, await jsonOf(response)]).toEqual([409, failure("ACCOUNT_EXISTS")]);
    }
  });

  test("is for admins; viewers see neither roles nor external ids", async () => {
    await add(prod);
    for (const [address, method] of [
      [PATH, "POST"],
      [`${PATH}/prod`, "GET"],
      [`${PATH}/prod`, "PATCH"],
      [`${PATH}/prod`, "DELETE"],
      [`${PATH}/prod/check`, "POST"],
    ] as const) {
      const body = method === "POST" || method === "PATCH" ? {} : undefined;
      expect((await askAs("deployer", address, asking(method, body))).status).toBe(403);
    }
    expect(await dataOf(await askAs("viewer", PATH))).toEqual({
      items: [{ ...prod, observe: true, deploys: false }],
    });
  });

  test("is changed, and removed", async () => {
    await add(prod);
    const executionRoleArn = "arn:aws:iam::210987654321:role/cfn";
    const deployRoleArn = "arn:aws:iam::210987654321:role/deployer";
    const patch = (change: unknown) => askAs("admin", `${PATH}/prod`, asking("PATCH", change));
    expect(await dataOf(await patch({ deployRoleArn, executionRoleArn }))).toMatchObject({ deployRoleArn });
    expect((await patch({ deployRoleArn: null })).status).toBe(400);
    const without = await dataOf(await patch({ deployRoleArn: null, executionRoleArn: null }));
    expect(Object.keys(without)).not.toContain("deployRoleArn");
    expect((await askAs("admin", `${PATH}/prod`, { method: "DELETE" })).status).toBe(204);
    expect((await askAs("admin", `${PATH}/prod`)).status).toBe(404);
    expect((await askAs("admin", `${PATH}/prod/check`, { method: "POST" })).status).toBe(404);
  });

  test("says in a check what does not work, and what to do", async () => {
    await add(prod);
    sts.refuses = "AccessDenied";
    expect(await dataOf(await askAs("admin", `${PATH}/prod/check`, { method: "POST" }))).toEqual({
      ok: false,
      findings: [
        {
          name: "role",
          ok: false,
          evidence: expect.stringContaining("AccessDenied"),
          mend: expect.stringContaining("ExternalId"),
        },
      ],
    });
  });
});

test("a check of the default account tries what the install itself needs, too", async () => {
  const check = await dataOf(await askAs("admin", `${PATH}/default/check`, { method: "POST" }));
  const findings = check["findings"] as { name: string; ok: boolean; evidence: string }[];
  const byName = new Map(findings.map(({ name, ...rest }) => [name, rest]));
  expect([...byName.keys()]).toEqual(
    expect.arrayContaining(["credentials", "clock", "audit table", "log groups", "mail", "workflow"]),
  );
  expect(byName.get("mail")).toEqual({ ok: true, evidence: "off: EMAIL_FROM is not set" });
  expect(byName.get("audit table")).toMatchObject({
    ok: false,
    mend: expect.stringContaining("deploymentId"),
  });
  expect(byName.get("workflow")).toMatchObject({ ok: true });
});

describe("an account's credentials", () => {
  const keyIds = async (count: number) => {
    const held = credentialsOf(env, "prod");
    const keys = await Promise.all(Array.from({ length: count }, () => held.keys("observe")));
    return [...new Set(keys.map((one) => (one.ok ? one.value.accessKeyId : one.failure.kind)))];
  };

  test("are asked for once for all, at most once an hour over two days, and end with nobody", async () => {
    await add(prod);
    for (let time = 0; time < 2 * DAY; time += 30 * 60_000) {
      vi.setSystemTime(NOW + time);
      expect(await keyIds(time === 0 ? 100 : 2)).toEqual([`ASIA${sts.wishes.length}`]);
    }
    expect(sts.wishes.length).toBeLessThanOrEqual(48);
    expect(sts.wishes[0]?.get("RoleArn")).toBe(ROLE);
    expect(sts.wishes[0]?.get("RoleSessionName")).toBe("stackcast-prod");
  });

  test("follow a change of the account at once", async () => {
    const { externalId } = (await dataOf(await add(prod))) as { externalId: string };
    await keyIds(1);
    await askAs("admin", `${PATH}/prod`, asking("PATCH", { externalId: "another-one" }));
    expect(await keyIds(1)).toEqual(["ASIA2"]);
    expect(sts.wishes.map((desired) => desired.get("ExternalId"))).toEqual([externalId, "another-one"]);
  });

  test("are refused for an account that is not known, or that nobody may deploy to", async () => {
    await add(prod);
    expect(await credentialsOf(env, "test").keys("observe")).toMatchObject({
      failure: { kind: "credentials", code: "UnknownAccount" },
    });
    expect(await credentialsOf(env, "prod").keys("deploy")).toMatchObject({
      failure: { kind: "credentials", code: "NoDeployRole" },
    });
  });

  test("stand in no answer, no log and no storage", async () => {
    await add(prod);
    await keyIds(1);
    const shown = await (await askAs("admin", `${PATH}/prod`)).text();
    const kept = await runInDurableObject(env.CREDENTIALS.getByName("accounts/prod"), (_, { storage }) =>
      JSON.stringify([...storage.kv.list()]),
    );
    expect(shown + kept + JSON.stringify(logged)).not.toContain("very-secret");
  });
});

describe("Stackcast as an identity provider", () => {
  const keySet = async () =>
    createLocalJWKSet(await (await ask("/.well-known/jwks.json")).json<JSONWebKeySet>());

  const verified = async (token: string) =>
    (
      await jwtVerify(token, await keySet(), {
        issuer: ORIGIN,
        audience: "sts.amazonaws.com",
        algorithms: ["RS256"],
        currentDate: new Date(),
      })
    ).payload;

  test("tells without a token where its keys are, for a while", async () => {
    const response = await ask("/.well-known/openid-configuration");
    expect(response.headers.get("Cache-Control")).toBe("public, max-age=3600");
    expect(await response.json()).toMatchObject({
      issuer: ORIGIN,
      jwks_uri: `${ORIGIN}/.well-known/jwks.json`,
      id_token_signing_alg_values_supported: ["RS256"],
    });
    const elsewhere = await ask("/.well-known/other");
    expect(elsewhere.status).toBe(404);
  });

  test("opens a role by a token that its keys verify, and by no key of AWS", async () => {
    await add({ ...prod, trust: "web-identity" });
    expect(await credentialsOf(env, "prod").keys("observe")).toMatchObject({ ok: true });
    const [desired] = sts.wishes;
    expect(desired?.get("Action")).toBe("AssumeRoleWithWebIdentity");
    const { jti, iat, exp, ...claims } = await verified(desired?.get("WebIdentityToken") ?? "");
    expect(claims).toEqual({ iss: ORIGIN, sub: "stackcast:account:prod", aud: "sts.amazonaws.com" });
    expect([exp! - iat!, typeof jti]).toEqual([300, "string"]);
  });

  test("shows public halves only", async () => {
    const { keys } = await (await ask("/.well-known/jwks.json")).json<{ keys: Record<string, unknown>[] }>();
    expect(keys.map((key) => Object.keys(key).toSorted())).toEqual([["alg", "e", "kid", "kty", "n", "use"]]);
  });

  test("shows a new key for a day before it signs, and the old one for a day after that", async () => {
    const kidOf = (token: string) => (JSON.parse(atob(token.split(".")[0]!)) as { kid: string }).kid;
    const shown = async () =>
      (await (await ask("/.well-known/jwks.json")).json<{ keys: { kid: string }[] }>()).keys.map(
        ({ kid }) => kid,
      );
    const signing = async () => {
      const token = await issuerOf(env).token(ORIGIN, "prod");
      await verified(token);
      return kidOf(token);
    };
    const first = await signing();
    vi.setSystemTime(NOW + 90 * DAY);
    expect(await signing()).toBe(first);
    const [, second] = await shown();
    expect(await shown()).toEqual([first, second]);
    vi.setSystemTime(NOW + 91 * DAY);
    expect(await signing()).toBe(second);
    expect(await shown()).toEqual([first, second]);
    vi.setSystemTime(NOW + 92 * DAY);
    expect(await shown()).toEqual([second]);
    const kept = await runInDurableObject(env.ISSUER.getByName("issuer"), (_, { storage }) =>
      storage.kv.get<readonly SigningKey[]>("keys"),
    );
    expect(kept?.length).toBe(2);
  });

  test("serves the template of accounts to all", async () => {
    const template = await (await ask("/install/account-template.json")).json<{ Resources: object }>();
    expect(Object.keys(template.Resources)).toContain("ObserveRole");
  });
});
