/** A deployment of twelve stacks from its plan to its end by the terminal client alone, on the simulated AWS. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { SAMPLE_CAPABILITIES } from "../../src/simulator/sample/sample.ts";
import { SAMPLE_BROKEN, SAMPLE_DEPLOYMENT } from "../../src/simulator/sample/sample-deployment.ts";
import { objectsIn } from "../cli/terminal-client.ts";
import { stackcast, type Ended, type StackcastProcess } from "../support/stackcast-process.ts";
import { startSystem, type System } from "../support/system.ts";

const NAMES = SAMPLE_DEPLOYMENT.map(({ name }) => name);

describe("a deployment by the terminal client", () => {
  let system: System;
  let folder: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "stackcast-deploy-"));
    mkdirSync(join(folder, "templates"));
    system = await startSystem({ simulator: { speed: 200 } });
  });

  afterAll(async () => {
    await system?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const begin = (command: string, ...more: string[]): StackcastProcess =>
    stackcast([command, "SHOP", "--environment", "dev", ...more], {
      cwd: folder,
      env: { STACKCAST_URL: system.worker().url, STACKCAST_TOKEN: system.token },
    });

  const run = (command: string, ...more: string[]): Promise<Ended> => begin(command, ...more).ended;

  const summaryOf = ({ stdout }: Ended) => objectsIn(stdout).at(-1);

  const writePlan = (templates: Readonly<Record<string, string>> = {}): void => {
    for (const { name, template } of SAMPLE_DEPLOYMENT)
      writeFileSync(join(folder, "templates", `${name}.json`), templates[name] ?? template);
    const stacks = SAMPLE_DEPLOYMENT.map(({ name, dependsOn }) => ({
      name,
      dependsOn,
      template: `templates/${name}.json`,
      capabilities: SAMPLE_CAPABILITIES,
    }));
    writeFileSync(join(folder, "plan.json"), JSON.stringify({ stacks, onFailure: "stop" }, undefined, 2));
  };

  test("without a plan, where there was none before, ends with 2", async () => {
    const { code, stderr } = await run("deploy");
    expect({ code, stderr }).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("PLAN_NOT_FOUND") as string,
    });
  });

  test("follows a plan to its end, in a build's lines and in a log with a report", async () => {
    writePlan();
    const { code, stdout, stderr } = await run("deploy", "--plan", "plan.json", "-o", "plain");
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: expect.stringMatching(/^stackcast: SHOP-dev: http\S+\/deployments\/SHOP\/dev\n$/),
    });
    const deployed = [...stdout.matchAll(/\[([a-z-]+)\] ✓ Deployed/g)].map(([, name]) => name);
    expect(new Set(deployed)).toEqual(new Set(NAMES));
    expect(stdout).toContain("✓ Deployment Complete: SHOP-dev");
    const [log = ""] = readdirSync(join(folder, "deploy", "SHOP", "logs"));
    const text = readFileSync(join(folder, "deploy", "SHOP", "logs", log), "utf8");
    expect(text).toContain("INFO  Deployment started: SHOP-dev");
    expect(text).toContain("- Deployed: 12");
  });

  test("again by the last plan skips what has not changed", async () => {
    const ended = await run("deploy", "-o", "ndjson");
    expect(ended.code).toBe(0);
    expect(summaryOf(ended)).toMatchObject({ run: 2, end: "deployed", skippedStacks: 12 });
  });

  test("one that fails ends with 1; why names the cause; back again ends with 5", async () => {
    writePlan({ [SAMPLE_BROKEN.name]: SAMPLE_BROKEN.template });
    system.simulator.setFailures(SAMPLE_BROKEN.name, SAMPLE_BROKEN.failures);
    const failed = await run("deploy", "--plan", "plan.json", "-o", "errors");
    expect(failed.code).toBe(1);
    expect(failed.stdout).toContain("Unzipped size must be smaller");
    const why = await run("why");
    expect(why.stdout).toMatch(/Cause: api › Handler/);
    expect(why.stdout).toContain("Unzipped size must be smaller");
    const back = await run("rollback", "-o", "ndjson");
    expect({ code: back.code, summary: summaryOf(back) }).toMatchObject({
      code: 5,
      summary: { end: "rolled_back" },
    });
  });

  test("a retry, once it is mended, ends with 0", async () => {
    system.simulator.setFailures(SAMPLE_BROKEN.name, {});
    const ended = await run("retry", "-o", "ndjson");
    expect({ code: ended.code, summary: summaryOf(ended) }).toMatchObject({
      code: 0,
      summary: { end: "deployed" },
    });
  });

  test("destroys all of it, which ends with 0, and the trail of runs tells of everything", async () => {
    expect((await run("destroy", "--yes", "-o", "quiet")).code).toBe(0);
    const runs = await run("status", "--runs", "-o", "ndjson");
    const reported = objectsIn(runs.stdout).slice(1, -1);
    expect(reported.map(({ status }) => status).reverse()).toEqual([
      "deployed",
      "deployed",
      "rolled_back",
      "deployed",
      "destroyed",
    ]);
  });

  test("a cancellation ends whoever deploys and whoever cancels with 8", async () => {
    const deploying = begin("deploy", "-o", "plain");
    await deploying.saw("Deploying");
    const underway = await run("deploy", "-o", "plain");
    expect(underway).toMatchObject({ code: 2, stdout: "" });
    expect(underway.stderr).toContain("RUN_UNDERWAY");
    const cancelling = await run("cancel", "-o", "ndjson");
    expect({ code: cancelling.code, summary: summaryOf(cancelling) }).toMatchObject({
      code: 8,
      summary: { run: 6, end: "cancelled" },
    });
    expect((await deploying.ended).code).toBe(8);
  });
});
