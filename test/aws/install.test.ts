/** The policies and the template of an account: made of what the code can send. */
import { spawnSync } from "node:child_process";
import { accessSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { describe, expect, it, test } from "vitest";
import { accountTemplate } from "../../src/aws/install/account-template.ts";
import { openingOf } from "../../src/aws/install/opening.ts";
import { deploying, explaining, observing, policyOf, rightsFor } from "../../src/aws/install/policies.ts";
import { ACTIONS, type Use } from "../../src/aws/transport/actions.ts";
import type { Account } from "../../src/protocol/accounts.ts";

const root = join(import.meta.dirname, "../..");

const sources = globSync("src/aws/{cloudformation,services,identity}/*.ts", { cwd: root }).map((file) =>
  readFileSync(join(root, file), "utf8"),
);

/** Names of actions as calls spell them. */
const sent = new Set(
  sources.flatMap((text) =>
    [
      /\b(?:ask|call|targetOf|assumed)\(\s*(?:session,\s*)?"([A-Z]\w+)"/g,
      /\baction: "([A-Z]\w+)"/g,
      /\/v2\/email\/(outbound-emails)/g,
      /\bmethod: "(PUT)"/g,
    ].flatMap((pattern) => [...text.matchAll(pattern)].map(([, name]) => name!)),
  ),
);

describe("the list of actions", () => {
  it("holds each action that the code can send, and no other", () => {
    const called: Readonly<Record<string, string>> = { "outbound-emails": "SendEmail", PUT: "PutObject" };
    const named = [...sent].map((name) => called[name] ?? name);
    const listed = Object.values(ACTIONS).flatMap((actions) => Object.keys(actions));
    expect(named.toSorted()).toEqual([...new Set(listed)].toSorted());
  });

  it("makes policies in which each right stands once, for what it is needed", () => {
    const uses: readonly Use[] = ["observe", "deploy", "audit", "logs", "mail", "explain"];
    const rights = uses.flatMap((use) => rightsFor(use));
    expect(new Set(rights).size).toBe(rights.length);
    expect(rightsFor("observe")).toEqual([
      "cloudformation:DescribeStacks",
      "cloudformation:DescribeStackEvents",
      "cloudformation:DescribeChangeSet",
      "cloudformation:DescribeEvents",
      "cloudformation:GetTemplate",
      "cloudformation:ListStackResources",
      "cloudformation:ListStacks",
      "cloudformation:DescribeStackResource",
      "cloudformation:DescribeStackResources",
      "cloudformation:DescribeStackResourceDrifts",
      "cloudformation:GetTemplateSummary",
      "cloudformation:ListChangeSets",
      "cloudformation:ListExports",
      "cloudformation:ListImports",
    ]);
    expect(rightsFor("deploy")).toEqual(
      expect.arrayContaining(["ec2:CreateTags", "s3:GetObject", "cloudformation:TagResource"]),
    );
    expect(rightsFor("observe").filter((right) => !/:(Describe|Get|List)/.test(right))).toEqual([]);
  });
});

describe("README's policies", () => {
  const readme = ["README.md", "src/aws/install/README.md"]
    .map((file) => readFileSync(join(root, file), "utf8"))
    .join("\n");

  it("names no right that is not on the list, and shows no policy of its own", () => {
    expect(readme).not.toContain('"Effect"');
    const rights = Object.entries(ACTIONS).flatMap(([service, actions]) =>
      Object.keys(actions).map((action) => `${service}:${action}`),
    );
    const known = new Set([...rights, ...rightsFor("deploy"), "iam:PassRole"]);
    const named = [...readme.matchAll(/`((?:cloudformation|dynamodb|logs|ec2|ses|s3|iam):[A-Z]\w+)`/g)];
    expect(named.map(([, right]) => right!).filter((right) => !known.has(right))).toEqual([]);
  });
});

const linters = [...(process.env["PATH"] ?? "").split(delimiter), "/root/.pyenv/shims"]
  .map((folder) => join(folder, "cfn-lint"))
  .filter((path) => {
    try {
      accessSync(path);
      return true;
    } catch {
      return false;
    }
  });

describe("the account's template", () => {
  it("gives its roles the generated policies, and one role to pass on", () => {
    const { ObserveRole, DeployRole } = accountTemplate().Resources;
    expect(ObserveRole.Properties.Policies[0]).toEqual({
      PolicyName: "observe",
      PolicyDocument: policyOf(observing(), explaining()),
    });
    expect(DeployRole.Properties.Policies).toEqual([
      { PolicyName: "deploy", PolicyDocument: policyOf(observing(), explaining(), deploying()) },
      ObserveRole.Properties.Policies[1],
      {
        "Fn::If": [
          "PassesRole",
          {
            PolicyName: "pass-role",
            PolicyDocument: policyOf({
              Sid: "PassExecutionRole",
              Effect: "Allow",
              Action: ["iam:PassRole"],
              Resource: { Ref: "ExecutionRoleArn" },
              Condition: { StringEquals: { "iam:PassedToService": "cloudformation.amazonaws.com" } },
            }),
          },
          { Ref: "AWS::NoValue" },
        ],
      },
    ]);
  });

  it("fits into one call of CloudFormation's", () => {
    expect(JSON.stringify(accountTemplate()).length).toBeLessThan(51_200);
  });

  test.skipIf(linters.length === 0)("is found right by cfn-lint", { timeout: 240_000 }, () => {
    const folder = mkdtempSync(join(tmpdir(), "stackcast-template-"));
    const file = join(folder, "account.json");
    writeFileSync(file, JSON.stringify(accountTemplate()));
    const { status, stdout } = spawnSync(linters[0]!, ["--non-zero-exit-code", "informational", file], {
      encoding: "utf8",
    });
    rmSync(folder, { recursive: true });
    expect([stdout.trim(), status]).toEqual(["", 0]);
  });
});

describe("what an account's owner is given", () => {
  const account: Account = {
    alias: "prod",
    accountId: "210987654321",
    roleArn: "arn:aws:iam::210987654321:role/stackcast-observe-prod",
    externalId: "an-external-id",
    deployRoleArn: "arn:aws:iam::210987654321:role/stackcast-deploy-prod",
    regions: ["eu-west-1", "us-east-1"],
    observe: true,
    trust: "web-identity",
    issuer: "https://stackcast.example",
    createdBy: "kim",
    createdAt: "2026-11-30T12:00:00.000Z",
    updatedAt: "2026-11-30T12:00:00.000Z",
  };

  const parametersIn = (address = "") =>
    Object.fromEntries(new URLSearchParams(address.slice(address.indexOf("/review?") + "/review?".length)));

  it("pins the issuer, the audience and the account's own subject", () => {
    const { trustPolicy, quickCreateUrl } = openingOf(account, "");
    expect(trustPolicy.Statement).toEqual([
      {
        Effect: "Allow",
        Principal: { Federated: "arn:aws:iam::210987654321:oidc-provider/stackcast.example" },
        Action: "sts:AssumeRoleWithWebIdentity",
        Condition: {
          StringEquals: {
            "stackcast.example:aud": "sts.amazonaws.com",
            "stackcast.example:sub": "stackcast:account:prod",
          },
        },
      },
    ]);
    expect(parametersIn(quickCreateUrl["eu-west-1"])).toEqual({
      templateURL: "https://stackcast.example/install/account-template.json",
      stackName: "stackcast",
      param_Alias: "prod",
      param_IssuerHost: "stackcast.example",
      param_AllowDeploy: "true",
    });
    expect(parametersIn(quickCreateUrl["us-east-1"])).toMatchObject({ param_CreateRoles: "false" });
  });

  it("pins the external id where Stackcast has keys of its own", () => {
    const principal = "arn:aws:iam::123456789012:user/stackcast";
    const { trustPolicy, quickCreateUrl, installCommand } = openingOf(
      { ...account, trust: "external-id" },
      principal,
    );
    expect(trustPolicy.Statement).toEqual([
      {
        Effect: "Allow",
        Principal: { AWS: principal },
        Action: "sts:AssumeRole",
        Condition: { StringEquals: { "sts:ExternalId": "an-external-id" } },
      },
    ]);
    expect(parametersIn(quickCreateUrl["eu-west-1"])).toMatchObject({
      param_TrustedPrincipal: principal,
      param_ExternalId: "an-external-id",
    });
    expect(installCommand).toContain(
      `TrustedPrincipal=${principal} ExternalId=an-external-id AllowDeploy=true`,
    );
  });

  it("fills in parameters that the template has", () => {
    const known = Object.keys(accountTemplate().Parameters);
    for (const trust of ["web-identity", "external-id"] as const) {
      const given = Object.values(openingOf({ ...account, trust }, "arn:aws:iam::1:root").quickCreateUrl)
        .flatMap((address) => Object.keys(parametersIn(address)))
        .filter((name) => name.startsWith("param_"));
      expect(given.filter((name) => !known.includes(name.replace("param_", "")))).toEqual([]);
    }
  });
});
