/** Which events a deployment's present state allows: the seeds' states with their transitions. */
import type { DeploymentEvent } from "../../protocol/deployment/deployment-events.ts";
import type { DeploymentStatus, StackStatus } from "../../protocol/deployment/deployment-progress.ts";
import { MAX_STACKS } from "../../protocol/deployment/deployment-limits.ts";
import {
  hasEnded,
  hasOnlyDeleted,
  isSettled,
  type DeploymentState,
  type StackNode,
} from "./deployment-state.ts";
import { isLightEvent, isLit, isReported, nodeKeyOf, type ResourceEvent } from "./resource-node.ts";
import {
  DEPLOYMENT_STATUS_AFTER,
  STACK_STATUS_AFTER,
  isTurnedBack,
  type DeploymentStep,
  type StackStep,
} from "./status-after.ts";

/** What becomes of an event: it is reported, it was reported before, or it may not be. */
export type Verdict =
  | Readonly<{ kind: "accepted" }>
  | Readonly<{ kind: "known" }>
  | Readonly<{ kind: "refused"; code: "INVALID_TRANSITION" | "UNKNOWN_STACK"; message: string }>;

/** From where each event may take a deployment, and a stack. */
export const DEPLOYMENT_TRANSITIONS: Readonly<
  Record<DeploymentStep, Readonly<{ from: readonly DeploymentStatus[] }>>
> = {
  deployment_validating: { from: ["initializing"] },
  deployment_complete: { from: ["initializing", "validating", "deploying"] },
  deployment_failed: {
    from: ["initializing", "validating", "deploying", "rolling_back", "destroying"],
  },
  deployment_rolling_back: { from: ["deploying", "failed", "cancelled"] },
  deployment_rolled_back: { from: ["rolling_back"] },
  deployment_cancelling: { from: ["initializing", "validating", "deploying"] },
  deployment_cancelled: { from: ["initializing", "validating", "deploying", "cancelling"] },
  deployment_destroying: { from: ["initializing", "validating", "deploying"] },
  deployment_destroyed: { from: ["destroying"] },
};

const STACK_TRANSITIONS: Readonly<Record<StackStep, Readonly<{ from: readonly StackStatus[] }>>> = {
  stack_deploying: { from: ["pending", "skipped", "deleted"] },
  stack_deployed: { from: ["deploying"] },
  stack_failed: {
    from: ["pending", "deploying", "deleting", "deployed", "skipped", "deleted"],
  },
  stack_rolling_back: { from: ["deploying"] },
  stack_skipped: { from: ["pending", "deploying"] },
  stack_deleting: { from: ["pending", "deploying", "deployed", "failed", "skipped"] },
  stack_deleted: { from: ["deleting"] },
  stack_rolled_back: { from: ["deploying", "deployed", "failed", "deleting", "skipped"] },
};

const ACCEPTED: Verdict = { kind: "accepted" };
const KNOWN: Verdict = { kind: "known" };

const invalid = (message: string): Verdict => ({ kind: "refused", code: "INVALID_TRANSITION", message });

const judge = <Status extends string>(
  what: string,
  type: string,
  { to, from }: Readonly<{ to: Status; from: readonly Status[] }>,
  status: Status,
): Verdict => {
  if (status === to) return KNOWN;
  return from.includes(status) ? ACCEPTED : invalid(`${type}: ${what} is ${status}`);
};

/** Whether the event may follow. In `ingest` mode, or a run of a group, a stack that is not known joins. */
export const verdictOn = (state: DeploymentState, event: DeploymentEvent): Verdict => {
  if (event.type === "deployment_started") {
    // A run begins later than the one before it; what is older is the beginning of that one, reported again.
    return state.run === 0 || (hasEnded(state) && event.timestamp > state.startTime) ? ACCEPTED : KNOWN;
  }
  if (state.run === 0) return invalid(`${event.type}: the deployment has not started`);
  if (event.type === "deployment_queued" || event.type === "deployment_dequeued")
    return queueVerdict(state, event);
  if (event.type === "layer_started" || event.type === "layer_complete") return layerVerdict(state, event);
  if (isOfStack(event)) return stackVerdict(state, event, event.data.stack);
  const type: DeploymentStep = event.type;
  const step = { ...DEPLOYMENT_TRANSITIONS[type], to: DEPLOYMENT_STATUS_AFTER[type] };
  const verdict = judge("the deployment", type, step, state.status);
  if (verdict.kind !== "accepted") return verdict;
  if (state.endTime !== undefined && event.timestamp < state.endTime) return KNOWN;
  if (type === "deployment_complete") return completeVerdict(state);
  return type === "deployment_destroying" ? destroyingVerdict(state) : verdict;
};

/** Nothing waits for a run that is over; what waits no more does not wait once more. */
const queueVerdict = (
  state: DeploymentState,
  { type, data }: Extract<DeploymentEvent, { type: "deployment_queued" | "deployment_dequeued" }>,
): Verdict => {
  const isWaiting = state.queued?.id === data.id;
  if (type === "deployment_dequeued") return isWaiting ? ACCEPTED : KNOWN;
  if (isWaiting) return KNOWN;
  return hasEnded(state) ? invalid(`${type}: no run is in progress`) : ACCEPTED;
};

/** Whoever sends the events of a deployment knows when it is over; of one that is followed, its stacks tell. */
const completeVerdict = (state: DeploymentState): Verdict => {
  const open =
    state.mode === "ingest"
      ? undefined
      : [...state.stacks.values()].find((stack) => !isSettled(state, stack));
  return open ? invalid(`deployment_complete: stack ${open.name} is ${open.status}`) : ACCEPTED;
};

/** A run in which stacks were deployed is none that destroys them. */
const destroyingVerdict = (state: DeploymentState): Verdict =>
  state.status === "deploying" && !hasOnlyDeleted(state)
    ? invalid("deployment_destroying: the deployment is deploying")
    : ACCEPTED;

const layerVerdict = (
  state: DeploymentState,
  { type, data }: Extract<DeploymentEvent, { type: "layer_started" | "layer_complete" }>,
): Verdict => {
  const layer = state.layers.get(data.layer);
  if (layer && (type === "layer_started" || layer.endTime !== undefined)) return KNOWN;
  if (hasEnded(state)) return invalid(`${type}: the run is over`);
  if (type === "layer_complete")
    return layer ? ACCEPTED : invalid(`${type}: layer ${data.layer} has not started`);
  const stranger = data.stacks?.find((name) => !state.stacks.has(name));
  return stranger === undefined ? ACCEPTED : joining(state, type, stranger, data.stacks?.length);
};

/** Whether a stack, and as many with it, may join the run. */
const joining = (
  { mode, grouped, stacks }: DeploymentState,
  type: string,
  name: string,
  count = 1,
): Verdict => {
  const isOpen = mode === "ingest" || grouped === true;
  if (isOpen && stacks.size + count <= MAX_STACKS) return ACCEPTED;
  const why = isOpen ? "is one too many" : "is no stack of this deployment";
  return { kind: "refused", code: "UNKNOWN_STACK", message: `${type}: ${name} ${why}` };
};

const stackVerdict = (state: DeploymentState, event: StackBound, name: string): Verdict => {
  const stack = state.stacks.get(name);
  if (!stack) {
    const verdict = joining(state, event.type, name);
    if (verdict.kind === "refused") return verdict;
  }
  const status = stack?.status ?? "pending";
  if (isLightEvent(event)) {
    if (hasEnded(state)) return invalid(`${event.type}: the run is over`);
    return isLit(stack?.resources.get(nodeKeyOf(event.data.resource)), event) ? KNOWN : ACCEPTED;
  }
  if (isResourceEvent(event)) {
    const known = stack?.resources.get(nodeKeyOf(event.data.resource));
    if (known && isReported(known, event)) return KNOWN;
    const underway = status === "deploying" || status === "deleting" || state.status === "rolling_back";
    if (hasEnded(state)) return invalid(`${event.type}: the run is over`);
    return underway ? ACCEPTED : invalid(`${event.type}: stack ${name} is ${status}`);
  }
  const type: StackStep = event.type;
  const step = { ...STACK_TRANSITIONS[type], to: STACK_STATUS_AFTER[type] };
  const turnsBack = type === "stack_rolling_back" && status === step.to && !stack?.rollingBack;
  const verdict = turnsBack ? ACCEPTED : judge(`stack ${name}`, type, step, status);
  if (verdict.kind === "known" || (stack && isPast(stack, event))) return KNOWN;
  if (hasEnded(state)) return invalid(`${type}: the run is over`);
  if (verdict.kind === "accepted" && !DIRECTED[type](state, status)) {
    return invalid(`${type}: stack ${name} is ${status}, and the deployment ${state.status}`);
  }
  return verdict;
};

type StackBound = Extract<DeploymentEvent, { data: { stack: string } }>;

const isOfStack = (event: DeploymentEvent): event is StackBound => "stack" in event.data;

const isResourceEvent = (event: DeploymentEvent): event is ResourceEvent =>
  event.type.startsWith("resource_");

/** Whether the event is older than the end of the stack's operation, or is that operation's beginning. */
const isPast = (
  { status, startTime, endTime = "" }: StackNode,
  { type, timestamp }: DeploymentEvent,
): boolean =>
  // Nothing of a stack that was skipped has ended.
  (status !== "skipped" && timestamp < endTime) || (type === "stack_deploying" && timestamp === startTime);

const always = () => true;

/** What a stack may do depends on where the deployment goes, too. */
const DIRECTED: Readonly<Record<StackStep, (state: DeploymentState, status: StackStatus) => boolean>> = {
  // One that could not be created has to be deleted before it is created again; one that was up to date may be changed yet.
  stack_deploying: (state, status) =>
    status === "pending" ||
    ((status !== "skipped" || state.mode === "track") &&
      (state.status === "deploying" || isTurnedBack(state))),
  stack_deployed: always,
  // What was deployed, by this run or the one before, can fail on its way back only, what is gone on its way up.
  stack_failed: ({ mode, status: going }, status) => {
    if (status === "deleted") return mode !== "ingest" && going === "deploying";
    return (status !== "deployed" && status !== "skipped") || going === "rolling_back";
  },
  stack_rolling_back: always,
  stack_skipped: always,
  stack_deleting: always,
  stack_deleted: always,
  stack_rolled_back: ({ status: going }) => going === "rolling_back",
};
