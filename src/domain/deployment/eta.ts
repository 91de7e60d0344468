/**
 * How much longer a deployment takes, from what this run has shown: durations of its resources by type, and of its
 * finished stacks. Absent rather than wrong: without anything to go by there is no number.
 */
import { hasEnded, isBlocked, isFinished, type DeploymentState, type StackNode } from "./deployment-state.ts";
import { percentOfStack } from "./percent.ts";
import { isUnderway } from "./resource-node.ts";

const medianOf = (values: readonly number[]): number | undefined => {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)];
};

const seconds = (from: string, to: string): number => Math.max(0, Date.parse(to) - Date.parse(from)) / 1000;

/** Median seconds of what was done to resources, by type and what was done. */
const resourceSeconds = (state: DeploymentState): ReadonlyMap<string, number> => {
  const samples = new Map<string, number[]>();
  for (const stack of state.stacks.values()) {
    for (const { type, status, startTime, endTime } of stack.resources.values()) {
      if (endTime === undefined || endTime === startTime || status === "failed") continue;
      const key = `${status} ${type}`;
      samples.set(key, [...(samples.get(key) ?? []), seconds(startTime, endTime)]);
    }
  }
  return new Map([...samples].map(([key, values]) => [key, medianOf(values) ?? 0]));
};

const ENDS: Readonly<Record<string, string>> = {
  creating: "created",
  updating: "updated",
  deleting: "deleted",
};

/** Seconds that a stack in flight still needs; undefined: nobody can tell. */
const remainingOf = (
  stack: StackNode,
  typical: ReadonlyMap<string, number>,
  now: string,
): number | undefined => {
  const percent = percentOfStack(stack);
  const elapsed = seconds(stack.startTime ?? now, now);
  // By its own pace, once it has one.
  const byPace = percent >= 10 ? (elapsed / percent) * (100 - percent) : undefined;
  const waits = [...stack.resources.values()].filter(isUnderway).map(({ type, status, startTime }) => {
    const usual = typical.get(`${ENDS[status] ?? status} ${type}`);
    return usual === undefined ? undefined : Math.max(0, usual - seconds(startTime, now));
  });
  const known = waits.filter((wait) => wait !== undefined);
  if (byPace === undefined && known.length === 0) return undefined;
  return Math.max(byPace ?? 0, ...known);
};

/** Whole seconds until the run ends; undefined if there is nothing to go by, or nothing runs. */
export const estimatedTimeRemaining = (state: DeploymentState, now: string): number | undefined => {
  if (state.run === 0 || hasEnded(state) || state.status !== "deploying") return undefined;
  const stacks = [...state.stacks.values()];
  if (stacks.length < state.announcedStacks) return undefined;
  const typical = resourceSeconds(state);
  const whole = medianOf(
    stacks
      .filter(({ status }) => status === "deployed")
      .map(({ startTime, endTime }) => seconds(startTime ?? "", endTime ?? "")),
  );
  // Layers run one after another, the stacks of one beside each other.
  const byLayer = new Map<number, number>();
  for (const stack of stacks) {
    if (isFinished(stack) || isBlocked(stack, state.stacks)) continue;
    const needed = stack.status === "pending" ? whole : remainingOf(stack, typical, now);
    if (needed === undefined) return undefined;
    byLayer.set(stack.layer, Math.max(byLayer.get(stack.layer) ?? 0, needed));
  }
  return Math.round([...byLayer.values()].reduce((sum, layer) => sum + layer, 0));
};
