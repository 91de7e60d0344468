/**
 * A change set of a step: proposed, executed, discarded. Proposed again it is the same one; executed it is once, however
 * often that is asked. Only CloudFormation's own word for that counts, as what happens in the stack just then may be of
 * somebody else's doing.
 */
import type { ChangeSetState } from "../aws/cloudformation/change-sets.ts";
import type { DesiredStack } from "../aws/cloudformation/desired-stack.ts";
import { backoffMs } from "../domain/backoff.ts";
import { errorDetailOf } from "../domain/failure/aws-failures.ts";
import type { OperationFailure } from "../domain/failure/operation-failure.ts";
import { operationNameOf } from "../domain/run/operation-names.ts";
import type { Task } from "../domain/run/task.ts";
import { REVIEW_STATUS } from "../domain/stack/statuses.ts";
import type { ErrorDetail } from "../protocol/deployment/deployment-event-parts.ts";
import { failed, success, type Result } from "../protocol/result.ts";
import type { StackOptions } from "../protocol/stack/stack-options.ts";
import { looked, settled } from "./answers.ts";
import { cloudFormationOf, failing, type Step, type StepOutcome } from "./step.ts";

/** Looks at a change set that is being computed: nested stacks take long, and the next turn looks again. */
const MAX_LOOKS = 8;
const BETWEEN_LOOKS = { baseMs: 125, maxMs: 1_000 };

/** What is proposed, under a name that only this step's change set has. */
type Proposal = Readonly<{
  name: string;
  type: "CREATE" | "UPDATE";
  desired: DesiredStack;
  options?: StackOptions | undefined;
}>;

/** The stack has been changed since the set was made. */
const OVERTAKEN: ErrorDetail = {
  code: "CHANGE_SET_OVERTAKEN",
  message: "The stack was changed after its change set was created, so the change set cannot be executed",
  details: "Nothing was changed. Retry: a new change set is created",
};

const BUSY = {
  code: "STACK_BUSY",
  details: "Another operation is changing the stack, and nothing was done. Wait until it ends, then retry",
} as const;

/** For change sets that are not there any more, and were not executed. */
export const GONE: ErrorDetail = {
  code: "CHANGE_SET_GONE",
  message: "The change set no longer exists, and is not the last one that was executed",
  details: "It was deleted, or the stack was changed in the meantime: retry creates a new one",
};

/** What a proposal came to: nothing is to be changed, CloudFormation refuses it, it takes longer, or it can go ahead. */
export type Proposed =
  | Readonly<{ kind: "pending" | "unchanged" }>
  | Readonly<{ kind: "failed"; error: ErrorDetail }>
  | Readonly<{ kind: "ready"; changeSetId: string }>;

/** Makes the change set and waits for it. What cannot be executed is thrown away again. */
export const propose = async (step: Step, proposal: Proposal): Promise<Proposed> => {
  const made = await awaited(step, proposal);
  if (!made.ok) {
    // Said at once instead of by a set that fails.
    if (made.failure.kind === "unchanged") return { kind: "unchanged" };
    // It does not show yet, or was thrown away by the same step, done twice.
    if (made.failure.kind === "missing") return { kind: "pending" };
    return { kind: "failed", error: errorDetailOf(made.failure) };
  }
  const { verdict, changeSetId } = made.value;
  switch (verdict) {
    case "computing":
      return { kind: "pending" };
    case "unchanged":
      await drop(step, changeSetId);
      return { kind: "unchanged" };
    case "refused": {
      const error = await refusalBy(step, made.value);
      await discard(step, changeSetId, proposal.type);
      return { kind: "failed", error };
    }
    case "obsolete":
    case "deleted":
      // The stack was changed by somebody else: a new look at it.
      await drop(step, changeSetId);
      return { kind: "pending" };
    case "ready":
    case "executing":
    case "executed":
    case "execution-failed":
      return { kind: "ready", changeSetId };
  }
};

/** Where the change set stands; `computing` if that takes longer than a step should. */
const awaited = async (
  step: Step,
  { name, type, desired, options }: Proposal,
): Promise<Result<ChangeSetState, OperationFailure>> => {
  const { changeSets } = cloudFormationOf(step);
  const { stackName } = step.lease.plan;
  const reference = { name, stack: stackName };
  // Without a token: its name tells it from others, and a token might be remembered longer than the change set.
  const made = settled(
    await changeSets.create(
      { stack: stackName, name, type, description: "Stackcast", ...(options && { options }) },
      desired,
    ),
  );
  const isThere = !made.ok && made.failure.kind === "exists";
  if (!made.ok && !isThere) return made;
  for (let look = 1; ; look += 1) {
    const state = settled(await changeSets.state(reference));
    // It may not show yet.
    const absent = !state.ok && state.failure.kind === "missing";
    if (!state.ok && !absent) return state;
    if (state.ok && state.value.verdict !== "computing") return success(state.value);
    if (look === MAX_LOOKS) return state.ok ? success(state.value) : failed(state.failure);
    await step.clients.pause(backoffMs(look, 1, BETWEEN_LOOKS));
  }
};

/** Why a change set could not be made, looked up where AWS's words point elsewhere. */
const refusalBy = async (step: Step, changeSet: ChangeSetState): Promise<ErrorDetail> => {
  const { message, details } = await cloudFormationOf(step).changeSets.reasonOf(changeSet);
  return {
    code: "CHANGE_SET_FAILED",
    message: message || "AWS gave no reason",
    ...(details !== undefined && { details }),
  };
};

/** Has the change set of a task executed, and tells that CloudFormation has taken it. */
export const execute = async (
  step: Step,
  { kind, changeSetId = "", staysPaused }: Pick<Task, "kind" | "changeSetId" | "staysPaused">,
  token: string,
): Promise<StepOutcome> => {
  const { plan } = step.lease;
  const planned = kind === "deploy" ? plan.options?.disableRollback : undefined;
  const disableRollback = staysPaused ?? planned;
  const executed = settled(
    await cloudFormationOf(step).changeSets.execute(
      { name: changeSetId, stack: plan.stackName },
      { token, ...(disableRollback !== undefined && { disableRollback }) },
    ),
  );
  const isMissing = !executed.ok && executed.failure.kind === "missing";
  if (executed.ok || (isMissing && (await wasExecuted(step, changeSetId)))) {
    await step.controller.note({ kind: "accepted", task: kind });
    return "wait";
  }
  if (isMissing) return failing(step, GONE);
  const { failure } = executed;
  if (failure.kind !== "wrong-state") return failing(step, errorDetailOf(failure));
  // The set itself was looked at: it was never executed.
  const error = failure.status === "OBSOLETE" ? OVERTAKEN : { ...BUSY, message: failure.message };
  await step.controller.note({ kind: "failed", error, isUntouched: true });
  return "again";
};

/** Whether CloudFormation has begun with a change set: by the set's own word, or by the stack's once it is thrown away. */
export const wasExecuted = async (step: Step, changeSetId: string): Promise<boolean> => {
  const { operations, changeSets } = cloudFormationOf(step);
  const { stackName } = step.lease.plan;
  const state = looked(await changeSets.state({ name: changeSetId, stack: stackName }));
  const verdict = state.ok ? state.value.verdict : "deleted";
  if (verdict !== "deleted")
    return verdict === "executing" || verdict === "executed" || verdict === "execution-failed";
  const seen = looked(await operations.snapshot(stackName));
  return seen.ok && seen.value.changeSetId === changeSetId && seen.value.status !== REVIEW_STATUS;
};

/** Throws a change set away. */
export const drop = async (step: Step, changeSetId: string): Promise<void> => {
  const { stackName } = step.lease.plan;
  settled(await cloudFormationOf(step).changeSets.delete({ name: changeSetId, stack: stackName }));
};

/** Throws a change set away, and with one that was to make a stack the stack that waited for it. */
export const discard = async (step: Step, changeSetId: string, type: "CREATE" | "UPDATE"): Promise<void> => {
  await drop(step, changeSetId);
  if (type === "UPDATE") return;
  const { address, run, plan } = step.lease;
  const { operations } = cloudFormationOf(step);
  const seen = settled(await operations.snapshot(plan.stackName));
  if (!seen.ok || seen.value.status !== REVIEW_STATUS) return;
  const token = operationNameOf({ ...address, run, stack: plan.name }, "clear");
  settled(await operations.delete(seen.value.stackId, { token }));
};
