/** What every route of a deployment begins with: which one is meant, and whether the session may see it. */
import type { Context } from "hono";
import * as z from "zod";
import { mayRead } from "../../auth/rights.ts";
import { deploymentIdSchema, environmentSchema } from "../../protocol/connection/channel.ts";
import type { DeploymentAddress } from "../../protocol/connection/channel-names.ts";
import type { Failure } from "../../protocol/failure.ts";
import { failed, success, type Result } from "../../protocol/result.ts";
import type { AppEnv } from "../middleware/app-env.ts";
import { deploymentOf } from "../../objects.ts";
import { deploymentNotCovered } from "../middleware/sessions.ts";

/** The deployment's place in a path. */
export const deploymentParams = z.object({
  deploymentId: deploymentIdSchema.meta({ description: "The deployment", example: "D1BRV40" }),
});

/** One deployment may live in many environments: which is always to be said. */
export const environmentQuery = z.strictObject({
  environment: environmentSchema.meta({ description: "The environment of the deployment", example: "dev" }),
});

/** The way to a deployment's object, and the name it answers to. */
type VisibleDeployment = Readonly<{
  address: DeploymentAddress;
  reach: () => ReturnType<typeof deploymentOf>;
}>;

/** Which deployment is meant, if the session may see it. */
export const visibleDeployment = (
  c: Context<AppEnv>,
  { deploymentId }: Pick<DeploymentAddress, "deploymentId">,
  { environment }: Pick<DeploymentAddress, "environment">,
): Result<VisibleDeployment, Failure> => {
  if (!mayRead(c.get("session"), `deployments/${deploymentId}/${environment}`))
    return failed(deploymentNotCovered);
  const address = { deploymentId, environment };
  // Near the Worker's own AWS region: most of its stacks are there.
  return success({ address, reach: () => deploymentOf(c.env, address, c.get("settings").aws.region) });
};
