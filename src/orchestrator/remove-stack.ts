/** A stack deleted: because the deployment is destroyed, or because what the run created is taken back. */
import type { Order } from "../domain/orchestration/desk-calls.ts";
import { backwardNameOf } from "../domain/orchestration/operation-names.ts";
import { failing, refusalOf, settled, type Hands, type Outcome, type StackDesk } from "./hands.ts";

export const removeStack = async (order: Order, hands: Hands, desk: StackDesk): Promise<Outcome> => {
  const { plan, task } = order;
  const { operations } = hands.in(plan.region);
  const seen = settled(await operations.picture(plan.stackName));
  if (!seen.ok && seen.failure.kind !== "missing") return failing(desk, refusalOf(seen.failure));
  if (!seen.ok || seen.value.status === "DELETE_COMPLETE") {
    await desk.note({ kind: "gone" });
    return "again";
  }
  const { status, stackId, isProtected } = seen.value;
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
