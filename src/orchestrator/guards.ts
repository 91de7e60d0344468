/** A stack's termination protection and its policy, which CloudFormation takes by calls of their own. */
import type { StackPicture } from "../aws/cloudformation/stack-operations.ts";
import type { OperationFailure } from "../domain/failure/operation-failure.ts";
import type { Order, Picture } from "../domain/run/desk-calls.ts";
import { success, type Result } from "../protocol/result.ts";
import { settled, type Hands } from "./hands.ts";

type Guards = Pick<Picture, "isProtected" | "stackPolicy">;

/** The guards as they are, of those that the plan sets. */
export const guardsOf = async (
  { plan }: Order,
  now: StackPicture,
  hands: Hands,
): Promise<Result<Guards, OperationFailure>> => {
  const { terminationProtection, stackPolicy } = plan.options ?? {};
  const isProtected = terminationProtection !== undefined && { isProtected: now.isProtected };
  if (stackPolicy === undefined) return success({ ...isProtected });
  const policy = settled(await hands.in(plan.region).operations.policy(now.stackId));
  return policy.ok ? success({ ...isProtected, stackPolicy: policy.value }) : policy;
};

/** Sets guards; what is so already may be set again. */
export const setGuards = async (
  { plan }: Pick<Order, "plan">,
  { isProtected, stackPolicy }: Guards,
  hands: Hands,
): Promise<Result<null, OperationFailure>> => {
  const { operations } = hands.in(plan.region);
  if (isProtected !== undefined) {
    const done = settled(await operations.protect(plan.stackName, isProtected));
    if (!done.ok) return done;
  }
  return stackPolicy === undefined
    ? success(null)
    : settled(await operations.setPolicy(plan.stackName, stackPolicy));
};

/** The guards that a plan wants. */
export const wantedGuards = ({ plan }: Pick<Order, "plan">): Guards => {
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
