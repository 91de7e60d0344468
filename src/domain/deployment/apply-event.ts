/** One accepted event applied to a deployment's state: the step that every fold of the log takes. */
import type { DeploymentEvent, DeploymentEventOf } from "../../protocol/deployment/deployment-events.ts";
import { emptyDeployment, type DeploymentState, type StackNode } from "./deployment-state.ts";
import { percentOfDeployment } from "./totals/percent.ts";
import { draftOf, type Drafts } from "./drafts.ts";
import { newStackNode, stackAfter, stackAfterLight, stackAfterResource } from "./stack-node.ts";
import { DEPLOYMENT_STATUS_AFTER, isTurnedBack } from "./status-after.ts";
import { without } from "../without.ts";

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
      return { ...state, status: DEPLOYMENT_STATUS_AFTER[event.type] };
    case "deployment_rolling_back":
      // The way back is counted again.
      return { ...reopened(state), status: "rolling_back", reachedPercent: 0 };
    case "deployment_failed": {
      const status = DEPLOYMENT_STATUS_AFTER.deployment_failed;
      // Others that send their events say themselves when the run is over.
      return event.data.willRollBack && state.mode === "deploy"
        ? { ...state, status, willRollBack: true }
        : { ...state, status, endTime: event.timestamp };
    }
    case "deployment_complete":
    case "deployment_rolled_back":
    case "deployment_cancelled":
    case "deployment_destroyed":
      return { ...state, status: DEPLOYMENT_STATUS_AFTER[event.type], endTime: event.timestamp };
    case "deployment_queued": {
      const { id, user, totalStacks } = event.data;
      return { ...state, queued: { id, since: event.timestamp, user, totalStacks } };
    }
    case "deployment_dequeued":
      return without(state, "queued");
    case "layer_started":
      return withLayer(goingUp(state), event);
    case "layer_complete": {
      const layer = state.layers.get(event.data.layer);
      const startTime = layer?.startTime ?? event.timestamp;
      const layers = new Map(state.layers).set(event.data.layer, { startTime, endTime: event.timestamp });
      return { ...state, layers };
    }
    case "stack_deploying":
      return withStack(
        goingUp(state),
        event.data.stack,
        drafts,
        (stack) => stackAfter(stack, event, state.status),
        placeIn(event.data),
      );
    case "stack_deleting":
      return withStack(
        underway(state),
        event.data.stack,
        drafts,
        (stack) => stackAfter(stack, event, state.status),
        placeIn(event.data),
      );
    case "stack_deployed":
    case "stack_failed":
    case "stack_rolling_back":
    case "stack_skipped":
    case "stack_deleted":
    case "stack_rolled_back":
      return withStack(underway(state), event.data.stack, drafts, (stack) =>
        stackAfter(stack, event, state.status),
      );
    case "resource_creating":
    case "resource_created":
    case "resource_updating":
    case "resource_updated":
    case "resource_deleting":
    case "resource_deleted":
    case "resource_retained":
    case "resource_failed":
      return withStack(state, event.data.stack, drafts, (stack) => stackAfterResource(stack, event, drafts));
    case "resource_slow":
    case "resource_stuck":
      return withStack(state, event.data.stack, drafts, (stack) => stackAfterLight(stack, event, drafts));
  }
};

const begun = (
  state: DeploymentState,
  { timestamp, data }: DeploymentEventOf<"deployment_started">,
): DeploymentState => {
  const planned = data.stacks ?? [];
  const stacks = new Map(
    planned.map(
      ({ name, layer, dependsOn, stackName, account, region, usualSeconds }): [string, StackNode] => [
        name,
        {
          ...newStackNode(name, layer, dependsOn),
          stackName,
          account,
          region,
          ...(usualSeconds && { usualSeconds }),
        },
      ],
    ),
  );
  return {
    ...emptyDeployment(state.deploymentId, state.environment),
    run: data.run ?? state.run + 1,
    mode: data.mode ?? "ingest",
    owner: data.owner,
    user: data.user,
    ...(data.source && { source: data.source }),
    ...(data.grouped && data.mode === "track" && { grouped: true }),
    ...(data.onFailure && { onFailure: data.onFailure }),
    ...(data.order && { order: data.order }),
    // What waits outlives a run that is not its own.
    ...(state.queued && state.queued.id !== data.queued && { queued: state.queued }),
    startTime: timestamp,
    announcedStacks: data.totalStacks ?? planned.length,
    announcedLayers: data.totalLayers ?? Math.max(0, ...planned.map(({ layer }) => layer)),
    estimatedDuration: data.estimatedDuration,
    stacks,
  };
};

/** The first stack or layer to begin ends the preparations. */
const underway = (state: DeploymentState): DeploymentState =>
  state.status === "initializing" || state.status === "validating"
    ? { ...state, status: "deploying" }
    : state;

/** What is deployed is not destroyed, whatever was thought before. */
const goingUp = (state: DeploymentState): DeploymentState =>
  isTurnedBack(state) ? { ...state, status: "deploying" } : underway(state);

const reopened = (state: DeploymentState): DeploymentState => {
  const { endTime: _end, willRollBack: _next, ...open } = state;
  return open;
};

const withLayer = (
  state: DeploymentState,
  { timestamp, data }: DeploymentEventOf<"layer_started">,
): DeploymentState => {
  const layers = new Map(state.layers).set(data.layer, { startTime: timestamp });
  const stacks = new Map(state.stacks);
  for (const name of data.stacks ?? []) {
    if (!stacks.has(name)) stacks.set(name, newStackNode(name, data.layer, []));
  }
  const announcedLayers = Math.max(state.announcedLayers, data.totalLayers ?? 0);
  return { ...state, layers, stacks, announcedLayers };
};

/** Where a stack is that joins. */
type Place = Pick<StackNode, "stackName" | "account" | "region">;

const placeIn = ({ stackName, account, region }: Place): Place =>
  stackName === undefined ? {} : { stackName, account, region };

const withStack = (
  state: DeploymentState,
  name: string,
  drafts: Drafts,
  change: (stack: StackNode) => StackNode,
  place: Place = {},
): DeploymentState => {
  const known = state.stacks.get(name) ?? newStackNode(name, 1, []);
  // Its layer may have named it before.
  const stack = known.stackName === undefined ? { ...known, ...place } : known;
  return { ...state, stacks: draftOf(state.stacks, drafts).set(name, change(stack)) };
};
