/** A paused stack rolled back, where its plan does not want it to stay paused: then it is deployed as any other. */
import { operationNameOf } from "../domain/run/operation-names.ts";
import { deployabilityOf } from "../domain/run/deployability.ts";
import { errorDetailOf } from "../domain/failure/aws-failures.ts";
import { looked, settled } from "./answers.ts";
import { cloudFormationOf, failing, type Step, type StepOutcome } from "./step.ts";

export const unpauseStack = async (step: Step): Promise<StepOutcome> => {
  const { lease } = step;
  const { plan, task } = lease;
  const { operations } = cloudFormationOf(step);
  const seen = looked(await operations.snapshot(plan.stackName));
  if (!seen.ok && seen.failure.kind !== "missing") return failing(step, errorDetailOf(seen.failure));
  const how = deployabilityOf(seen.ok ? seen.value.status : undefined);
  // It is on its way back.
  if (seen.ok && (how === "busy" || how === "wait")) {
    if (!task?.accepted) await step.controller.note({ kind: "accepted", task: "unpause" });
    return "wait";
  }
  // Nothing is paused any more: what is to be done is found out again.
  if (!seen.ok || how !== "paused") {
    await step.controller.note({ kind: "ready" });
    return "again";
  }
  const { status, stackId } = seen.value;
  if (seen.value.isExpress)
    return failing(step, {
      code: status,
      message: `The stack is in ${status} after Express mode, which CloudFormation does not roll back`,
      details: "Deploy it without disableRollback: false, to update it in place",
    });
  const reason = `The stack is in ${status}: it is rolled back first`;
  if (!task?.accepted && !(await step.controller.start({ kind: "unpause", reason }))) return "again";
  const token = operationNameOf({ ...lease.address, run: lease.run, stack: plan.name }, "unpause");
  const begun = settled(await operations.rollBack(stackId, { token }));
  if (!begun.ok) return failing(step, errorDetailOf(begun.failure));
  await step.controller.note({ kind: "accepted", task: "unpause" });
  return "wait";
};
