/**
 * A stack given up on its way: what CloudFormation has not begun is withdrawn, an update is cancelled, which rolls it
 * back. A creation comes to its end: CloudFormation cannot stop it, and a half-made stack is of no use to anybody.
 */
import type { Order } from "../domain/run/desk-calls.ts";
import { operationNameOf } from "../domain/run/operation-names.ts";
import { isAtRest, REVIEW_STATUS } from "../domain/stack/statuses.ts";
import { discard } from "./deploy-stack.ts";
import { wasExecuted } from "./execution.ts";
import { lookAfter } from "./look-after.ts";
import { looked, settled, type Hands, type Outcome, type StackDesk } from "./hands.ts";

export const cancelStack = async (order: Order, hands: Hands, desk: StackDesk): Promise<Outcome> => {
  const { plan, task } = order;
  if (!task) return "again";
  const { operations } = hands.in(plan.region);
  if (task.kind === "clear" || task.kind === "unpause") return unclear(order, hands, desk);
  if (task.kind === "wait") {
    await desk.note({ kind: "withdrawn" });
    return "again";
  }
  // Asked for again, as nothing was heard for long: what was taken may never have been begun.
  if (task.accepted && task.cancelled) {
    const found = await lookAfter(order, task, hands, desk);
    if (found === "again") return found;
  }
  const { changeSetId = "", change = "UPDATE" } = task;
  if (task.kind === "deploy" && !task.accepted) {
    if (!(await wasExecuted(order, changeSetId, hands))) {
      await discard(order, { changeSetId }, change, hands);
      await desk.note({ kind: "withdrawn" });
      return "again";
    }
    await desk.note({ kind: "accepted", task: "deploy" });
  }
  if (task.kind === "deploy" && change === "UPDATE") {
    const token = operationNameOf({ ...order.address, run: order.run, stack: plan.name }, "cancel");
    // Refused, it has ended, or is past the point where it can be taken back: the tracker tells.
    settled(await operations.cancelUpdate(plan.stackName, { token }));
  }
  await desk.note({ kind: "cancelled" });
  return "wait";
};

/** What was being cleared away or rolled back is gone, is going, or stays as it was. */
const unclear = async ({ plan }: Order, hands: Hands, desk: StackDesk): Promise<Outcome> => {
  const seen = looked(await hands.in(plan.region).operations.picture(plan.stackName));
  if (seen.ok && !isAtRest(seen.value.status) && seen.value.status !== REVIEW_STATUS) {
    await desk.note({ kind: "cancelled" });
    return "wait";
  }
  await desk.note({ kind: "withdrawn" });
  return "again";
};
