/**
 * A stack on its way: the change set of the right type made, taken up by the deployment, executed. What was done before
 * is found out and not done again; how it ends, the stack's tracker tells.
 */
import type { ChangeSetState } from "../aws/cloudformation/change-sets.ts";
import type { StackPicture } from "../aws/cloudformation/stack-operations.ts";
import { deployabilityOf } from "../domain/run/deployability.ts";
import { sendableTags, userTagOf } from "../domain/run/desired-stack.ts";
import type { Order, Picture, StackPlan } from "../domain/run/desk-calls.ts";
import { operationNameOf } from "../domain/run/operation-names.ts";
import type { Task } from "../domain/run/task.ts";
import { OWN_TAGS } from "../protocol/deployment/deployment-plan.ts";
import { awaitStack } from "./await-stack.ts";
import { proposed, refusedBy } from "./change.ts";
import { clearStack } from "./clear-stack.ts";
import { execute } from "./execution.ts";
import { guardsOf, setGuards, wantedGuards } from "./guards.ts";
import { failing, refusalOf, settled, type Hands, type Outcome, type StackDesk } from "./hands.ts";
import { lookAfter } from "./look-after.ts";
import { unpauseStack } from "./unpause-stack.ts";
import { deploymentTagOf, wishOf } from "./wish.ts";

export const deployStack = async (order: Order, hands: Hands, desk: StackDesk): Promise<Outcome> => {
  const { task, plan } = order;
  if (task?.kind === "clear") return clearStack(order, hands, desk);
  if (task?.kind === "unpause") return unpauseStack(order, hands, desk);
  if (task && task.kind !== "wait") return goOn(order, task, hands, desk);
  const seen = settled(await hands.in(plan.region).operations.picture(plan.stackName));
  if (!seen.ok && seen.failure.kind !== "missing") return failing(desk, refusalOf(seen.failure));
  const now = seen.ok ? seen.value : undefined;
  const status = now?.status ?? "";
  switch (deployabilityOf(now?.status)) {
    case "create":
      return change(order, undefined, hands, desk);
    case "update":
      return change(order, now, hands, desk);
    case "paused":
      return wantsRollback(order) ? unpauseStack(order, hands, desk) : change(order, now, hands, desk);
    case "delete-first":
      return clearStack(order, hands, desk);
    case "wait":
      return awaitStack(order, status, hands, desk);
    case "trapped":
      return failing(desk, { code: status, message: `The stack is in ${status}, and takes no change` });
    case "busy":
      return failing(desk, {
        code: "STACK_BUSY",
        message: `CloudFormation is at work on the stack already: ${status}`,
        details: "Wait for its end, then retry",
      });
  }
};

/** Whether a plan says that a failure is to be rolled back; one that says nothing leaves a paused stack paused. */
const wantsRollback = ({ plan: { options = {} } }: Order): boolean =>
  options.disableRollback === false ||
  (options.onStackFailure !== undefined && options.onStackFailure !== "DO_NOTHING");

/** How a change set is made: nothing is told of a failure for which the set has no say. */
const optionsOf = ({ plan: { options } }: Order, type: "CREATE" | "UPDATE", isPaused: boolean) => {
  const { onStackFailure, ...rest } = options ?? {};
  // What is executed with DisableRollback may say nothing of it before; what is there already is not deleted.
  const isSaid =
    onStackFailure !== undefined && !isPaused && (type === "CREATE" || onStackFailure !== "DELETE");
  return { ...rest, ...(isSaid && { onStackFailure }) };
};

/** `now`: the stack that is there, if there is one. */
const change = async (
  order: Order,
  now: StackPicture | undefined,
  hands: Hands,
  desk: StackDesk,
): Promise<Outcome> => {
  const { plan } = order;
  const wish = await wishOf(order, now, hands);
  if (!wish.ok) return failing(desk, wish.failure);
  const type = now ? "UPDATE" : "CREATE";
  const name = tokenOf(order);
  const options = optionsOf(order, type, isPaused(now));
  const asked = { ...placeOf(plan), name, type, wish: wish.value, options } as const;
  const former = now?.tags[OWN_TAGS.user];
  if (former !== undefined && former !== userTagOf(order.user)) {
    // That another user deploys it is no reason to touch what has not changed otherwise.
    const tags = { ...wish.value.tags, [OWN_TAGS.user]: former };
    const probe = await proposed(hands, { ...asked, name: `${name}-probe`, wish: { ...wish.value, tags } });
    if (!probe.ok && probe.failure.kind === "unchanged") return unchanged(order, hands, desk);
    // It does not show yet, or was thrown away by the same step, done twice.
    if (!probe.ok)
      return probe.failure.kind === "missing" ? "pending" : failing(desk, refusalOf(probe.failure));
    if (probe.value.verdict === "computing") return "pending";
    await drop(order, probe.value, hands);
    if (probe.value.verdict === "unchanged") return unchanged(order, hands, desk);
  }
  const made = await proposed(hands, asked);
  // Said at once instead of by a set that fails.
  if (!made.ok && made.failure.kind === "unchanged") return unchanged(order, hands, desk);
  if (!made.ok) return made.failure.kind === "missing" ? "pending" : failing(desk, refusalOf(made.failure));
  const changeSet = made.value;
  switch (changeSet.verdict) {
    case "computing":
      return "pending";
    case "unchanged":
      await drop(order, changeSet, hands);
      return unchanged(order, hands, desk);
    case "refused": {
      const error = await refusedBy(hands, plan.region, changeSet);
      await discard(order, changeSet, type, hands);
      return failing(desk, error);
    }
    case "obsolete":
    case "deleted":
      // The stack was changed by somebody else: a new look at it.
      await drop(order, changeSet, hands);
      return "pending";
    case "ready":
    case "executing":
    case "executed":
    case "execution-failed":
      return begin(order, changeSet, now, hands, desk);
  }
};

const placeOf = ({ region, stackName }: StackPlan) => ({ region, stackName });

const isPaused = (now: StackPicture | undefined): boolean => deployabilityOf(now?.status) === "paused";

/** What is no part of the template may have to be set all the same. */
const unchanged = async (order: Order, hands: Hands, desk: StackDesk): Promise<Outcome> => {
  const set = await setGuards(order, wantedGuards(order), hands);
  if (!set.ok) return failing(desk, refusalOf(set.failure));
  await desk.note({ kind: "unchanged" });
  return "again";
};

const begin = async (
  order: Order,
  { changeSetId, ...changeSet }: ChangeSetState,
  now: StackPicture | undefined,
  hands: Hands,
  desk: StackDesk,
): Promise<Outcome> => {
  const type = now ? "UPDATE" : "CREATE";
  const picture = now && (await pictureOf(order, now, hands));
  if (picture && !picture.ok) return failing(desk, refusalOf(picture.failure));
  const owner = now?.tags[OWN_TAGS.deployment];
  const isTakenOver = owner !== undefined && owner !== deploymentTagOf(order.address);
  const granted = await desk.start({
    kind: "deploy",
    change: type,
    changeSetId,
    ...(isPaused(now) && { staysPaused: true }),
    ...(picture && { picture: picture.value }),
    ...(isTakenOver && { reason: `It is taken over from the deployment ${owner}, whose tag it has` }),
  });
  if (!granted) {
    await discard(order, { changeSetId, ...changeSet }, type, hands);
    return "again";
  }
  const task: Task = {
    kind: "deploy",
    change: type,
    changeSetId,
    ...(isPaused(now) && { staysPaused: true }),
    accepted: false,
  };
  return guardAndExecute(order, task, hands, desk);
};

/** Policy and protection are set before the stack is changed, so that they hold for that already. */
const guardAndExecute = async (order: Order, task: Task, hands: Hands, desk: StackDesk): Promise<Outcome> => {
  const { changeSetId = "", change: type = "UPDATE" } = task;
  const set = await setGuards(order, wantedGuards(order), hands);
  if (set.ok) return execute(order, task, tokenOf(order), hands, desk);
  await discard(order, { changeSetId }, type, hands);
  await desk.note({ kind: "failed", error: refusalOf(set.failure), isUntouched: true });
  return "again";
};

const tokenOf = ({ address, run, plan }: Order): string =>
  operationNameOf({ ...address, run, stack: plan.name }, "deploy");

/** What was granted before may be done, unless that has changed since; the tracker is told again. */
const goOn = async (order: Order, task: Task, hands: Hands, desk: StackDesk): Promise<Outcome> => {
  if (task.accepted) return lookAfter(order, task, hands, desk);
  const { kind, change: type, changeSetId, staysPaused } = task;
  const granted = await desk.start({
    kind,
    ...(type && { change: type }),
    ...(changeSetId !== undefined && { changeSetId }),
    ...(staysPaused && { staysPaused }),
  });
  return granted ? guardAndExecute(order, task, hands, desk) : "again";
};

/** How the stack is before it is changed. */
const pictureOf = async (order: Order, now: StackPicture, hands: Hands) => {
  const { plan } = order;
  const template = settled(await hands.in(plan.region).operations.templateText(now.stackId));
  if (!template.ok) return template;
  const guards = await guardsOf(order, now, hands);
  if (!guards.ok) return guards;
  const { parameters, capabilities, notificationArns, roleArn } = now;
  const value: Picture = {
    template: template.value,
    parameters,
    tags: sendableTags(now.tags),
    capabilities,
    notificationArns,
    ...(roleArn !== undefined && { roleArn }),
    ...guards.value,
  };
  return { ok: true, value } as const;
};

const drop = async ({ plan }: Order, { changeSetId }: ChangeSetState, hands: Hands): Promise<void> => {
  settled(await hands.in(plan.region).changeSets.delete({ name: changeSetId, stack: plan.stackName }));
};

/** Throws a change set away, and with one that was to make a stack the stack that waited for it. */
export const discard = async (
  order: Order,
  changeSet: Pick<ChangeSetState, "changeSetId">,
  type: "CREATE" | "UPDATE",
  hands: Hands,
): Promise<void> => {
  const { plan } = order;
  const { operations, changeSets } = hands.in(plan.region);
  settled(await changeSets.delete({ name: changeSet.changeSetId, stack: plan.stackName }));
  if (type === "UPDATE") return;
  const seen = settled(await operations.picture(plan.stackName));
  if (!seen.ok || seen.value.status !== "REVIEW_IN_PROGRESS") return;
  const token = operationNameOf({ ...order.address, run: order.run, stack: plan.name }, "clear");
  settled(await operations.delete(seen.value.stackId, { token }));
};
