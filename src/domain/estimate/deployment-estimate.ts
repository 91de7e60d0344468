/**
 * How much longer a deployment takes: what its stacks in flight tell of themselves, else what this run has shown: durations of
 * its resources by type, and of its finished stacks. Absent rather than wrong: without anything to go by there is no number.
 */
import type { Estimate } from "../../protocol/estimate.ts";
import { secondsBetween } from "../elapsed.ts";
import {
  blockedAmong,
  hasEnded,
  isClearedAway,
  isSettled,
  type DeploymentState,
  type StackNode,
} from "../deployment/deployment-state.ts";
import { percentOfStack } from "../deployment/totals/percent.ts";
import { endOf, isUnderway } from "../deployment/resource-node.ts";
import { besides, inTurn, type DurationRange } from "./durations.ts";
import { estimateOf, spanAt } from "./estimate.ts";

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
      const reported = samples.get(key);
      if (reported) reported.push(seconds);
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
      const reported = samples.get(key);
      if (reported) reported.push(...seconds);
      else samples.set(key, [...seconds]);
    }
  }
  return new Map([...samples].map(([key, values]) => [key, medianOf(values) ?? 0]));
};

/** What a stack, or all of a layer, still needs; `span` undefined: it is overdue. */
type Need = Readonly<{
  span: DurationRange | undefined;
  basis: Estimate["basis"];
  sample: number;
  usual: Readonly<{ p50: number; p90: number }>;
}>;

/** What this run alone says is half as sure as it is long. */
const byPace = (p50: number): Need => ({
  span: { p50, spread: p50 / 2 },
  basis: "pace",
  sample: 0,
  usual: { p50, p90: 1.5 * p50 },
});

/** Seconds that a stack in flight still needs, as far as this run shows it; undefined: nobody can tell. */
const paceOf = (stack: StackNode, typical: ReadonlyMap<string, number>, now: string): number | undefined => {
  const percent = percentOfStack(stack);
  const elapsed = secondsBetween(stack.startTime ?? now, now);
  // By its own pace, once it has one.
  const remaining = percent >= 10 ? (elapsed / percent) * (100 - percent) : undefined;
  const present = Date.parse(now);
  const waits = timesOf(stack).begun.map(({ key, at }) => {
    const usual = typical.get(key);
    return usual === undefined ? 0 : usual - Math.max(0, present - at) / 1000;
  });
  // One that takes longer than usual tells nothing.
  const longer = waits.filter((wait) => wait > 0);
  if (remaining === undefined && longer.length === 0) return undefined;
  return Math.max(remaining ?? 0, ...longer);
};

const needOf = (stack: StackNode, typical: ReadonlyMap<string, number>, now: string): Need | undefined => {
  const { estimate } = stack;
  if (!estimate) {
    // Nobody knows how long CloudFormation's way back takes.
    const pace = stack.rollingBack ? undefined : paceOf(stack, typical, now);
    return pace === undefined ? undefined : byPace(pace);
  }
  const { basis, sample, remainingSeconds, usualSeconds } = estimate;
  const usual = usualSeconds ?? remainingSeconds ?? { p50: 0, p90: 0 };
  return { span: spanAt(estimate, Date.parse(now)), basis, sample, usual };
};

/** Beside each other: the longer one is waited for, and one that is overdue outlasts what ends before it usually does. */
const longerOf = (one: Need | undefined, other: Need): Need => {
  if (!one) return other;
  const [first, second] = [one, other].map(({ span, usual }) => span?.p50 ?? usual.p90);
  const [long, short] = first! >= second! ? [one, other] : [other, one];
  return long.span && short.span ? { ...long, span: besides(long.span, short.span) } : long;
};

/** One after the other: as sure as the longest of them, and of the basis that says most of the whole. */
const inSequence = (needs: readonly Need[]): Need | undefined => {
  const [longest] = [...needs].sort((one, other) => (other.span?.p50 ?? 0) - (one.span?.p50 ?? 0));
  const overdue = needs.find(({ span }) => !span);
  if (!longest || overdue) return overdue;
  return { ...longest, span: needs.map(({ span }) => span!).reduce(inTurn) };
};

/** How much longer the run takes; undefined: nothing is known. */
export const estimateOfDeployment = (state: DeploymentState, now: string): Estimate | undefined => {
  if (state.run === 0 || hasEnded(state)) return undefined;
  const need = remaining(state, now);
  return (
    need && estimateOf({ ...need, basis: need.basis === "overdue" ? "pace" : need.basis }, Date.parse(now))
  );
};

/** Whole seconds until the run ends, more likely than not; undefined: nothing is known, or it is overdue. */
export const estimatedTimeRemaining = (state: DeploymentState, now: string): number | undefined =>
  estimateOfDeployment(state, now)?.remainingSeconds?.p50;

const remaining = (state: DeploymentState, now: string): Need | undefined => {
  const { status } = state;
  if (status === "initializing" || status === "validating") return announced(state, now);
  return status === "deploying" ? (onTheWayUp(state, now) ?? announced(state, now)) : underway(state, now);
};

/** What is left of the time that was announced; a run that has taken longer makes it void. */
const announced = (
  { estimatedDuration = 0, startTime, stacks }: DeploymentState,
  now: string,
): Need | undefined => {
  for (const { rollingBack } of stacks.values()) if (rollingBack) return undefined;
  const rest = estimatedDuration - secondsBetween(startTime, now);
  return rest > 0 ? byPace(rest) : undefined;
};

/** On the way back and down nobody knows what is still to begin: what is under way is the least of it. */
const underway = (state: DeploymentState, now: string): Need | undefined => {
  const running = [...state.stacks.values()].filter(
    ({ status }) => status === "deploying" || status === "deleting",
  );
  const layers = new Set(running.map(({ layer }) => layer));
  const isLast = state.status !== "cancelling" && Math.min(...layers) > 1;
  if (isLast || running.length === 0) return undefined;
  const needs = running.map((stack) => (stack.estimate ? needOf(stack, new Map(), now) : undefined));
  return needs.reduce<Need | undefined>((longest, need) => need && longerOf(longest, need), undefined);
};

const onTheWayUp = (state: DeploymentState, now: string): Need | undefined => {
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
  const byLayer = new Map<number, Need>();
  for (const stack of stacks) {
    if (isSettled(state, stack) || blocked.has(stack.name)) continue;
    const isToCome = stack.status === "pending" || isClearedAway(state, stack);
    const toCome = whole === undefined ? undefined : byPace(whole);
    const need = isToCome ? toCome : needOf(stack, typical, now);
    if (need === undefined) return undefined;
    byLayer.set(stack.layer, longerOf(byLayer.get(stack.layer), need));
  }
  return inSequence([...byLayer.values()]);
};
