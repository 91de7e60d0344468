/** A deployment as its server knows it, with how much longer it takes. */
import { deploymentProgressOf } from "../domain/deployment/estimated-progress.ts";
import { FoldedDeployment, type DeploymentStoreOptions } from "./folded-deployment.ts";

export class DeploymentStore extends FoldedDeployment {
  constructor(options: DeploymentStoreOptions) {
    super(options, deploymentProgressOf);
  }
}
