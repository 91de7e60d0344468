/** Which events a deployment's present state allows: the seeds' states with their transitions. */
import type { DeploymentEvent } from "../../protocol/deployment-events.ts";
import type { DeploymentStatus, StackStatus } from "../../protocol/deployment-progress.ts";
import { hasEnded, type DeploymentState } from "./deployment-state.ts";

/** What becomes of an event: it is told, it was told before, or it may not be. */
export type Verdict =
  | Readonly<{ kind: "accepted" }>
  | Readonly<{ kind: "known" }>
  | Readonly<{ kind: "refused"; code: "INVALID_TRANSITION" | "UNKNOWN_STACK"; message: string }>;

type DeploymentType = Extract<DeploymentEvent["type"], `deployment_${string}`>;
type StackType = Extract<DeploymentEvent["type"], `stack_${string}`>;

type Transition<Status> = Readonly<{ to: Status; from: readonly Status[] }>;

/** Where each event takes a deployment, and from where it may. */
export const DEPLOYMENT_TRANSITIONS: Readonly<
  Record<Exclude<DeploymentType, "deployment_started">, Transition<DeploymentStatus>>
> = {
  deployment_validating: { to: "validating", from: ["initializing"] },
  deployment_complete: { to: "deployed", from: ["initializing", "validating", "deploying"] },
  deployment_failed: {
    to: "failed",
    from: ["initializing", "validating", "deploying", "rolling_back", "destroying"],
  },
  deployment_rolling_back: { to: "rolling_back", from: ["deploying", "failed"] },
  deployment_rolled_back: { to: "rolled_back", from: ["rolling_back"] },
  deployment_cancelled: { to: "cancelled", from: ["initializing", "validating", "deploying", "cancelling"] },
  deployment_destroying: { to: "destroying", from: ["initializing", "validating"] },
  deployment_destroyed: { to: "destroyed", from: ["destroying"] },
};

export const STACK_TRANSITIONS: Readonly<Record<StackType, Transition<StackStatus>>> = {
  stack_deploying: { to: "deploying", from: ["pending"] },
  stack_deployed: { to: "deployed", from: ["deploying"] },
  stack_failed: { to: "failed", from: ["pending", "deploying", "deleting"] },
  stack_skipped: { to: "skipped", from: ["pending", "deploying"] },
  stack_deleting: { to: "deleting", from: ["pending", "deployed", "failed", "skipped"] },
  stack_deleted: { to: "deleted", from: ["deleting"] },
  stack_rolled_back: { to: "rolled_back", from: ["deploying", "deployed", "failed", "deleting"] },
};

const ACCEPTED: Verdict = { kind: "accepted" };
const KNOWN: Verdict = { kind: "known" };

const invalid = (message: string): Verdict => ({ kind: "refused", code: "INVALID_TRANSITION", message });

const judge = <Status extends string>(
  what: string,
  type: string,
  { to, from }: Transition<Status>,
  status: Status,
): Verdict => {
  if (status === to) return KNOWN;
  return from.includes(status) ? ACCEPTED : invalid(`${type}: ${what} is ${status}`);
};

/** Whether the event may follow. In `ingest` mode a stack that is not known joins. */
export const verdictOn = (state: DeploymentState, event: DeploymentEvent): Verdict => {
  if (event.type === "deployment_started") {
    return state.run === 0 || hasEnded(state) ? ACCEPTED : KNOWN;
  }
  if (state.run === 0) return invalid(`${event.type}: the deployment has not started`);
  if (event.type === "layer_started" || event.type === "layer_complete") return layerVerdict(state, event);
  if ("stack" in event.data) return stackVerdict(state, event, event.data.stack);
  const type = event.type as keyof typeof DEPLOYMENT_TRANSITIONS;
  return judge("the deployment", type, DEPLOYMENT_TRANSITIONS[type], state.status);
};

const layerVerdict = (
  state: DeploymentState,
  { type, data }: Extract<DeploymentEvent, { type: "layer_started" | "layer_complete" }>,
): Verdict => {
  const layer = state.layers.get(data.layer);
  if (type === "layer_started")
    return layer ? KNOWN : hasEnded(state) ? invalid(`${type}: the run is over`) : ACCEPTED;
  if (!layer) return invalid(`${type}: layer ${data.layer} has not started`);
  return layer.endTime === undefined ? ACCEPTED : KNOWN;
};

const stackVerdict = (state: DeploymentState, event: DeploymentEvent, name: string): Verdict => {
  const stack = state.stacks.get(name);
  if (!stack && state.mode !== "ingest") {
    return {
      kind: "refused",
      code: "UNKNOWN_STACK",
      message: `${event.type}: ${name} is no stack of this deployment`,
    };
  }
  if (hasEnded(state)) return invalid(`${event.type}: the run is over`);
  const status = stack?.status ?? "pending";
  if (event.type.startsWith("resource_")) {
    const underway = status === "deploying" || status === "deleting" || state.status === "rolling_back";
    return underway ? ACCEPTED : invalid(`${event.type}: stack ${name} is ${status}`);
  }
  const type = event.type as StackType;
  return judge(`stack ${name}`, type, STACK_TRANSITIONS[type], status);
};
