/**
 * Publishes what an app's templates name by their hash: files and images. One of CDK's own programs does it, from the project
 * or the path: `cdk-assets`, or `cdk` where that is not there or older than the app. Stackcast brings none.
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

/** Why it did not end well, with all that it said. */
type Ended = Readonly<{ why: string; said: string }>;

const ran = (
  program: string,
  argv: readonly string[],
  { cwd, env, stderr, interruption }: Surroundings,
): Promise<Ended | undefined> =>
  new Promise((resolve) => {
    const child = spawn(program, argv, { cwd, env, stdio: ["ignore", "pipe", "pipe"], signal: interruption });
    let said = "";
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (text: string) => {
        said = (said + text).slice(-10_000);
        stderr.write(text);
      });
    child.once("error", (error) => resolve({ why: error.message, said }));
    child.once("close", (code, signal) =>
      resolve(code === 0 ? undefined : { why: `it ended with ${code ?? signal ?? "an error"}`, said }),
    );
  });

/** What `cdk-assets` says of an app that a newer CDK has made. */
const IS_OLDER = /schema version mismatch/i;

const byCdkAssets = async (
  program: string,
  bundles: readonly Bundle[],
  surroundings: Surroundings,
): Promise<readonly string[] | "older" | undefined> => {
  for (const { manifest, ids } of bundles) {
    const ended = await ran(program, ["--path", manifest, "publish", ...ids], surroundings);
    if (ended && IS_OLDER.test(ended.said)) return "older";
    if (ended) return [`cdk-assets could not publish the assets of ${basename(manifest)}: ${ended.why}`];
  }
  return undefined;
};

/** All assets of the app, its templates among them. */
const byCdk = async (
  program: string,
  folder: string,
  surroundings: Surroundings,
): Promise<readonly string[] | undefined> => {
  const argv = ["publish-assets", "--all", "--app", folder, "--unstable=publish-assets"];
  const ended = await ran(program, argv, surroundings);
  return ended && [`cdk could not publish the assets: ${ended.why}`];
};

/** How many were published; the failure is lines for people. */
export const publishAssets = async (
  assembly: Assembly,
  published: readonly string[],
  surroundings: Surroundings,
): Promise<Result<number, readonly string[]>> => {
  const bundles = await bundlesOf(assembly, published);
  if (!bundles.ok) return bundles;
  if (bundles.value.length === 0) return success(0);
  const program = (name: string) => programFrom(name, surroundings.cwd, surroundings.env["PATH"] ?? "");
  const [cdkAssets, cdk] = [program("cdk-assets"), program("cdk")];
  const tried = cdkAssets === undefined ? "older" : await byCdkAssets(cdkAssets, bundles.value, surroundings);
  const why = tried === "older" ? cdk && (await byCdk(cdk, assembly.folder, surroundings)) : tried;
  if (tried === "older" && cdk === undefined)
    return failed([
      cdkAssets === undefined
        ? "the app has assets, which CDK's own program publishes, and it is not here"
        : "the app has assets, and cdk-assets is older than the app",
      "  npm install --save-dev aws-cdk      has it publish them",
      "  --no-assets                         says that they are published already",
    ]);
  if (typeof why === "object") return failed(why);
  return success(bundles.value.reduce((sum, { ids }) => sum + ids.length, 0));
};
