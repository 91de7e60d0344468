/** A run's stacks, layers and seconds counted, as its events tell them. */
import type { DeploymentProgress, StackStatus } from "../../../protocol/deployment/deployment-progress.ts";
import type { DeploymentState, StackNode } from "../deployment-state.ts";
import { totalStacksOf } from "./percent.ts";
import { secondsBetween } from "../../elapsed.ts";

export const countOf = (stacks: Iterable<StackNode>, status: StackStatus): number => {
  let count = 0;
  for (const stack of stacks) if (stack.status === status) count++;
  return count;
};

export const stacksOfLayer = ({ stacks }: DeploymentState, layer: number): StackNode[] =>
  [...stacks.values()].filter((stack) => stack.layer === layer);

/** Layers of the run, as far as is known. */
export const totalLayersOf = ({ announcedLayers, stacks }: DeploymentState, least = 0): number =>
  Math.max(least, announcedLayers, 0, ...[...stacks.values()].map(({ layer }) => layer));

/** How many of a run's stacks there are, and have come how far. */
export const stackTotalsOf = (state: DeploymentState): DeploymentProgress["summary"] => ({
  totalStacks: totalStacksOf(state),
  deployedStacks: countOf(state.stacks.values(), "deployed"),
  failedStacks: countOf(state.stacks.values(), "failed"),
  skippedStacks: countOf(state.stacks.values(), "skipped"),
  progressPercent: state.reachedPercent,
});

/** The counts with which a run's end is reported. */
export const countsAt = (state: DeploymentState, timestamp: string) => ({
  totalStacks: totalStacksOf(state),
  deployedStacks: countOf(state.stacks.values(), "deployed"),
  skippedStacks: countOf(state.stacks.values(), "skipped"),
  failedStacks: countOf(state.stacks.values(), "failed"),
  durationSeconds: secondsBetween(state.startTime, timestamp),
});
