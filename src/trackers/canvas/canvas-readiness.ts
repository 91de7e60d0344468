/**
 * Brings the stack of a request where it can be deployed: what CloudFormation clears up is waited for, and what has never
 * worked is deleted. Whoever asked waits for the answer, so that this has a bound.
 */
import type { StackOperations, StackSnapshot } from "../../aws/cloudformation/stack-operations.ts";
import { deployabilityOf } from "../../domain/run/deployability.ts";
import { refusalOfStatus } from "../../domain/run/deploy-refusal.ts";
import type { OperationFailure } from "../../domain/failure/operation-failure.ts";
import { REVIEW_STATUS } from "../../domain/stack/statuses.ts";
import type { Failure } from "../../protocol/failure.ts";
import { failed, success, type Result } from "../../protocol/result.ts";

const LONGEST_WAIT_MS = 45_000;
const BETWEEN_LOOKS_MS = 1_500;

export type Readiness = Readonly<{
  /** The stack that is to be updated; undefined: it is to be made. */
  before: StackSnapshot | undefined;
  /** There is an empty stack of the name, of which only a change set makes a whole one. */
  inReview: boolean;
}>;

type Clock = Readonly<{ clock: () => number; sleep: (milliseconds: number) => Promise<void> }>;

/** Fails with what AWS refuses, or with what the stack's status forbids. */
type Answer = Promise<Result<Readiness, Readonly<{ aws: OperationFailure } | { status: Failure }>>>;

/** `mustBeNew`: a stack of the name is somebody else's; `token`: of the deletion, should there be one. */
export const readinessOf = async (
  stacks: StackOperations,
  stackName: string,
  { mustBeNew, token }: Readonly<{ mustBeNew: boolean; token: string }>,
  { clock, sleep }: Clock,
): Answer => {
  const since = clock();
  for (let isDeleted = false; ; await sleep(BETWEEN_LOOKS_MS)) {
    const seen = await stacks.snapshot(stackName);
    if (!seen.ok && seen.failure.kind !== "missing") return failed({ aws: seen.failure });
    if (!seen.ok || seen.value.status === "DELETE_COMPLETE")
      return success({ before: undefined, inReview: false });
    const { status, stackId } = seen.value;
    if (mustBeNew)
      return failed({ status: { code: "STACK_EXISTS", message: "A stack of this name already exists" } });
    if (status === REVIEW_STATUS) return success({ before: undefined, inReview: true });
    const how = deployabilityOf(status);
    if (how === "update" || how === "paused") return success({ before: seen.value, inReview: false });
    if (how === "delete-first" && !isDeleted) {
      const deleted = await stacks.delete(stackId, { token: `${token}-clear` });
      if (!deleted.ok) return failed({ aws: deleted.failure });
      isDeleted = true;
      continue;
    }
    const waited = clock() - since;
    if ((how === "wait" || isDeleted) && waited < LONGEST_WAIT_MS) continue;
    const refusal = refusalOfStatus(status) ?? { code: "STACK_BUSY", message: `The stack is in ${status}` };
    const after = waited < BETWEEN_LOOKS_MS ? "" : `. Stackcast waited ${Math.round(waited / 1000)} s`;
    return failed({ status: { ...refusal, message: `${refusal.message}${after}` } });
  }
};
