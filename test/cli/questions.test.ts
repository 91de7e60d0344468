import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { deploymentProgressOf } from "../../src/domain/deployment/estimated-progress.ts";
import type { RunSummary } from "../../src/protocol/deployment/deployment-requests.ts";
import { runSummaryOf } from "../../src/domain/deployment/totals/run-summary.ts";
import { FakeRest, refused, succeeded } from "../client/fake-rest.ts";
import { at, stateOf } from "../domain/deployment/reported.ts";
import { objectsIn, run } from "./terminal-client.ts";
import { failed, REASON, RUNS, START } from "./watched.ts";

const FAILED = deploymentProgressOf(stateOf(...RUNS["failed"]!), at(100));
const DEPLOYED = deploymentProgressOf(stateOf(...RUNS["deployed"]!), at(100));
const POSITION = { channel: "deployments/D1BRV40-dev", epoch: "e", offset: 12, floor: 1 };

let server: FakeRest;

beforeEach(async () => {
  server = await new FakeRest(() => succeeded({ ...FAILED, ...POSITION })).start();
});

afterEach(() => server.stop().catch(() => undefined));

const ask = (...argv: string[]) => run(argv, { env: { STACKCAST_URL: server.url, STACKCAST_TOKEN: "good" } });

const ofDeployment = (command: string, ...more: string[]) => ask(command, "D1BRV40", "-e", "dev", ...more);

describe("a question that is refused", () => {
  test.each([
    [401, "UNAUTHENTICATED", 3],
    [403, "FORBIDDEN", 3],
    [404, "DEPLOYMENT_NOT_FOUND", 4],
    [400, "INVALID_REQUEST", 2],
    [409, "RUN_UNDERWAY", 2],
    [422, "INVALID_REQUEST", 2],
    [503, "CONFIGURATION", 2],
    [500, "INTERNAL", 1],
    [502, "AWS_UNREACHABLE", 1],
  ])("with %i %s ends with %i, and says so on stderr with the request's id", async (status, code, exit) => {
    server.answer = () => refused(status, code);
    const answer = await ofDeployment("status");
    expect(answer).toMatchObject({ code: exit, stdout: "" });
    expect(answer.stderr).toContain(`stackcast: It is ${code} (${code}, request r-1)\n`);
  });

  test("by something that is not Stackcast ends with 2, by a gateway on the way with 10", async () => {
    server.answer = () => ({ status: 200, body: "<html>" });
    expect((await ofDeployment("status")).code).toBe(2);
    server.answer = () => ({ status: 502, body: "<html>" });
    expect((await ofDeployment("status")).code).toBe(10);
  });

  test("by nobody at all ends with 10", async () => {
    const { url } = server;
    await server.stop();
    const { code, stderr } = await run(["status", "D1BRV40", "-e", "dev", "--url", url]);
    expect(code).toBe(10);
    expect(stderr).toContain("UNREACHABLE");
  });
});

describe("status", () => {
  test("is a picture, once, and ends with 0 unless the outcome's code is asked for", async () => {
    const shown = await ofDeployment("status");
    expect(shown).toMatchObject({ code: 0, stderr: "" });
    expect(shown.stdout).toContain("D1BRV40");
    expect(shown.stdout).toMatch(/✓ network/);
    expect(shown.stdout).toMatch(/✗ database/);
    expect(await ofDeployment("status", "--exit-code")).toMatchObject({ code: 1 });
    expect(server.asked[0]).toMatchObject({
      url: "/api/v1/deployments/D1BRV40/status?environment=dev",
      token: "good",
    });
  });

  test("-o json is what the server answered", async () => {
    const { stdout } = await ofDeployment("status", "-o", "json", "--run", "1");
    expect(JSON.parse(stdout)).toEqual(JSON.parse(JSON.stringify({ ...FAILED, ...POSITION })));
    expect(server.asked[0]?.url).toContain("run=1");
  });

  test("--runs lists how runs ended", async () => {
    server.answer = () => succeeded({ ...POSITION, runs: [runSummaryOf(DEPLOYED), runSummaryOf(FAILED)] });
    const { stdout } = await ofDeployment("status", "--runs");
    const started = "2025-10-09T14:30:00Z";
    expect(stdout.split("\n").map((line) => line.trim().split(/ {2,}/))).toEqual([
      ["RUN", "STATUS", "DONE", "STACKS", "FAILED", "STARTED", "TOOK"],
      ["1", "deployed", "100%", "2/2", started, "16s"],
      ["1", "failed", "50%", "1/2", "1", started, "16s"],
      [""],
    ]);
  });
});

describe("why", () => {
  test("names the cause, what did not start because of it, and what to do next", async () => {
    const blocked = stateOf(START, ...failed("network", 1));
    server.answer = () => succeeded({ ...deploymentProgressOf(blocked, at(100)), ...POSITION });
    const { code, stdout } = await ofDeployment("why");
    expect(code).toBe(0);
    expect(stdout.split("\n")).toEqual([
      "D1BRV40-dev, run 1: failed",
      expect.stringMatching(/^Cause: network › Instance \(AWS::RDS::DBInstance/),
      `  ${REASON}`,
      "Blast: 1 stack did not start: database (layer 2)",
      expect.stringMatching(/^Next: .*stackcast retry D1BRV40 --environment dev/),
      "",
    ]);
  });

  test("says so where nothing failed", async () => {
    server.answer = () => succeeded({ ...DEPLOYED, ...POSITION });
    expect(await ofDeployment("why")).toEqual({
      code: 0,
      stdout: "D1BRV40-dev, run 1: deployed\nNothing has failed.\n",
      stderr: "",
    });
    expect((await ofDeployment("why", "-o", "errors")).stdout).toBe("");
  });
});

describe("list", () => {
  const summary = (deploymentId: string): RunSummary => ({ ...runSummaryOf(FAILED), deploymentId });

  test("asks page by page, as many as are wanted", async () => {
    server.answer = ({ url }) =>
      succeeded(
        url.includes("cursor=next")
          ? { items: [summary("C")] }
          : { items: [summary("A"), summary("B")], nextCursor: "next" },
      );
    const { code, stdout } = await ask("list", "--environment", "dev", "--status", "failed", "-o", "ndjson");
    expect(code).toBe(0);
    expect(objectsIn(stdout)).toEqual([
      { type: "version", v: 1 },
      ...["A", "B", "C"].map((id) => JSON.parse(JSON.stringify(summary(id))) as object),
      { type: "summary", exitCode: 0, items: 3 },
    ]);
    expect(server.asked[0]?.url).toBe("/api/v1/deployments?environment=dev&status=failed&limit=20");
  });

  test("is a table whose cells hold nothing that steers a terminal", async () => {
    server.answer = () => succeeded({ items: [{ ...summary("A"), user: "eve\u001b[2J\u202etxt" }] });
    const { stdout } = await ask("list");
    expect(stdout).toMatch(/^DEPLOYMENT {2}ENVIRONMENT {2}RUN/);
    expect(stdout).toMatch(/evetxt\n$/);
    expect(stdout).not.toMatch(/[^\n\P{Cc}]|\u202e/u);
  });
});

describe("grouping", () => {
  const rules = [{ tags: true }, { match: "{deployment}-{environment}-{stack}", quietSeconds: 120 }] as const;
  const item = { channel: "stacks/us-east-1/shop-prod-api", deploymentId: "shop", environment: "prod" };

  beforeEach(() => {
    server.answer = ({ url, method, body }) => {
      if (url === "/api/v1/grouping/preview")
        return body.includes("cursor")
          ? succeeded({ items: [], alone: ["stacks/us-east-1/CDKToolkit"] })
          : succeeded({ items: [{ ...item, stack: "api", rule: 2 }], alone: [], nextCursor: "next" });
      const sent = method === "PUT" ? (JSON.parse(body) as { rules: unknown }).rules : rules;
      return succeeded({ version: 3, rules: sent });
    };
  });

  const sent = () =>
    server.asked.filter(({ body }) => body !== "").map(({ body }) => JSON.parse(body) as object);

  test("lists the rules by their numbers", async () => {
    expect(
      (await ask("grouping", "list")).stdout.split("\n").map((line) => line.trim().split(/ {2,}/)),
    ).toEqual([
      ["RULE", "MATCH", "TAGS", "QUIET"],
      ["1", "the usual ones"],
      ["2", rules[1].match, "120s"],
      [""],
    ]);
  });

  test("adds and deletes one, as long as nobody else has changed them", async () => {
    const match = "legacy-{deployment}";
    const more = ["--account", "prod", "--region", "eu-west-1", "-e", "prod", "--quiet", "90s", "--at", "1"];
    expect(await ask("grouping", "add", match, ...more)).toMatchObject({ code: 0 });
    expect(await ask("grouping", "add", "--tags", "app", "stage")).toMatchObject({ code: 0 });
    expect(await ask("grouping", "delete", "1")).toMatchObject({ code: 0 });
    const added = { match, account: "prod", region: "eu-west-1", environment: "prod", quietSeconds: 90 };
    expect(sent()).toEqual([
      { rules: [added, ...rules], version: 3 },
      { rules: [...rules, { tags: { deployment: "app", environment: "stage" } }], version: 3 },
      { rules: [rules[1]], version: 3 },
    ]);
  });

  test("shows what rules would group, to the last page, and sets nothing", async () => {
    const { code, stdout } = await ask("grouping", "preview");
    expect([code, stdout.split("\n").map((line) => line.trim().split(/ {2,}/))]).toEqual([
      0,
      [
        ["DEPLOYMENT", "ENVIRONMENT", "STACK", "RULE", "CHANNEL"],
        ["shop", "prod", "api", "2", item.channel],
        ["1 grouped, 1 left alone"],
        [""],
      ],
    ]);
    await ask("grouping", "delete", "2", "--dry-run");
    await ask("grouping", "preview", "{deployment}-{environment}");
    expect(server.asked.some(({ method }) => method === "PUT")).toBe(false);
    const match = "{deployment}-{environment}";
    expect(sent().filter((body) => !("cursor" in body))).toEqual([
      { rules },
      { rules: [rules[0]] },
      { rules: [...rules, { match }] },
    ]);
  });

  test("refuses a rule that says nothing, and one that is not there", async () => {
    for (const argv of [["add"], ["add", "--tags", "a", "b", "c"], ["delete", "7"], ["delete", "none"]]) {
      const { code, stderr } = await ask("grouping", ...argv);
      expect([argv, code, stderr]).toEqual([argv, 2, expect.stringContaining("stackcast: ")]);
    }
    expect(sent()).toEqual([]);
  });
});

describe("audit", () => {
  test("tells the trail as it comes, with days in UTC, and no more than is wanted", async () => {
    const entry = (offset: number) => ({
      timestamp: `2026-01-31T12:00:00.000Z#dev#${String(offset).padStart(8, "0")}`,
      type: "stack_failed",
      environment: "dev",
      stack: "database",
      user: "ann",
      offset,
      data: { error: { code: "X", message: REASON } },
    });
    server.answer = () => succeeded({ items: [entry(1), entry(2)], nextCursor: "next" });
    const { code, stdout } = await ofDeployment(
      "audit",
      "--from",
      "2026-01-31",
      "--to",
      "2026-01-31",
      "--limit",
      "3",
    );
    expect(code).toBe(0);
    const line = (offset: number) =>
      `2026-01-31T12:00:00.000Z     ${offset} [database] stack_failed: ${REASON} (ann)`;
    expect(stdout).toBe(`${[1, 2, 1].map(line).join("\n")}\n`);
    expect(new URL(server.asked[0]?.url ?? "", server.url).searchParams.get("to")).toBe(
      "2026-01-31T23:59:59.999Z",
    );
  });
});
