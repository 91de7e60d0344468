/**
 * What an orchestrated run does next, from where it stands: events to tell, or actions to perform. It is asked again
 * after everything that happens, so that whatever was lost, done twice or done half only costs time.
 */
import type { DeploymentEvent } from "../../protocol/deployment/deployment-events.ts";
import {
  blockedAmong,
  hasEnded,
  hasFailed,
  isFinished,
  type DeploymentState,
  type StackNode,
} from "../deployment/deployment-state.ts";
import { MAX_IN_FLIGHT, unheldAmong } from "../deployment/run-order.ts";
import { doneText } from "./done.ts";
import { isForward, type Action, type UndoRecord, type Orchestration, type Task } from "./task.ts";

export type Standing = Readonly<{
  state: DeploymentState;
  orchestration: Orchestration;
  tasks: ReadonlyMap<string, Task>;
  marks: ReadonlyMap<string, UndoRecord>;
}>;

/** `events`, reported, change where the run stands: it is asked again before anything is done. */
export type Turn = Readonly<{
  over: boolean;
  events: readonly DeploymentEvent[];
  actions: readonly Action[];
}>;

const OVER: Turn = { over: true, events: [], actions: [] };

const acting = (actions: readonly Action[]): Turn => ({ over: false, events: [], actions });

const telling = (events: readonly DeploymentEvent[]): Turn => ({ over: false, events, actions: [] });

/** `now`: time of what is reported; `doubt`: nothing was heard for long, so that what was begun is looked after. */
export const nextTurn = (standing: Standing, now: string, doubt: boolean): Turn => {
  const { state, orchestration } = standing;
  if (hasEnded(state)) return OVER;
  if (state.willRollBack) return telling([rollingBack(state, now)]);
  const data = addressOf(state);
  switch (state.status) {
    case "initializing": {
      const type = orchestration.purpose === "destroy" ? "deployment_destroying" : "deployment_validating";
      return telling([{ type, timestamp: now, data }]);
    }
    case "validating":
      return orchestration.validated ? forward(standing, now, doubt) : acting([{ kind: "validate" }]);
    case "deploying":
      return forward(standing, now, doubt);
    case "cancelling":
      return halting(standing, now, doubt);
    case "destroying":
      return downward(standing, doubt);
    case "rolling_back":
      return backward(standing, now, doubt);
    case "deployed":
    case "failed":
    case "rolled_back":
    case "cancelled":
    case "destroyed":
      return OVER;
  }
};

const addressOf = ({ deploymentId, environment }: DeploymentState) => ({ deploymentId, environment });

/** Whether a stack was to be deployed and nothing of that has been set going yet, or what was has been cleared away. */
const isOpen = ({ state, tasks }: Standing, { name, status }: StackNode): boolean =>
  !tasks.has(name) && (status === "pending" || status === "deploying") && !hasEnded(state);

/** What was set going and CloudFormation has not taken, or may have lost. */
const unsettled = ({ tasks }: Standing, doubt: boolean): [string, Task][] =>
  [...tasks].filter(([, { accepted }]) => !accepted || doubt);

const forward = (standing: Standing, now: string, doubt: boolean): Turn => {
  const { state, orchestration, tasks, marks } = standing;
  const stacks = [...state.stacks.values()];
  const done = stacks.filter(({ name, status }) => status === "pending" && orchestration.done.includes(name));
  if (done.length > 0) return telling(done.map((stack) => skipped(standing, stack, now)));
  const repeated = unsettled(standing, doubt).map(([stack]): Action => ({ kind: "deploy", stack }));
  if (orchestration.onFailure === "rollback" && stacks.some(hasFailed)) {
    // What is under way comes to rest before anything is rolled back.
    if (tasks.size > 0) return acting(repeated);
    const open = stacks.filter((stack) => stack.status === "deploying" && isOpen(standing, stack));
    if (open.length > 0) return telling(open.map((stack) => givenUp(state, stack, now)));
    return telling(failing(state, marks.size > 0, now));
  }
  const blocked = blockedAmong(state.stacks);
  const unfinished = stacks.filter((stack) => !isFinished(stack) && !blocked.has(stack.name));
  const room = Math.max(0, MAX_IN_FLIGHT - tasks.size);
  const ready = unheldAmong(unfinished, state.stacks, state.order, "up")
    .filter((stack) => isOpen(standing, stack))
    .slice(0, room);
  return acting([...repeated, ...ready.map(({ name }): Action => ({ kind: "deploy", stack: name }))]);
};

/** The run cannot succeed any more: what it has changed is rolled back, if it has changed anything. */
const failing = (state: DeploymentState, isTakenBack: boolean, now: string): DeploymentEvent[] => {
  const data = addressOf(state);
  if (!isTakenBack) return [{ type: "deployment_failed", timestamp: now, data }];
  return [
    { type: "deployment_failed", timestamp: now, data: { ...data, willRollBack: true } },
    rollingBack(state, now),
  ];
};

const rollingBack = (state: DeploymentState, now: string): DeploymentEvent => ({
  type: "deployment_rolling_back",
  timestamp: now,
  data: addressOf(state),
});

const skipped = ({ state, orchestration }: Standing, { name }: StackNode, now: string): DeploymentEvent => ({
  type: "stack_skipped",
  timestamp: now,
  data: { ...addressOf(state), stack: name, reason: doneText(orchestration.doneBy?.[name]) },
});

const givenUp = (state: DeploymentState, { name }: StackNode, now: string): DeploymentEvent => ({
  type: "stack_failed",
  timestamp: now,
  data: {
    ...addressOf(state),
    stack: name,
    error: { code: "CANCELLED", message: "It was cancelled before CloudFormation started" },
  },
});

/** Nothing more is begun. Updates are cancelled; what is being created comes to its end, as CloudFormation cannot stop it. */
const halting = (standing: Standing, now: string, doubt: boolean): Turn => {
  const { state, tasks } = standing;
  const open = [...state.stacks.values()].filter(
    (stack) => stack.status === "deploying" && isOpen(standing, stack),
  );
  if (open.length > 0) return telling(open.map((stack) => givenUp(state, stack, now)));
  return acting(cancellations(tasks, doubt));
};

const cancellations = (tasks: ReadonlyMap<string, Task>, doubt: boolean): Action[] =>
  [...tasks]
    .filter(([, task]) => isForward(task) && (!task.cancelled || doubt))
    .map(([stack]) => ({ kind: "cancel", stack }));

const downward = (standing: Standing, doubt: boolean): Turn => {
  const { state, tasks } = standing;
  const blocked = blockedAmong(state.stacks);
  const unfinished = [...state.stacks.values()].filter(
    (stack) => !isFinished(stack) && !blocked.has(stack.name),
  );
  const room = Math.max(0, MAX_IN_FLIGHT - tasks.size);
  const ready = unheldAmong(unfinished, state.stacks, state.order, "down")
    .filter(({ name }) => !tasks.has(name))
    .slice(0, room);
  const names = [...unsettled(standing, doubt).map(([name]) => name), ...ready.map(({ name }) => name)];
  return acting(names.map((stack) => ({ kind: "remove", stack })));
};

/**
 * Stacks on which others depend come after these. What lies below one that could not be restored stays as it is: that
 * stack may need it so.
 */
const backward = (standing: Standing, now: string, doubt: boolean): Turn => {
  const { state, tasks, marks } = standing;
  const forwardTasks = new Map([...tasks].filter(([, task]) => isForward(task)));
  const open = [...state.stacks.values()].filter(
    (stack) => stack.status === "deploying" && isOpen(standing, stack),
  );
  if (open.length > 0) return telling(open.map((stack) => givenUp(state, stack, now)));
  if (forwardTasks.size > 0) return acting(cancellations(forwardTasks, doubt));
  const kept = keptFor(state, marks);
  const due = [...marks].flatMap(([name, mark]) => {
    const stack = state.stacks.get(name);
    return stack && mark.back === undefined && !kept.has(name) ? [{ ...stack, mark }] : [];
  });
  if (due.length === 0 && tasks.size === 0) return telling([endOf(state, marks, kept, now)]);
  const repeated = new Set(unsettled(standing, doubt).map(([name]) => name));
  const room = Math.max(0, MAX_IN_FLIGHT - tasks.size);
  const fresh = unheldAmong(due, state.stacks, state.order, "down")
    .filter(({ name }) => !tasks.has(name))
    .slice(0, room);
  const wanted = [...due.filter(({ name }) => repeated.has(name)), ...fresh];
  return acting(
    wanted.map(({ name, mark }) => ({ kind: mark.how === "created" ? "remove" : "revert", stack: name })),
  );
};

/** Names of the stacks on which one depends, at any distance, that could not be restored. */
const keptFor = (state: DeploymentState, marks: ReadonlyMap<string, UndoRecord>): ReadonlySet<string> => {
  const stuck = [...marks].flatMap(([name, { back }]) => (back === "failed" ? [name] : []));
  const kept = new Set(stuck.flatMap((name) => state.stacks.get(name)?.dependsOn ?? []));
  for (const name of kept) for (const below of state.stacks.get(name)?.dependsOn ?? []) kept.add(below);
  return kept;
};

const endOf = (
  state: DeploymentState,
  marks: ReadonlyMap<string, UndoRecord>,
  kept: ReadonlySet<string>,
  now: string,
): DeploymentEvent => {
  const stuck = [...marks].flatMap(([name, { back }]) => (back === "failed" ? [name] : []));
  const data = addressOf(state);
  if (stuck.length === 0) return { type: "deployment_rolled_back", timestamp: now, data };
  const left = [...kept].filter((name) => marks.has(name) && marks.get(name)?.back === undefined);
  const message =
    `Not rolled back: ${stuck.join(", ")}` +
    (left.length > 0 ? `; left unchanged, because these depend on them: ${left.join(", ")}` : "");
  return {
    type: "deployment_failed",
    timestamp: now,
    data: { ...data, error: { code: "ROLLBACK_FAILED", message } },
  };
};
