/** A stack that could never be created is deleted, so that it can be created anew; CloudFormation takes no change of it. */
import type { Order } from "../domain/orchestration/desk-calls.ts";
import { operationNameOf } from "../domain/orchestration/operation-names.ts";
import { stanceOf } from "../domain/orchestration/way-out.ts";
import { failing, refusalOf, settled, type Hands, type Outcome, type StackDesk } from "./hands.ts";

export const clearStack = async (order: Order, hands: Hands, desk: StackDesk): Promise<Outcome> => {
  const { plan, task } = order;
  const { operations } = hands.in(plan.region);
  const seen = settled(await operations.picture(plan.stackName));
  if (!seen.ok && seen.failure.kind !== "missing") return failing(desk, refusalOf(seen.failure));
  const status = seen.ok ? seen.value.status : "DELETE_COMPLETE";
  // What is there now is not what was to be cleared away.
  if (!seen.ok || stanceOf(status) === "absent") {
    await desk.note({ kind: "gone" });
    return "again";
  }
  const reason = `The stack is in ${status}: it has never worked, and is deleted to be created anew`;
  if (!task?.accepted && !(await desk.start({ kind: "clear", reason }))) return "again";
  if (status === "DELETE_IN_PROGRESS") {
    await desk.note({ kind: "accepted", task: "clear" });
    return "wait";
  }
  const token = operationNameOf({ ...order.address, run: order.run, stack: plan.name }, "clear");
  const deleted = settled(await operations.delete(seen.value.stackId, { token }));
  if (!deleted.ok) return failing(desk, refusalOf(deleted.failure));
  await desk.note({ kind: "accepted", task: "clear" });
  return "wait";
};
