import { readFileSync } from "node:fs";
import { parseEnv } from "node:util";
import { parse } from "smol-toml";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import packageJson from "../package.json" with { type: "json" };
import type { Env } from "../src/env.ts";
import { settingsOf } from "../src/settings.ts";

const needed = {
  AWS_REGION: "eu-west-1",
  AWS_ACCESS_KEY_ID: "AKID",
  AWS_SECRET_ACCESS_KEY: "aws-secret",
  AUTH_JWT_SECRET: "0123456789abcdef0123456789abcdef",
};

const envOf = (values: Record<string, unknown>): Env => ({ ...values }) as unknown as Env;

const problemsOf = (values: Record<string, unknown>): string[] => {
  const settings = settingsOf(envOf(values));
  return settings.ok ? [] : settings.failure.map(({ message }) => message);
};

const errors: string[] = [];

beforeEach(() => {
  errors.length = 0;
  vi.spyOn(console, "error").mockImplementation((line: string) => void errors.push(line));
});
afterEach(() => vi.restoreAllMocks());

describe("settings", () => {
  test("what is not set has the contract's default", () => {
    expect(settingsOf(envOf(needed))).toEqual({
      ok: true,
      value: {
        aws: {
          region: "eu-west-1",
          credentials: { accessKeyId: "AKID", secretAccessKey: "aws-secret" },
          endpoints: {},
        },
        pollIntervalSeconds: 3,
        stackWaitSeconds: 600,
        maxCallsPerSecond: 10,
        observeRegions: [],
        retentionDays: 365,
        gatewayShards: undefined,
        auditTable: undefined,
        logGroupPrefix: undefined,
        auth: { mode: "jwt", keys: { secret: needed.AUTH_JWT_SECRET } },
        allowedOrigins: [],
        deliveryRetrySeconds: [5, 300, 1800, 7200, 18_000, 36_000, 36_000],
        allowPrivateDestinations: false,
      },
    });
  });

  test("everything can be set", () => {
    const all = envOf({
      ...needed,
      AUTH_JWT_SECRET: "",
      AUTH_JWKS_URL: "https://keys.example/jwks",
      AUTH_ISSUER: "https://issuer.example",
      AUTH_AUDIENCE: "stackcast",
      AWS_SESSION_TOKEN: "session",
      AWS_ENDPOINT_URL: "http://127.0.0.1:4599/",
      AWS_ENDPOINT_URL_CLOUDWATCH_LOGS: "https://logs.example",
      AWS_USE_FIPS_ENDPOINT: "true",
      AWS_USE_DUALSTACK_ENDPOINT: "true",
      POLL_INTERVAL_SECONDS: "0.2",
      STACK_WAIT_SECONDS: 20,
      AWS_MAX_CALLS_PER_SECOND: "25",
      OBSERVE_REGIONS: "us-east-1, eu-west-1,us-east-1",
      GATEWAY_SHARDS: "4",
      AUDIT_TABLE: "deployment-events",
      ALLOWED_ORIGINS: "https://a.example, http://localhost:5173",
      PUBLIC_URL: "https://stackcast.example/",
      LOG_GROUP_PREFIX: "/logs/",
      EMAIL_FROM: "Stackcast <stackcast@example.com>",
      DELIVERY_RETRY_SECONDS: "1, 2,30",
      ALLOW_PRIVATE_DESTINATIONS: "true",
    });
    expect(settingsOf(all)).toEqual({
      ok: true,
      value: {
        aws: {
          region: "eu-west-1",
          credentials: { accessKeyId: "AKID", secretAccessKey: "aws-secret", sessionToken: "session" },
          endpoints: {
            all: "http://127.0.0.1:4599",
            logs: "https://logs.example",
            fips: true,
            dualStack: true,
          },
        },
        pollIntervalSeconds: 0.2,
        stackWaitSeconds: 20,
        maxCallsPerSecond: 25,
        observeRegions: ["us-east-1", "eu-west-1"],
        retentionDays: 365,
        gatewayShards: 4,
        auditTable: "deployment-events",
        auth: {
          mode: "jwt",
          keys: { jwksUrl: "https://keys.example/jwks" },
          issuer: "https://issuer.example",
          audience: "stackcast",
          access: {
            jwksUrl: "https://keys.example/jwks",
            issuer: "https://issuer.example",
            audience: "stackcast",
          },
        },
        allowedOrigins: ["https://a.example", "http://localhost:5173"],
        publicUrl: "https://stackcast.example",
        logGroupPrefix: "/logs/",
        emailFrom: "Stackcast <stackcast@example.com>",
        deliveryRetrySeconds: [1, 2, 30],
        allowPrivateDestinations: true,
      },
    });
  });

  test("without tokens no secret is needed", () => {
    expect(problemsOf({ ...needed, AUTH_JWT_SECRET: undefined, AUTH_MODE: "off" })).toEqual([]);
  });

  test("every missing one is named at once", () => {
    expect(problemsOf({})).toEqual([
      "AWS_REGION is missing",
      "AWS_ACCESS_KEY_ID is missing",
      "AWS_SECRET_ACCESS_KEY is missing",
      "AUTH_JWT_SECRET is missing (or set AUTH_JWKS_URL)",
    ]);
    expect(problemsOf({ ...needed, AUTH_JWT_SECRET: "" })).toEqual([
      "AUTH_JWT_SECRET is missing (or set AUTH_JWKS_URL)",
    ]);
  });

  test("credentials may come from a role or a container, and keys go before both", () => {
    const keyless = { ...needed, AWS_ACCESS_KEY_ID: "", AWS_SECRET_ACCESS_KEY: undefined };
    const role = {
      AWS_ROLE_ARN: "arn:aws:iam::123456789012:role/stackcast",
      PUBLIC_URL: "https://stackcast.example",
    };
    const container = {
      AWS_CONTAINER_CREDENTIALS_FULL_URI: "http://127.0.0.1:80/keys",
      AWS_CONTAINER_AUTHORIZATION_TOKEN: "token-of-the-test",
    };
    const credentialsOf = (values: Record<string, unknown>) => {
      const settings = settingsOf(envOf(values));
      return settings.ok ? settings.value.aws.credentials : settings.failure;
    };
    expect(credentialsOf({ ...keyless, ...role, ...container })).toEqual({ roleArn: role.AWS_ROLE_ARN });
    expect(credentialsOf({ ...keyless, ...container })).toEqual({
      url: "http://127.0.0.1:80/keys",
      authorizationToken: "token-of-the-test",
    });
    expect(credentialsOf({ ...needed, ...role, ...container })).toEqual({
      accessKeyId: "AKID",
      secretAccessKey: "aws-secret",
    });
    expect(problemsOf({ ...keyless, ...role, AWS_ACCESS_KEY_ID: "AKID" })).toEqual([
      "AWS_SECRET_ACCESS_KEY is missing",
    ]);
    expect(problemsOf({ ...keyless, ...role, PUBLIC_URL: "" })).toEqual([
      "PUBLIC_URL is missing: the role of AWS_ROLE_ARN trusts Stackcast by this address",
    ]);
    expect(problemsOf({ ...keyless, AWS_ROLE_ARN: "value-of-the-test" })).toEqual([
      "AWS_ROLE_ARN must be the ARN of an IAM role",
    ]);
    expect(
      problemsOf({ ...keyless, AWS_CONTAINER_CREDENTIALS_FULL_URI: "http://value-of-the-test.example" }),
    ).toEqual([
      "AWS_CONTAINER_CREDENTIALS_FULL_URI must be an https address, or an http one of this machine, without credentials",
    ]);
  });

  test("a secret and a key set together are refused", () => {
    expect(problemsOf({ ...needed, AUTH_JWKS_URL: "https://keys.example" })).toEqual([
      "AUTH_JWT_SECRET cannot be set beside AUTH_JWKS_URL",
    ]);
  });

  test.each([
    ["AWS_REGION", "us-east-1.attacker.example"],
    ["AWS_REGION", "value-of-the-test"],
    ["AWS_ENDPOINT_URL", "ftp://value-of-the-test"],
    ["AWS_ENDPOINT_URL_DYNAMODB", "https://user:value-of-the-test@aws.example"],
    ["POLL_INTERVAL_SECONDS", "0.1"],
    ["POLL_INTERVAL_SECONDS", "value-of-the-test"],
    ["POLL_INTERVAL_SECONDS", "-3"],
    ["POLL_INTERVAL_SECONDS", "0x10"],
    ["STACK_WAIT_SECONDS", "value-of-the-test"],
    ["AUDIT_TABLE", "value of the test"],
    ["LOG_GROUP_PREFIX", "value of the test"],
    ["LOG_GROUP_PREFIX", "aws/value-of-the-test"],
    ["EMAIL_FROM", "value-of-the-test"],
    ["EMAIL_FROM", "a@example.com\r\nBcc: value-of-the-test@example.com"],
    ["DELIVERY_RETRY_SECONDS", "5,value-of-the-test"],
    ["ALLOW_PRIVATE_DESTINATIONS", "value-of-the-test"],
    ["AWS_USE_FIPS_ENDPOINT", "value-of-the-test"],
    ["AUTH_MODE", "value-of-the-test"],
    ["AUTH_JWT_SECRET", "value-of-the-test"],
    ["ALLOWED_ORIGINS", "*"],
    ["ALLOWED_ORIGINS", "https://value-of-the-test/path"],
    ["ALLOWED_ORIGINS", "https://a.example,null"],
    ["PUBLIC_URL", "value-of-the-test"],
  ])("a malformed %s is named, and its value is told nowhere", (name, value) => {
    const problems = problemsOf({ ...needed, [name]: value });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(new RegExp(`^${name} `));
    if (value.length > 8) expect([...problems, ...errors].join()).not.toContain(value);
  });

  test("the log is told once for each environment", () => {
    const env = envOf({ ...needed, AWS_REGION: "" });
    settingsOf(env);
    settingsOf(env);
    expect(errors).toEqual([
      JSON.stringify({
        level: "error",
        message: "Settings are wrong",
        problems: ["AWS_REGION is missing"],
      }),
    ]);
  });
});

describe("what Deploy to Cloudflare asks for", () => {
  const example = parseEnv(readFileSync(".dev.vars.example", "utf8"));
  const { bindings } = packageJson.cloudflare;

  test("makes a Worker whose settings are whole, once it is filled in", () => {
    const filled = Object.fromEntries(Object.keys(example).map((name) => [name, "x".repeat(40)]));
    const { vars } = parse(readFileSync("wrangler.toml", "utf8"));
    expect(problemsOf({ ...(vars as Record<string, string>), ...filled })).toEqual([]);
  });

  test("has no value of its own, which would be deployed as it is, and says what each is", () => {
    expect(Object.values(example).filter((value) => value !== "")).toEqual([]);
    expect(Object.keys(bindings).toSorted()).toEqual([...Object.keys(example), "AWS_REGION"].toSorted());
  });
});
