/** Stacks of what SAM and Serverless deploy, as these keep them: `samconfig.toml`, and the folder `.serverless`. */
import { readFile, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { parse as parseToml } from "smol-toml";
import * as z from "zod";
import { failed, success, type Result } from "../../protocol/result.ts";
import type { TrackedStack } from "./tracked-stack.ts";

type Stacks = Result<readonly TrackedStack[], string>;

const parametersSchema = z.looseObject({ stack_name: z.string().optional(), region: z.string().optional() });

const commandsSchema = z.record(
  z.string(),
  z.looseObject({ parameters: parametersSchema.optional() }).optional().catch(undefined),
);

/** The table of the environment, else the one that SAM takes without `--config-env`. */
const samStacks = async (file: string, environment: string): Promise<Stacks> => {
  let config: Record<string, unknown>;
  try {
    const text = await readFile(file, "utf8");
    config = /\.ya?ml$/.test(file)
      ? ((await import("yaml")).parse(text) as Record<string, unknown>)
      : parseToml(text);
  } catch (error) {
    return failed(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
  const name = config[environment] === undefined ? "default" : environment;
  const { data = {} } = commandsSchema.safeParse(config[name]);
  const { stack_name, region } = { ...data["global"]?.parameters, ...data["deploy"]?.parameters };
  if (stack_name === undefined) return failed(`${file} names no stack in [${name}.deploy.parameters]`);
  return success([{ name: stack_name, ...(region !== undefined && { region }) }]);
};

const stateSchema = z.object({
  service: z.looseObject({
    service: z.string(),
    provider: z.looseObject({
      name: z.literal("aws"),
      stage: z.string().optional(),
      region: z.string().optional(),
      stackName: z.string().optional(),
    }),
  }),
});

const serverlessStacks = async (folder: string): Promise<Stacks> => {
  const file = join(folder, "serverless-state.json");
  try {
    const { service } = stateSchema.parse(JSON.parse(await readFile(file, "utf8")));
    const { stage = "dev", region, stackName = `${service.service}-${stage}` } = service.provider;
    return success([{ name: stackName, ...(region !== undefined && { region }) }]);
  } catch {
    return failed(`${file} is no state of a Serverless service on AWS: run serverless package`);
  }
};

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

const SAM_FILES = ["samconfig.toml", "samconfig.yaml", "samconfig.yml"];

/** What lies at a path, if it is SAM's or Serverless's: reads its stacks. */
export const foreignStacks = async (
  path: string,
): Promise<((environment: string) => Promise<Stacks>) | undefined> => {
  if (SAM_FILES.includes(basename(path))) return (environment) => samStacks(path, environment);
  if (await exists(join(path, "serverless-state.json"))) return () => serverlessStacks(path);
  if (await exists(join(path, "manifest.json"))) return undefined;
  for (const name of SAM_FILES)
    if (await exists(join(path, name))) return (environment) => samStacks(join(path, name), environment);
  const folder = join(path, ".serverless");
  return (await exists(join(folder, "serverless-state.json"))) ? () => serverlessStacks(folder) : undefined;
};

/** Where the tools of a folder keep what they deploy. */
export const appsIn = async (folder: string): Promise<string[]> => {
  const places = ["cdk.out", ".serverless", ...SAM_FILES];
  const files = ["cdk.out/manifest.json", ".serverless/serverless-state.json", ...SAM_FILES];
  const there = await Promise.all(files.map((file) => exists(join(folder, file))));
  return places.filter((_, index) => there[index]);
};
