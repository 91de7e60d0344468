/** Why something that a user asks of a deployment is not done. */
import { mayRead } from "../../auth/rights.ts";
import type { DeploymentState } from "../../domain/deployment/deployment-state.ts";
import type { DeploymentPlan } from "../../domain/run/run-calls.ts";
import { stackChannelOf } from "../../protocol/connection/channel-names.ts";
import type { Session } from "../../protocol/connection/session.ts";
import type { DeploymentAction } from "../../protocol/deployment/deployment-requests.ts";
import type { Failure } from "../../protocol/failure.ts";

/** Why nothing else can be begun. */
export const underway = ({ run, user = "", startTime }: DeploymentState): Failure => {
  const by = user === "" ? "" : ` by ${user}`;
  return {
    code: "RUN_UNDERWAY",
    message: `Run ${run} of this deployment is in progress: started${by} at ${startTime}`,
    details: [
      { field: "run", message: String(run) },
      { field: "user", message: user },
      { field: "since", message: startTime },
    ],
  };
};

export const unfit = (action: DeploymentAction, why: string): Failure => ({
  code: "INVALID_TRANSITION",
  message: `${action}: ${why}`,
});

export const noPlan: Failure = {
  code: "PLAN_NOT_FOUND",
  message: "This deployment has no plan of an earlier run: send its stacks",
};

/** Who may see a deployment may not thereby have something done to the stacks of its last plan. */
export const uncovered = ({ stacks }: DeploymentPlan, channels: Session["channels"]): Failure | undefined => {
  const unseen = stacks.find((stack) => !mayRead({ channels }, stackChannelOf(stack)));
  return unseen && { code: "FORBIDDEN", message: `The token does not cover the stack ${unseen.name}` };
};

/** Only what blocks CloudFormation's own rollback can be skipped, as each name that is skipped is left as it is. */
export const notBlocking = (names: readonly string[], blockers: readonly string[]): Failure => {
  const known = blockers.length === 0 ? "no resource blocks it" : `it is blocked by ${blockers.join(", ")}`;
  const details = names.map((name) => ({
    field: "skipResources",
    message: `${name} does not block the rollback: ${known}`,
  }));
  const message = `skipResources: ${names.join(", ")} ${names.length === 1 ? "does" : "do"} not block the rollback: ${known}`;
  return { code: "INVALID_REQUEST", message, details };
};
