/** Where each event takes a deployment or a stack: the part of the seeds' transitions that every fold needs. */
import type { DeploymentEvent } from "../../protocol/deployment/deployment-events.ts";
import type { DeploymentStatus, StackStatus } from "../../protocol/deployment/deployment-progress.ts";
import type { DeploymentState } from "./deployment-state.ts";

export type DeploymentStep = Exclude<
  Extract<DeploymentEvent["type"], `deployment_${string}`>,
  "deployment_started" | "deployment_queued" | "deployment_dequeued"
>;
export type StackStep = Extract<DeploymentEvent["type"], `stack_${string}`>;

export const DEPLOYMENT_STATUS_AFTER: Readonly<Record<DeploymentStep, DeploymentStatus>> = {
  deployment_validating: "validating",
  deployment_complete: "deployed",
  deployment_failed: "failed",
  deployment_rolling_back: "rolling_back",
  deployment_rolled_back: "rolled_back",
  deployment_cancelling: "cancelling",
  deployment_cancelled: "cancelled",
  deployment_destroying: "destroying",
  deployment_destroyed: "destroyed",
};

export const STACK_STATUS_AFTER: Readonly<Record<StackStep, StackStatus>> = {
  stack_deploying: "deploying",
  stack_deployed: "deployed",
  stack_failed: "failed",
  // CloudFormation's own way back: it ends as `stack_failed`, and until then the stack is on its way.
  stack_rolling_back: "deploying",
  stack_skipped: "skipped",
  stack_deleting: "deleting",
  stack_deleted: "deleted",
  stack_rolled_back: "rolled_back",
};

/** Whether a layer or a stack that begins now shows that what was taken for the destruction of all was none. */
export const isTurnedBack = ({ mode, status }: DeploymentState): boolean =>
  mode === "track" && status === "destroying";
