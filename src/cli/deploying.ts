/** Begins a run by a plan, by an app, or by the plan of the last run, and follows it to its end. */
import { resolve } from "node:path";
import type { DeploymentAddress } from "../protocol/connection/channel-names.ts";
import type { Registration } from "../protocol/deployment/deployment-requests.ts";
import { failed, success, type Result } from "../protocol/result.ts";
import { followBegun } from "./acting.ts";
import { withServerOf } from "./asking.ts";
import type { DeployOptions } from "./commands/deploy.ts";
import { complain } from "./complaint.ts";
import { EXIT, type ExitCode } from "./arguments/exit-code.ts";
import type { Server } from "./arguments/server.ts";
import type { Surroundings } from "./surroundings.ts";
import { pipelineOf } from "./running/pipeline.ts";

const asApp = async (
  app: string,
  address: DeploymentAddress,
  { assets }: DeployOptions,
  server: Server,
  surroundings: Surroundings,
): Promise<Result<Registration, readonly string[]>> => {
  const { askedFor } = await import("./assembly/asked-for.ts");
  const { aliasesFor } = await import("./assembly/account-aliases.ts");
  const plan = await askedFor(app, address, surroundings, ({ stacks }) => aliasesFor(stacks, server));
  if (!plan.ok) return plan;
  const { assembly, published, registration } = plan.value;
  for (const notice of assembly.notices) complain(surroundings, `note: ${notice}`);
  if (assets) {
    const { publishAssets } = await import("./assembly/assets.ts");
    const done = await publishAssets(assembly, published, surroundings);
    if (!done.ok) return done;
  }
  return success(registration);
};

const requestOf = async (
  address: DeploymentAddress,
  options: DeployOptions,
  server: Server,
  surroundings: Surroundings,
): Promise<Result<Registration, readonly string[]>> => {
  const { app, plan } = options;
  if (app !== undefined && plan !== undefined) return failed(["give either --plan or --app"]);
  if (app !== undefined) return asApp(app, address, options, server, surroundings);
  // No stacks: those of the last plan, which the server knows, or says that there is none.
  if (plan === undefined) return success({ ...address, mode: "deploy", stacks: [] });
  const { readPlan } = await import("./plan/plan-file.ts");
  return readPlan(resolve(surroundings.cwd, plan), plan, address);
};

/** `stackcast deploy`. */
export const deploy = (
  address: DeploymentAddress,
  options: DeployOptions,
  surroundings: Surroundings,
): Promise<ExitCode> | ExitCode =>
  withServerOf(options, surroundings, async (server, { deployments }) => {
    const registration = await requestOf(address, options, server, surroundings);
    if (!registration.ok) {
      complain(surroundings, ...registration.failure);
      return EXIT.usage;
    }
    const { onFailure, queue } = options;
    const source = pipelineOf(surroundings.env);
    const asked = { ...(onFailure && { onFailure }), ...(queue && { queue }), ...(source && { source }) };
    const request = { ...registration.value, ...asked };
    return followBegun(deployments.register(request), address, server, options, surroundings);
  });
