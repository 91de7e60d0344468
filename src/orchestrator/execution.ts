/**
 * A change set executed: once, however often that is asked. Only CloudFormation's own word for it counts, as what
 * happens in the stack just then may be of somebody else's doing.
 */
import type { Order } from "../domain/run/desk-calls.ts";
import type { Task } from "../domain/run/task.ts";
import { REVIEW_STATUS } from "../domain/stack/statuses.ts";
import type { ErrorDetail } from "../protocol/deployment/deployment-events.ts";
import { failing, looked, refusalOf, settled, type Hands, type Outcome, type StackDesk } from "./hands.ts";

/** The stack has been changed since the set was made. */
const OVERTAKEN: ErrorDetail = {
  code: "CHANGE_SET_OVERTAKEN",
  message: "Somebody has changed the stack after the change set was made, which can no longer be executed",
  details: "Nothing was done. Retry: a new change set is made",
};

const BUSY = {
  code: "STACK_BUSY",
  details: "Somebody else is at work on the stack, and nothing was done. Wait for its end, then retry",
} as const;

/** For change sets that are not there any more, and were not executed. */
export const GONE: ErrorDetail = {
  code: "CHANGE_SET_GONE",
  message: "The change set is not there any more, and is not the last one that the stack took",
  details: "Somebody has deleted it, or changed the stack meanwhile: retry makes a new one",
};

/** Has the change set of a task executed, and tells that CloudFormation has taken it. */
export const execute = async (
  order: Order,
  { kind, changeSetId = "", staysPaused }: Pick<Task, "kind" | "changeSetId" | "staysPaused">,
  token: string,
  hands: Hands,
  desk: StackDesk,
): Promise<Outcome> => {
  const { plan } = order;
  const { changeSets } = hands.in(plan.region);
  const planned = kind === "deploy" ? plan.options?.disableRollback : undefined;
  const disableRollback = staysPaused ?? planned;
  const executed = settled(
    await changeSets.execute(
      { name: changeSetId, stack: plan.stackName },
      { token, ...(disableRollback !== undefined && { disableRollback }) },
    ),
  );
  const isMissing = !executed.ok && executed.failure.kind === "missing";
  if (executed.ok || (isMissing && (await wasExecuted(order, changeSetId, hands)))) {
    await desk.note({ kind: "accepted", task: kind });
    return "wait";
  }
  if (isMissing) return failing(desk, GONE);
  const { failure } = executed;
  if (failure.kind !== "wrong-state") return failing(desk, refusalOf(failure));
  // The set itself was looked at: it was never executed.
  const error = failure.status === "OBSOLETE" ? OVERTAKEN : { ...BUSY, message: failure.message };
  await desk.note({ kind: "failed", error, isUntouched: true });
  return "again";
};

/** Whether CloudFormation has begun with a change set: by the set's own word, or by the stack's once it is thrown away. */
export const wasExecuted = async ({ plan }: Order, changeSetId: string, hands: Hands): Promise<boolean> => {
  const { operations, changeSets } = hands.in(plan.region);
  const state = looked(await changeSets.state({ name: changeSetId, stack: plan.stackName }));
  const verdict = state.ok ? state.value.verdict : "deleted";
  if (verdict !== "deleted")
    return verdict === "executing" || verdict === "executed" || verdict === "execution-failed";
  const seen = looked(await operations.picture(plan.stackName));
  return seen.ok && seen.value.changeSetId === changeSetId && seen.value.status !== REVIEW_STATUS;
};
