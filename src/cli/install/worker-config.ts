/**
 * The wrangler configuration of one install, made of the project's own `wrangler.toml`: the bindings and migrations are
 * that file's, and what one Cloudflare account has once is named after the install.
 */
import { createHash } from "node:crypto";
import { isAbsolute, join, relative } from "node:path";
import { parse, stringify } from "smol-toml";
import * as z from "zod";

const templateSchema = z.looseObject({
  name: z.string(),
  main: z.string(),
  alias: z.record(z.string(), z.string()).optional(),
  build: z.looseObject({}).optional(),
  assets: z.looseObject({ directory: z.string() }),
  vars: z.record(z.string(), z.string()).default({}),
  workflows: z.array(z.looseObject({ name: z.string() })).default([]),
  ratelimits: z.array(z.looseObject({ namespace_id: z.string() })).default([]),
});

export type ConfigTemplate = z.infer<typeof templateSchema>;

const writtenSchema = z.looseObject({
  vars: z.record(z.string(), z.unknown()).default({}),
});

/** What an install wrote before; its variables may have been changed by hand. */
export type Written = Readonly<{
  vars: Readonly<Record<string, string>>;
  all: Readonly<Record<string, unknown>>;
}>;

export const configTemplateOf = (text: string): ConfigTemplate => templateSchema.parse(parse(text));

/** Undefined: it cannot be read. */
export const writtenOf = (text: string): Written | undefined => {
  try {
    const all = writtenSchema.parse(parse(text));
    const vars = Object.entries(all.vars).map(([name, value]) => [name, String(value)] as const);
    return { vars: Object.fromEntries(vars), all };
  } catch {
    return undefined;
  }
};

export type ConfigPlace = Readonly<{
  /** Where the configuration is written: paths in it begin there. */
  folder: string;
  /** Of Stackcast's own files. */
  root: string;
  /** The Worker that is built already; undefined: wrangler builds it in the clone. */
  script: string | undefined;
}>;

/** Within the folder as a relative path, so that the folder may be moved; else as it is. */
const pathFrom = (folder: string, path: string): string => {
  const way = relative(folder, path);
  return way.startsWith("..") || isAbsolute(way) ? path : `./${way.replaceAll("\\", "/")}`;
};

/** Workflows have one namespace in an account. */
const ownName = (name: string, template: ConfigTemplate, given: string): string =>
  given.startsWith(`${template.name}-`) ? name + given.slice(template.name.length) : `${name}-${given}`;

/** Counters of rate limits have one namespace in an account, too, of whole numbers. */
const ownNamespace = (name: string, template: ConfigTemplate, given: string): string =>
  name === template.name
    ? given
    : String(10_000 + (createHash("sha256").update(`${name} ${given}`).digest().readUInt32BE(0) >>> 2));

const routesOf = (publicUrl: string | undefined) => {
  const host = publicUrl === undefined ? undefined : URL.parse(publicUrl)?.host;
  return host === undefined || host.endsWith(".workers.dev")
    ? {}
    : { routes: [{ pattern: host, custom_domain: true }] };
};

/** `before`: what stood there; what the template does not know was written by hand, and stays. */
export const configOf = (
  template: ConfigTemplate,
  name: string,
  vars: Readonly<Record<string, string>>,
  { folder, root, script }: ConfigPlace,
  before: Written | undefined,
): Readonly<Record<string, unknown>> => {
  const { alias = {}, build, main, assets, workflows, ratelimits, ...rest } = template;
  const path = (way: string): string => pathFrom(folder, join(root, way));
  const byHand = Object.entries(before?.all ?? {}).filter(([key]) => !(key in template));
  const toBuild = {
    main: path(main),
    alias: Object.fromEntries(Object.entries(alias).map(([from, to]) => [from, path(to)])),
    ...(build && { build: { ...build, cwd: path(".") } }),
  };
  return {
    ...rest,
    name,
    ...(script === undefined ? toBuild : { main: pathFrom(folder, script) }),
    keep_vars: true,
    assets: { ...assets, directory: path(assets.directory) },
    vars: { ...template.vars, ...vars },
    workflows: workflows.map((workflow) => ({ ...workflow, name: ownName(name, template, workflow.name) })),
    ratelimits: ratelimits.map((limit) => ({
      ...limit,
      namespace_id: ownNamespace(name, template, limit.namespace_id),
    })),
    ...routesOf(vars["PUBLIC_URL"]),
    ...Object.fromEntries(byHand),
  };
};

const HEAD = "# Written by stackcast install, which keeps what stands below [vars]. It holds no secrets.\n\n";

export const configText = (config: Readonly<Record<string, unknown>>): string =>
  `${HEAD}${stringify(config)}`;
