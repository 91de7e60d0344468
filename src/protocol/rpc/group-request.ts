/** The board asks a deployment to take in a stack that a grouping rule puts there, as it has begun something. */
import type { DeploymentAddress, StackAddress } from "../connection/channel-names.ts";

export type GroupRequest = Readonly<{
  address: DeploymentAddress;
  /** The stack's name in the deployment, if it is free there. */
  stack: string;
  at: StackAddress;
  /** When its operation began, ISO 8601, and whether it deletes the stack. */
  since: string;
  isDeletion: boolean;
  quietSeconds?: number;
  /** See `RPC_VERSION`. */
  version?: number;
}>;
