/** Has CloudFormation begin with what a request to deploy wants, with the options that it names. */
import type { ChangeSets } from "../../aws/cloudformation/change-sets.ts";
import type { StackOperations, StackSnapshot } from "../../aws/cloudformation/stack-operations.ts";
import type { DesiredStack } from "../../aws/cloudformation/desired-stack.ts";
import { deployabilityOf } from "../../domain/run/deployability.ts";
import type { OperationFailure } from "../../domain/failure/operation-failure.ts";
import { failed, success, type Result } from "../../protocol/result.ts";
import type { StackOptions } from "../../protocol/stack/stack-options.ts";

/** Looks at a change set that is being computed, and the wait between them. */
const MAX_LOOKS = 40;
const BETWEEN_LOOKS_MS = 1_000;

type Begun = Promise<Result<Readonly<{ stackId: string }>, OperationFailure>>;

type Asked = Readonly<{ desired: DesiredStack; token: string; options: StackOptions }>;

type Aws = Readonly<{
  stacks: StackOperations;
  changeSets: ChangeSets;
  sleep: (milliseconds: number) => Promise<void>;
}>;

/** A stack of a name that is free. */
export const createStack = (
  { stacks }: Aws,
  stackName: string,
  { desired, token, options }: Asked,
): Begun => {
  const { disableRollback, onStackFailure, timeoutMinutes, stackPolicy, terminationProtection } = options;
  return stacks.create(stackName, desired, {
    token,
    ...(disableRollback !== undefined && { disableRollback }),
    ...(onStackFailure !== undefined && { onFailure: onStackFailure }),
    ...(timeoutMinutes !== undefined && { timeoutMinutes }),
    ...(stackPolicy !== undefined && { stackPolicy }),
    ...(terminationProtection !== undefined && { isProtected: terminationProtection }),
  });
};

const guarded = async (
  { stacks }: Aws,
  stackName: string,
  { stackPolicy, terminationProtection }: StackOptions,
): Promise<Result<null, OperationFailure>> => {
  if (terminationProtection !== undefined) {
    const done = await stacks.protect(stackName, terminationProtection);
    if (!done.ok) return done;
  }
  return stackPolicy === undefined ? success(null) : stacks.setPolicy(stackName, stackPolicy);
};

/** A paused stack stays so if this fails, too: AWS updates it in no other way. */
export const updateStack = async (
  aws: Aws,
  before: StackSnapshot,
  { desired, token, options }: Asked,
): Begun => {
  const set = await guarded(aws, before.stackId, options);
  if (!set.ok) return set;
  const { disableRollback, onStackFailure } = options;
  const isKept =
    deployabilityOf(before.status) === "paused" || (disableRollback ?? onStackFailure === "DO_NOTHING");
  return aws.stacks.update(before.name, desired, { token, ...(isKept && { disableRollback: true }) });
};

/** The whole of a stack that waits in review: what others have proposed for it is not touched. */
export const createInReview = async (
  aws: Aws,
  stackName: string,
  { desired, token, options }: Asked,
): Begun => {
  const { changeSets, sleep } = aws;
  const { disableRollback, onStackFailure } = options;
  const made = await changeSets.create(
    {
      stack: stackName,
      name: token,
      type: "CREATE",
      description: "Stackcast",
      ...(onStackFailure !== undefined && { options: { onStackFailure } }),
    },
    desired,
  );
  if (!made.ok && made.failure.kind !== "exists") return made;
  for (let look = 1; ; look += 1) {
    const seen = await changeSets.state({ name: token, stack: stackName });
    if (!seen.ok && seen.failure.kind !== "missing") return seen;
    const verdict = seen.ok ? seen.value.verdict : "computing";
    if (seen.ok && verdict !== "computing") {
      if (verdict === "refused" || verdict === "unchanged") {
        const { message } = await changeSets.reasonOf(seen.value);
        return failed({ kind: "rejected", code: "ChangeSetFailed", message });
      }
      const set = await guarded(aws, stackName, options);
      if (!set.ok) return set;
      const executed = await changeSets.execute(
        { name: token, stack: stackName },
        { token, ...(disableRollback !== undefined && { disableRollback }) },
      );
      return executed.ok ? success({ stackId: seen.value.stackId }) : executed;
    }
    if (look === MAX_LOOKS) return failed({ kind: "network", message: "the change set is not computed yet" });
    await sleep(BETWEEN_LOOKS_MS);
  }
};
