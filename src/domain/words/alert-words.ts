/** An event as the title and the sentence of a notification, in the words of the seeds' samples. */
import type { DeploymentEvent } from "../../protocol/deployment/deployment-events.ts";
import { isLayerWhole, layerLossText, orphansText, STABILISING } from "./log-line.ts";

type Type = DeploymentEvent["type"];

const WHAT_HAPPENED: Readonly<Record<Exclude<Type, "layer_complete" | "deployment_complete">, string>> = {
  deployment_started: "has started",
  deployment_validating: "is being validated",
  deployment_failed: "failed",
  deployment_rolling_back: "is being rolled back",
  deployment_rolled_back: "was rolled back",
  deployment_cancelling: "is being cancelled",
  deployment_cancelled: "was cancelled",
  deployment_destroying: "is being destroyed",
  deployment_destroyed: "was destroyed",
  layer_started: "has started",
  stack_deploying: "is being deployed",
  stack_deployed: "was deployed",
  stack_failed: "failed",
  stack_rolling_back: "has failed, and CloudFormation rolls it back",
  stack_skipped: "was skipped",
  stack_deleting: "is being deleted",
  stack_deleted: "was deleted",
  stack_rolled_back: "was rolled back",
  resource_creating: "is being created",
  resource_created: "was created",
  resource_updating: "is being updated",
  resource_updated: "was updated",
  resource_deleting: "is being deleted",
  resource_deleted: "was deleted",
  resource_retained: "was retained, and is still there",
  resource_failed: "failed",
};

/** Whether an end says that something could not be deleted. */
export const hasOrphans = ({ data }: DeploymentEvent): boolean =>
  "orphans" in data && (data.orphans?.length ?? 0) > 0;

/** Whether the event tells of a success: a layer or a run may be told complete of which something failed. */
export const isWell = (event: DeploymentEvent): boolean => {
  const { type, data } = event;
  if (type === "layer_complete") return isLayerWhole(data);
  if (type === "deployment_complete") return (data.failedStacks ?? 0) === 0;
  return type === "deployment_destroyed" || type === "stack_deployed";
};

/** What an end that is well says beyond that: what was left behind, and that it is not quite there yet. */
const reservationOf = ({ data }: DeploymentEvent): string => {
  const left = "orphans" in data ? orphansText(data.orphans?.length) : "";
  const isSettling = "stabilising" in data && data.stabilising !== undefined && data.stabilising !== false;
  return `${left === "" ? "" : `, but ${left}`}${isSettling ? `; ${STABILISING}` : ""}`;
};

const whatHappened = (event: DeploymentEvent): string => {
  const { type, data } = event;
  if (type === "deployment_complete") {
    if (!isWell(event)) return `completed, with ${data.failedStacks} failed${reservationOf(event)}`;
    return `completed ${hasOrphans(event) ? "" : "successfully"}`.trim() + reservationOf(event);
  }
  if (type === "deployment_failed" && data.willRollBack) return "failed, and is being rolled back";
  if (type !== "layer_complete") return `${WHAT_HAPPENED[type]}${reservationOf(event)}`;
  const loss = layerLossText(data);
  return isLayerWhole(data) ? "is complete" : loss === "" ? "has ended" : `has ended: ${loss}`;
};

/** `deployment_rolled_back` → `Deployment Rolled Back` */
const nameOf = (event: DeploymentEvent): string =>
  (event.type === "layer_complete" && !isWell(event) ? "layer_ended" : event.type)
    .split("_")
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join(" ");

/** What within its deployment an event is about: first in few words, then as a sentence begins. Undefined: all of it. */
const partOf = ({ data }: DeploymentEvent): readonly [string, string] | undefined => {
  if ("resource" in data) {
    const { name, type } = data.resource;
    return [`${name} in ${data.stack}`, `Resource ${name} (${type}) in stack ${data.stack}`];
  }
  if ("stack" in data) return [data.stack, `Stack ${data.stack}`];
  return "layer" in data ? [String(data.layer), `Layer ${data.layer}`] : undefined;
};

/** `Deployment Complete: D1BRV40-dev`, `Stack Failed: database-rds (D1BRV40-dev)` */
export const alertTitle = (event: DeploymentEvent): string => {
  const { deploymentId, environment } = event.data;
  const whole = `${deploymentId}-${environment}`;
  const part = partOf(event);
  return `${nameOf(event)}: ${part ? `${part[0]} (${whole})` : whole}`;
};

/** `Deployment D1BRV40 to dev environment completed successfully.` */
export const alertSentence = (event: DeploymentEvent): string => {
  const { deploymentId, environment } = event.data;
  const whole = `deployment ${deploymentId} to ${environment} environment`;
  const part = partOf(event);
  const subject = part ? `${part[1]} of ${whole}` : whole.replace(/^d/, "D");
  return `${subject} ${whatHappened(event)}.`;
};
