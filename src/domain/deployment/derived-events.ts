/**
 * Events that follow from an event: a layer starts with its first stack and is complete with its last, a deployment
 * ends when every stack is finished or cannot begin. Reported once, whoever else tells them too.
 */
import type { DeploymentEvent, DeploymentEventOf } from "../../protocol/deployment/deployment-events.ts";
import { stacksOfLayer } from "./totals/counts.ts";
import {
  blockedAmong,
  hasEnded,
  hasFailed,
  hasOnlyDeleted,
  isSettled,
  type DeploymentState,
  type StackNode,
} from "./deployment-state.ts";
import { totalStacksOf } from "./totals/percent.ts";
import { isTurnedBack } from "./status-after.ts";

const addressOf = ({ deploymentId, environment }: DeploymentState) => ({ deploymentId, environment });

/** Whether all stacks of the run are known by name, so that the last of them is known to be the last. */
const isWholeKnown = (state: DeploymentState): boolean =>
  state.grouped !== true &&
  state.stacks.size > 0 &&
  state.announcedStacks > 0 &&
  state.stacks.size >= totalStacksOf(state);

const isPreparing = ({ status }: DeploymentState): boolean =>
  status === "initializing" || status === "validating";

/** What must be reported before this event. */
export const derivedBefore = (state: DeploymentState, event: DeploymentEvent): DeploymentEvent[] => {
  if (event.type === "stack_deploying" || event.type === "stack_skipped") return layerStarted(state, event);
  if (event.type === "stack_deleting" && isTornDown(state, event)) {
    return [{ type: "deployment_destroying", timestamp: event.timestamp, data: addressOf(state) }];
  }
  // Of stacks that nobody announced, only the end says which was the last of a layer.
  return ENDS.has(event.type) && !isWholeKnown(state) ? layersCompleted(state, event.timestamp) : [];
};

const ENDS: ReadonlySet<DeploymentEvent["type"]> = new Set<DeploymentEvent["type"]>([
  "deployment_complete",
  "deployment_failed",
  "deployment_cancelled",
]);

/**
 * Whether the deletion of a stack is the beginning of all stacks' end: that begins with one on which no other depends
 * that is still there. Another one is deleted only to be created again, and so may be any that could not be created.
 */
const isTornDown = (
  state: DeploymentState,
  { data: { stack: name, uncreated } }: DeploymentEventOf<"stack_deleting">,
): boolean =>
  uncreated !== true &&
  state.grouped !== true &&
  (isPreparing(state) || (state.status === "deploying" && hasOnlyDeleted(state))) &&
  [...state.stacks.values()].every(
    ({ dependsOn, status }) => status === "deleted" || !dependsOn.includes(name),
  );

const layerStarted = (
  state: DeploymentState,
  { type, timestamp, data }: DeploymentEventOf<"stack_deploying" | "stack_skipped">,
): DeploymentEvent[] => {
  const goesUp = isPreparing(state) || state.status === "deploying";
  if (!goesUp && !(type === "stack_deploying" && isTurnedBack(state))) return [];
  const reported = type === "stack_deploying" ? data.layer : undefined;
  const layer = reported ?? state.stacks.get(data.stack)?.layer ?? 1;
  if (state.layers.has(layer)) return [];
  const known = stacksOfLayer(state, layer).map(({ name }) => name);
  const stacks = known.includes(data.stack) ? known : [...known, data.stack];
  return [{ type: "layer_started", timestamp, data: { ...addressOf(state), layer, stacks } }];
};

/** The next event that follows from the state after an event; undefined: none. */
export const derivedAfter = (state: DeploymentState, event: DeploymentEvent): DeploymentEvent | undefined => {
  // What happens to a resource ends nothing.
  if (event.type.startsWith("resource_") || hasEnded(state) || state.run === 0) return undefined;
  const { timestamp } = event;
  if (state.status === "rolling_back") return rolledBack(state, timestamp);
  if (state.status === "cancelling") return cancelled(state, timestamp);
  // Stacks join a deployment that does not know them all: no layer, and no run, is known to be over.
  if (!isWholeKnown(state)) return undefined;
  return layersCompleted(state, timestamp)[0] ?? ended(state, timestamp);
};

const layersCompleted = (state: DeploymentState, timestamp: string): DeploymentEvent[] => {
  const blocked = blockedAmong(state.stacks);
  const events: DeploymentEvent[] = [];
  for (const [layer, { endTime }] of state.layers) {
    if (endTime !== undefined) continue;
    const stacks = stacksOfLayer(state, layer);
    if (stacks.length === 0 || !stacks.every((stack) => isSettled(state, stack) || blocked.has(stack.name)))
      continue;
    const data = { ...addressOf(state), layer };
    events.push({ type: "layer_complete", timestamp: latestEnd(stacks, timestamp), data });
  }
  return events;
};

/** Stacks are reported in any order: what ends with the last of them ends at the latest of their times. */
const latestEnd = (stacks: readonly StackNode[], otherwise: string): string => {
  const [latest = otherwise] = stacks
    .flatMap(({ endTime }) => endTime ?? [])
    .sort()
    .reverse();
  return latest;
};

/** The end of a run whose stacks are all finished or cannot begin; undefined: it goes on. */
export const ended = (state: DeploymentState, at: string): DeploymentEvent | undefined => {
  const stacks = [...state.stacks.values()];
  const blocked = blockedAmong(state.stacks);
  if (!stacks.every((stack) => isSettled(state, stack) || blocked.has(stack.name))) return undefined;
  const timestamp = latestEnd(stacks, at);
  const data = addressOf(state);
  if (stacks.some(hasFailed)) {
    // What has failed is rolled back before the run is over: whoever does that says how it goes on.
    const isTakenBack = state.mode === "deploy" && state.onFailure === "rollback";
    return isTakenBack && state.status !== "destroying"
      ? undefined
      : { type: "deployment_failed", timestamp, data };
  }
  return state.status === "destroying"
    ? { type: "deployment_destroyed", timestamp, data }
    : { type: "deployment_complete", timestamp, data };
};

/** All is back once nothing is left of the run; what stays as it is, whoever rolls back must say. */
const rolledBack = (state: DeploymentState, at: string): DeploymentEvent | undefined => {
  const stacks = [...state.stacks.values()];
  const isBack = ({ status }: StackNode) => status === "rolled_back" || status === "deleted";
  const isUntouched = ({ status }: StackNode) => status === "pending" || status === "skipped";
  if (!stacks.some(isBack) || !stacks.every((stack) => isBack(stack) || isUntouched(stack))) return undefined;
  return { type: "deployment_rolled_back", timestamp: latestEnd(stacks, at), data: addressOf(state) };
};

/** A deployment is cancelled when no stack is under way any more. */
const cancelled = (state: DeploymentState, at: string): DeploymentEvent | undefined => {
  const stacks = [...state.stacks.values()];
  if (stacks.some(({ status }) => status === "deploying" || status === "deleting")) return undefined;
  return { type: "deployment_cancelled", timestamp: at, data: addressOf(state) };
};
