import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { DeploymentStore } from "../../src/client/deployment-store.ts";
import { jsonText } from "../../src/cli/telling/json-text.ts";
import { logFileOf } from "../../src/cli/telling/log-file.ts";
import { plainLines } from "../../src/cli/telling/plain-lines.ts";
import { plainText } from "../../src/cli/telling/workflow-commands.ts";
import { ADDRESS } from "../domain/deployment/reported.ts";
import { begin, objectsIn, ownFolder } from "./terminal-client.ts";
import { deployed, failed, REASON, RUNS, serve, START, type Served } from "./watched.ts";

let served: Served;
let folder: ReturnType<typeof ownFolder>;

beforeEach(async () => {
  served = await serve();
  folder = ownFolder();
});

afterEach(async () => {
  folder.remove();
  await served.server.stop();
});

const watch = (env: Record<string, string>, ...more: string[]) =>
  begin(["watch", "D1BRV40", "-e", "dev", ...more], { env: { ...served.env, ...env }, cwd: folder.path });

describe("a stream of JSON", () => {
  test("is the version, the snapshot, every later event and a summary, an object a line", async () => {
    served.deployment.commit(START, ...deployed("network", 1));
    const at = served.deployment.offset;
    const watching = served.watch("-o", "ndjson");
    await watching.saw("snapshot");
    for (const event of deployed("database", 10)) served.deployment.commit(event);
    const lines = objectsIn((await watching.ended).stdout);
    expect(lines[0]).toEqual({ type: "version", v: 1 });
    expect(lines[1]).toMatchObject({
      type: "snapshot",
      epoch: "first",
      offset: at,
      data: { status: "deploying" },
    });
    const kept = served.server.channels.get("deployments/D1BRV40-dev")!.events.slice(at);
    expect(lines.slice(2, -1)).toEqual(JSON.parse(JSON.stringify(kept)));
    expect(lines.at(-1)).toEqual({
      type: "summary",
      ...ADDRESS,
      end: "deployed",
      exitCode: 0,
      run: 1,
      status: "deployed",
      progressPercent: 100,
      totalStacks: 2,
      deployedStacks: 2,
      failedStacks: 0,
      skippedStacks: 0,
      durationSeconds: 16,
      offset: served.deployment.offset,
    });
  });

  test("goes on after a position of its epoch without a snapshot, and begins with one after any other", async () => {
    served.deployment.commit(...RUNS["failed"]!);
    const offsets = async (since: string) => {
      const lines = objectsIn((await served.watch("-o", "ndjson", "--since", since).ended).stdout).slice(
        1,
        -1,
      );
      return lines.map(({ type, offset }) => (type === "snapshot" ? "snapshot" : offset));
    };
    const head = served.deployment.offset;
    expect(await offsets(`first:${head - 2}`)).toEqual([head - 1, head]);
    expect(await offsets(`first:${head}`)).toEqual([]);
    expect(await offsets(`first:${head + 1}`)).toEqual(["snapshot"]);
    expect(await offsets("other:3")).toEqual(["snapshot"]);
    expect(await offsets("start")).toHaveLength(head);
  });

  test("holds any text without a character that steers a terminal or a build, and loses none", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const line = jsonText({ text });
        expect(line).not.toMatch(/[\p{Cc}\u200e\u200f\u2028-\u202e\u2066-\u2069]|##\[/u);
        expect(JSON.parse(line)).toEqual({ text });
      }),
    );
    expect(jsonText("##[stop]\u009b2J\u202e")).toBe('"##\\u005bstop]\\u009b2J\\u202e"');
  });
});

describe("a log file", () => {
  test("is named by deployment, environment and minute in UTC", () => {
    const now = new Date("2025-10-09T14:30:59.999Z");
    const name = "deploy-dev-2025-10-09-14-30.log";
    expect(logFileOf(ADDRESS, now, "/work")).toBe(`/work/deploy/D1BRV40/logs/${name}`);
    expect(logFileOf(ADDRESS, now, "/work", "logs")).toBe(`/work/logs/${name}`);
    expect(logFileOf(ADDRESS, now, "/work", "/var/log")).toBe(`/var/log/${name}`);
  });

  test("holds each event once at its level, and a report at the end", async () => {
    served.deployment.commit(START, ...deployed("network", 1));
    const watching = watch({}, "--log-dir", "logs", "-o", "quiet");
    await vi.waitFor(() => expect(readdirSync(join(folder.path, "logs"))).toHaveLength(1), {
      timeout: 20_000,
    });
    served.server.cut();
    served.deployment.commit(...failed("database", 10, `${REASON}\nforged line`));
    expect((await watching.ended).code).toBe(1);
    const [file = ""] = readdirSync(join(folder.path, "logs"));
    const text = readFileSync(join(folder.path, "logs", file), "utf8");
    const [events = "", report = ""] = text.split("\n\n");
    const [heading, ...lines] = events.split("\n");
    expect(heading).toBe("--- Run 1, started 2025-10-09T14:30:00.000Z ---");
    expect(lines).toHaveLength(served.deployment.offset);
    expect(events).toContain("2025-10-09T14:30:00.000Z INFO  Deployment started: D1BRV40-dev\n");
    expect(events).toContain("INFO  [network] Creating: AWS::EC2::VPC (Main)\n");
    expect(events).toContain(
      `ERROR [database] Failed: AWS::RDS::DBInstance (Instance): ${REASON} forged line\n`,
    );
    expect(report).toContain("✗ Deployment Failed: D1BRV40-dev");
    expect(text).toContain("- Total Stacks: 2");
  });

  test("that cannot be written is told once and changes no outcome", async () => {
    writeFileSync(join(folder.path, "logs"), "a file where the folder should be");
    served.deployment.commit(...RUNS["deployed"]!);
    const { code, stderr } = await watch({}, "--log-dir", "logs", "-o", "quiet").ended;
    expect(code).toBe(0);
    expect(stderr.match(/cannot be written/g)).toHaveLength(1);
  });
});

describe("a build on GitHub", () => {
  test("is given a group a layer, an annotation a failure, and a page", async () => {
    const page = join(folder.path, "summary.md");
    writeFileSync(page, "before\n");
    served.deployment.commit(
      START,
      ...deployed("network", 1),
      ...failed("database", 10, `${REASON}, 100%\r\n::error::x`),
    );
    const env = { GITHUB_ACTIONS: "true", CI: "true", GITHUB_STEP_SUMMARY: page };
    const { code, stdout } = await watch(env).ended;
    expect(code).toBe(1);
    const commands = stdout.split("\n").filter((line) => line.startsWith("::"));
    expect(commands).toEqual([
      "::group::Layer 1/2: network",
      "::endgroup::",
      "::group::Layer 2/2: database",
      `::error title=Stack failed%3A database%3A Instance::${REASON}, 100%25 ::error::x`,
      "::endgroup::",
    ]);
    const summary = readFileSync(page, "utf8");
    expect(summary).toMatch(/^before\n### D1BRV40\\-dev: failed\n/);
    expect(summary).toContain("| 2 | database | ✗ failed | 6s | 0 |");
    expect(summary).toContain(
      "**Cause:** Instance (AWS\\:\\:RDS\\:\\:DBInstance): Access denied\\: rds\\:CreateDBInstance",
    );
  });

  test("takes no line for a command that is none of ours", () => {
    expect(["::error::x", "  ::add-mask::y", "a ##[group]b", "2025 ::fine"].map(plainText)).toEqual([
      ": :error::x",
      "  : :add-mask::y",
      "a ## [group]b",
      "2025 ::fine",
    ]);
  });

  test("that has no page to write to is no failure", async () => {
    mkdirSync(join(folder.path, "page"));
    served.deployment.commit(...RUNS["deployed"]!);
    const env = { GITHUB_ACTIONS: "true", GITHUB_STEP_SUMMARY: join(folder.path, "page") };
    expect((await watch(env).ended).code).toBe(0);
  });
});

describe("plain lines", () => {
  test("tell what is done to a resource once, though CloudFormation says it twice", async () => {
    const [deploying, creating, ...rest] = deployed("network", 1);
    served.deployment.commit(START, deploying!, creating!);
    const again = { ...creating!, timestamp: creating!.timestamp.replace(".000Z", ".500Z") };
    served.deployment.commit(again, ...rest, ...deployed("database", 10));
    const kept = served.server.channels.get("deployments/D1BRV40-dev")!.events;
    expect(kept.filter(({ type }) => type === "resource_creating")).toHaveLength(3);
    const { stdout } = await served.watch("-o", "plain").ended;
    expect(stdout.match(/\[network\] Creating/g)).toHaveLength(1);
    expect(stdout.match(/\[network\] Created/g)).toHaveLength(1);
  });

  afterEach(() => vi.useRealTimers());

  test("give a sign of life after 30 s of silence, again and again, and none after the end", async () => {
    vi.useFakeTimers({ now: new Date("2025-10-09T14:30:00Z") });
    let written = "";
    const store = new DeploymentStore(ADDRESS);
    const teller = plainLines({
      stdout: { write: (text) => (written += text) },
      followed: { kind: "deployment", address: ADDRESS, store },
      palette: { color: false, unicode: true },
      isWorkflow: false,
      reportOf: () => [],
    });
    vi.advanceTimersByTime(29_000);
    expect(written).toBe("");
    vi.advanceTimersByTime(32_000);
    expect(written.match(/Still waiting for D1BRV40-dev/g)).toHaveLength(2);
    await teller.ended?.({ kind: "timed-out" });
    const before = written;
    vi.advanceTimersByTime(120_000);
    expect(written).toBe(before);
    store.close();
  });
});
