/** Bundles a Worker as wrangler does, and reads from wrangler.toml how it is to be run. */
import { build } from "esbuild";
import { fileURLToPath } from "node:url";
import { unstable_readConfig } from "wrangler";

const root = fileURLToPath(import.meta.resolve("../../../"));

/** The folder of the project. */
export const projectFolder = root;

/** Writes the bundle of a Worker whose entry is given from the project's folder on. */
export const bundle = async (entry: string, outfile: string): Promise<void> => {
  await build({
    absWorkingDir: root,
    entryPoints: [entry],
    outfile,
    bundle: true,
    format: "esm",
    target: "es2024",
    conditions: ["workerd", "worker", "browser"],
    external: ["cloudflare:*", "node:*"],
    define: { "process.env.NODE_ENV": '"production"' },
    logLevel: "warning",
  });
};

/** What the deployed Worker runs with. */
export type Compatibility = Readonly<{ date: string; flags: readonly string[] }>;

/** The product's own. */
export const productCompatibility = (): Compatibility => {
  const config = unstable_readConfig({ config: `${root}wrangler.toml` }, { hideWarnings: true });
  return { date: config.compatibility_date ?? "", flags: config.compatibility_flags };
};
