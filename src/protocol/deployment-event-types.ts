/** The types of a deployment's kept events, for those who tell events apart without checking them. */
import type { DeploymentEvent } from "./deployment-events.ts";

/** Every type, so that a new one which this list lacks does not compile. */
export const DEPLOYMENT_EVENT_TYPES: Readonly<Record<DeploymentEvent["type"], true>> = {
  deployment_started: true,
  deployment_validating: true,
  deployment_complete: true,
  deployment_failed: true,
  deployment_rolling_back: true,
  deployment_rolled_back: true,
  deployment_cancelling: true,
  deployment_cancelled: true,
  deployment_destroying: true,
  deployment_destroyed: true,
  layer_started: true,
  layer_complete: true,
  stack_deploying: true,
  stack_deployed: true,
  stack_failed: true,
  stack_skipped: true,
  stack_deleting: true,
  stack_deleted: true,
  stack_rolled_back: true,
  resource_creating: true,
  resource_created: true,
  resource_updating: true,
  resource_updated: true,
  resource_deleting: true,
  resource_deleted: true,
  resource_failed: true,
};
