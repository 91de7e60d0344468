/**
 * What a tracker shows of a stack in which an orchestrated run has set something going, as events of the deployment:
 * the same frames mean another thing where a stack is restored than where it is deployed.
 */
import type { DeploymentEvent } from "../../protocol/deployment/deployment-events.ts";
import type { StackComplete, StackFrame } from "../../protocol/stack/stack-frames.ts";
import { failedEventOf, leftBy, translated, type Belonging } from "../deployment/stack-translation.ts";
import { isRollbackStatus } from "../stack/statuses.ts";
import type { Task } from "./task.ts";
import { withWayOut } from "./way-out.ts";

/** `ended`: the task is over, well or not. */
export type FrameEvents = Readonly<{ events: readonly DeploymentEvent[]; ended?: "well" | "badly" }>;

/** Somebody else did that, or CloudFormation, where it was asked to. */
const DELETED = { code: "STACK_DELETED", message: "The stack was deleted while it was being deployed" };

const isWell = (outcome: StackComplete["outcome"]): boolean =>
  outcome === "deployed" || outcome === "deployed_with_orphans";

const failed = (frame: StackComplete, belonging: Belonging): DeploymentEvent =>
  withWayOut(failedEventOf(frame, belonging));

/**
 * What frames tell of the task, in order, up to its end. A stack that CloudFormation was at work on before may tell of
 * that yet: nothing counts before it has reported that it begins with what the task is. `begun`: it has.
 */
export const eventsOfFrames = (
  frames: readonly StackFrame[],
  belonging: Belonging,
  task: Task,
): FrameEvents & Readonly<{ begun: boolean }> => {
  const events: DeploymentEvent[] = [];
  let begun = task.begun ?? false;
  for (const frame of frames) {
    begun ||= begins(frame, belonging, task);
    if (!begun) continue;
    const reported = eventsOfFrame(frame, belonging, task);
    events.push(...reported.events);
    // What follows is another operation, which the deployment did not set going.
    if (reported.ended) return { events, ended: reported.ended, begun };
  }
  return { events, begun };
};

/** Whether a frame shows that CloudFormation has begun with what the task is, or has ended it. */
const begins = (frame: StackFrame, belonging: Belonging, { kind }: Task): boolean => {
  const { status } = frame.stack;
  switch (kind) {
    case "deploy":
    case "revert":
      return translated(frame, belonging)?.type === "stack_deploying";
    // What somebody else has begun is none of its own.
    case "wait":
      return false;
    case "unpause":
      return isRollbackStatus(status) || status.startsWith("DELETE_");
    // Whoever deletes it, it is deleted.
    case "clear":
    case "remove":
      return status.startsWith("DELETE_");
    case "resume":
      return status.startsWith("UPDATE_ROLLBACK_");
  }
};

/** What a frame tells of a task that has begun. */
export const eventsOfFrame = (frame: StackFrame, belonging: Belonging, task: Task): FrameEvents => {
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
    case "wait":
      return { events: [] };
    case "unpause":
      // One that was being created may be deleted by that.
      return outcome === "rolled_back" || outcome === "deleted"
        ? { events: [], ended: "well" }
        : { events: [failed(frame, belonging)], ended: "badly" };
    case "clear":
      // What follows is the stack that takes its place.
      return outcome === "deleted"
        ? { events: [], ended: "well" }
        : { events: [failed(frame, belonging)], ended: "badly" };
    case "revert": {
      if (!isWell(outcome)) return { events: [failed(frame, belonging)], ended: "badly" };
      const { reason } = task;
      const data = { ...belonging, ...(reason !== undefined && { reason }), ...leftBy(frame) };
      return { events: [{ type: "stack_rolled_back", timestamp, data }], ended: "well" };
    }
    case "resume":
      return outcome === "rolled_back"
        ? { events: [], ended: "well" }
        : { events: [failed(frame, belonging)], ended: "badly" };
    case "remove":
      return outcome === "deleted"
        ? {
            events: [{ type: "stack_deleted", timestamp, data: { ...belonging, ...leftBy(frame) } }],
            ended: "well",
          }
        : { events: [failed(frame, belonging)], ended: "badly" };
  }
};

/**
 * A stack's beginning was reported when it was set going. Its resources are reported, but for those of what is cleared away: of
 * these only what stays, which may be in the way of what is to come.
 */
const isShown = ({ type }: DeploymentEvent, { kind }: Task): boolean => {
  if (kind === "wait") return false;
  if (kind === "clear") return type === "resource_retained";
  return type.startsWith("resource_") || (kind === "deploy" && type === "stack_rolling_back");
};
