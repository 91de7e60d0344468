/** A stack deleted: because the deployment is destroyed, or because what the run created is rolled back. */
import { backwardNameOf } from "../domain/run/operation-names.ts";
import { REVIEW_STATUS } from "../domain/stack/statuses.ts";
import type { ErrorDetail } from "../protocol/deployment/deployment-event-parts.ts";
import { OWN_TAGS } from "../protocol/deployment/deployment-plan.ts";
import { deploymentTagOf } from "./desired-stack.ts";
import { errorDetailOf } from "../domain/failure/aws-failures.ts";
import { looked, settled } from "./answers.ts";
import { cloudFormationOf, failing, type Step, type StepOutcome } from "./step.ts";

/** `owner`: the deployment of a stack that is not this one's. */
const strange = (owner: string | undefined): ErrorDetail => ({
  code: "NOT_OF_THIS_DEPLOYMENT",
  message:
    owner === undefined
      ? "The stack was not deployed by this deployment, and is not deleted"
      : `The stack belongs to the deployment ${owner}, and is not deleted`,
  details: `Its tag ${OWN_TAGS.deployment} says so: deploy it first, or delete it by hand`,
});

export const removeStack = async (step: Step): Promise<StepOutcome> => {
  const { lease } = step;
  const { plan, task } = lease;
  const { operations } = cloudFormationOf(step);
  const seen = looked(await operations.snapshot(plan.stackName));
  if (!seen.ok && seen.failure.kind !== "missing") return failing(step, errorDetailOf(seen.failure));
  if (!seen.ok || seen.value.status === "DELETE_COMPLETE") {
    await step.controller.note({ kind: "gone" });
    return "again";
  }
  const { status, stackId, isProtected, tags } = seen.value;
  // That a plan names a stack does not make it the deployment's: it may have been there before, or be another's by now.
  const owner = tags[OWN_TAGS.deployment];
  if (owner !== deploymentTagOf(lease.address) && status !== REVIEW_STATUS && status !== "DELETE_IN_PROGRESS")
    return failing(step, strange(owner));
  if (isProtected)
    return failing(
      step,
      errorDetailOf({ kind: "protected", message: "The stack's termination protection is on" }),
    );
  const isOwn = task?.kind === "remove";
  if (isOwn && task.accepted && status === "DELETE_FAILED")
    return failing(step, { code: status, message: "CloudFormation could not delete the whole stack" });
  if (!(isOwn && task.accepted) && !(await step.controller.start({ kind: "remove" }))) return "again";
  const token = backwardNameOf(lease, "remove");
  // AWS leaves resources behind only where it has failed to delete them before.
  const retain = status === "DELETE_FAILED" ? plan.retain : undefined;
  const deleted =
    status === "DELETE_IN_PROGRESS"
      ? ({ ok: true } as const)
      : settled(await operations.delete(stackId, { token, ...(retain && { retain }) }));
  if (!deleted.ok) return failing(step, errorDetailOf(deleted.failure));
  await step.controller.note({ kind: "accepted", task: "remove" });
  return "wait";
};
