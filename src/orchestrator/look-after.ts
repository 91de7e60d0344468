/** What became of a change set that was executed and of which nothing was heard since. */
import type { Order } from "../domain/run/desk-calls.ts";
import type { Task } from "../domain/run/task.ts";
import { isAtRest, REVIEW_STATUS } from "../domain/stack/statuses.ts";
import { GONE } from "./execution.ts";
import { failing, looked, type Hands, type Outcome, type StackDesk } from "./hands.ts";

/** Fails the stack if CloudFormation never began, or gave up before the stack could show it; all else the tracker tells. */
export const lookAfter = async (
  { plan }: Order,
  { changeSetId = "" }: Task,
  hands: Hands,
  desk: StackDesk,
): Promise<Outcome> => {
  const { operations, changeSets } = hands.in(plan.region);
  const seen = looked(await operations.picture(plan.stackName));
  if (seen.ok && !isAtRest(seen.value.status) && seen.value.status !== REVIEW_STATUS) return "wait";
  const state = looked(await changeSets.state({ name: changeSetId, stack: plan.stackName }));
  const verdict = state.ok ? state.value.verdict : "deleted";
  switch (verdict) {
    case "execution-failed":
      return failing(desk, {
        code: "EXECUTION_FAILED",
        message: (state.ok && state.value.reason) || "CloudFormation has not executed the change set",
      });
    case "ready":
    case "obsolete":
    case "refused":
    case "unchanged":
      return failing(desk, {
        code: "NOT_EXECUTED",
        message: "CloudFormation took the change set and has not executed it",
        details: "Retry: a new change set is made",
      });
    case "deleted":
      // Executed sets may be thrown away: the stack knows which was its last, and the tracker tells the end.
      if (seen.ok && seen.value.changeSetId === changeSetId && seen.value.status !== REVIEW_STATUS)
        return "wait";
      if (seen.ok) return failing(desk, GONE);
      return failing(desk, {
        code: "STACK_GONE",
        message: "Neither the stack nor its change set is there any more",
        details: "Somebody has deleted it: retry makes it anew",
      });
    case "computing":
    case "executing":
    case "executed":
      return "wait";
  }
};
