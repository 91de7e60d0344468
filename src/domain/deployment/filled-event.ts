/**
 * An event with the seeds' fields that whoever reported it left out, as far as the state before it knows them. What was
 * reported stays as it was reported.
 */
import type { DeploymentEvent, DeploymentEventOf } from "../../protocol/deployment/deployment-events.ts";
import type { Cause } from "../../protocol/stack/stack-frames.ts";
import { STACK_TYPE } from "../stack/stack-event.ts";
import { MAX_STACKS } from "../../protocol/deployment/deployment-limits.ts";
import { blastOf, firstFailed } from "./blast.ts";
import { countOf, countsAt, stacksOfLayer, totalLayersOf } from "./totals/counts.ts";
import type { DeploymentState, StackNode } from "./deployment-state.ts";
import { leavingsOf } from "./leavings.ts";
import { resourceCountsOf } from "./totals/resource-counts.ts";
import { nodeKeyOf, goesOn, statusAfterEvent, type ResourceEvent } from "./resource-node.ts";
import { DEPLOYMENT_STATUS_AFTER } from "./status-after.ts";
import { secondsBetween } from "../elapsed.ts";

export const filledEvent = (state: DeploymentState, event: DeploymentEvent): DeploymentEvent => {
  switch (event.type) {
    case "deployment_started": {
      const { stacks = [] } = event.data;
      const counts = stacks.length > 0 && {
        totalStacks: stacks.length,
        totalLayers: Math.max(...stacks.map(({ layer }) => layer)),
      };
      const run = Math.max(state.run + 1, event.data.run ?? 1);
      return { ...event, data: { ...counts, mode: "ingest", ...event.data, run } };
    }
    case "deployment_complete":
    case "deployment_failed":
    case "deployment_rolled_back":
    case "deployment_cancelled":
    case "deployment_destroyed":
      return ended(state, event);
    case "layer_started": {
      const stacks = stacksOfLayer(state, event.data.layer).map(({ name }) => name);
      const totalLayers = totalLayersOf(state, event.data.layer);
      return { ...event, data: { totalLayers, stacks, ...event.data } };
    }
    case "layer_complete": {
      const stacks = stacksOfLayer(state, event.data.layer);
      const startTime = state.layers.get(event.data.layer)?.startTime ?? event.timestamp;
      const unbegunStacks = countOf(stacks, "pending");
      const counts = {
        deployedStacks: countOf(stacks, "deployed"),
        failedStacks: countOf(stacks, "failed"),
        ...(unbegunStacks > 0 && { unbegunStacks }),
        durationSeconds: secondsBetween(startTime, event.timestamp),
      };
      return { ...event, data: { ...counts, ...event.data } };
    }
    case "stack_deploying":
      return begun(state, event);
    case "stack_deployed": {
      const stack = state.stacks.get(event.data.stack);
      if (!stack) return event;
      const { created: resourcesCreated } = resourceCountsOf(stack);
      const durationSeconds = secondsBetween(stack.startTime ?? event.timestamp, event.timestamp);
      return { ...event, data: { status: "deployed", resourcesCreated, durationSeconds, ...event.data } };
    }
    case "stack_failed": {
      const cause = state.stacks.get(event.data.stack)?.cause;
      return { ...event, data: { ...(cause && { cause }), ...event.data } };
    }
    case "stack_rolling_back": {
      const stack = state.stacks.get(event.data.stack);
      const cause = stack?.cause ?? ownCauseOf(event, stack);
      return { ...event, data: { ...(cause && { cause }), ...event.data } };
    }
    case "resource_created":
    case "resource_updated":
    case "resource_deleted":
    case "resource_retained":
    case "resource_failed":
      return timed(state, event);
    case "deployment_queued":
    case "deployment_dequeued":
    case "deployment_validating":
    case "deployment_rolling_back":
    case "deployment_cancelling":
    case "deployment_destroying":
    case "stack_skipped":
    case "stack_deleting":
    case "stack_deleted":
    case "stack_rolled_back":
    case "resource_creating":
    case "resource_updating":
    case "resource_deleting":
    case "resource_slow":
    case "resource_stuck":
      return event;
  }
};

type End = DeploymentEventOf<
  | "deployment_complete"
  | "deployment_failed"
  | "deployment_rolled_back"
  | "deployment_cancelled"
  | "deployment_destroyed"
>;

const ended = (state: DeploymentState, event: End): DeploymentEvent => {
  const first = event.type === "deployment_complete" ? undefined : firstFailed(state);
  const blast = first && blastOf(state);
  const why = {
    ...(first?.error && { error: first.error }),
    ...(first?.cause && { cause: first.cause }),
    ...(first?.ending?.rollbackCause && { rollbackCause: first.ending.rollbackCause }),
    ...(blast && { blast }),
  };
  const to = DEPLOYMENT_STATUS_AFTER[event.type];
  const known = { ...countsAt(state, event.timestamp), status: to, ...why, ...leavingsOf(state) };
  return { ...event, data: { ...known, ...event.data } };
};

/** What a stack says of its own failure, as long as no resource is known that has failed. */
const ownCauseOf = (
  { timestamp, data: { stack: name, reason = "" } }: DeploymentEventOf<"stack_rolling_back">,
  stack: StackNode | undefined,
): Cause | undefined => {
  const logicalId = stack?.stackName ?? name;
  const place = { logicalId, path: logicalId, type: STACK_TYPE, physicalId: "", stackId: "" };
  return reason === "" ? undefined : { ...place, status: "failed", reason, timestamp };
};

/** A stack that joins without its layer lies above those that it depends on, else in the layer begun last. */
const begun = (state: DeploymentState, event: DeploymentEventOf<"stack_deploying">): DeploymentEvent => {
  const { stack: name, dependencies } = event.data;
  const stack = state.stacks.get(name);
  const below = (dependencies ?? []).map((dependency) => state.stacks.get(dependency)?.layer ?? 0);
  const above = below.length > 0 ? 1 + Math.max(...below) : Math.max(1, ...state.layers.keys());
  // No event may say more, and those below may have been reported to lie as high as that.
  const layer = stack?.layer ?? Math.min(MAX_STACKS, above);
  return { ...event, data: { layer, dependencies: [...(stack?.dependsOn ?? [])], ...event.data } };
};

const timed = (state: DeploymentState, event: ResourceEvent): DeploymentEvent => {
  const { stack, resource } = event.data;
  const known = state.stacks.get(stack)?.resources.get(nodeKeyOf(resource));
  if (!known || !goesOn(known, statusAfterEvent(event))) return event;
  const durationSeconds = secondsBetween(known.startTime, event.timestamp);
  return { ...event, data: { durationSeconds, ...event.data } };
};
