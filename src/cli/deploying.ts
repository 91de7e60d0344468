/** Begins a run by a plan, or by the plan of the last run, and follows it to its end. */
import { resolve } from "node:path";
import type { DeploymentAddress } from "../protocol/connection/channel-names.ts";
import { followBegun } from "./acting.ts";
import { withServerOf } from "./asking.ts";
import type { DeployOptions } from "./commands/deploy.ts";
import { complain } from "./complaint.ts";
import { EXIT, type ExitCode } from "./arguments/exit-code.ts";
import type { Surroundings } from "./surroundings.ts";

/** `stackcast deploy`. */
export const deploy = (
  address: DeploymentAddress,
  options: DeployOptions,
  surroundings: Surroundings,
): Promise<ExitCode> | ExitCode =>
  withServerOf(options, surroundings, async (server, { deployments }) => {
    if (options.plan === undefined) {
      // No stacks: those of the last plan, which the server knows, or says that there is none.
      const asked = deployments.register({ ...address, mode: "deploy", stacks: [] });
      return followBegun(asked, address, server, options, surroundings);
    }
    const { readPlan } = await import("./plan/plan-file.ts");
    const plan = await readPlan(resolve(surroundings.cwd, options.plan), options.plan, address);
    if (!plan.ok) {
      complain(surroundings, ...plan.failure);
      return EXIT.usage;
    }
    return followBegun(deployments.register(plan.value), address, server, options, surroundings);
  });
