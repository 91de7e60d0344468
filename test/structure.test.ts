import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { describe, expect, test } from "vitest";
import { importsIn } from "./support/imports.ts";
import { cyclesOf } from "./support/cycles.ts";

/** Files that a bundle of this entry would hold, relative to the project. */
const bundled = async (entry: string): Promise<string[]> => {
  const { metafile } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    metafile: true,
    format: "esm",
    conditions: ["workerd", "worker", "browser"],
    external: ["cloudflare:*"],
  });
  return Object.keys(metafile.inputs);
};

const linesOfCode = (file: string): number =>
  readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line.trim() !== "" && !/^\s*(\/\*|\*|\/\/)/.test(line)).length;

describe("the structure", () => {
  test("the Worker holds nothing of the simulator, the terminal client or the page, and no Node module", async () => {
    const files = await bundled("src/index.ts");
    expect(files.filter((file) => /^src\/(simulator|cli|dashboard)\//.test(file))).toEqual([]);
    expect(files.filter((file) => file.startsWith("node:"))).toEqual([]);
    expect(files).toContain("src/trackers/stack/stack-tracker.ts");
  });

  test("no folder holds more than about twenty files without rooms of their own", () => {
    const folders = readdirSync("src", { recursive: true, withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    );
    const counts = Map.groupBy(folders, ({ parentPath }) => parentPath);
    expect([...counts].filter(([, files]) => files.length > 22).map(([folder]) => folder)).toEqual([]);
  });

  test("no circle of imports, of types included, holds more than three files", () => {
    const imports = importsIn("src");
    expect(imports.get("src/index.ts")).toContain("src/env.ts");
    expect(cyclesOf(imports).filter((files) => files.length > 3)).toEqual([]);
  });

  test("the simulator shares no code with the part that talks to AWS", async () => {
    const { metafile } = await build({
      entryPoints: ["src/simulator/main.ts"],
      bundle: true,
      write: false,
      metafile: true,
      format: "esm",
      platform: "node",
      packages: "external",
    });
    const foreign = Object.keys(metafile.inputs).filter((file) => !/^src\/(simulator|protocol)\//.test(file));
    expect(foreign).toEqual([]);
  });

  test("a Durable Object or a Workflow is a shell of fewer than 200 lines of code", () => {
    const objects = readdirSync("src", { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts"))
      .map((file) => join("src", file))
      .filter((file) =>
        /extends (DurableObject|StoredObject|WorkflowEntrypoint)\b/.test(readFileSync(file, "utf8")),
      );
    expect(objects).toContain("src/destinations/outbox/outbox.ts");
    expect(objects).toContain("src/orchestrator/orchestrator.ts");
    expect(objects.length).toBeGreaterThan(7);
    expect(objects.filter((file) => linesOfCode(file) >= 200)).toEqual([]);
  });
});
