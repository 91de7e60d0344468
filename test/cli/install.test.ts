import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import fc from "fast-check";
import { parse } from "smol-toml";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { configOf, configText, configTemplateOf, writtenOf } from "../../src/cli/install/worker-config.ts";
import { FakeRest, succeeded } from "../client/fake-rest.ts";
import { ownFolder, run } from "./terminal-client.ts";

/** In the order in which they are read. */
const SECRETS = {
  AUTH_JWT_SECRET: "the-jwt-secret-of-the-test-0123456789",
  AWS_ACCESS_KEY_ID: "AKIDOFTHETEST",
  AWS_SECRET_ACCESS_KEY: "the-key-of-the-test",
};

const template = configTemplateOf(readFileSync("wrangler.toml", "utf8"));

let folder: ReturnType<typeof ownFolder>;
let server: FakeRest;

/** A program that keeps what it is given, and answers as wrangler does. */
const WRANGLER = `#!/usr/bin/env node
import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
const argv = process.argv.slice(2);
const input = argv[0] === "deploy" ? "" : readFileSync(0, "utf8");
appendFileSync(process.env.CALLS, JSON.stringify({ argv, input }) + "\\n");
if (argv[1] === "list" && !existsSync(process.env.CALLS + ".there")) {
  console.error(process.env.LISTING ?? 'Worker "' + argv[3] + '" not found.');
  process.exit(1);
}
if (argv[0] === "deploy") {
  writeFileSync(process.env.CALLS + ".there", "");
  const targets = ["schedule: * * * * *", process.env.TARGET];
  writeFileSync(process.env.WRANGLER_OUTPUT_FILE_PATH, JSON.stringify({ type: "deploy", version_id: process.env.ABORTED ? null : "v1", targets }) + "\\n");
}
`;

beforeEach(async () => {
  folder = ownFolder();
  server = await new FakeRest(({ url }) =>
    succeeded(
      url.endsWith("/check")
        ? { ok: true, findings: [{ name: "clock", ok: true, evidence: "right" }] }
        : { items: [] },
    ),
  ).start();
  mkdirSync(join(folder.path, "bin"));
  mkdirSync(join(folder.path, "project"));
  const program = join(folder.path, "bin", "wrangler");
  writeFileSync(`${program}.mjs`, WRANGLER);
  writeFileSync(program, `#!/bin/sh\nexec node ${program}.mjs "$@"\n`);
  chmodSync(program, 0o755);
});

afterEach(async () => {
  await server.stop();
  folder.remove();
});

const project = (): string => join(folder.path, "project");

const install = (argv: readonly string[], input = "", more: Record<string, string> = {}) =>
  run(["install", ...argv], {
    cwd: project(),
    input,
    env: {
      PATH: [join(folder.path, "bin"), process.env["PATH"]].join(delimiter),
      CALLS: join(folder.path, "calls"),
      TARGET: server.url,
      ...more,
    },
  });

const calls = (): { argv: string[]; input: string }[] => {
  const file = join(folder.path, "calls");
  if (!existsSync(file)) return [];
  return readFileSync(file, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { argv: string[]; input: string });
};

const lines = (secrets: Readonly<Record<string, string>>): string =>
  Object.entries(secrets)
    .map(([name, value]) => `${name}=${value}\n`)
    .join("");

const NEW = ["--name", "dev", "--region", "eu-west-1"] as const;

/** What one Cloudflare account has once. */
const uniqueIn = (config: object): string[] => {
  const { name, workflows, ratelimits } = config as {
    name: string;
    workflows: { name: string }[];
    ratelimits: { namespace_id: string }[];
  };
  return [
    `worker ${name}`,
    ...workflows.map((one) => `workflow ${one.name}`),
    ...ratelimits.map((one) => `counter ${one.namespace_id}`),
  ];
};

describe("install --dry-run", () => {
  test("prints a configuration that a parser reads, with the project's bindings, and changes nothing", async () => {
    const { code, stdout } = await install([...NEW, "--dry-run"]);
    const config = parse(stdout);
    const own = parse(readFileSync("wrangler.toml", "utf8"));
    expect(code).toBe(0);
    expect(config).toMatchObject({
      name: "dev",
      keep_vars: true,
      minify: true,
      upload_source_maps: true,
      vars: { AWS_REGION: "eu-west-1" },
      durable_objects: own["durable_objects"],
      migrations: own["migrations"],
      triggers: own["triggers"],
    });
    expect(stdout).toContain("secret bulk --config");
    expect({ calls: calls(), files: readdirSync(project()) }).toEqual({ calls: [], files: [] });
  });

  test("of two names has nothing in common that an account has once", () => {
    const name = fc.stringMatching(/^[a-z]([a-z0-9-]{0,12}[a-z0-9])?$/);
    fc.assert(
      fc.property(name, name, (one, other) => {
        fc.pre(one !== other);
        const [first, second] = [one, other].map((each) => {
          const config = configOf(
            template,
            each,
            {},
            { folder: "/x", root: "/y", script: undefined },
            undefined,
          );
          return uniqueIn(parse(configText(config)));
        });
        expect(first!.filter((each) => second!.includes(each))).toEqual([]);
        expect([...first!, ...second!].filter((each) => !/counter [1-9]\d{3,9}$/.test(each))).toHaveLength(4);
      }),
    );
  });

  test("names the role that the account's template makes, where an account lets it in without a key", async () => {
    const keyless = ["--account-id", "123456789012", "--public-url", "https://cast.example.com", "--dry-run"];
    const roles = await Promise.all(
      [
        [...NEW, ...keyless],
        [...NEW, ...keyless, "--allow-deploy"],
        ["--name", "dev", "--region", "cn-north-1", ...keyless],
      ].map(async (argv) => parse((await install(argv)).stdout)["vars"]),
    );
    expect(roles).toMatchObject([
      { AWS_ROLE_ARN: "arn:aws:iam::123456789012:role/stackcast-observe-default" },
      { AWS_ROLE_ARN: "arn:aws:iam::123456789012:role/stackcast-deploy-default" },
      { AWS_ROLE_ARN: "arn:aws-cn:iam::123456789012:role/stackcast-observe-default" },
    ]);
    const asked = await run(["install", "--dry-run"], {
      cwd: project(),
      isAsked: true,
      input: "dev\neu-west-1\n1234\n123456789012\nperhaps\nyes\ntoken\nhttps://cast.example.com\n",
    });
    expect(asked.stderr).toContain("It must be the twelve digits");
    expect(parse(asked.stdout)).toMatchObject({
      vars: {
        AWS_ROLE_ARN: "arn:aws:iam::123456789012:role/stackcast-deploy-default",
        PUBLIC_URL: "https://cast.example.com",
      },
    });
  });

  test("keeps the names of an install that was made by hand", async () => {
    const { stdout } = await install(["--name", template.name, "--region", "us-east-1", "--dry-run"]);
    expect(uniqueIn(parse(stdout))).toEqual(uniqueIn(parse(readFileSync("wrangler.toml", "utf8"))));
  });
});

describe("install", () => {
  test("deploys, gives secrets to wrangler's input alone, and ends with doctor", async () => {
    const { code, stdout, stderr } = await install([...NEW, "--secrets"], lines(SECRETS));
    const file = join(project(), "stackcast.dev.toml");
    expect({ code, stderr: stderr.includes("stackcast:") }).toEqual({ code: 0, stderr: false });
    expect(calls()).toEqual([
      { argv: ["secret", "list", "--name", "dev"], input: "" },
      { argv: ["deploy", "--config", file, "--strict"], input: "" },
      { argv: ["secret", "bulk", "--config", file], input: JSON.stringify(SECRETS) },
    ]);
    expect(stdout).toBe(`dev is installed: ${server.url}\ndefault:\n  ✓ clock: right\n`);
    const written = readdirSync(project()).map((one) => readFileSync(join(project(), one), "utf8"));
    expect(written).toHaveLength(1);
    for (const value of Object.values(SECRETS))
      expect([...written, stdout, stderr].join("\n")).not.toContain(value);
  });

  test("makes the secret of tokens once, and shows it once", async () => {
    const { AUTH_JWT_SECRET: _, ...keys } = SECRETS;
    const first = await install([...NEW, "--secrets"], JSON.stringify(keys));
    const made = /^AUTH_JWT_SECRET=(.{43})$/m.exec(first.stdout)?.[1];
    expect(JSON.parse(calls()[2]!.input)).toEqual({ ...keys, AUTH_JWT_SECRET: made });
    const again = await install(NEW);
    expect({ code: again.code, stdout: again.stdout }).toEqual({
      code: 0,
      stdout: `dev is installed: ${server.url}\n`,
    });
    expect(
      calls()
        .slice(3)
        .map(({ argv }) => argv.slice(0, 2).join(" ")),
    ).toEqual(["secret list", `deploy --config`]);
  });

  test("keeps what was changed by hand in its file", async () => {
    await install([...NEW, "--secrets"], lines(SECRETS));
    const file = join(project(), "stackcast.dev.toml");
    const byHand = readFileSync(file, "utf8").replace(
      'AWS_REGION = "eu-west-1"',
      '$&\nAUDIT_TABLE = "events"',
    );
    writeFileSync(file, `account_id = "1234"\n${byHand}`);
    await install(["--name", "dev"]);
    expect(writtenOf(readFileSync(file, "utf8"))).toMatchObject({
      vars: { AWS_REGION: "eu-west-1", AUDIT_TABLE: "events" },
      all: { account_id: "1234" },
    });
  });

  test("does not replace a Worker that it does not know", async () => {
    writeFileSync(join(folder.path, "calls.there"), "");
    const { code, stderr } = await install([...NEW, "--secrets"], lines(SECRETS));
    expect({ code, calls: calls().length, files: readdirSync(project()) }).toEqual({
      code: 2,
      calls: 1,
      files: [],
    });
    expect(stderr).toContain("WORKER_EXISTS");
    expect((await install([...NEW, "--upgrade"])).code).toBe(0);
  });

  test("asks on a terminal", async () => {
    const ran = await run(["install", "--dry-run"], {
      cwd: project(),
      isAsked: true,
      input: "\nEurope\neu-west-1\n\noidc\nhttps://id.example.com/\nclient\nhttps://cast.example.com\n",
    });
    expect(ran).toMatchObject({ code: 0, stderr: expect.stringContaining("It must be an AWS region") });
    expect(parse(ran.stdout)).toMatchObject({
      name: "stackcast",
      vars: {
        AWS_REGION: "eu-west-1",
        OIDC_ISSUER: "https://id.example.com",
        OIDC_CLIENT_ID: "client",
        PUBLIC_URL: "https://cast.example.com",
      },
      routes: [{ pattern: "cast.example.com", custom_domain: true }],
    });
  });

  test("checks again on a terminal until all works, or somebody has enough", async () => {
    let checks = 0;
    await server.stop();
    server = await new FakeRest(({ url }) => {
      if (url.endsWith("/check")) checks += 1;
      const finding = { name: "role", ok: checks >= 3, evidence: "seen", mend: "let Stackcast in" };
      return succeeded(url.endsWith("/check") ? { ok: finding.ok, findings: [finding] } : { items: [] });
    }).start();
    // No account, no address, two keys; then Enter twice.
    const ended = await run(["install", ...NEW, "--sign-in", "token"], {
      cwd: project(),
      isAsked: true,
      input: "\n\nAKIDOFTHETEST\nthe-key-of-the-test\n\n\n",
      env: {
        PATH: [join(folder.path, "bin"), process.env["PATH"]].join(delimiter),
        CALLS: join(folder.path, "calls"),
        TARGET: server.url,
      },
    });
    expect({ code: ended.code, checks }).toEqual({ code: 0, checks: 3 });
  });

  const short = { ...SECRETS, AUTH_JWT_SECRET: "short-secret" };
  test.each([
    ["no name", ["--region", "eu-west-1"], "", "--name: is missing"],
    ["no region", ["--name", "dev"], "", "--region: is missing"],
    ["a name that cannot be one", ["--name", "Dev_1"], "", "40 lower-case letters"],
    [
      "a role without an address",
      [...NEW, "--role-arn", "arn:aws:iam::123456789012:role/x"],
      "",
      "--public-url: is missing",
    ],
    ["sign-in without its provider", [...NEW, "--sign-in", "oidc"], "", "--oidc-issuer: is missing"],
    ["no keys", NEW, "", "AWS_SECRET_ACCESS_KEY: is missing"],
    ["a secret that is too short", [...NEW, "--secrets"], lines(short), "at least 32 bytes"],
    [
      "a secret that nobody knows",
      [...NEW, "--secrets"],
      lines({ ...SECRETS, OTHER: "other-secret" }),
      "secret 4 of the input",
    ],
    ["an input that is none", [...NEW, "--secrets"], "other-secret", "NAME=value"],
    ["no input", [...NEW, "--secrets"], "", "no secrets"],
  ])("with %s ends with 2 and changes nothing", async (_what, argv, input, said) => {
    const { code, stdout, stderr } = await install(argv, input);
    expect({ code, stdout, files: readdirSync(project()) }).toEqual({ code: 2, stdout: "", files: [] });
    expect(stderr).toContain(said);
    expect(stderr).not.toContain("-secret\n");
    expect(calls().filter(({ argv: [first] }) => first === "deploy")).toEqual([]);
  });

  test("sets no secrets where wrangler gave up, which ends with 0", async () => {
    const { code, stderr } = await install([...NEW, "--secrets"], lines(SECRETS), { ABORTED: "yes" });
    expect({ code, calls: calls().map(({ argv }) => argv[0]) }).toEqual({
      code: 1,
      calls: ["secret", "deploy"],
    });
    expect(stderr).toContain("WRANGLER");
  });

  test("without Cloudflare says what wrangler said", async () => {
    const { code, stderr } = await install([...NEW, "--secrets"], lines(SECRETS), {
      LISTING: "You must be logged in.",
    });
    expect({ code, files: readdirSync(project()) }).toEqual({ code: 1, files: [] });
    expect(stderr).toContain("You must be logged in.");
  });
});
