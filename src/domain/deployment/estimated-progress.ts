/** A deployment as REST and snapshots show it, with how much longer it takes. */
import type { DeploymentProgress } from "../../protocol/deployment/deployment-progress.ts";
import { estimateOfDeployment } from "../estimate/deployment-estimate.ts";
import type { DeploymentState } from "./deployment-state.ts";
import { progressShown } from "./deployment-view.ts";

/** The whole; durations are as of `now` while the run lasts. */
export const deploymentProgressOf = (state: DeploymentState, now: string): DeploymentProgress =>
  progressShown(state, now, estimateOfDeployment);
