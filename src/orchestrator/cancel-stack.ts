/**
 * A stack given up on its way: what CloudFormation has not started is withdrawn, an update is cancelled, which rolls it
 * back. A creation comes to its end: CloudFormation cannot stop it, and a half-made stack is of no use to anybody.
 */
import { operationNameOf } from "../domain/run/operation-names.ts";
import { isAtRest, REVIEW_STATUS } from "../domain/stack/statuses.ts";
import { discard, wasExecuted } from "./change-set.ts";
import { lookAfter } from "./look-after.ts";
import { looked, settled } from "./answers.ts";
import { cloudFormationOf, type Step, type StepOutcome } from "./step.ts";

export const cancelStack = async (step: Step): Promise<StepOutcome> => {
  const { lease } = step;
  const { plan, task } = lease;
  if (!task) return "again";
  const { operations } = cloudFormationOf(step);
  if (task.kind === "clear" || task.kind === "unpause") return unclear(step);
  if (task.kind === "wait") {
    await step.controller.note({ kind: "withdrawn" });
    return "again";
  }
  // Asked for again, as nothing was heard for long: what was taken may never have been begun.
  if (task.accepted && task.cancelled) {
    const found = await lookAfter(step, task);
    if (found === "again") return found;
  }
  const { changeSetId = "", change = "UPDATE" } = task;
  if (task.kind === "deploy" && !task.accepted) {
    if (!(await wasExecuted(step, changeSetId))) {
      await discard(step, changeSetId, change);
      await step.controller.note({ kind: "withdrawn" });
      return "again";
    }
    await step.controller.note({ kind: "accepted", task: "deploy" });
  }
  if (task.kind === "deploy" && change === "UPDATE") {
    const token = operationNameOf({ ...lease.address, run: lease.run, stack: plan.name }, "cancel");
    // Refused, it has ended, or is past the point where it can be rolled back: the tracker tells.
    settled(await operations.cancelUpdate(plan.stackName, { token }));
  }
  await step.controller.note({ kind: "cancelled" });
  return "wait";
};

/** What was being cleared away or rolled back is gone, is going, or stays as it was. */
const unclear = async (step: Step): Promise<StepOutcome> => {
  const { plan } = step.lease;
  const seen = looked(await cloudFormationOf(step).operations.snapshot(plan.stackName));
  if (seen.ok && !isAtRest(seen.value.status) && seen.value.status !== REVIEW_STATUS) {
    await step.controller.note({ kind: "cancelled" });
    return "wait";
  }
  await step.controller.note({ kind: "withdrawn" });
  return "again";
};
