/** A stack deleted: because the deployment is destroyed, or because what the run created is taken back. */
import type { Order } from "../domain/run/desk-calls.ts";
import { backwardNameOf } from "../domain/run/operation-names.ts";
import { REVIEW_STATUS } from "../domain/stack/statuses.ts";
import type { ErrorDetail } from "../protocol/deployment/deployment-events.ts";
import { OWN_TAGS } from "../protocol/deployment/deployment-plan.ts";
import { failing, looked, refusalOf, settled, type Hands, type Outcome, type StackDesk } from "./hands.ts";
import { deploymentTagOf } from "./wish.ts";

/** `owner`: the deployment of a stack that is not this one's. */
const strange = (owner: string | undefined): ErrorDetail => ({
  code: "NOT_OF_THIS_DEPLOYMENT",
  message:
    owner === undefined
      ? "The stack was not deployed by this deployment, and is not deleted"
      : `The stack belongs to the deployment ${owner}, and is not deleted`,
  details: `Its tag ${OWN_TAGS.deployment} tells: deploy it first, or delete it by hand`,
});

export const removeStack = async (order: Order, hands: Hands, desk: StackDesk): Promise<Outcome> => {
  const { plan, task } = order;
  const { operations } = hands.in(plan.region);
  const seen = looked(await operations.picture(plan.stackName));
  if (!seen.ok && seen.failure.kind !== "missing") return failing(desk, refusalOf(seen.failure));
  if (!seen.ok || seen.value.status === "DELETE_COMPLETE") {
    await desk.note({ kind: "gone" });
    return "again";
  }
  const { status, stackId, isProtected, tags } = seen.value;
  // That a plan names a stack does not make it the deployment's: it may have been there before, or be another's by now.
  const owner = tags[OWN_TAGS.deployment];
  if (owner !== deploymentTagOf(order.address) && status !== REVIEW_STATUS && status !== "DELETE_IN_PROGRESS")
    return failing(desk, strange(owner));
  if (isProtected)
    return failing(
      desk,
      refusalOf({ kind: "protected", message: "The stack's termination protection is on" }),
    );
  const isOwn = task?.kind === "remove";
  if (isOwn && task.accepted && status === "DELETE_FAILED")
    return failing(desk, { code: status, message: "CloudFormation could not delete all of the stack" });
  if (!(isOwn && task.accepted) && !(await desk.start({ kind: "remove" }))) return "again";
  const token = backwardNameOf(order, "remove");
  const deleted =
    status === "DELETE_IN_PROGRESS"
      ? ({ ok: true } as const)
      : settled(await operations.delete(stackId, { token }));
  if (!deleted.ok) return failing(desk, refusalOf(deleted.failure));
  await desk.note({ kind: "accepted", task: "remove" });
  return "wait";
};
