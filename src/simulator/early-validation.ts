/**
 * Early validation: what CloudFormation looks at before it makes a change set, or begins an operation without one. What it
 * finds stands in DescribeEvents only; the change set, or the stack's own event, names the checks.
 */
import type { Account } from "./account.ts";
import { STACK_TYPE, type Stack, type Validation } from "./stack.ts";
import type { Change } from "./template/difference.ts";

const DEFAULT_CHECK = "NAME_CONFLICT_VALIDATION";
const DEFAULT_HOOK = "Private::Guard::ChangeSetHook";

/** What is asked to be found in these changes; `path` leads from the stack to the nested stack that they are of. */
export const validationsOf = (
  account: Account,
  stack: Stack,
  path: string,
  changes: readonly Pick<Change, "logicalId" | "type">[],
): readonly Validation[] => {
  const own = path === "" ? account.failureOf(stack, STACK_TYPE) : undefined;
  const ofSet =
    own?.at !== "hook"
      ? []
      : [
          {
            logicalId: stack.identity.name,
            type: STACK_TYPE,
            check: own.check ?? DEFAULT_HOOK,
            mode: own.mode ?? "FAIL",
            reason: own.reason,
            isHook: true,
          },
        ];
  const found = changes.flatMap(({ logicalId, type }) => {
    const failure = account.failureOf(stack, path + logicalId);
    if (failure?.at !== "validation") return [];
    const { check = DEFAULT_CHECK, mode = "FAIL", reason } = failure;
    return [{ logicalId, type, check, mode, reason, isHook: false }];
  });
  return [...ofSet, ...found];
};

const HOOK_OF_CHECK: Readonly<Record<string, string>> = {
  PROPERTY_VALIDATION: "AWS::EarlyValidation::PropertyValidation",
};

/** Why a change set with these findings fails, as AWS words it; undefined if none of them is grave. */
export const validationReasonOf = (validations: readonly Validation[]): string | undefined => {
  const grave = validations.filter(({ mode }) => mode === "FAIL");
  const [first] = grave;
  if (first === undefined) return undefined;
  const names = new Set(
    grave.map(({ check, isHook }) =>
      isHook ? check : (HOOK_OF_CHECK[check] ?? "AWS::EarlyValidation::ResourceExistenceCheck"),
    ),
  );
  const failed = `The following hook(s)/validation failed: [${[...names].join(", ")}].`;
  return grave.every(({ isHook }) => isHook)
    ? failed
    : `${failed} To troubleshoot Early Validation errors, use the DescribeEvents API for detailed failure information.`;
};
