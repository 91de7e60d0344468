/**
 * A stack at which CloudFormation is at work, for somebody else or to clear up, is waited for, so long and no longer; that is
 * reported.
 */
import { failing, type Step, type StepOutcome } from "./step.ts";

/** How long: deleting what a distribution or a database leaves behind may take most of an hour. */
const LONGEST_WAIT_MS = 3_600_000;

export const awaitStack = async (step: Step, status: string): Promise<StepOutcome> => {
  const { task } = step.lease;
  const waited =
    task?.kind === "wait" && task.since !== undefined ? step.clients.now() - Date.parse(task.since) : 0;
  if (waited > LONGEST_WAIT_MS)
    return failing(step, {
      code: "STACK_BUSY",
      message: `CloudFormation has been at work on the stack for ${Math.round(waited / 60_000)} minutes: ${status}`,
      details: "Wait until it ends, then retry",
    });
  const reason = `The stack is in ${status}: waiting until that ends`;
  if (task?.kind !== "wait" && !(await step.controller.start({ kind: "wait", reason }))) return "again";
  return "pending";
};
