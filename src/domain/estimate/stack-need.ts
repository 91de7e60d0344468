/**
 * How much longer one stack of a deployment takes: what it tells of itself, else how long it took in the runs before, else what
 * this run has shown of resources of its types and of its own pace.
 */
import type { Estimate } from "../../protocol/estimate.ts";
import type { StackNode } from "../deployment/deployment-state.ts";
import { endOf, isUnderway } from "../deployment/resource-node.ts";
import { percentOfStack } from "../deployment/totals/percent.ts";
import { secondsBetween } from "../elapsed.ts";
import { besides, durationsBetween, inTurn, restAfter, type DurationRange } from "./durations.ts";
import { spanAt } from "./estimate.ts";

export const medianOf = (values: readonly number[]): number | undefined => {
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
export type ResourceSeconds = ReadonlyMap<string, number>;

export const resourceSecondsIn = (stacks: Iterable<StackNode>): ResourceSeconds => {
  const samples = new Map<string, number[]>();
  for (const stack of stacks) {
    for (const [key, seconds] of timesOf(stack).samples) {
      const reported = samples.get(key);
      if (reported) reported.push(...seconds);
      else samples.set(key, [...seconds]);
    }
  }
  return new Map([...samples].map(([key, values]) => [key, medianOf(values) ?? 0]));
};

/** What a stack, or several of them, still need; `span` undefined: it is overdue. */
export type Need = Readonly<{
  span: DurationRange | undefined;
  basis: Estimate["basis"];
  sample: number;
  usual: Readonly<{ p50: number; p90: number }>;
}>;

/** What this run alone says is half as sure as it is long. */
export const byPace = (p50: number): Need => ({
  span: { p50, spread: p50 / 2 },
  basis: "pace",
  sample: 0,
  usual: { p50, p90: 1.5 * p50 },
});

/** As the runs before say; undefined: none has shown it, or it has never taken so long. */
export const usualNeedOf = (
  { usualSeconds }: StackNode,
  operation: "deploy" | "delete",
  elapsed = 0,
): Need | undefined => {
  const usual = usualSeconds?.[operation];
  if (!usual) return undefined;
  const { p50, p90, sample } = usual;
  const durations = durationsBetween(p50, p90, "history", sample);
  const [rest, late] = [0.5, 0.9].map((level) => restAfter(durations, elapsed, level));
  if (rest === undefined || late === undefined) return undefined;
  return { span: { p50: rest, spread: late - rest }, basis: "history", sample, usual: { p50, p90 } };
};

/** Seconds that a stack in flight still needs, as far as this run shows it; undefined: nobody can tell. */
const paceOf = (stack: StackNode, typical: ResourceSeconds, now: string): number | undefined => {
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

const reportedNeedOf = (estimate: Estimate, now: string): Need => {
  const { basis, sample, remainingSeconds, usualSeconds } = estimate;
  const usual = usualSeconds ?? remainingSeconds ?? { p50: 0, p90: 0 };
  return { span: spanAt(estimate, Date.parse(now)), basis, sample, usual };
};

/** Of a stack in flight; undefined: nobody can tell. */
export const needOf = (stack: StackNode, typical: ResourceSeconds, now: string): Need | undefined => {
  const { estimate, rollingBack, status } = stack;
  const reported = estimate && reportedNeedOf(estimate, now);
  // Nobody but the stack itself knows how long CloudFormation's way back takes.
  if (rollingBack) return reported;
  if (reported?.basis === "history") return reported;
  const elapsed = Math.max(0, secondsBetween(stack.startTime ?? now, now));
  const usual = usualNeedOf(stack, status === "deleting" ? "delete" : "deploy", elapsed);
  if (usual ?? reported) return usual ?? reported;
  const pace = paceOf(stack, typical, now);
  return pace === undefined ? undefined : byPace(pace);
};

/** Beside each other: the longer one is waited for, and one that is overdue outlasts what ends before it usually does. */
export const longerOf = (one: Need | undefined, other: Need): Need => {
  if (!one) return other;
  const [first, second] = [one, other].map(({ span, usual }) => span?.p50 ?? usual.p90);
  const [long, short] = first! >= second! ? [one, other] : [other, one];
  return long.span && short.span ? { ...long, span: besides(long.span, short.span) } : long;
};

/** One after the other: as sure as the longest of them, and of the basis that says most of the whole. */
export const inSequence = (needs: readonly Need[]): Need | undefined => {
  const [longest] = [...needs].sort((one, other) => (other.span?.p50 ?? 0) - (one.span?.p50 ?? 0));
  const overdue = needs.find(({ span }) => !span);
  if (!longest || overdue) return overdue;
  return { ...longest, span: needs.map(({ span }) => span!).reduce(inTurn) };
};
