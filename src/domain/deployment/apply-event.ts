/** One accepted event applied to a deployment's state: the step that every fold of the log takes. */
import type { DeploymentEvent, DeploymentEventOf } from "../../protocol/deployment-events.ts";
import type { Cause } from "../../protocol/stack-frames.ts";
import { emptyDeployment, LOG_LINES, type DeploymentState, type StackNode } from "./deployment-state.ts";
import { logLineOf } from "./log-line.ts";
import { percentOfDeployment } from "./percent.ts";
import { isUnderway, resourcesAfterEvent, type Drafts, type ResourceEvent } from "./resource-node.ts";
import { DEPLOYMENT_TRANSITIONS, STACK_TRANSITIONS } from "./transitions.ts";

/** The state after an event that `verdictOn` accepts. `drafts`: what the fold that this is a step of may write to. */
export const applyEvent = (
  state: DeploymentState,
  event: DeploymentEvent,
  drafts: Drafts = new WeakMap(),
): DeploymentState => {
  const after = { ...changed(state, event, drafts), lastEventTime: event.timestamp };
  return { ...after, reachedPercent: percentOfDeployment(after) };
};

const changed = (state: DeploymentState, event: DeploymentEvent, drafts: Drafts): DeploymentState => {
  switch (event.type) {
    case "deployment_started":
      return begun(state, event);
    case "deployment_validating":
    case "deployment_cancelling":
    case "deployment_destroying":
      return { ...state, status: DEPLOYMENT_TRANSITIONS[event.type].to };
    case "deployment_rolling_back":
      // The way back is counted anew.
      return { ...reopened(state), status: "rolling_back", reachedPercent: 0 };
    case "deployment_complete":
    case "deployment_failed":
    case "deployment_rolled_back":
    case "deployment_cancelled":
    case "deployment_destroyed":
      return { ...state, status: DEPLOYMENT_TRANSITIONS[event.type].to, endTime: event.timestamp };
    case "layer_started":
      return withLayer(underway(state), event);
    case "layer_complete": {
      const layer = state.layers.get(event.data.layer);
      const startTime = layer?.startTime ?? event.timestamp;
      const layers = new Map(state.layers).set(event.data.layer, { startTime, endTime: event.timestamp });
      return { ...state, layers };
    }
    case "stack_deploying":
    case "stack_deployed":
    case "stack_failed":
    case "stack_skipped":
    case "stack_deleting":
    case "stack_deleted":
    case "stack_rolled_back":
      return withStack(underway(state), event.data.stack, (stack) => stackAfter(stack, event, state));
    case "resource_creating":
    case "resource_created":
    case "resource_updating":
    case "resource_updated":
    case "resource_deleting":
    case "resource_deleted":
    case "resource_failed":
      return withStack(state, event.data.stack, (stack) => stackAfterResource(stack, event, drafts));
  }
};

const begun = (
  state: DeploymentState,
  { timestamp, data }: DeploymentEventOf<"deployment_started">,
): DeploymentState => {
  const planned = data.stacks ?? [];
  const stacks = new Map(
    planned.map(({ name, layer, dependsOn, stackName, region }): [string, StackNode] => [
      name,
      { ...newStack(name, layer, dependsOn), stackName, region },
    ]),
  );
  return {
    ...emptyDeployment(state.deploymentId, state.environment),
    run: data.run ?? state.run + 1,
    mode: data.mode ?? "ingest",
    owner: data.owner,
    user: data.user,
    startTime: timestamp,
    announcedStacks: data.totalStacks ?? planned.length,
    announcedLayers: data.totalLayers ?? Math.max(0, ...planned.map(({ layer }) => layer)),
    estimatedDuration: data.estimatedDuration,
    stacks,
  };
};

const newStack = (name: string, layer: number, dependsOn: readonly string[]): StackNode => ({
  name,
  layer,
  dependsOn,
  status: "pending",
  reachedPercent: 0,
  totalResources: 0,
  resources: new Map(),
  logs: [],
});

/** The first stack or layer to begin ends the preparations. */
const underway = (state: DeploymentState): DeploymentState =>
  state.status === "initializing" || state.status === "validating"
    ? { ...state, status: "deploying" }
    : state;

const reopened = (state: DeploymentState): DeploymentState => {
  const { endTime: _end, ...open } = state;
  return open;
};

const withLayer = (
  state: DeploymentState,
  { timestamp, data }: DeploymentEventOf<"layer_started">,
): DeploymentState => {
  const layers = new Map(state.layers).set(data.layer, { startTime: timestamp });
  const stacks = new Map(state.stacks);
  for (const name of data.stacks ?? []) {
    if (!stacks.has(name)) stacks.set(name, newStack(name, data.layer, []));
  }
  const announcedLayers = Math.max(state.announcedLayers, data.totalLayers ?? 0);
  return { ...state, layers, stacks, announcedLayers };
};

const withStack = (
  state: DeploymentState,
  name: string,
  change: (stack: StackNode) => StackNode,
): DeploymentState => {
  const stack = state.stacks.get(name) ?? newStack(name, 1, []);
  return { ...state, stacks: new Map(state.stacks).set(name, change(stack)) };
};

/** A stack's operation is counted anew. */
const OPERATION_BEGINS: Pick<StackNode, "reachedPercent" | "totalResources" | "resources"> = {
  reachedPercent: 0,
  totalResources: 0,
  resources: new Map(),
};

const UNDONE = { code: "STACK_DELETED", message: "The stack was deleted while it was being deployed" };

type StackEvent = Extract<DeploymentEvent, { type: `stack_${string}` }>;

const stackAfter = (stack: StackNode, event: StackEvent, { status }: DeploymentState): StackNode => {
  const { to } = STACK_TRANSITIONS[event.type];
  const told = { ...stack, status: to, logs: withLine(stack, event) };
  const { endTime: _end, ...unended } = { ...told, ...OPERATION_BEGINS };
  switch (event.type) {
    case "stack_deploying": {
      const { layer = stack.layer, dependencies = stack.dependsOn, totalResources = 0 } = event.data;
      const { error: _error, cause: _cause, ...anew } = unended;
      return { ...anew, startTime: event.timestamp, layer, dependsOn: dependencies, totalResources };
    }
    case "stack_deleting": {
      const startTime = stack.startTime ?? event.timestamp;
      // As CloudFormation does with a stack that could not be created, if it is told to.
      const isUndone = stack.status === "deploying" && status !== "rolling_back" && status !== "cancelling";
      return { ...unended, startTime, ...(isUndone && { error: UNDONE }) };
    }
    case "stack_deployed": {
      const { outputs } = event.data;
      // What failed on the way has done no harm.
      const { cause: _cause, ...well } = told;
      return { ...well, endTime: event.timestamp, reachedPercent: 100, ...(outputs && { outputs }) };
    }
    case "stack_failed": {
      const cause = event.data.cause ?? stack.cause;
      return { ...told, endTime: event.timestamp, error: event.data.error, ...(cause && { cause }) };
    }
    case "stack_skipped":
    case "stack_deleted":
    case "stack_rolled_back":
      return { ...told, endTime: event.timestamp, reachedPercent: 100 };
  }
};

const stackAfterResource = (stack: StackNode, event: ResourceEvent, drafts: Drafts): StackNode => {
  const resources = resourcesAfterEvent(stack.resources, event, drafts);
  const cause = stack.cause ?? causeTold(event);
  const totalResources = Math.max(stack.totalResources, event.data.totalResources ?? 0);
  const after = { ...stack, resources, totalResources, ...(cause && { cause }) };
  const percent = event.data.progressPercent ?? percentCounted(after);
  return {
    ...after,
    logs: withLine(stack, event),
    // 100 is for the stack's own end to say.
    reachedPercent: Math.max(stack.reachedPercent, Math.min(99, Math.floor(percent))),
  };
};

/** Without a total nobody knows how much is to come. */
const percentCounted = (stack: StackNode): number => {
  const { totalResources, resources } = stack;
  // What is done after a failure takes back what was done before.
  if (totalResources === 0 || stack.cause) return 0;
  let done = 0;
  for (const resource of resources.values()) if (!isUnderway(resource)) done++;
  return (100 * done) / Math.max(totalResources, resources.size);
};

/** A failed resource is the cause of its stack's failure, unless the stack's own end names another. */
const causeTold = ({ type, timestamp, data }: ResourceEvent): Cause | undefined =>
  type === "resource_failed"
    ? {
        logicalId: data.resource.name,
        path: data.resource.urn ?? data.resource.name,
        type: data.resource.type,
        physicalId: data.resource.id ?? "",
        stackId: "",
        status: "failed",
        reason: data.error?.message ?? data.reason ?? "",
        timestamp,
      }
    : undefined;

const withLine = (stack: StackNode, event: DeploymentEvent) =>
  [...stack.logs, logLineOf(event)].slice(-LOG_LINES);
