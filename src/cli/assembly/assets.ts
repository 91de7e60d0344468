/**
 * Publishes what an app's templates name by their hash: files and images. CDK's own program does it, from the project or
 * the path; Stackcast brings none.
 */
import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import * as z from "zod";
import { failed, success, type Result } from "../../protocol/result.ts";
import { programFrom } from "../running/project-program.ts";
import type { Surroundings } from "../surroundings.ts";
import type { Assembly } from "./assembly-stacks.ts";

const assetsSchema = z.object({
  files: z
    .record(z.string(), z.looseObject({ source: z.looseObject({ path: z.string().optional() }) }))
    .default({}),
  dockerImages: z.record(z.string(), z.unknown()).default({}),
});

type Bundle = Readonly<{ manifest: string; ids: readonly string[] }>;

/** The assets that have to be published: all but templates that go with the plan. `published`: templates that do not. */
const bundlesOf = async (
  { assetManifests, stacks }: Assembly,
  published: readonly string[],
): Promise<Result<Bundle[], string[]>> => {
  const sent = new Set(stacks.map(({ templateFile }) => templateFile));
  for (const file of published) sent.delete(file);
  const bundles: Bundle[] = [];
  for (const manifest of assetManifests) {
    let assets: z.infer<typeof assetsSchema>;
    try {
      assets = assetsSchema.parse(JSON.parse(await readFile(manifest, "utf8")));
    } catch {
      return failed([`${manifest} is no list of assets that can be read`]);
    }
    const files = Object.entries(assets.files)
      .filter(([, { source }]) => !sent.has(join(dirname(manifest), source.path ?? "")))
      .map(([id]) => id);
    const ids = [...files, ...Object.keys(assets.dockerImages)];
    if (ids.length > 0) bundles.push({ manifest, ids });
  }
  return success(bundles);
};

const ran = (
  program: string,
  argv: readonly string[],
  { cwd, env, stderr, interruption }: Surroundings,
): Promise<string | undefined> =>
  new Promise((resolve) => {
    const child = spawn(program, argv, { cwd, env, stdio: ["ignore", "pipe", "pipe"], signal: interruption });
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (text: string) => void stderr.write(text));
    child.once("error", (error) => resolve(error.message));
    child.once("close", (code, signal) =>
      resolve(code === 0 ? undefined : `it ended with ${code ?? signal ?? "an error"}`),
    );
  });

/** How many were published; the failure is lines for people. */
export const publishAssets = async (
  assembly: Assembly,
  published: readonly string[],
  surroundings: Surroundings,
): Promise<Result<number, readonly string[]>> => {
  const bundles = await bundlesOf(assembly, published);
  if (!bundles.ok) return bundles;
  if (bundles.value.length === 0) return success(0);
  const program = programFrom("cdk-assets", surroundings.cwd, surroundings.env["PATH"] ?? "");
  if (program === undefined)
    return failed([
      "the app has assets, which cdk-assets publishes, and it is not here",
      "  npm install --save-dev cdk-assets   has it publish them",
      "  --no-assets                         says that they are published already",
    ]);
  for (const { manifest, ids } of bundles.value) {
    const why = await ran(program, ["--path", manifest, "publish", ...ids], surroundings);
    if (why !== undefined)
      return failed([`cdk-assets could not publish the assets of ${basename(manifest)}: ${why}`]);
  }
  return success(bundles.value.reduce((sum, { ids }) => sum + ids.length, 0));
};
