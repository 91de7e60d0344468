/**
 * What happened in each event as the end of a sentence, for notifications; apart from the other words, as the page does
 * not load it.
 */
import type { DeploymentEvent } from "../../protocol/deployment/deployment-events.ts";
import { isLayerWhole, layerLossText } from "./event-words.ts";
import { isStabilising, orphansText, STABILISING, type Left } from "./left-words.ts";

const CLAUSES: Readonly<Record<DeploymentEvent["type"], string>> = {
  deployment_started: "has started",
  deployment_validating: "is being validated",
  deployment_complete: "completed",
  deployment_failed: "failed",
  deployment_rolling_back: "is being rolled back",
  deployment_rolled_back: "was rolled back",
  deployment_cancelling: "is being cancelled",
  deployment_cancelled: "was cancelled",
  deployment_destroying: "is being destroyed",
  deployment_destroyed: "was destroyed",
  deployment_queued: "has another deploy that waits for this run",
  deployment_dequeued: "lost the deploy that waited for this run",
  layer_started: "has started",
  layer_complete: "is complete",
  stack_deploying: "is being deployed",
  stack_deployed: "was deployed",
  stack_failed: "failed",
  stack_rolling_back: "failed, and CloudFormation is rolling it back",
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
  resource_slow: "takes longer than usual",
  resource_stuck: "is perhaps stuck",
};

/** What an end says beyond how it went: what could not be deleted, and what is still settling. */
const reservationOf = ({ data }: DeploymentEvent): string => {
  const left: Left = "stabilising" in data || "orphans" in data ? data : {};
  const orphans = orphansText(left.orphans?.length);
  return `${orphans === "" ? "" : `, but ${orphans}`}${isStabilising(left) ? `; ${STABILISING}` : ""}`;
};

const howItWent = ({ type, data }: DeploymentEvent): string => {
  if (type === "deployment_complete") {
    if (data.failedStacks) return `, with ${data.failedStacks} failed`;
    return data.orphans?.length ? "" : " successfully";
  }
  return type === "deployment_failed" && data.willRollBack ? ", and is being rolled back" : "";
};

/** `was deployed, but 1 resource could not be deleted`. */
export const clauseOf = (event: DeploymentEvent): string => {
  if (event.type === "layer_complete" && !isLayerWhole(event.data)) {
    const loss = layerLossText(event.data);
    return `has ended${loss === "" ? "" : `: ${loss}`}`;
  }
  return `${CLAUSES[event.type]}${howItWent(event)}${reservationOf(event)}`;
};
