/** Builds the Worker as one module, as it is deployed: for the runtime that `stackcast dev` starts, and for the package. */
import { join } from "node:path";
import { build, type Metafile, type Plugin } from "esbuild";

/** What wrangler.toml has as an alias: the Worker speaks one language. */
const oneLanguage = (root: string): Plugin => ({
  name: "one-language",
  setup: (builds) =>
    builds.onResolve({ filter: /^\.\.\/locales\/index\.js$/ }, () => ({
      path: join(root, "src", "protocol", "no-locales.ts"),
    })),
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
    plugins: [oneLanguage(root)],
    logLevel: "warning",
  });
  return metafile;
};
