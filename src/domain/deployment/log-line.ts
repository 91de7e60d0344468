/** An event as a line of a log: the seeds' levels, and words for people. */
import type { DeploymentEvent } from "../../protocol/deployment-events.ts";
import type { LogEntry } from "../../protocol/deployment-progress.ts";

const took = (seconds: number | undefined): string =>
  seconds === undefined ? "" : ` (${Math.round(seconds)}s)`;

/** An orchestrator may call a run complete of which something failed. */
const withFailures = (failedStacks = 0): string => (failedStacks > 0 ? `, ${failedStacks} failed` : "");

const because = (reason: string | undefined): string => (reason ? `: ${reason}` : "");

/** The seeds' level of an event. */
export const levelOf = (type: DeploymentEvent["type"]): LogEntry["level"] => {
  if (type.endsWith("_failed")) return "error";
  if (type === "stack_skipped" || type.includes("roll") || type.includes("cancel")) return "warn";
  return type === "deployment_validating" ? "debug" : "info";
};

type LayerEnd = Extract<DeploymentEvent, { type: "layer_complete" }>["data"];

type LayerCounts = Pick<LayerEnd, "failedStacks" | "unbegunStacks">;

/** Whether all of a layer is done: nothing failed, and nothing was kept from beginning, as far as that is known. */
export const isLayerWhole = ({ failedStacks, unbegunStacks = 0 }: LayerCounts): boolean =>
  failedStacks === 0 && unbegunStacks === 0;

/** `1 failed, 2 not begun`; empty if there are none. */
export const layerLossText = ({ failedStacks = 0, unbegunStacks = 0 }: LayerCounts): string =>
  [
    ...(failedStacks > 0 ? [`${failedStacks} failed`] : []),
    ...(unbegunStacks > 0 ? [`${unbegunStacks} not begun`] : []),
  ].join(", ");

/** How a layer's end is told: only one that is done is complete, and only if that is known. */
export const layerEndText = (end: LayerEnd): string => {
  if (isLayerWhole(end)) return `Layer ${end.layer} complete`;
  const loss = layerLossText(end);
  return `Layer ${end.layer} ended${loss === "" ? "" : `, ${loss}`}`;
};

const UNCREATED = "it could not be created before";

const messageOf = (event: DeploymentEvent): string => {
  switch (event.type) {
    case "deployment_started":
      return `Deployment started: ${event.data.deploymentId}-${event.data.environment}`;
    case "deployment_validating":
      return "Validating";
    case "deployment_complete":
      return `Deployment complete${withFailures(event.data.failedStacks)}${took(event.data.durationSeconds)}`;
    case "deployment_failed":
      return `Deployment failed${because(event.data.error?.message)}`;
    case "deployment_rolling_back":
      return "Rolling back";
    case "deployment_rolled_back":
      return `Rolled back${took(event.data.durationSeconds)}`;
    case "deployment_cancelling":
      return "Cancelling";
    case "deployment_cancelled":
      return "Deployment cancelled";
    case "deployment_destroying":
      return "Destroying";
    case "deployment_destroyed":
      return `Destroyed${took(event.data.durationSeconds)}`;
    case "layer_started":
      return `Layer ${event.data.layer} started${because(event.data.stacks?.join(", "))}`;
    case "layer_complete":
      return `${layerEndText(event.data)}${took(event.data.durationSeconds)}`;
    case "stack_deploying":
      return `Deploying ${event.data.stack}${because(event.data.reason)}`;
    case "stack_deployed":
      return `Stack deployed: ${event.data.stack}${took(event.data.durationSeconds)}`;
    case "stack_failed":
      return `Stack failed: ${event.data.stack}${because(event.data.error.message)}`;
    case "stack_skipped":
      return `Stack skipped: ${event.data.stack}${because(event.data.reason)}`;
    case "stack_deleting":
      return `Deleting ${event.data.stack}${because(event.data.reason ?? (event.data.uncreated ? UNCREATED : ""))}`;
    case "stack_deleted":
      return `Stack deleted: ${event.data.stack}`;
    case "stack_rolled_back":
      return `Stack rolled back: ${event.data.stack}${because(event.data.reason)}`;
    case "resource_creating":
    case "resource_updating":
    case "resource_deleting":
      return `${VERBS[event.type]} ${nameOf(event.data.resource)}${because(event.data.reason)}`;
    case "resource_created":
    case "resource_updated":
    case "resource_deleted":
      return `${VERBS[event.type]} ${nameOf(event.data.resource)}${took(event.data.durationSeconds)}`;
    case "resource_failed":
      return `Failed ${nameOf(event.data.resource)}${because(event.data.error?.message ?? event.data.reason)}`;
  }
};

const VERBS = {
  resource_creating: "Creating",
  resource_updating: "Updating",
  resource_deleting: "Deleting",
  resource_created: "Created",
  resource_updated: "Updated",
  resource_deleted: "Deleted",
} as const;

const nameOf = ({ type, name }: Readonly<{ type: string; name: string }>): string => `${type} (${name})`;

export const logLineOf = (event: DeploymentEvent): LogEntry => ({
  timestamp: event.timestamp,
  level: levelOf(event.type),
  message: messageOf(event),
});
