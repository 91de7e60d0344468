/** Bundles a Worker as wrangler does, and reads from wrangler.toml how it is to be run. */
import { build } from "esbuild";
import { fileURLToPath } from "node:url";
import { unstable_readConfig } from "wrangler";
import * as z from "zod";

const root = fileURLToPath(import.meta.resolve("../../../"));

/** The folder of the project. */
export const projectFolder = root;

/** Writes the bundle of the Worker whose entry has this address. */
export const bundle = async (entry: string, outfile: string): Promise<void> => {
  await build({
    absWorkingDir: root,
    entryPoints: [fileURLToPath(entry)],
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

const configurationSchema = z.object({
  compatibility_date: z.string(),
  compatibility_flags: z.array(z.string()),
  durable_objects: z.object({
    bindings: z.array(z.object({ name: z.string(), class_name: z.string() })),
  }),
});

/** How the product is deployed. `objects`: its Durable Object classes by the names of their bindings. */
export const productConfiguration = (): Readonly<{
  compatibility: Compatibility;
  objects: Readonly<Record<string, string>>;
}> => {
  const config = configurationSchema.parse(
    unstable_readConfig({ config: `${root}wrangler.toml` }, { hideWarnings: true }),
  );
  return {
    compatibility: { date: config.compatibility_date, flags: config.compatibility_flags },
    objects: Object.fromEntries(
      config.durable_objects.bindings.map(({ name, class_name: className }) => [name, className]),
    ),
  };
};
