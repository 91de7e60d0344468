/** CDK apps: read from what `cdk synth` writes, shown, deployed with their assets, and followed. */
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { FakeRest, refused, succeeded } from "../client/fake-rest.ts";
import { nestedAssembly, writeAssembly } from "./cloud-assembly.ts";
import { ownFolder, run } from "./terminal-client.ts";

let folder: ReturnType<typeof ownFolder>;
let app: string;

beforeEach(() => {
  folder = ownFolder();
  app = join(folder.path, "cdk.out");
});

afterEach(() => folder.remove());

const plan = (...more: readonly string[]) =>
  run(["plan", "--app", "cdk.out", "-o", "json", ...more], { cwd: folder.path });

const planned = async (): Promise<{ stacks: Record<string, unknown>[]; notices: string[] }> => {
  const { code, stdout, stderr } = await plan();
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  return JSON.parse(stdout) as Awaited<ReturnType<typeof planned>>;
};

const ROLE = "arn:aws:iam::123456789012:role/exec-eu-west-1";

describe("an app", () => {
  test("gives its stacks with all that is said of them, those of its stages too", async () => {
    writeAssembly(
      app,
      {
        Net: {
          properties: {
            terminationProtection: true,
            tags: { team: "core" },
            parameters: { Size: "3" },
            notificationArns: ["arn:aws:sns:eu-west-1:123456789012:topic"],
          },
        },
        Data: { dependencies: ["Net"], properties: { stackName: "data-prod" } },
        West: { environment: "aws://123456789012/us-west-2" },
      },
      { artifacts: { Prod: nestedAssembly("assembly-Prod", "Data") } },
    );
    writeAssembly(join(app, "assembly-Prod"), {
      Api: { properties: { stackName: "Prod-Api" } },
      Web: { dependencies: ["Api"], properties: { stackName: "Prod-Web" } },
    });
    const common = {
      templateBody: expect.stringContaining("AWS::SQS::Queue") as string,
      capabilities: ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"],
      region: "eu-west-1",
      roleArn: ROLE,
    };
    expect(await planned()).toEqual({
      deploymentId: "plan",
      environment: "dev",
      mode: "deploy",
      notices: [],
      stacks: [
        {
          ...common,
          name: "Net",
          terminationProtection: true,
          tags: { team: "core" },
          parameters: { Size: "3" },
          notificationArns: ["arn:aws:sns:eu-west-1:123456789012:topic"],
        },
        { ...common, name: "data-prod", dependsOn: ["Net"] },
        {
          ...common,
          name: "West",
          region: "us-west-2",
          roleArn: "arn:aws:iam::123456789012:role/exec-us-west-2",
        },
        { ...common, name: "Prod-Api", dependsOn: ["data-prod"] },
        { ...common, name: "Prod-Web", dependsOn: ["data-prod", "Prod-Api"] },
      ],
    });
  });

  test("tells what it holds and is not carried out", async () => {
    const warning = [{ type: "aws:cdk:warning", data: "This queue is old" }];
    writeAssembly(
      app,
      {
        Net: {
          environment: "aws://unknown-account/unknown-region",
          properties: { assumeRoleArn: "arn:aws:iam::1:role/deploy", futureField: true },
          metadata: { "/Net/Queue": warning },
        },
      },
      { artifacts: { Odd: { type: "cdk:odd" } } },
    );
    const { notices, stacks } = await planned();
    expect(notices).toEqual([
      "artifacts of type cdk:odd are not read (Odd)",
      "This queue is old (Net)",
      "futureField is not carried out (Net)",
      "assumeRoleArn is not assumed: Stackcast acts with the role that its account has (Net)",
      "cloudFormationExecutionRoleArn needs an account and a region, and is left out (Net)",
    ]);
    expect(stacks[0]).not.toHaveProperty("region");
    expect(stacks[0]).not.toHaveProperty("roleArn");
  });

  test.each([
    ["context that is still missing", { more: { missing: [{ key: "vpc" }] } }, {}, "run cdk synth again"],
    [
      "an error of the app's own",
      {},
      { metadata: { "/": [{ type: "aws:cdk:error", data: "No VPC" }] } },
      "No VPC",
    ],
    [
      "a template of which nobody knows where it is",
      {},
      { template: `"${"x".repeat(60_000)}"`, environment: "" },
      "60002 bytes",
    ],
    [
      "a tag that AWS does not take",
      {},
      { properties: { tags: { "aws:x": "1" } } },
      "Net: tags.aws:x: must not start",
    ],
    ["no template", {}, { properties: { templateFile: "gone.json" } }, "gone.json cannot be read"],
  ])("is refused for %s", async (_what, assembly, stack, reported) => {
    writeAssembly(app, { Net: stack }, assembly);
    const { code, stderr } = await plan();
    expect(code).toBe(2);
    expect(stderr).toContain(reported);
  });

  test("is refused where there is none", async () => {
    const { code, stderr } = await plan();
    expect(code).toBe(2);
    expect(stderr).toContain("cdk.out cannot be read");
    expect(stderr).toContain("there is no such file");
  });

  test("is shown by its layers", async () => {
    writeAssembly(app, { Net: {}, Data: { dependencies: ["Net"] } });
    const { stdout } = await run(["plan", "--app", "cdk.out"], { cwd: folder.path });
    expect(stdout).toBe(
      "LAYER  STACK  REGION     AFTER\n    1  Net    eu-west-1\n    2  Data   eu-west-1  Net\n",
    );
  });
});

describe("with a server", () => {
  let server: FakeRest;
  let accounts: object[];

  beforeEach(async () => {
    accounts = [{ alias: "prod", accountId: "210987654321" }];
    server = await new FakeRest(({ url }) =>
      url === "/api/v1/accounts" ? succeeded({ items: accounts }) : refused(409, "RUN_UNDERWAY"),
    ).start();
  });

  afterEach(() => server.stop());

  const sent = (): Record<string, unknown> => {
    const asked = server.asked.find(({ method }) => method === "POST");
    return JSON.parse(asked?.body ?? "null") as Record<string, unknown>;
  };

  const deploy = (...more: readonly string[]) =>
    run(["deploy", "D1", "-e", "dev", "--app", "cdk.out", ...more, "--url", server.url], {
      cwd: folder.path,
      env: { PATH: process.env["PATH"], NOTED: join(folder.path, "published") },
    });

  /** A stand-in for CDK's program that notes what it was asked for. */
  const installPublisher = (exit = 0, name = "cdk-assets", says = "publishing"): void => {
    const bin = join(folder.path, "node_modules", ".bin");
    mkdirSync(bin, { recursive: true });
    writeFileSync(join(bin, name), `#!/bin/sh\necho "$@" >> "$NOTED"\necho ${says}\nexit ${exit}\n`);
    chmodSync(join(bin, name), 0o755);
  };

  const largeApp = (): void =>
    writeAssembly(app, { Net: { template: `"${"x".repeat(60_000)}"` }, Small: {} });

  test("a template that is too large goes by its asset, which CDK's own program publishes first", async () => {
    largeApp();
    installPublisher();
    const { stderr } = await deploy("--on-failure", "rollback");
    expect(stderr).toContain("publishing");
    expect(readFileSync(join(folder.path, "published"), "utf8")).toBe(
      `--path ${join(app, "Net.assets.json")} publish Net-hash\n`,
    );
    expect(sent()).toMatchObject({
      mode: "deploy",
      onFailure: "rollback",
      stacks: [
        {
          name: "Net",
          templateUrl:
            "https://s3.eu-west-1.amazonaws.com/cdk-hnb659fds-assets-123456789012-eu-west-1/Net-hash.json",
        },
        { name: "Small", templateBody: expect.stringContaining("AWS::SQS::Queue") as string },
      ],
    });
  });

  test("nothing is deployed whose assets could not be published", async () => {
    largeApp();
    installPublisher(3);
    const { code, stderr } = await deploy();
    expect(code).toBe(2);
    expect(stderr).toContain("cdk-assets could not publish the assets of Net.assets.json: it ended with 3");
    expect(sent()).toBeNull();
  });

  test("where cdk-assets is older than the app, or not there, cdk publishes the assets", async () => {
    largeApp();
    installPublisher(1, "cdk-assets", "Cloud assembly schema version mismatch");
    installPublisher(0, "cdk");
    await deploy();
    expect(readFileSync(join(folder.path, "published"), "utf8").split("\n")[1]).toBe(
      `publish-assets --all --app ${app} --unstable=publish-assets`,
    );
    expect(sent()).toMatchObject({ stacks: [{ name: "Net" }, { name: "Small" }] });
  });

  test("assets can be published by somebody else", async () => {
    largeApp();
    await deploy("--no-assets");
    expect(sent()).toMatchObject({ stacks: [{ name: "Net" }, { name: "Small" }] });
  });

  test("track registers the stacks with their places and their order", async () => {
    writeAssembly(app, {
      Net: {},
      Data: { dependencies: ["Net"], properties: { stackName: "data", futureField: 1 } },
    });
    const { code, stderr } = await run(
      ["track", "D1", "-e", "dev", "--app", "cdk.out", "--url", server.url],
      {
        cwd: folder.path,
      },
    );
    expect(code).toBe(2);
    expect(stderr).toContain("RUN_UNDERWAY");
    expect(sent()).toEqual({
      deploymentId: "D1",
      environment: "dev",
      mode: "track",
      stacks: [
        { name: "Net", region: "eu-west-1" },
        { name: "data", region: "eu-west-1", dependsOn: ["Net"] },
      ],
    });
  });

  test("of two accounts that the server does not know, one is not its own", async () => {
    accounts = [];
    writeAssembly(app, { Net: {}, Other: { environment: "aws://210987654321/eu-west-1" } });
    const { code, stderr } = await deploy();
    expect(code).toBe(2);
    expect(stderr).toContain("the app goes to the accounts 123456789012 and 210987654321");
  });
});
