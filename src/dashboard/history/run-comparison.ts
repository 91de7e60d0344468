/**
 * A run beside an earlier one, stack by stack: what was new, what was gone, what ended differently, and what took how
 * much longer. Times are compared only between what ended well in both: a failure is not fast.
 */
import type {
  DeploymentProgress,
  StackProgress,
  StackStatus,
} from "../../protocol/deployment/deployment-progress.ts";
import type { RunSummary } from "../../protocol/deployment/deployment-requests.ts";
import { durationText } from "../../domain/words/durations.ts";

/** How a stack did in one run. */
export type StackOutcome = Readonly<{ status: StackStatus; durationSeconds?: number }>;

export type StackComparison = Readonly<{
  name: string;
  layer: number;
  change: "added" | "removed" | "kept";
  isOutcomeChanged: boolean;
  before?: StackOutcome;
  after?: StackOutcome;
  /** Positive: slower than before. */
  deltaSeconds?: number;
}>;

export type RunComparison = Readonly<{
  /** Of the whole; absent unless both runs ended well. */
  deltaSeconds?: number;
  /** What tells most comes first: other outcomes, added and removed stacks, then the largest differences. */
  stacks: readonly StackComparison[];
}>;

/** The last run before this one that ended well; undefined: none is known. */
export const lastSuccessfulBefore = (runs: readonly RunSummary[], run: number): RunSummary | undefined =>
  runs
    .filter((other) => other.run < run && other.status === "deployed")
    .reduce<RunSummary | undefined>(
      (last, other) => (last && last.run > other.run ? last : other),
      undefined,
    );

const outcomeOf = ({ status, durationSeconds }: StackProgress): StackOutcome => ({
  status,
  ...(durationSeconds !== undefined && { durationSeconds }),
});

/** Seconds between two of the same; undefined where they do not compare. */
const deltaOf = (before: StackOutcome | undefined, after: StackOutcome | undefined): number | undefined => {
  if (before?.status !== "deployed" || after?.status !== "deployed") return undefined;
  if (before.durationSeconds === undefined || after.durationSeconds === undefined) return undefined;
  return after.durationSeconds - before.durationSeconds;
};

/** Not yet another outcome: one that is still awaited, or that was never begun because the run did not get there. */
const isSettled = ({ status }: StackOutcome): boolean =>
  status !== "pending" && status !== "deploying" && status !== "deleting";

/** A skipped stack is as good as a deployed one. */
const endedWell = ({ status }: StackOutcome): boolean => status === "deployed" || status === "skipped";

const comparisonOfStack = (
  earlier: StackProgress | undefined,
  later: StackProgress | undefined,
): StackComparison => {
  const before = earlier && outcomeOf(earlier);
  const after = later && outcomeOf(later);
  const deltaSeconds = deltaOf(before, after);
  const isOutcomeChanged =
    before !== undefined && after !== undefined && isSettled(after) && endedWell(before) !== endedWell(after);
  return {
    name: later?.name ?? earlier?.name ?? "",
    layer: later?.layer ?? earlier?.layer ?? 0,
    change: before === undefined ? "added" : after === undefined ? "removed" : "kept",
    isOutcomeChanged,
    ...(before && { before }),
    ...(after && { after }),
    ...(deltaSeconds !== undefined && { deltaSeconds }),
  };
};

const weightOf = ({ isOutcomeChanged, change, deltaSeconds }: StackComparison): number => {
  if (isOutcomeChanged) return 0;
  if (change !== "kept") return 1;
  return deltaSeconds === undefined ? 3 : 2;
};

/** `run` beside `base`; either may still go on. */
export const comparisonOf = (base: DeploymentProgress, run: DeploymentProgress): RunComparison => {
  const names = new Set([...Object.keys(run.stacks), ...Object.keys(base.stacks)]);
  const stacks = [...names]
    .map((name) => comparisonOfStack(base.stacks[name], run.stacks[name]))
    .sort(
      (one, other) =>
        weightOf(one) - weightOf(other) ||
        Math.abs(other.deltaSeconds ?? 0) - Math.abs(one.deltaSeconds ?? 0) ||
        one.layer - other.layer ||
        (one.name < other.name ? -1 : 1),
    );
  const isComparable = base.status === "deployed" && run.status === "deployed";
  return {
    ...(isComparable && { deltaSeconds: run.metrics.durationSeconds - base.metrics.durationSeconds }),
    stacks,
  };
};

/** `3m 20s slower`; what differs by less than a second is the same. */
export const deltaText = (seconds: number): string => {
  if (Math.abs(seconds) < 1) return "the same";
  return `${durationText(Math.abs(seconds))} ${seconds > 0 ? "slower" : "faster"}`;
};
