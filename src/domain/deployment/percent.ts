/** How far a deployment is: finished and skipped stacks count whole, stacks in flight by their own percentage. */
import { isFinished, type DeploymentState, type StackNode } from "./deployment-state.ts";
import { isUnderway } from "./resource-node.ts";

/** Percent of one stack; 100 only once it has ended well. */
export const percentOfStack = (stack: StackNode): number => {
  if (stack.status === "deploying" || stack.status === "failed") {
    const done = [...stack.resources.values()].filter(
      (resource) => !isUnderway(resource) && resource.status !== "failed",
    ).length;
    const total = Math.max(stack.totalResources, stack.resources.size);
    // Without a total nobody knows how much is to come.
    const counted = stack.totalResources > 0 ? Math.floor((100 * done) / total) : 0;
    return Math.max(stack.reachedPercent, Math.min(99, counted));
  }
  return stack.status === "pending" ? 0 : stack.reachedPercent;
};

/** Stacks that the run is about: those announced, if not all of them are known by name yet. */
export const totalStacksOf = ({ stacks, announcedStacks }: DeploymentState): number =>
  Math.max(stacks.size, announcedStacks);

/** Percent of the whole, floored; it never falls but when a rollback begins, and is 100 only at a good end. */
export const percentOfDeployment = (state: DeploymentState): number => {
  const { status, reachedPercent } = state;
  if (status === "deployed" || status === "rolled_back" || status === "destroyed") return 100;
  const total = totalStacksOf(state);
  if (total === 0) return reachedPercent;
  const sum = [...state.stacks.values()].reduce((percent, stack) => percent + shareOf(stack, status), 0);
  return Math.max(reachedPercent, Math.min(99, Math.floor(sum / total)));
};

/** On the way back, what is back or was never begun counts. */
const shareOf = (stack: StackNode, status: DeploymentState["status"]): number => {
  if (status !== "rolling_back") return percentOfStack(stack);
  const back = stack.status === "rolled_back" || stack.status === "deleted" || stack.status === "pending";
  return back || (isFinished(stack) && stack.status === "skipped") ? 100 : 0;
};
