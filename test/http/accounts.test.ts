/** Accounts over REST, and what a check of them says. */
import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import type { Env } from "../../src/env.ts";
import { settingsOf } from "../../src/settings.ts";
import { accountFindings } from "../../src/trackers/account/account-check.ts";
import { ownAccount } from "../../src/trackers/account/account-roles.ts";
import { askAs, failure, jsonOf, ORIGIN } from "./ask.ts";
import { add, asking, dataOf, PATH, prod, ROLE, sts, useStandIn } from "./stand-in-accounts.ts";

useStandIn();

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
          mend: expect.stringMatching(
            /let Stackcast in with credentials of the account 210987654321: curl .* Alias=prod .* ExternalId=/,
          ),
        },
      ],
    });
  });

  test("that may deploy has the rights of both roles tried, each in its own name", async () => {
    const deployRoleArn = "arn:aws:iam::210987654321:role/stackcast-deploy-prod";
    await add({ ...prod, deployRoleArn });
    sts.missing = ["ExecuteChangeSet"];
    const check = await dataOf(await askAs("admin", `${PATH}/prod/check`, { method: "POST" }));
    const wrong = (check["findings"] as { name: string; ok: boolean }[]).filter(({ ok }) => !ok);
    expect(wrong.map(({ name }) => name)).toEqual([
      // The stand-in takes everybody for Stackcast itself.
      "role",
      "deploying role",
      "eu-west-1 cloudformation:ExecuteChangeSet",
    ]);
    expect(sts.wishes.map((desired) => desired.get("RoleArn"))).toEqual([ROLE, deployRoleArn]);
  });
});

describe("a check of the default account", () => {
  type Finding = Readonly<{ name: string; ok: boolean; evidence: string; mend?: string }>;

  const checked = async (bindings: Partial<Env> = {}) => {
    const { findings } = await dataOf(
      await askAs("admin", `${PATH}/default/check`, { method: "POST", bindings }),
    );
    return new Map((findings as Finding[]).map(({ name, ...rest }) => [name, rest]));
  };

  test("tries each right in each region, and what the install itself needs", async () => {
    sts.missing = ["DescribeEvents", "CreateChangeSet", "LookupEvents"];
    const findings = await checked();
    expect([...findings.keys()]).toEqual([
      "credentials",
      ...["us-east-1", "eu-north-1"].flatMap((region) =>
        [
          "DescribeStacks",
          "ListStacks",
          "DescribeStackEvents",
          "DescribeEvents",
          "ListStackResources",
          "GetTemplate",
          "DescribeChangeSet",
        ].map((action) => `${region} cloudformation:${action}`),
      ),
      "reasons of failures",
      "deploying",
      "clock",
      "audit table",
      "log groups",
      "mail",
      "workflow",
      "quota",
      "destinations",
    ]);
    expect(Object.fromEntries(findings)).toMatchObject({
      "us-east-1 cloudformation:DescribeStacks": { ok: true, evidence: "AWS answers" },
      "us-east-1 cloudformation:DescribeEvents": {
        ok: false,
        evidence: expect.stringContaining("AccessDenied"),
        mend: expect.stringContaining("cloudformation:DescribeEvents"),
      },
      "reasons of failures": { ok: true, evidence: expect.stringContaining("cloudtrail:LookupEvents") },
      deploying: { ok: true, evidence: expect.stringMatching(/to cloudformation:CreateChangeSet$/) },
      "audit table": { ok: false, mend: expect.stringContaining("deploymentId") },
      "log groups": { ok: true },
      mail: { ok: true, evidence: "off: EMAIL_FROM is not set" },
      workflow: { ok: true },
      quota: { ok: true, evidence: expect.stringContaining("Workers Paid") },
      destinations: { ok: true, evidence: "0, none of them fails" },
    });
  });

  test("says of keys that AWS does not know nothing but that", async () => {
    sts.refuses = "InvalidClientTokenId";
    const findings = await checked();
    expect([...findings].filter(([name, { ok }]) => !ok && name !== "audit table")).toMatchObject([
      ["credentials", { mend: "give Stackcast credentials that AWS accepts" }],
    ]);
    expect([...findings.keys()].filter((name) => name.includes("cloudformation"))).toEqual([]);
  });
});

test("a check of an install without keys says how its account lets it in, and tries the install all the same", async () => {
  const settings = settingsOf({
    ...env,
    AWS_ACCESS_KEY_ID: "",
    AWS_SECRET_ACCESS_KEY: "",
    AWS_ROLE_ARN: "arn:aws:iam::123456789012:role/stackcast-deploy-default",
    PUBLIC_URL: ORIGIN,
  });
  if (!settings.ok) throw new Error("wrong settings");
  const own = ownAccount(settings.value)!;
  expect(own.regions).toEqual(["us-east-1", "eu-north-1"]);
  sts.refuses = "InvalidIdentityToken";
  const findings = await accountFindings(env, settings.value, own);
  expect(findings[0]).toEqual({
    name: "role",
    ok: false,
    evidence: expect.stringContaining("InvalidIdentityToken"),
    mend: expect.stringMatching(
      /123456789012: curl .*--region us-east-1 .*Alias=default IssuerHost=stackcast\.test AllowDeploy=true; .*openid-configuration/,
    ),
  });
  expect(findings.map(({ name }) => name)).toEqual(expect.arrayContaining(["clock", "workflow", "issuer"]));
  const foreign = { ...own, roleArn: "arn:aws:iam::123456789012:role/of-our-own" };
  const [refused] = await accountFindings(env, settings.value, foreign);
  expect(refused?.mend).toContain('"stackcast.test:sub":"stackcast:account:default"');
});
