/** Builds the Worker as one module, as it is deployed: for the runtime that `stackcast dev` starts, and for the package. */
import { join } from "node:path";
import { build, type Metafile, type Plugin } from "esbuild";

/** What wrangler.toml has as aliases: parts of zod that the Worker does without. */
const STAND_INS = [
  [/^\.\.\/locales\/index\.js$/, "no-locales.ts"],
  [/^\.\/from-json-schema\.js$/, "no-json-schema.ts"],
] as const;

const lightZod = (root: string): Plugin => ({
  name: "light-zod",
  setup: (builds) => {
    for (const [filter, file] of STAND_INS)
      builds.onResolve({ filter }, () => ({ path: join(root, "src", "protocol", file) }));
  },
});

export const bundleWorker = async (root: string, outfile: string): Promise<Metafile> => {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: ["src/index.ts"],
    outfile,
    bundle: true,
    format: "esm",
    minify: true,
    keepNames: true,
    sourcemap: "linked",
    sourcesContent: false,
    metafile: true,
    target: "es2024",
    platform: "neutral",
    mainFields: ["workerd", "browser", "module", "main"],
    conditions: ["workerd", "worker", "browser"],
    external: ["cloudflare:*", "node:*"],
    plugins: [lightZod(root)],
    logLevel: "warning",
  });
  return metafile;
};
