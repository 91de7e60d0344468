/** The terminal client as a package: packed, installed with nothing else and without a network, and run from there. */
import { execFile, execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import packageJson from "../../package.json" with { type: "json" };
import { RUNS, serve } from "../cli/watched.ts";

const { name, version } = packageJson;

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
    const file = `file:${name}-${version}.tgz`;
    const root = { name: "elsewhere", version: "1.0.0", dependencies: { [name]: file } };
    writeFileSync(join(folder, "package.json"), JSON.stringify(root));
    // The bundle holds all that it needs: nothing is installed beside it.
    const installed = { version, resolved: file, bin: packageJson.bin };
    const packages = { "": root, [`node_modules/${name}`]: installed };
    writeFileSync(join(folder, "package-lock.json"), JSON.stringify({ lockfileVersion: 3, packages }));
    execFileSync("npm", ["ci", "--offline", "--silent", "--no-audit", "--no-fund"], { cwd: folder });
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

  test("says where the whole product runs, which it does not hold", () => {
    const { code, stderr } = run("stackcast", "dev");
    expect(code).toBe(2);
    expect(stderr).toContain("runs in a clone");
  });
});
