/**
 * A stack on its way: the change set of the right type made, taken up by the deployment, executed. What was done before
 * is found out and not done again; how it ends, the stack's tracker tells.
 */
import type { StackSnapshot } from "../aws/cloudformation/stack-operations.ts";
import { deployabilityOf } from "../domain/run/deployability.ts";
import { sendableTags, userTagOf } from "../domain/run/desired-stack.ts";
import type { RunLease, PreviousStack } from "../domain/run/run-calls.ts";
import { operationNameOf } from "../domain/run/operation-names.ts";
import type { Task } from "../domain/run/task.ts";
import { OWN_TAGS } from "../protocol/deployment/deployment-plan.ts";
import { awaitStack } from "./await-stack.ts";
import { discard, drop, execute, propose, type Proposed } from "./change-set.ts";
import { clearStack } from "./clear-stack.ts";
import { guardsOf, setGuards, wantedGuards } from "./guards.ts";
import { lookAfter } from "./look-after.ts";
import { unpauseStack } from "./unpause-stack.ts";
import { deploymentTagOf, desiredStackOf } from "./desired-stack.ts";
import { errorDetailOf } from "../domain/failure/aws-failures.ts";
import { settled } from "./answers.ts";
import { cloudFormationOf, failing, type Step, type StepOutcome } from "./step.ts";

export const deployStack = async (step: Step): Promise<StepOutcome> => {
  const { lease } = step;
  const { task, plan } = lease;
  if (task?.kind === "clear") return clearStack(step);
  if (task?.kind === "unpause") return unpauseStack(step);
  if (task && task.kind !== "wait") return goOn(step, task);
  const seen = settled(await cloudFormationOf(step).operations.snapshot(plan.stackName));
  if (!seen.ok && seen.failure.kind !== "missing") return failing(step, errorDetailOf(seen.failure));
  const now = seen.ok ? seen.value : undefined;
  const status = now?.status ?? "";
  switch (deployabilityOf(now?.status)) {
    case "create":
      return change(step, undefined);
    case "update":
      return change(step, now);
    case "paused":
      return wantsRollback(lease) ? unpauseStack(step) : change(step, now);
    case "delete-first":
      return clearStack(step);
    case "wait":
    case "busy":
      return awaitStack(step, status);
    case "trapped":
      return failing(step, { code: status, message: `The stack is in ${status} and accepts no changes` });
  }
};

/** Whether a plan says that a failure is to be rolled back; one that says nothing leaves a paused stack paused. */
const wantsRollback = ({ plan: { options = {} } }: RunLease): boolean =>
  options.disableRollback === false ||
  (options.onStackFailure !== undefined && options.onStackFailure !== "DO_NOTHING");

/** How a change set is made: nothing is reported a failure for which the set has no say. */
const optionsOf = ({ plan: { options } }: RunLease, type: "CREATE" | "UPDATE", isPaused: boolean) => {
  const { onStackFailure, ...rest } = options ?? {};
  // What is executed with DisableRollback may say nothing of it before; what is there already is not deleted.
  const isSaid =
    onStackFailure !== undefined && !isPaused && (type === "CREATE" || onStackFailure !== "DELETE");
  return { ...rest, ...(isSaid && { onStackFailure }) };
};

/** `now`: the stack that is there, if there is one. */
const change = async (step: Step, now: StackSnapshot | undefined): Promise<StepOutcome> => {
  const { lease } = step;
  const desired = await desiredStackOf(step, now);
  if (!desired.ok) return failing(step, desired.failure);
  const type = now ? "UPDATE" : "CREATE";
  const name = tokenOf(lease);
  const proposal = {
    name,
    type,
    desired: desired.value,
    options: optionsOf(lease, type, isPaused(now)),
  } as const;
  const former = now?.tags[OWN_TAGS.user];
  if (former !== undefined && former !== userTagOf(lease.user)) {
    // That another user deploys it is no reason to touch what has not changed otherwise.
    const tags = { ...desired.value.tags, [OWN_TAGS.user]: former };
    const probe = await propose(step, {
      ...proposal,
      name: `${name}-probe`,
      desired: { ...desired.value, tags },
    });
    if (probe.kind !== "ready") return notReady(step, probe);
    await drop(step, probe.changeSetId);
  }
  const proposed = await propose(step, proposal);
  return proposed.kind === "ready" ? begin(step, proposed.changeSetId, now) : notReady(step, proposed);
};

const notReady = (
  step: Step,
  proposed: Exclude<Proposed, { kind: "ready" }>,
): StepOutcome | Promise<StepOutcome> => {
  switch (proposed.kind) {
    case "pending":
      return "pending";
    case "unchanged":
      return unchanged(step);
    case "failed":
      return failing(step, proposed.error);
  }
};

const isPaused = (now: StackSnapshot | undefined): boolean => deployabilityOf(now?.status) === "paused";

/** What is no part of the template may have to be set all the same. */
const unchanged = async (step: Step): Promise<StepOutcome> => {
  const set = await setGuards(step, wantedGuards(step.lease));
  if (!set.ok) return failing(step, errorDetailOf(set.failure));
  await step.controller.note({ kind: "unchanged" });
  return "again";
};

const begin = async (
  step: Step,
  changeSetId: string,
  now: StackSnapshot | undefined,
): Promise<StepOutcome> => {
  const { lease } = step;
  const type = now ? "UPDATE" : "CREATE";
  const previous = now && (await previousStackOf(step, now));
  if (previous && !previous.ok) return failing(step, errorDetailOf(previous.failure));
  const owner = now?.tags[OWN_TAGS.deployment];
  const isTakenOver = owner !== undefined && owner !== deploymentTagOf(lease.address);
  const reasons = [
    ...(isTakenOver ? [`Taken over from the deployment ${owner}, whose tag it has`] : []),
    ...(previous?.doubt === undefined ? [] : [previous.doubt]),
  ];
  const granted = await step.controller.start({
    kind: "deploy",
    change: type,
    changeSetId,
    ...(isPaused(now) && { staysPaused: true }),
    ...(previous && { picture: previous.value }),
    ...(reasons.length > 0 && { reason: reasons.join(". ") }),
  });
  if (!granted) {
    await discard(step, changeSetId, type);
    return "again";
  }
  const task: Task = {
    kind: "deploy",
    change: type,
    changeSetId,
    ...(isPaused(now) && { staysPaused: true }),
    accepted: false,
  };
  return guardAndExecute(step, task);
};

/** Policy and protection are set before the stack is changed, so that they hold for that already. */
const guardAndExecute = async (step: Step, task: Task): Promise<StepOutcome> => {
  const { changeSetId = "", change: type = "UPDATE" } = task;
  const set = await setGuards(step, wantedGuards(step.lease));
  if (set.ok) return execute(step, task, tokenOf(step.lease));
  await discard(step, changeSetId, type);
  await step.controller.note({ kind: "failed", error: errorDetailOf(set.failure), isUntouched: true });
  return "again";
};

const tokenOf = ({ address, run, plan }: RunLease): string =>
  operationNameOf({ ...address, run, stack: plan.name }, "deploy");

/** What was granted before may be done, unless that has changed since; the tracker is asked again. */
const goOn = async (step: Step, task: Task): Promise<StepOutcome> => {
  if (task.accepted) return lookAfter(step, task);
  const { kind, change: type, changeSetId, staysPaused } = task;
  const granted = await step.controller.start({
    kind,
    ...(type && { change: type }),
    ...(changeSetId !== undefined && { changeSetId }),
    ...(staysPaused && { staysPaused }),
  });
  return granted ? guardAndExecute(step, task) : "again";
};

/** How the stack is before it is changed. */
const previousStackOf = async (step: Step, now: StackSnapshot) => {
  const template = settled(await cloudFormationOf(step).operations.templateText(now.stackId));
  if (!template.ok) return template;
  // Whether a rollback can be carried out is known, and reported, before anything is changed.
  const kept = settled(await cloudFormationOf(step).keep(template.value));
  const guards = await guardsOf(step, now);
  if (!guards.ok) return guards;
  const { parameters, capabilities, notificationArns, roleArn } = now;
  const value: PreviousStack = {
    template: template.value,
    parameters,
    tags: sendableTags(now.tags),
    capabilities,
    notificationArns,
    ...(roleArn !== undefined && { roleArn }),
    ...guards.value,
  };
  const doubt = kept.ok
    ? undefined
    : `It could not be restored as it is: ${errorDetailOf(kept.failure).message}`;
  return { ok: true, value, doubt } as const;
};
