/** A stack that CloudFormation is still clearing up, or deleting, is waited for, so long and no longer; that is told. */
import type { Order } from "../domain/run/desk-calls.ts";
import { failing, type Hands, type Outcome, type StackDesk } from "./hands.ts";

/** How long: deleting what a distribution or a database leaves behind may take most of an hour. */
const LONGEST_WAIT_MS = 3_600_000;

export const awaitStack = async (
  order: Order,
  status: string,
  hands: Hands,
  desk: StackDesk,
): Promise<Outcome> => {
  const { task } = order;
  const waited = task?.kind === "wait" && task.since !== undefined ? hands.now() - Date.parse(task.since) : 0;
  if (waited > LONGEST_WAIT_MS)
    return failing(desk, {
      code: "STACK_BUSY",
      message: `CloudFormation has been clearing up in the stack for ${Math.round(waited / 60_000)} minutes: ${status}`,
      details: "Wait for its end, then retry",
    });
  const reason = `The stack is in ${status}: its end is waited for`;
  if (task?.kind !== "wait" && !(await desk.start({ kind: "wait", reason }))) return "again";
  return "pending";
};
