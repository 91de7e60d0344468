/** A stack's termination protection and its policy, which CloudFormation takes by calls of their own. */
import type { StackSnapshot } from "../aws/cloudformation/stack-operations.ts";
import type { OperationFailure } from "../domain/failure/operation-failure.ts";
import type { RunLease, PreviousStack } from "../domain/run/run-calls.ts";
import { success, type Result } from "../protocol/result.ts";
import { settled } from "./answers.ts";
import { cloudFormationOf, type Step } from "./step.ts";

type Guards = Pick<PreviousStack, "isProtected" | "stackPolicy">;

/** The guards as they are, of those that the plan sets. */
export const guardsOf = async (step: Step, now: StackSnapshot): Promise<Result<Guards, OperationFailure>> => {
  const { terminationProtection, stackPolicy } = step.lease.plan.options ?? {};
  const isProtected = terminationProtection !== undefined && { isProtected: now.isProtected };
  if (stackPolicy === undefined) return success({ ...isProtected });
  const policy = settled(await cloudFormationOf(step).operations.policy(now.stackId));
  return policy.ok ? success({ ...isProtected, stackPolicy: policy.value }) : policy;
};

/** Sets guards; what is so already may be set again. */
export const setGuards = async (
  step: Step,
  { isProtected, stackPolicy }: Guards,
): Promise<Result<null, OperationFailure>> => {
  const { operations } = cloudFormationOf(step);
  const { plan } = step.lease;
  if (isProtected !== undefined) {
    const done = settled(await operations.protect(plan.stackName, isProtected));
    if (!done.ok) return done;
  }
  return stackPolicy === undefined
    ? success(null)
    : settled(await operations.setPolicy(plan.stackName, stackPolicy));
};

/** The guards that a plan wants. */
export const wantedGuards = ({ plan }: Pick<RunLease, "plan">): Guards => {
  const { terminationProtection, stackPolicy } = plan.options ?? {};
  return {
    ...(terminationProtection !== undefined && { isProtected: terminationProtection }),
    ...(stackPolicy !== undefined && { stackPolicy }),
  };
};

/** CloudFormation removes no policy: one that lets everything be updated does the same. */
export const OPEN_POLICY = JSON.stringify({
  Statement: [{ Effect: "Allow", Action: "Update:*", Principal: "*", Resource: "*" }],
});
