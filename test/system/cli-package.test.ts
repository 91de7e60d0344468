/**
 * The package: packed, installed with nothing else and without a network, and used from there as a terminal client and,
 * by other people's code, as the typed client.
 */
import { execFile, execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as z from "zod";
import packageJson from "../../package.json" with { type: "json" };
import { freePort } from "../../src/cli/local/worker-process.ts";
import { RUNS, serve } from "../cli/watched.ts";
import { eventually } from "../support/eventually.ts";

const { name, version } = packageJson;

const MINIFLARE = fileURLToPath(import.meta.resolve("../../node_modules/miniflare"));

const TSC = fileURLToPath(import.meta.resolve("../../node_modules/.bin/tsc"));

describe("the package", () => {
  let folder: string;

  const bin = (command: string): string => join(folder, "node_modules", ".bin", command);

  const run = (command: string, ...argv: string[]) => {
    const { status, stdout, stderr } = spawnSync(bin(command), argv, { cwd: folder, encoding: "utf8" });
    return { code: status, stdout, stderr };
  };

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "stackcast-package-"));
    execFileSync("npm", ["pack", "--silent", "--pack-destination", folder]);
    const root = { name: "elsewhere", version: "1.0.0", type: "module" };
    writeFileSync(join(folder, "package.json"), JSON.stringify(root));
    // It holds all that it needs: whatever had to be fetched would be missing here.
    const flags = ["--offline", "--silent", "--no-audit", "--no-fund", "--cache", join(folder, "cache")];
    execFileSync("npm", ["install", ...flags, join(folder, `${name}-${version}.tgz`)], { cwd: folder });
  }, 120_000);

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test("is all that is installed, under both of its names", () => {
    const visible = (path: string) =>
      readdirSync(join(folder, path)).filter((entry) => !entry.startsWith("."));
    expect(visible("node_modules")).toEqual([name]);
    expect(run("stackcast", "--version")).toEqual({ code: 0, stdout: `${version}\n`, stderr: "" });
    expect(run("cloud", "--version")).toEqual({ code: 0, stdout: `${version}\n`, stderr: "" });
  });

  test("follows a deployment to its end", async () => {
    const served = await serve();
    try {
      served.deployment.commit(...RUNS["failed"]!);
      const argv = ["watch", "D1BRV40", "-e", "dev", "--url", served.server.url];
      const ended = promisify(execFile)(bin("stackcast"), argv, { cwd: folder });
      await expect(ended).rejects.toMatchObject({
        code: 1,
        stdout: expect.stringContaining("✗ Deployment Failed: D1BRV40-dev") as string,
      });
    } finally {
      await served.server.stop();
    }
  });

  test("reads plans", () => {
    writeFileSync(join(folder, "plan.yaml"), "stacks:\n  - name: a!\n");
    const { code, stderr } = run(
      "stackcast",
      "deploy",
      "D1",
      "-e",
      "dev",
      "--plan",
      "plan.yaml",
      "--url",
      "http://127.0.0.1:1",
    );
    expect(code).toBe(2);
    expect(stderr).toContain("plan.yaml:2:11: stacks[0].name: must hold");
  });

  test("runs the whole product, given the runtime that npm brings it as an option", async () => {
    const missing = run("stackcast", "dev");
    expect(missing.code).toBe(2);
    expect(missing.stderr).toContain("npm install miniflare");

    symlinkSync(MINIFLARE, join(folder, "node_modules", "miniflare"));
    const port = await freePort();
    const child = spawn(bin("stackcast"), ["dev", "--port", String(port), "--speed", "200"], { cwd: folder });
    const ended = once(child, "exit");
    let printed = "";
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (text: string) => (printed += text));
    try {
      await eventually(
        () => printed.includes("is being deployed"),
        () => `a deployment in: ${printed}`,
        60_000,
      );
      const page = await fetch(`http://127.0.0.1:${port}/`);
      expect([page.status, page.headers.get("Content-Type")]).toEqual([200, "text/html; charset=utf-8"]);
    } finally {
      child.kill("SIGINT");
      expect(await ended).toEqual([0, null]);
      rmSync(join(folder, "node_modules", "miniflare"));
    }
  });

  test("gives the typed client to plain Node", async () => {
    const served = await serve();
    try {
      served.deployment.commit(...RUNS["failed"]!);
      writeFileSync(
        join(folder, "follow.js"),
        `import { deploymentChannelOf, DeploymentStore, openStream } from "stackcast/client";
        const address = { deploymentId: "D1BRV40", environment: "dev" };
        const stream = openStream({ url: process.argv[2] });
        const store = new DeploymentStore(address);
        stream.subscribe(deploymentChannelOf(address), store.listener, { history: true });
        store.subscribe(() => {
          const progress = store.progressAt(new Date().toISOString());
          if (progress?.status !== "failed") return;
          console.log(JSON.stringify({ status: progress.status, stacks: Object.keys(progress.stacks) }));
          stream.close();
          store.close();
          process.exit();
        });`,
      );
      const follow = promisify(execFile)(process.execPath, ["follow.js", served.server.url], {
        cwd: folder,
        timeout: 60_000,
      });
      const { status, stacks } = z
        .object({ status: z.string(), stacks: z.array(z.string()) })
        .parse(JSON.parse((await follow).stdout));
      expect(status).toBe("failed");
      expect(stacks.length).toBeGreaterThan(0);
    } finally {
      await served.server.stop();
    }
  });

  test("gives it with types that hold, also where no library is left unchecked", () => {
    const check = (...lines: string[]) => {
      writeFileSync(join(folder, "typed.ts"), lines.join("\n"));
      const flags =
        "--ignoreConfig --strict --noEmit --lib esnext,dom --target esnext --module nodenext --types";
      const { status, stdout } = spawnSync(TSC, [...flags.split(" "), "", "typed.ts"], {
        cwd: folder,
        encoding: "utf8",
      });
      return { status, stdout };
    };
    const use = [
      'import { openStream, ProgressEventEmitter, restClient, type DeploymentProgress } from "stackcast/client";',
      'const options = { url: "https://stackcast.example.com", token: () => "token" };',
      'const answer = await restClient(options).deployments.status({ deploymentId: "D1", environment: "dev" });',
      "if (!answer.ok) throw new Error(`${answer.failure.code}: ${answer.failure.message}`);",
      'const progress: DeploymentProgress | undefined = answer.value.kind === "changed" ? answer.value.deployment : undefined;',
      "export const layers: number[] = Object.values(progress?.stacks ?? {}).map(({ layer }) => layer);",
      "export const stream = openStream({ ...options, onState: ({ kind }) => void kind });",
      "const emitter = new ProgressEventEmitter(options);",
      'emitter.emitProgress({ type: "stack_deployed", timestamp: "", deploymentId: "D1", data: { environment: "dev" } });',
      "await emitter.close();",
    ];
    expect(check(...use)).toEqual({ status: 0, stdout: "" });
    const wrong = check(...use, "export const nonsense: boolean = progress?.status;");
    expect(wrong.status).not.toBe(0);
    expect(wrong.stdout).toMatch(/^typed\.ts\(11,14\): error TS2322/);
  });
});
