/** Following what something else deploys: stacks from everywhere they are named, and a command that is run beside. */
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
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
