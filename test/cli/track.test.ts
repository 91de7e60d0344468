/** Following what something else deploys: stacks from everywhere they are named, and a command that is run beside. */
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { AwsClient } from "aws4fetch";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { verifySignature, signatureClaimOf } from "../../src/auth/request-signature.ts";
import { servePassing } from "../../src/cli/running/passing-server.ts";
import { FakeRest, succeeded } from "../client/fake-rest.ts";
import { freePort } from "../../src/cli/local/worker-process.ts";
import { LAUNCHER, stackcast } from "../support/stackcast-process.ts";
import { ownFolder, run } from "./terminal-client.ts";

let folder: ReturnType<typeof ownFolder>;
let server: FakeRest;

const SUMMARY = { deployedStacks: 2, skippedStacks: 0, failedStacks: 1, totalStacks: 3 };
const STANDING = {
  deploymentId: "D1",
  environment: "dev",
  run: 4,
  status: "failed",
  totalLayers: 2,
  stacks: { a: {}, b: {}, c: {} },
  summary: SUMMARY,
  cause: { path: "app/Queue", reason: "no more queues" },
  epoch: "first",
  offset: 9,
};

beforeEach(async () => {
  folder = ownFolder();
  server = await new FakeRest(() => succeeded(STANDING)).start();
});

afterEach(async () => {
  await server.stop();
  folder.remove();
});

const write = (name: string, text: string): void => {
  const file = join(folder.path, name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
};

const sent = (): unknown => {
  const asked = server.asked.find(({ method }) => method === "POST");
  return asked && (JSON.parse(asked.body) as Record<string, unknown>)["stacks"];
};

const TRACK = ["track", "D1", "-e", "dev"];

describe("track", () => {
  const track = (argv: readonly string[], input = "") =>
    run([...TRACK, ...argv, "--url", server.url], { cwd: folder.path, input });

  test("says what is followed, and where to look", async () => {
    expect(await track(["--stacks", "a,b"])).toEqual({
      code: 0,
      stderr: "",
      stdout:
        `D1-dev, run 4: 3 stacks in 2 layers are followed\n  look   ${server.url}/deployments/D1/dev\n` +
        "  or     stackcast watch D1 --environment dev\n",
    });
  });

  test.each([
    ["names", ["--stacks", "a, eu-west-1/b"], "", [{ name: "a" }, { name: "b", region: "eu-west-1" }]],
    [
      "names in a region",
      ["--stacks", "a,us-east-1/a", "--region", "eu-west-1"],
      "",
      [
        { name: "eu-west-1.a", stackName: "a", region: "eu-west-1" },
        { name: "us-east-1.a", stackName: "a", region: "us-east-1" },
      ],
    ],
    ["lines", ["--stack-file", "-"], "a # first\n\n b\tc", [{ name: "a" }, { name: "b" }, { name: "c" }]],
    [
      "JSON",
      ["--stack-file", "-"],
      '["a", {"name": "b", "dependsOn": ["a"]}]',
      [{ name: "a" }, { name: "b", dependsOn: ["a"] }],
    ],
    ["SAM", ["--app", "samconfig.toml"], "", [{ name: "sam-app", region: "eu-west-1" }]],
    ["Serverless", ["--app", "."], "", [{ name: "shop-live", region: "us-west-2" }]],
    ["a plan", ["--plan", "plan.yaml"], "", [{ name: "a" }, { name: "b", dependsOn: ["a"] }]],
  ])("reads %s", async (what, argv, input, stacks) => {
    if (what === "SAM")
      write(
        "samconfig.toml",
        'version = 0.1\n[default.global.parameters]\nstack_name = "sam-app"\n[default.deploy.parameters]\nregion = "eu-west-1"\n',
      );
    const provider = { name: "aws", stage: "live", region: "us-west-2" };
    if (what === "Serverless")
      write(".serverless/serverless-state.json", JSON.stringify({ service: { service: "shop", provider } }));
    write("t.json", "{}");
    write(
      "plan.yaml",
      "stacks:\n  - { name: a, template: t.json }\n  - { name: b, dependsOn: [a], template: t.json }\n",
    );
    expect(await track(argv, input)).toMatchObject({ code: 0, stderr: "" });
    expect(sent()).toEqual(stacks);
  });

  test.each([
    ["nothing", [], "which stacks?"],
    ["two sources", ["--stacks", "a", "--app", "cdk.out"], "Give one of"],
    ["no name", ["--stacks", "a,b!"], "b!: stackName: must start with a letter"],
    ["no place", ["--stacks", "moon/a"], '"moon/a" is no stack'],
    ["an empty input", ["--stack-file", "-"], "the input: names no stack"],
    ["no file", ["--stack-file", "gone"], "gone cannot be read"],
    ["no app", ["--app", "gone"], "--app needs the folder that cdk synth writes"],
  ])("refuses %s", async (_what, argv, reported) => {
    const { code, stderr } = await track(argv);
    expect(code).toBe(2);
    expect(stderr).toContain(reported);
    expect(sent()).toBeUndefined();
  });
});

describe("run", () => {
  const begin = (argv: readonly string[], url = server.url) =>
    stackcast(["run", "D1", "-e", "dev", "--stacks", "a,b", "--url", url, "--", ...argv], {
      cwd: folder.path,
    });

  test("ends with the command's code, and says on stderr how the deployment ended", async () => {
    const { code, stdout, stderr } = await begin(["sh", "-c", "echo out; echo err >&2; exit 7"]).ended;
    expect({ code, stdout }).toEqual({ code: 7, stdout: "out\n" });
    expect(stderr).toBe(
      "err\nstackcast: D1-dev: failed, 2 deployed, 1 failed of 3 stacks\n" +
        `  cause  app/Queue: no more queues\n  look   ${server.url}/deployments/D1/dev\n`,
    );
    expect(sent()).toEqual([{ name: "a" }, { name: "b" }]);
  });

  test("runs the command all the same when the server is down, and one that does not exist is told", async () => {
    const nobody = `http://127.0.0.1:${await freePort()}`;
    const ended = await begin(["sh", "-c", "exit 3"], nobody).ended;
    expect(ended.code).toBe(3);
    expect(ended.stderr).toContain("the command is run, and not followed");
    expect((await begin(["no-such-command"], nobody).ended).code).toBe(127);
  });

  test("passes signals on, and is killed by what killed the command", async () => {
    const caught = begin([
      "sh",
      "-c",
      "trap 'echo caught; exit 5' TERM; echo ready; while :; do sleep 0.05; done",
    ]);
    await caught.saw("ready");
    caught.signal("SIGTERM");
    expect(await caught.ended).toMatchObject({ code: 5, stdout: "ready\ncaught\n" });
    const killed = begin(["sh", "-c", "kill -KILL $$"]);
    expect((await killed.ended).code).toBeNull();
  });

  const hasScript = spawnSync("script", ["--version"]).status === 0;

  test.skipIf(!hasScript)(
    `leaves the terminal to the command${hasScript ? "" : " – skipped: there is no script(1)"}`,
    () => {
      const child = "test -t 0 && test -t 1 && read line && echo got:$line && exit 6";
      const line = [
        process.execPath,
        LAUNCHER,
        "run",
        "D1",
        "-e",
        "dev",
        "--url",
        "http://127.0.0.1:1",
        "--",
      ];
      const { status, stdout } = spawnSync(
        "script",
        ["--quiet", "--return", "--command", `${line.join(" ")} sh -c '${child}'`, "/dev/null"],
        { cwd: folder.path, encoding: "utf8", input: "hello\n" },
      );
      expect(status).toBe(6);
      expect(stdout).toContain("got:hello");
    },
  );
});

describe("run --endpoint", () => {
  const KEY = { accessKeyId: "STCK01", secretAccessKey: "made-secret" };
  const OWN = { accessKeyId: "AKIDOWN", secretAccessKey: "own-secret", sessionToken: "own-token" };
  const FORM = "Action=DescribeStacks&StackName=app";

  const begin = (stacks: string) =>
    stackcast(
      [
        "run",
        "D1",
        "-e",
        "dev",
        "--stack-file",
        "stacks.json",
        "--url",
        server.url,
        "--endpoint",
        "--",
      ].concat(["sh", "-c", "echo $AWS_ENDPOINT_URL_CLOUDFORMATION; exit 7"]),
      { cwd: (write("stacks.json", stacks), folder.path), env: { AWS_ENDPOINT_URL_CLOUDFORMATION: "own" } },
    ).ended;

  const asked = () =>
    server.asked
      .filter(({ url }) => url.startsWith("/api/v1/endpoint-keys"))
      .map(({ method, url, body }) => [method, url, body]);

  test("gives the command an address of its own, with a key of the stacks' account that ends with it", async () => {
    server.answer = ({ method, url }) =>
      url.startsWith("/api/v1/endpoint-keys")
        ? method === "DELETE"
          ? { status: 204 }
          : succeeded({ ...KEY, expiresAt: "2030-01-01T00:00:00.000Z" })
        : succeeded(STANDING);
    const { code, stdout } = await begin('[{"name":"a","account":"prod"},{"name":"b","account":"prod"}]');
    expect(code).toBe(7);
    expect(stdout).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/[\w-]{32}\n$/);
    expect(asked()).toEqual([
      ["POST", "/api/v1/endpoint-keys", JSON.stringify({ account: "prod", name: "stackcast run" })],
      ["DELETE", "/api/v1/endpoint-keys/STCK01", ""],
    ]);
  });

  test("runs the command as it is where stacks of several accounts leave open whose are meant", async () => {
    const { code, stdout, stderr } = await begin('[{"name":"a","account":"prod"},{"name":"b"}]');
    expect({ code, stdout, asked: asked() }).toEqual({ code: 7, stdout: "own\n", asked: [] });
    expect(stderr).toContain("the command asks CloudFormation itself, and not through Stackcast");
    expect(stderr).toContain("the stacks are of prod, default");
  });

  test("signs again what the command has signed, and passes it and its answer on", async () => {
    const service = "cloudformation";
    const region = "eu-west-1";
    const root = `${server.url}/aws/prod`;
    const passing = await servePassing(KEY, (signedFor) => `${root}/${signedFor}`);
    const body = { status: 400, body: "<ErrorResponse/>", headers: { "Content-Type": "text/xml" } };
    server.answer = () => body;
    const own = new AwsClient({ ...OWN, service, region, retries: 0 });
    const answer = await own.fetch(`${passing.url}/`, {
      method: "POST",
      body: FORM,
      headers: { "amz-sdk-invocation-id": "one" },
    });
    expect([answer.status, await answer.text(), answer.headers.get("Content-Type")]).toEqual([
      400,
      "<ErrorResponse/>",
      "text/xml",
    ]);
    const [request] = server.asked;
    expect(request).toMatchObject({ method: "POST", url: "/aws/prod/eu-west-1/", body: FORM });
    const headers = new Headers(request!.headers as Record<string, string>);
    expect([headers.get("amz-sdk-invocation-id"), headers.get("x-amz-security-token")]).toEqual([
      "one",
      null,
    ]);
    const claim = signatureClaimOf(headers, { service, region }, Date.now());
    if (!claim.ok) throw new Error(claim.failure.message);
    expect(claim.value.accessKeyId).toBe(KEY.accessKeyId);
    const signed = {
      method: "POST",
      target: request!.url,
      headers,
      body: Uint8Array.from(Buffer.from(FORM)),
    };
    const expected = { service, region, host: headers.get("host") ?? "" };
    expect((await verifySignature(claim.value, signed, expected, [KEY.secretAccessKey])).ok).toBe(true);

    const other = new AwsClient({ ...OWN, service: "sts", region, retries: 0 });
    expect((await other.fetch(`${passing.url}/`, { method: "POST", body: FORM })).status).toBe(403);
    expect((await own.fetch(new URL("/else/", passing.url), { method: "POST", body: FORM })).status).toBe(
      403,
    );
    expect(server.asked).toHaveLength(1);
    await server.stop();
    const lost = await own.fetch(`${passing.url}/`, { method: "POST", body: FORM });
    expect([lost.status, await lost.text()]).toEqual([503, expect.stringContaining("ServiceUnavailable")]);
    await server.start();
    await passing.close();
  });
});
