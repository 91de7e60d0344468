/** Where the stacks are named that something else deploys: an app, a plan, the command line, or a list. */
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { DeploymentAddress } from "../../protocol/connection/channel-names.ts";
import { failed, success, type Result } from "../../protocol/result.ts";
import type { Server } from "../arguments/server.ts";
import type { Surroundings } from "../surroundings.ts";
import { foreignStacks } from "./foreign-apps.ts";
import { listedStacks } from "./listed-stacks.ts";
import type { TrackedStack } from "./tracked-stack.ts";

export type SourceOptions = Readonly<{
  app?: string | undefined;
  plan?: string | undefined;
  stacks?: string | undefined;
  stackFile?: string | undefined;
  /** Of stacks that name none. */
  region?: string | undefined;
}>;

type Sourced = Result<readonly TrackedStack[], readonly string[]>;

const SOURCES = ["app", "plan", "stacks", "stackFile"] as const;

/** Those that were given. */
export const sourcesIn = (options: SourceOptions): (typeof SOURCES)[number][] =>
  SOURCES.filter((name) => options[name] !== undefined);

const ofList = (text: string, name: string, region: string | undefined): Sourced => {
  const listed = listedStacks(text, region);
  return listed.ok ? listed : failed([`${name}: ${listed.failure}`]);
};

const ofApp = async (
  app: string,
  { environment }: DeploymentAddress,
  server: Server,
  { cwd, env }: Surroundings,
): Promise<Sourced> => {
  const foreign = await foreignStacks(resolve(cwd, app));
  if (foreign) {
    const stacks = await foreign(environment);
    return stacks.ok ? stacks : failed([stacks.failure]);
  }
  const { readAssembly, trackedOf } = await import("../assembly/assembly-plan.ts");
  const { aliasesFor } = await import("../assembly/account-aliases.ts");
  const assembly = await readAssembly(app, cwd, env);
  if (!assembly.ok) return assembly;
  const aliasOf = await aliasesFor(assembly.value.stacks, server);
  return aliasOf.ok ? success(trackedOf(assembly.value, aliasOf.value)) : aliasOf;
};

const ofPlan = async (file: string, address: DeploymentAddress, { cwd }: Surroundings): Promise<Sourced> => {
  const { readPlan } = await import("./plan-file.ts");
  const plan = await readPlan(resolve(cwd, file), file, address);
  if (!plan.ok) return plan;
  const stacks = plan.value.stacks.map((stack): TrackedStack => {
    const { name, stackName, region, dependsOn } = stack;
    const account = "account" in stack && typeof stack.account === "string" ? stack.account : undefined;
    return {
      name,
      ...(stackName !== undefined && { stackName }),
      ...(region !== undefined && { region }),
      ...(account !== undefined && { account }),
      ...(dependsOn && { dependsOn }),
    };
  });
  return success(stacks);
};

/** Reads the one that was given; the failure is lines for people. */
export const sourcedStacks = async (
  options: SourceOptions,
  address: DeploymentAddress,
  server: Server,
  surroundings: Surroundings,
): Promise<Sourced> => {
  const { app, plan, stacks, stackFile, region } = options;
  if (app !== undefined) return ofApp(app, address, server, surroundings);
  if (plan !== undefined) return ofPlan(plan, address, surroundings);
  if (stacks !== undefined) return ofList(stacks, "--stacks", region);
  if (stackFile === undefined) return failed(["which stacks? Give --app, --plan, --stacks or --stack-file"]);
  try {
    const text =
      stackFile === "-"
        ? await surroundings.readInput()
        : await readFile(resolve(surroundings.cwd, stackFile), "utf8");
    return ofList(text, stackFile === "-" ? "the input" : stackFile, region);
  } catch (error) {
    return failed([`${stackFile} cannot be read: ${error instanceof Error ? error.message : String(error)}`]);
  }
};
