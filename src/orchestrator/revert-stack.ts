/**
 * A stack that the run has updated restored: to the template, parameters, tags and capabilities that were kept before.
 * One whose own rollback is stuck is let go on with it.
 */
import type { Fact, PreviousStack } from "../domain/run/run-calls.ts";
import { backwardNameOf } from "../domain/run/operation-names.ts";
import { deployabilityOf } from "../domain/run/deployability.ts";
import { isRollbackStatus } from "../domain/stack/statuses.ts";
import { execute, propose } from "./change-set.ts";
import { OPEN_POLICY, setGuards } from "./guards.ts";
import { lookAfter } from "./look-after.ts";
import { errorDetailOf } from "../domain/failure/aws-failures.ts";
import { looked, settled } from "./answers.ts";
import { cloudFormationOf, failing, type Step, type StepOutcome } from "./step.ts";

export const revertStack = async (step: Step): Promise<StepOutcome> => {
  const { plan, task } = step.lease;
  const { operations } = cloudFormationOf(step);
  if (task?.kind === "revert" && task.accepted) return lookAfter(step, task);
  const seen = looked(await operations.snapshot(plan.stackName));
  if (!seen.ok) return failing(step, errorDetailOf(seen.failure));
  const { status } = seen.value;
  if (task?.kind === "revert") return begin(step, { changeSetId: "", ...task });
  const isOn = task?.kind === "resume" && task.accepted;
  // Looked at only when nothing was heard for long: its end may have come before anybody looked out for it.
  if (isOn && status === "UPDATE_ROLLBACK_FAILED")
    return failing(step, { code: status, message: "CloudFormation could not roll the stack back" });
  const how = deployabilityOf(status);
  if (isOn && (how === "busy" || how === "wait")) return "wait";
  // What CloudFormation can roll back by itself brings secret values back, too; it does not after Express mode.
  const isPaused = status === "UPDATE_FAILED" && !seen.value.isExpress;
  if (status === "UPDATE_ROLLBACK_FAILED" || isPaused || (task?.kind === "resume" && !isOn))
    return resume(step, status);
  switch (how) {
    case "update":
    case "paused":
      return change(step, status);
    case "busy":
    case "wait":
      return "pending";
    case "create":
    case "delete-first":
    case "trapped":
      return failing(step, { code: status, message: `The stack is in ${status} and cannot be rolled back` });
  }
};

/**
 * What is not as it was once the stack is restored: nobody sees the value of a secret parameter, so that only
 * CloudFormation's own rollback brings one back.
 */
const restOf = ({ parameters }: PreviousStack, isUntouched: boolean): string | undefined => {
  const secrets = Object.keys(parameters).filter((name) => typeof parameters[name] !== "string");
  if (secrets.length === 0 || isUntouched) return undefined;
  return `Rolled back, except for secret parameters, which keep their present values: ${secrets.join(", ")}`;
};

const change = async (step: Step, status: string): Promise<StepOutcome> => {
  const { lease } = step;
  const { picture: previous } = lease;
  if (!previous)
    return failing(step, {
      code: "NO_PICTURE",
      message: "The state of the stack before this run is not known",
    });
  const { template, ...rest } = previous;
  // The second time, what CloudFormation has rolled back may be the first time's change.
  const reason = restOf(previous, isRollbackStatus(status) && lease.attempt === undefined);
  const back = { kind: "back", ...(reason !== undefined && { reason }) } as const;
  const proposed = await propose(step, {
    name: backwardNameOf(lease, "revert"),
    type: "UPDATE",
    desired: { ...rest, template: { body: template } },
  });
  switch (proposed.kind) {
    case "pending":
      return "pending";
    case "unchanged":
      return isBack(step, back);
    case "failed":
      return failing(step, proposed.error);
    case "ready": {
      const staysPaused = deployabilityOf(status) === "paused";
      return begin(step, { changeSetId: proposed.changeSetId, reason, staysPaused });
    }
  }
};

/** Policy and protection as they were before the run changed them. */
const restoreGuards = async (step: Step) => {
  const { isProtected, stackPolicy } = step.lease.picture ?? {};
  const former = {
    ...(isProtected !== undefined && { isProtected }),
    ...(stackPolicy !== undefined && { stackPolicy: stackPolicy || OPEN_POLICY }),
  };
  return setGuards(step, former);
};

const isBack = async (step: Step, back: Fact): Promise<StepOutcome> => {
  const restored = await restoreGuards(step);
  if (!restored.ok) return failing(step, errorDetailOf(restored.failure));
  await step.controller.note(back);
  return "again";
};

type Prepared = Readonly<{
  changeSetId: string;
  reason?: string | undefined;
  staysPaused?: boolean | undefined;
}>;

const begin = async (step: Step, { changeSetId, reason, staysPaused }: Prepared): Promise<StepOutcome> => {
  const start = {
    kind: "revert",
    change: "UPDATE",
    changeSetId,
    ...(staysPaused && { staysPaused }),
    ...(reason !== undefined && { reason }),
  } as const;
  if (!(await step.controller.start(start))) return "again";
  const restored = await restoreGuards(step);
  if (!restored.ok) return failing(step, errorDetailOf(restored.failure));
  return execute(step, start, backwardNameOf(step.lease, "revert"));
};

/** CloudFormation's own way back, paused or stuck, is gone on with. */
const resume = async (step: Step, status: string): Promise<StepOutcome> => {
  const { lease } = step;
  const { plan } = lease;
  const { operations } = cloudFormationOf(step);
  if (!(await step.controller.start({ kind: "resume" }))) return "again";
  const token = backwardNameOf(lease, "resume");
  const { skip } = lease;
  const resumed = settled(
    status === "UPDATE_FAILED"
      ? await operations.rollBack(plan.stackName, { token })
      : await operations.continueRollback(plan.stackName, { token, ...(skip && { skip }) }),
  );
  // It goes on already.
  const goesOn = !resumed.ok && resumed.failure.kind === "wrong-state";
  if (!resumed.ok && !goesOn) return failing(step, errorDetailOf(resumed.failure));
  await step.controller.note({ kind: "accepted", task: "resume" });
  return "wait";
};
