/** What follows from something that was found out about a stack of an orchestrated run. */
import type { ErrorDetail } from "../../protocol/deployment/deployment-event-parts.ts";
import type { DeploymentEvent } from "../../protocol/deployment/deployment-events.ts";
import type { DeploymentState, StackNode } from "../deployment/deployment-state.ts";
import type { Fact, PlanFault, Start } from "./run-calls.ts";
import type { UndoRecord, Task, TaskKind } from "./task.ts";
import { outOfSight, withWayOut } from "./way-out.ts";

/** `task` and `mark`: as they are from now on; null: there is none any more; absent: as before. */
export type Consequence = Readonly<{
  events: readonly DeploymentEvent[];
  task?: Task | null;
  mark?: UndoRecord | null;
}>;

type About = Readonly<{
  state: DeploymentState;
  stack: StackNode;
  task: Task | undefined;
  mark: UndoRecord | undefined;
  now: string;
}>;

const GIVEN_UP: ErrorDetail = {
  code: "CANCELLED",
  message: "It was cancelled before CloudFormation started",
};

export const consequenceOf = (fact: Fact, { state, stack, task, mark, now }: About): Consequence => {
  const data = { deploymentId: state.deploymentId, environment: state.environment, stack: stack.name };
  const failing = (error: ErrorDetail): DeploymentEvent =>
    withWayOut({ type: "stack_failed", timestamp: now, data: { ...data, error } });
  const goingBack = state.status === "rolling_back";
  // What was never begun need not be rolled back, and what others do to the stack from now on must not be.
  const unmarked = task?.isFirst ? { mark: null } : {};
  switch (fact.kind) {
    case "accepted":
      // Another one may have taken its place meanwhile.
      return task?.kind === fact.task ? { events: [], task: { ...task, accepted: true } } : { events: [] };
    case "cancelled":
      return task ? { events: [], task: { ...task, cancelled: true } } : { events: [] };
    case "ready":
      return { events: [], task: null };
    case "withdrawn":
      return { events: [failing(GIVEN_UP)], task: null, ...unmarked };
    case "unchanged":
      return { events: [{ type: "stack_skipped", timestamp: now, data: { ...data, reason: "No changes" } }] };
    case "back": {
      const isThere =
        stack.status === "deployed" ||
        stack.status === "skipped" ||
        // Its own rollback was stuck, and went on because it was asked to.
        (stack.status === "failed" && stack.error?.code === "UPDATE_ROLLBACK_FAILED");
      const { reason = "Its previous state is restored" } = fact;
      return {
        events: isThere ? [{ type: "stack_rolled_back", timestamp: now, data: { ...data, reason } }] : [],
        task: null,
        ...(mark && { mark: { ...mark, back: "well" } }),
      };
    }
    case "gone":
      return {
        events: goneEvents(stack, data, now),
        task: null,
        ...(mark && goingBack && { mark: { ...mark, back: "well" } }),
      };
    case "seen":
      return task?.unseen ? { events: [], task: withoutTrouble(task) } : { events: [] };
    case "unseen":
    case "unreached":
      // What was begun goes on without us: its tracker tells, or the next doubt finds out.
      if (task && task.kind !== "wait" && state.status !== "cancelling") {
        const { code, message } = fact.error;
        return { events: [], task: { ...task, unseen: task.unseen ?? { code, message, since: now } } };
      }
      // Who gives the run up does not wait for that.
      if (task) return { events: [failing(outOfSight(fact.error))], task: null };
      return {
        events: [failing(fact.error)],
        ...(mark && goingBack && { mark: { ...mark, back: "failed" } }),
      };
    case "failed":
      return {
        events: [failing(fact.error)],
        task: null,
        ...(mark && goingBack && { mark: { ...mark, back: "failed" } }),
        ...(fact.isUntouched && unmarked),
      };
  }
};

/** The task once AWS shows again how far it is. */
export const withoutTrouble = ({ unseen: _over, ...task }: Task): Task => task;

/**
 * Whether a stack is back once a task of it has ended. A rollback of CloudFormation's own that went on brings it where its
 * last operation began, which need not be where the first one did.
 */
export const backAfter = (kind: TaskKind, well: boolean): UndoRecord["back"] => {
  switch (kind) {
    case "deploy":
    case "wait":
    case "unpause":
    case "clear":
      return undefined;
    case "revert":
    case "remove":
      return well ? "well" : "failed";
    case "resume":
      return well ? undefined : "failed";
  }
};

/** Of a stack that was to be deleted and is not there. */
const goneEvents = (
  { status }: StackNode,
  data: Readonly<{ deploymentId: string; environment: string; stack: string }>,
  timestamp: string,
): DeploymentEvent[] => {
  const reason = "The stack does not exist";
  switch (status) {
    case "pending":
      return [{ type: "stack_skipped", timestamp, data: { ...data, reason } }];
    case "deleting":
      return [{ type: "stack_deleted", timestamp, data }];
    case "deployed":
    case "failed":
    case "skipped":
      return [
        { type: "stack_deleting", timestamp, data: { ...data, reason } },
        { type: "stack_deleted", timestamp, data },
      ];
    // What takes the place of one that was cleared away is still to come.
    case "deploying":
    case "deleted":
    case "rolled_back":
      return [];
  }
};

/** Whether something may be set going in a stack, as the run goes now. */
export const isAllowed = ({ kind }: Start, state: DeploymentState, { status }: StackNode): boolean => {
  switch (kind) {
    case "deploy":
    case "wait":
    case "unpause":
    case "clear":
      return (
        (state.status === "validating" || state.status === "deploying") &&
        (status === "pending" || status === "deploying")
      );
    case "remove":
      return (
        (state.status === "destroying" && (status === "pending" || status === "deleting")) ||
        (state.status === "rolling_back" && status !== "deleted")
      );
    case "revert":
    case "resume":
      return state.status === "rolling_back" && status !== "rolled_back" && status !== "deleted";
  }
};

/** What is reported of when something is set going in a stack; restoring one shows only in its resources and its end. */
export const startEvents = (
  { kind, reason }: Start,
  { deploymentId, environment }: DeploymentState,
  stack: StackNode,
  timestamp: string,
): DeploymentEvent[] => {
  const data = { deploymentId, environment, stack: stack.name };
  switch (kind) {
    case "deploy":
    case "wait":
    case "unpause":
    case "clear":
      return stack.status === "pending"
        ? [{ type: "stack_deploying", timestamp, data: { ...data, ...(reason !== undefined && { reason }) } }]
        : [];
    case "remove":
      return stack.status === "deleting" ? [] : [{ type: "stack_deleting", timestamp, data }];
    case "revert":
    case "resume":
      return [];
  }
};

/** What is reported of when nothing is begun because stacks cannot be deployed. */
export const validationFailed = (
  faults: readonly PlanFault[],
  { deploymentId, environment }: DeploymentState,
  timestamp: string,
): readonly DeploymentEvent[] => {
  const data = { deploymentId, environment };
  const message = `Nothing was started: ${faults.map(({ stack, error }) => `${stack}: ${error.message}`).join("; ")}`;
  const error = { code: "VALIDATION_FAILED", message: message.slice(0, 8_000) };
  return [
    ...faults.map(({ stack, error: fault }): DeploymentEvent => ({
      type: "stack_failed",
      timestamp,
      data: { ...data, stack, error: fault },
    })),
    { type: "deployment_failed", timestamp, data: { ...data, error } },
  ];
};
