/**
 * A stack's resources counted: as the stack's own channel counts them where it does, so that a deployment and its stack
 * never disagree, else by the resources' events.
 */
import { isDone, isLost, type ResourceNode, type StackNode } from "../deployment-state.ts";

/** Counts as a stack's own channel tells them; `completed` is absent on its way back, where it counts what is rolled back. */
export type ReportedCounts = Readonly<{
  totalResources?: number | undefined;
  completedResources?: number | undefined;
  failedResources?: number | undefined;
}>;

/** What the counts reported change of a stack: all of them are the stack's own, or only the total is known. */
export const countedBy = (
  {
    totalResources: known,
    counted,
    rollingBack,
  }: Pick<StackNode, "totalResources" | "counted" | "rollingBack">,
  { totalResources = 0, completedResources, failedResources }: ReportedCounts,
): Pick<StackNode, "totalResources" | "counted"> =>
  failedResources === undefined
    ? { totalResources: counted ? known : Math.max(known, totalResources) }
    : {
        totalResources,
        counted: {
          failed: failedResources,
          // What is rolled back is not done, whatever a channel that has turned back counts.
          ...(completedResources !== undefined && !rollingBack && { completed: completedResources }),
        },
      };

/** Whether a stack that goes on without the resource has it deleted: in an update's clean-up, which does not count. */
const isRemoved = ({ status }: ResourceNode, stack: StackNode): boolean =>
  (status === "deleting" || status === "deleted" || status === "retained") &&
  stack.operation === "deploy" &&
  stack.cause === undefined;

export const resourceCountsOf = (
  stack: StackNode,
): Readonly<{ total: number; created: number; failed: number }> => {
  const { counted, totalResources } = stack;
  const resources = [...stack.resources.values()];
  const created = counted?.completed ?? resources.filter((node) => isDone(node, stack)).length;
  if (counted) return { total: totalResources, created, failed: counted.failed };
  return {
    total: Math.max(totalResources, resources.filter((node) => !isRemoved(node, stack)).length),
    created,
    failed: resources.filter((node) => isLost(node, stack)).length,
  };
};
