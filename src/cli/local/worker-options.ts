/** The Worker's bindings as `wrangler.toml` has them, in the words of the runtime on this machine. */
import { dirname } from "node:path";
import { parse } from "smol-toml";
import * as z from "zod";

const configSchema = z.object({
  name: z.string(),
  compatibility_date: z.string(),
  compatibility_flags: z.array(z.string()).default([]),
  assets: z.object({ binding: z.string(), not_found_handling: z.literal("single-page-application") }),
  vars: z.record(z.string(), z.string()).default({}),
  durable_objects: z.object({ bindings: z.array(z.object({ name: z.string(), class_name: z.string() })) }),
  workflows: z.array(z.object({ name: z.string(), binding: z.string(), class_name: z.string() })).default([]),
  triggers: z.object({ crons: z.array(z.string()) }),
});

/** What the host of the Worker gets, by its input: nothing of it stands in a list of processes. */
export const hostedSchema = z.object({
  port: z.number(),
  /** Of the Worker's state. */
  folder: z.string(),
  script: z.string(),
  /** Of the page. */
  assets: z.string(),
  /** `wrangler.toml`. */
  config: z.string(),
  variables: z.record(z.string(), z.string()),
});

export type Hosted = Readonly<z.infer<typeof hostedSchema>>;

/** Options of miniflare's fourth version, which its later ones convert, and when the Worker is woken. */
export const workerOptionsOf = ({ port, folder, script, assets, config, variables }: Hosted) => {
  const { name, vars, durable_objects, workflows, triggers, ...given } = configSchema.parse(parse(config));
  const { compatibility_date: compatibilityDate, compatibility_flags: compatibilityFlags } = given;
  return {
    crons: triggers.crons,
    options: {
      name,
      host: "127.0.0.1",
      port,
      cf: false,
      modules: true,
      // Modules have no names outside it.
      rootPath: dirname(script),
      scriptPath: script,
      resourcePersistencePath: folder,
      compatibilityDate,
      compatibilityFlags,
      bindings: { ...vars, ...variables },
      durableObjects: Object.fromEntries(
        durable_objects.bindings.map((one) => [one.name, { className: one.class_name, useSQLite: true }]),
      ),
      workflows: Object.fromEntries(
        workflows.map((one) => [one.binding, { name: one.name, className: one.class_name }]),
      ),
      assets: {
        directory: assets,
        binding: given.assets.binding,
        routerConfig: { has_user_worker: true, invoke_user_worker_ahead_of_assets: true },
        assetConfig: { not_found_handling: given.assets.not_found_handling },
      },
    },
  };
};
