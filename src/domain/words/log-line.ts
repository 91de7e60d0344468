/** An event as a line of a log: the seeds' levels, and words for people. */
import type { DeploymentEvent } from "../../protocol/deployment/deployment-events.ts";
import type { LogEntry } from "../../protocol/deployment/deployment-progress.ts";
import type { Cause, Outcome } from "../../protocol/stack/stack-frames.ts";
import { levelOf } from "./levels.ts";

const took = (seconds: number | undefined): string =>
  seconds === undefined ? "" : ` (${Math.round(seconds)}s)`;

/** An orchestrator may call a run complete of which something failed. */
const withFailures = (failedStacks = 0): string => (failedStacks > 0 ? `, ${failedStacks} failed` : "");

const because = (reason: string | undefined): string => (reason ? `: ${reason}` : "");

type Left = Readonly<{
  orphans?: readonly unknown[] | undefined;
  retained?: readonly unknown[] | undefined;
  stabilising?: boolean | readonly string[] | undefined;
}>;

const manyText = (count: number): string => `${count} resource${count === 1 ? "" : "s"}`;

/** `1 resource could not be deleted`; empty if nothing was left behind against anybody's will. */
export const orphansText = (count = 0): string =>
  count > 0 ? `${manyText(count)} could not be deleted` : "";

/** What an end leaves behind, as the words after it: `; 1 resource could not be deleted, 2 resources retained`. */
export const leftText = ({ orphans, retained, stabilising }: Left): string => {
  const parts = [
    orphansText(orphans?.length),
    retained?.length ? `${manyText(retained.length)} retained` : "",
    stabilising === true || (typeof stabilising === "object" && stabilising.length > 0) ? STABILISING : "",
  ].filter((part) => part !== "");
  return parts.length > 0 ? `; ${parts.join(", ")}` : "";
};

export const STABILISING = "resources may still be becoming available";

/** What a failed stack came to, where that is more than that it failed. */
const failedText = (outcome: Outcome | undefined): string =>
  outcome === "rolled_back"
    ? "failed and rolled back"
    : outcome === "rollback_failed"
      ? "failed, and its rollback failed too"
      : "failed";

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

/** `Database: it cannot be made` */
export const causeText = ({ path, reason, status }: Pick<Cause, "path" | "reason" | "status">): string =>
  `${path}: ${reason || status}`;

const UNCREATED = "it could not be created before";

const messageOf = (event: DeploymentEvent): string => {
  switch (event.type) {
    case "deployment_started":
      return `Deployment started: ${event.data.deploymentId}-${event.data.environment}`;
    case "deployment_validating":
      return "Validating";
    case "deployment_complete":
      return `Deployment complete${withFailures(event.data.failedStacks)}${took(event.data.durationSeconds)}${leftText(event.data)}`;
    case "deployment_failed":
      return `Deployment failed${event.data.willRollBack ? ", and is rolled back" : ""}${because(event.data.error?.message)}`;
    case "deployment_rolling_back":
      return "Rolling back";
    case "deployment_rolled_back":
      return `Rolled back${took(event.data.durationSeconds)}${leftText(event.data)}`;
    case "deployment_cancelling":
      return "Cancelling";
    case "deployment_cancelled":
      return "Deployment cancelled";
    case "deployment_destroying":
      return "Destroying";
    case "deployment_destroyed":
      return `Destroyed${took(event.data.durationSeconds)}${leftText(event.data)}`;
    case "layer_started":
      return `Layer ${event.data.layer} started${because(event.data.stacks?.join(", "))}`;
    case "layer_complete":
      return `${layerEndText(event.data)}${took(event.data.durationSeconds)}`;
    case "stack_deploying":
      return `Deploying ${event.data.stack}${because(event.data.reason)}`;
    case "stack_deployed":
      return `Stack deployed: ${event.data.stack}${took(event.data.durationSeconds)}${leftText(event.data)}`;
    case "stack_failed":
      return `Stack ${failedText(event.data.outcome)}: ${event.data.stack}${because(event.data.error.message)}`;
    case "stack_rolling_back":
      return `CloudFormation rolls back ${event.data.stack}${because(event.data.cause && causeText(event.data.cause))}`;
    case "stack_skipped":
      return `Stack skipped: ${event.data.stack}${because(event.data.reason)}`;
    case "stack_deleting":
      return `Deleting ${event.data.stack}${because(event.data.reason ?? (event.data.uncreated ? UNCREATED : ""))}`;
    case "stack_deleted":
      return `Stack deleted: ${event.data.stack}${leftText(event.data)}`;
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
    case "resource_retained":
      return `Retained ${nameOf(event.data.resource)}, which is still there${because(event.data.reason)}`;
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
  level: levelOf(event),
  message: messageOf(event),
});
