/** A stack that could never be created is deleted, so that it can be created again; CloudFormation takes no change of it. */
import { operationNameOf } from "../domain/run/operation-names.ts";
import { deployabilityOf } from "../domain/run/deployability.ts";
import { errorDetailOf } from "../domain/failure/aws-failures.ts";
import { looked, settled } from "./answers.ts";
import { cloudFormationOf, failing, type Step, type StepOutcome } from "./step.ts";

export const clearStack = async (step: Step): Promise<StepOutcome> => {
  const { lease } = step;
  const { plan, task } = lease;
  const { operations } = cloudFormationOf(step);
  const seen = looked(await operations.snapshot(plan.stackName));
  if (!seen.ok && seen.failure.kind !== "missing") return failing(step, errorDetailOf(seen.failure));
  const status = seen.ok ? seen.value.status : "DELETE_COMPLETE";
  const isDead =
    deployabilityOf(status) === "delete-first" ||
    status === "DELETE_IN_PROGRESS" ||
    status === "DELETE_FAILED";
  // What is there now is not what was to be cleared away: somebody may have made it again.
  if (!seen.ok || !isDead) {
    await step.controller.note({ kind: "gone" });
    return "again";
  }
  const reason = `The stack is in ${status}: it was never created, and is deleted before it is created again`;
  if (!task?.accepted && !(await step.controller.start({ kind: "clear", reason }))) return "again";
  if (task?.accepted && status === "DELETE_FAILED")
    return failing(step, { code: status, message: "CloudFormation could not delete the whole stack" });
  if (status === "DELETE_IN_PROGRESS") {
    await step.controller.note({ kind: "accepted", task: "clear" });
    return "wait";
  }
  const token = operationNameOf({ ...lease.address, run: lease.run, stack: plan.name }, "clear");
  const deleted = settled(await operations.delete(seen.value.stackId, { token }));
  if (!deleted.ok) return failing(step, errorDetailOf(deleted.failure));
  await step.controller.note({ kind: "accepted", task: "clear" });
  return "wait";
};
