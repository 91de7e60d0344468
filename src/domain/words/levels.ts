/** The level of each event of a deployment in a log: the seeds' levels, apart from the words, as every client needs them. */
import type { DeploymentEvent } from "../../protocol/deployment/deployment-events.ts";
import type { LogEntry } from "../../protocol/deployment/deployment-progress.ts";

type Level = LogEntry["level"];

/** Total: a new type of event does not compile without its level. */
export const EVENT_LEVELS: Readonly<Record<DeploymentEvent["type"], Level>> = {
  deployment_started: "info",
  deployment_validating: "debug",
  deployment_complete: "info",
  deployment_failed: "error",
  deployment_rolling_back: "warn",
  deployment_rolled_back: "warn",
  deployment_cancelling: "warn",
  deployment_cancelled: "warn",
  deployment_destroying: "info",
  deployment_destroyed: "info",
  deployment_queued: "info",
  deployment_dequeued: "warn",
  layer_started: "info",
  layer_complete: "info",
  stack_deploying: "info",
  stack_deployed: "info",
  stack_failed: "error",
  stack_rolling_back: "warn",
  stack_skipped: "warn",
  stack_deleting: "info",
  stack_deleted: "info",
  stack_rolled_back: "warn",
  resource_creating: "info",
  resource_created: "info",
  resource_updating: "info",
  resource_updated: "info",
  resource_deleting: "info",
  resource_deleted: "info",
  // As the seeds have it of what was skipped: nobody may expect that it is still there.
  resource_retained: "warn",
  resource_failed: "error",
  resource_slow: "info",
  resource_stuck: "warn",
};

/** Whether something failed, did not start or could not be deleted, although the event's type is that of a good end. */
const hasLosses = (data: DeploymentEvent["data"]): boolean =>
  ("failedStacks" in data && (data.failedStacks ?? 0) > 0) ||
  ("unbegunStacks" in data && (data.unbegunStacks ?? 0) > 0) ||
  ("orphans" in data && (data.orphans ?? []).length > 0);

export const levelOf = ({ type, data }: DeploymentEvent): Level => {
  const level = EVENT_LEVELS[type];
  return level === "info" && hasLosses(data) ? "warn" : level;
};
