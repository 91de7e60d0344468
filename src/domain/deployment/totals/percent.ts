/** How far a deployment is: finished and skipped stacks count whole, stacks in flight by their own percentage. */
import { isClearedAway, type DeploymentState, type StackNode } from "../deployment-state.ts";

/** Percent of one stack; 100 only once it has ended well. */
export const percentOfStack = ({ status, reachedPercent }: StackNode): number =>
  status === "pending" ? 0 : reachedPercent;

/** Stacks that the run is about: those announced, if not all of them are known by name yet. */
export const totalStacksOf = ({ stacks, announcedStacks }: DeploymentState): number =>
  Math.max(stacks.size, announcedStacks);

/** Percent of the whole, floored; it never falls but when a rollback begins, and is 100 only at a good end. */
export const percentOfDeployment = (state: DeploymentState): number => {
  const { status, reachedPercent } = state;
  if (status === "deployed" || status === "rolled_back" || status === "destroyed") return 100;
  const total = totalStacksOf(state);
  if (total === 0) return reachedPercent;
  let sum = 0;
  for (const stack of state.stacks.values()) {
    if (status === "rolling_back") sum += shareOfWayBack(stack);
    else if (!isClearedAway(state, stack)) sum += percentOfStack(stack);
  }
  return Math.max(reachedPercent, Math.min(99, Math.floor(sum / total)));
};

/** On the way back, what is back or was never begun counts. */
const shareOfWayBack = ({ status }: StackNode): number =>
  status === "rolled_back" || status === "deleted" || status === "skipped" || status === "pending" ? 100 : 0;
