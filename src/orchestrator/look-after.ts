/** What became of a change set that was executed and of which nothing was heard since. */
import type { Task } from "../domain/run/task.ts";
import { isAtRest, REVIEW_STATUS } from "../domain/stack/statuses.ts";
import { GONE } from "./change-set.ts";
import { looked } from "./answers.ts";
import { cloudFormationOf, failing, type Step, type StepOutcome } from "./step.ts";

/** Fails the stack if CloudFormation never began, or gave up before the stack could show it; all else the tracker tells. */
export const lookAfter = async (step: Step, { changeSetId = "" }: Task): Promise<StepOutcome> => {
  const { plan } = step.lease;
  const { operations, changeSets } = cloudFormationOf(step);
  const seen = looked(await operations.snapshot(plan.stackName));
  if (seen.ok && !isAtRest(seen.value.status) && seen.value.status !== REVIEW_STATUS) return "wait";
  const state = looked(await changeSets.state({ name: changeSetId, stack: plan.stackName }));
  const verdict = state.ok ? state.value.verdict : "deleted";
  switch (verdict) {
    case "execution-failed":
      return failing(step, {
        code: "EXECUTION_FAILED",
        message: (state.ok && state.value.reason) || "CloudFormation has not executed the change set",
      });
    case "ready":
    case "obsolete":
    case "refused":
    case "unchanged":
      return failing(step, {
        code: "NOT_EXECUTED",
        message: "CloudFormation accepted the change set and has not executed it",
        details: "Retry: a new change set is created",
      });
    case "deleted":
      // Executed sets may be thrown away: the stack knows which was its last, and the tracker tells the end.
      if (seen.ok && seen.value.changeSetId === changeSetId && seen.value.status !== REVIEW_STATUS)
        return "wait";
      if (seen.ok) return failing(step, GONE);
      return failing(step, {
        code: "STACK_GONE",
        message: "Neither the stack nor its change set exists any more",
        details: "It was deleted: retry creates it again",
      });
    case "computing":
    case "executing":
    case "executed":
      return "wait";
  }
};
