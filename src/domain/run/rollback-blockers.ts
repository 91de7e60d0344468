/** The resources that keep CloudFormation's own rollback from succeeding, under the names by which it skips them. */
import type { DeploymentState, StackNode } from "../deployment/deployment-state.ts";
import { STACK_TYPE } from "../stack/stack-event.ts";

/** By the name of a stack, the resources to skip in it. */
export type Skipped = Readonly<Record<string, readonly string[]>>;

/** `arn:aws:cloudformation:us-east-1:1:stack/shop-Child-1ABC/…` → `shop-Child-1ABC`. */
const stackNameIn = (arn: string | undefined): string | undefined => arn?.split("/")[1];

/**
 * Names by which CloudFormation skips a stack's blocking resources: the logical id, for a nested stack's resource
 * `NestedStackName.LogicalId`. Of what has failed, those do not block that failed before the rollback did.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ContinueUpdateRollback.html
 */
const blockersOf = ({ error, ending, resources }: StackNode): readonly string[] => {
  if (error?.code !== "UPDATE_ROLLBACK_FAILED" && ending?.outcome !== "rollback_failed") return [];
  const since = ending?.rollbackCause?.timestamp ?? "";
  return [...resources].flatMap(([path, { name, type, status, updatedAt }]) => {
    // A nested stack is stuck because of what is in it, and cannot be skipped itself.
    if (status !== "failed" || type === STACK_TYPE || updatedAt < since) return [];
    const parts = path.split("/");
    if (parts.length <= 2) return [name];
    const parent = stackNameIn(resources.get(parts.slice(0, -1).join("/"))?.id);
    return [`${parent ?? parts.at(-2)}.${name}`];
  });
};

/** What to skip in which stack, and the names that block nothing. */
export const skippedIn = (
  { stacks }: Pick<DeploymentState, "stacks">,
  names: readonly string[],
): Readonly<{ skipped: Skipped; strange: readonly string[]; blockers: readonly string[] }> => {
  const blocking = [...stacks.values()].map((stack) => [stack.name, blockersOf(stack)] as const);
  const blockers = [...new Set(blocking.flatMap(([, resources]) => resources))];
  const skipped = blocking.flatMap(([stack, resources]) => {
    const chosen = resources.filter((resource) => names.includes(resource));
    return chosen.length > 0 ? [[stack, chosen] as const] : [];
  });
  const strange = names.filter((name) => !blockers.includes(name));
  return { skipped: Object.fromEntries(skipped), strange, blockers };
};
