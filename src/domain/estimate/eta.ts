/**
 * How much longer a deployment takes, from what this run has shown: durations of its resources by type, and of its
 * finished stacks. Absent rather than wrong: without anything to go by there is no number.
 */
import { secondsBetween } from "../elapsed.ts";
import {
  blockedAmong,
  isClearedAway,
  isSettled,
  type DeploymentState,
  type StackNode,
} from "../deployment/deployment-state.ts";
import { percentOfStack } from "../deployment/totals/percent.ts";
import { endOf, isUnderway } from "../deployment/resource-node.ts";

const medianOf = (values: readonly number[]): number | undefined => {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)];
};

/** What a stack's resources tell of time, by type and by what is done, or was done, to them. */
type StackTimes = Readonly<{
  /** Seconds of each that is done. */
  samples: ReadonlyMap<string, readonly number[]>;
  /** Milliseconds of the epoch at which each began that is not. */
  begun: readonly Readonly<{ key: string; at: number }>[];
}>;

/** Of each stack as it was last looked at: its node is replaced by each of its events. */
const known = new WeakMap<StackNode, StackTimes>();

const timesOf = (stack: StackNode): StackTimes => {
  const before = known.get(stack);
  if (before) return before;
  const samples = new Map<string, number[]>();
  const begun: { key: string; at: number }[] = [];
  for (const { type, status, startTime, updatedAt } of stack.resources.values()) {
    const key = `${endOf(status)} ${type}`;
    if (isUnderway({ status })) begun.push({ key, at: Date.parse(startTime) });
    else if (updatedAt !== startTime && status !== "failed") {
      const seconds = secondsBetween(startTime, updatedAt);
      const told = samples.get(key);
      if (told) told.push(seconds);
      else samples.set(key, [seconds]);
    }
  }
  const times = { samples, begun };
  known.set(stack, times);
  return times;
};

/** Median seconds of what was done to resources, by type and what was done. */
const resourceSeconds = (state: DeploymentState): ReadonlyMap<string, number> => {
  const samples = new Map<string, number[]>();
  for (const stack of state.stacks.values()) {
    for (const [key, seconds] of timesOf(stack).samples) {
      const told = samples.get(key);
      if (told) told.push(...seconds);
      else samples.set(key, [...seconds]);
    }
  }
  return new Map([...samples].map(([key, values]) => [key, medianOf(values) ?? 0]));
};

/** Seconds that a stack in flight still needs; undefined: nobody can tell. */
const remainingOf = (
  stack: StackNode,
  typical: ReadonlyMap<string, number>,
  now: string,
): number | undefined => {
  const percent = percentOfStack(stack);
  const elapsed = secondsBetween(stack.startTime ?? now, now);
  // By its own pace, once it has one.
  const byPace = percent >= 10 ? (elapsed / percent) * (100 - percent) : undefined;
  const present = Date.parse(now);
  const waits = timesOf(stack).begun.map(({ key, at }) => {
    const usual = typical.get(key);
    return usual === undefined ? 0 : usual - Math.max(0, present - at) / 1000;
  });
  // One that takes longer than usual tells nothing.
  const longer = waits.filter((wait) => wait > 0);
  if (byPace === undefined && longer.length === 0) return undefined;
  return Math.max(byPace ?? 0, ...longer);
};

/** Whole seconds until the run ends; undefined if there is nothing to go by. */
export const estimatedTimeRemaining = (state: DeploymentState, now: string): number | undefined => {
  const { run, status } = state;
  if (run === 0 || (status !== "initializing" && status !== "validating" && status !== "deploying"))
    return undefined;
  // Nobody knows how long CloudFormation's way back takes.
  for (const { rollingBack } of state.stacks.values()) if (rollingBack) return undefined;
  const remaining =
    (status === "deploying" ? shownRemaining(state, now) : undefined) ?? announced(state, now);
  return remaining === undefined ? undefined : Math.round(remaining);
};

/** What is left of the time that was announced; a run that has taken longer makes it void. */
const announced = (
  { estimatedDuration = 0, startTime }: DeploymentState,
  now: string,
): number | undefined => {
  const remaining = estimatedDuration - secondsBetween(startTime, now);
  return remaining > 0 ? remaining : undefined;
};

const shownRemaining = (state: DeploymentState, now: string): number | undefined => {
  const stacks = [...state.stacks.values()];
  if (stacks.length < state.announcedStacks) return undefined;
  const typical = resourceSeconds(state);
  const blocked = blockedAmong(state.stacks);
  const whole = medianOf(
    stacks
      .filter(({ status }) => status === "deployed")
      .map(({ startTime, endTime }) => secondsBetween(startTime ?? "", endTime ?? "")),
  );
  // Layers run one after another, the stacks of one beside each other.
  const byLayer = new Map<number, number>();
  for (const stack of stacks) {
    if (isSettled(state, stack) || blocked.has(stack.name)) continue;
    const isToCome = stack.status === "pending" || isClearedAway(state, stack);
    const needed = isToCome ? whole : remainingOf(stack, typical, now);
    if (needed === undefined) return undefined;
    byLayer.set(stack.layer, Math.max(byLayer.get(stack.layer) ?? 0, needed));
  }
  return [...byLayer.values()].reduce((sum, layer) => sum + layer, 0);
};
