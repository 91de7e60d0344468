/**
 * Events that follow from an event: a layer starts with its first stack and is complete with its last, a deployment
 * ends when every stack is finished or cannot begin. Told once, whoever else tells them too.
 */
import type { DeploymentEvent } from "../../protocol/deployment-events.ts";
import { hasEnded, isBlocked, isFinished, type DeploymentState, type StackNode } from "./deployment-state.ts";
import { blastOf, causeOfDeployment } from "./blast.ts";
import { totalStacksOf } from "./percent.ts";

const secondsBetween = (from: string, to: string): number =>
  Math.max(0, Date.parse(to) - Date.parse(from)) / 1000;

const addressOf = ({ deploymentId, environment }: DeploymentState) => ({ deploymentId, environment });

const stacksOfLayer = (state: DeploymentState, layer: number): StackNode[] =>
  [...state.stacks.values()].filter((stack) => stack.layer === layer);

/** Whether all stacks of the run are known by name, so that the last of them is known to be the last. */
const isWholeKnown = (state: DeploymentState): boolean =>
  state.stacks.size > 0 && state.announcedStacks > 0 && state.stacks.size >= totalStacksOf(state);

/** What must be told before this event. */
export const derivedBefore = (state: DeploymentState, event: DeploymentEvent): DeploymentEvent[] => {
  if (event.type === "stack_deleting" && (state.status === "initializing" || state.status === "validating")) {
    return [{ type: "deployment_destroying", timestamp: event.timestamp, data: addressOf(state) }];
  }
  if (event.type !== "stack_deploying" && event.type !== "stack_skipped") return [];
  const layer = layerTold(state, event);
  if (state.layers.has(layer)) return [];
  const stacks = stacksOfLayer(state, layer).map(({ name }) => name);
  const { stack } = event.data;
  const data = {
    ...addressOf(state),
    layer,
    totalLayers: totalLayersOf(state, layer),
    stacks: stacks.includes(stack) ? stacks : [...stacks, stack],
  };
  return [{ type: "layer_started", timestamp: event.timestamp, data }];
};

const layerTold = (
  state: DeploymentState,
  event: Extract<DeploymentEvent, { type: "stack_deploying" | "stack_skipped" }>,
): number => {
  const told = event.type === "stack_deploying" ? event.data.layer : undefined;
  return told ?? state.stacks.get(event.data.stack)?.layer ?? 1;
};

/** Layers of the run, as far as is known. */
export const totalLayersOf = (state: DeploymentState, least = 0): number =>
  Math.max(least, state.announcedLayers, 0, ...[...state.stacks.values()].map(({ layer }) => layer));

/** The next event that follows from the state after an event; undefined: none. */
export const derivedAfter = (state: DeploymentState, event: DeploymentEvent): DeploymentEvent | undefined =>
  hasEnded(state) || state.run === 0 ? undefined : (layerCompleted(state, event) ?? ended(state, event));

const layerCompleted = (
  state: DeploymentState,
  { timestamp }: DeploymentEvent,
): DeploymentEvent | undefined => {
  // Stacks join a deployment that does not know them all, so that no layer is known to be complete.
  if (!isWholeKnown(state)) return undefined;
  for (const [layer, { startTime, endTime }] of state.layers) {
    const stacks = stacksOfLayer(state, layer);
    if (endTime !== undefined || !stacks.every(isFinished)) continue;
    const count = (status: StackNode["status"]) => stacks.filter((stack) => stack.status === status).length;
    const data = {
      ...addressOf(state),
      layer,
      deployedStacks: count("deployed"),
      failedStacks: count("failed"),
      durationSeconds: secondsBetween(startTime, timestamp),
    };
    return { type: "layer_complete", timestamp, data };
  }
  return undefined;
};

const ended = (state: DeploymentState, { timestamp }: DeploymentEvent): DeploymentEvent | undefined => {
  const stacks = [...state.stacks.values()];
  if (!isWholeKnown(state) || state.status === "rolling_back" || state.status === "cancelling")
    return undefined;
  if (!stacks.every((stack) => isFinished(stack) || isBlocked(stack, state.stacks))) return undefined;
  const counted = countsAt(state, timestamp);
  const failedStack = stacks.find(({ status }) => status === "failed");
  if (failedStack) {
    const cause = causeOfDeployment(state);
    const blast = blastOf(state);
    const error = failedStack.error;
    const told = { ...(error && { error }), ...(cause && { cause }), ...(blast && { blast }) };
    return { type: "deployment_failed", timestamp, data: { ...counted, status: "failed", ...told } };
  }
  if (state.status === "destroying") {
    return { type: "deployment_destroyed", timestamp, data: { ...counted, status: "destroyed" } };
  }
  return { type: "deployment_complete", timestamp, data: { ...counted, status: "deployed" } };
};

const countsAt = (state: DeploymentState, timestamp: string) => {
  const count = (status: StackNode["status"]) =>
    [...state.stacks.values()].filter((stack) => stack.status === status).length;
  return {
    ...addressOf(state),
    totalStacks: totalStacksOf(state),
    deployedStacks: count("deployed"),
    skippedStacks: count("skipped"),
    failedStacks: count("failed"),
    durationSeconds: secondsBetween(state.startTime, timestamp),
  };
};
