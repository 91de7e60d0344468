/**
 * What a tracker shows of a stack in which an orchestrated run has set something going, as events of the deployment:
 * the same frames mean another thing where a stack is put back than where it is deployed.
 */
import type { DeploymentEvent } from "../../protocol/deployment-events.ts";
import type { StackComplete, StackFrame } from "../../protocol/stack-frames.ts";
import { translated, type Belonging } from "../deployment/stack-translation.ts";
import type { Task } from "./task.ts";
import { withWayOut } from "./way-out.ts";

/** `ended`: the task is over, well or not. */
export type Told = Readonly<{ events: readonly DeploymentEvent[]; ended?: "well" | "badly" }>;

/** Somebody else did that, or CloudFormation, where it was told to. */
const DELETED = { code: "STACK_DELETED", message: "The stack was deleted while it was being deployed" };

const isWell = (outcome: StackComplete["outcome"]): boolean =>
  outcome === "deployed" || outcome === "deployed_with_orphans";

const failed = (frame: StackComplete, belonging: Belonging): DeploymentEvent => {
  const { status } = frame.stack;
  const { cause, timestamp } = frame;
  const message = cause
    ? `${cause.path}: ${cause.reason || cause.status}`
    : `The stack has ended as ${status}`;
  return withWayOut({
    type: "stack_failed",
    timestamp,
    data: { ...belonging, error: { code: status, message }, ...(cause && { cause }) },
  });
};

/** What a frame tells of the task. */
export const toldBy = (frame: StackFrame, belonging: Belonging, task: Task): Told => {
  const event = translated(frame, belonging);
  if (frame.type !== "stack_complete") {
    const shown = event && isShown(event, task) ? [event] : [];
    return { events: shown };
  }
  const { outcome, timestamp } = frame;
  switch (task.kind) {
    case "deploy":
      if (event?.type === "stack_deleted")
        return {
          events: [{ type: "stack_failed", timestamp, data: { ...belonging, error: DELETED } }],
          ended: "badly",
        };
      return { events: event ? [withWayOut(event)] : [], ended: isWell(outcome) ? "well" : "badly" };
    case "clear":
      // What follows is the stack that takes its place.
      return outcome === "deleted"
        ? { events: [], ended: "well" }
        : { events: [failed(frame, belonging)], ended: "badly" };
    case "revert": {
      if (!isWell(outcome)) return { events: [failed(frame, belonging)], ended: "badly" };
      const { reason } = task;
      const data = { ...belonging, ...(reason !== undefined && { reason }) };
      return { events: [{ type: "stack_rolled_back", timestamp, data }], ended: "well" };
    }
    case "resume":
      return outcome === "rolled_back"
        ? { events: [], ended: "well" }
        : { events: [failed(frame, belonging)], ended: "badly" };
    case "remove":
      return outcome === "deleted"
        ? { events: [{ type: "stack_deleted", timestamp, data: belonging }], ended: "well" }
        : { events: [failed(frame, belonging)], ended: "badly" };
  }
};

/** A stack's beginning was told when it was set going; its resources are told, but for those of what is cleared away. */
const isShown = ({ type }: DeploymentEvent, { kind }: Task): boolean =>
  kind !== "clear" && type.startsWith("resource_");
