/** Two runs stack by stack: how each did, and how much longer or shorter it took. */
import { useState } from "preact/hooks";
import type { DeploymentProgress } from "../../protocol/deployment/deployment-progress.ts";
import { durationText } from "../../domain/words/durations.ts";
import { Status } from "../elements/status.tsx";
import { deltaText, type RunComparison, type StackComparison, type StackOutcome } from "./run-comparison.ts";

/** Rows that are drawn before more are asked for. */
const FIRST_ROWS = 30;
const WIDTH = 80;

const Outcome = ({ outcome }: Readonly<{ outcome: StackOutcome | undefined }>) =>
  outcome ? (
    <span class="comparison-outcome">
      <Status status={outcome.status} />
      {outcome.durationSeconds !== undefined && (
        <span class="quiet">{durationText(outcome.durationSeconds)}</span>
      )}
    </span>
  ) : (
    <span class="quiet">–</span>
  );

/** Left of the middle: faster. */
const DeltaBar = ({ seconds, largest }: Readonly<{ seconds: number; largest: number }>) => {
  const half = WIDTH / 2;
  const length = largest === 0 ? 0 : (Math.abs(seconds) / largest) * (half - 2);
  return (
    <svg class="comparison-bar" width={WIDTH} height="12" aria-hidden="true">
      <path class="comparison-middle" d={`M${half} 0v12`} />
      <rect
        class={seconds > 0 ? "slower" : "faster"}
        x={seconds > 0 ? half : half - length}
        y="2"
        width={length}
        height="8"
        rx="1"
      />
    </svg>
  );
};

const Difference = ({ stack, largest }: Readonly<{ stack: StackComparison; largest: number }>) => {
  if (stack.change === "added") return <strong>new</strong>;
  if (stack.change === "removed") return <strong>gone</strong>;
  if (stack.isOutcomeChanged) return <strong>other outcome</strong>;
  if (stack.deltaSeconds === undefined) return <span class="quiet">–</span>;
  return (
    <span class="comparison-delta">
      <DeltaBar seconds={stack.deltaSeconds} largest={largest} />
      {deltaText(stack.deltaSeconds)}
    </span>
  );
};

const summaryOf = ({ deltaSeconds, stacks }: RunComparison): string => {
  const count = (isCounted: (stack: StackComparison) => boolean): number => stacks.filter(isCounted).length;
  const worded = (counted: number, words: string): string[] => (counted === 0 ? [] : [`${counted} ${words}`]);
  return [
    ...(deltaSeconds === undefined ? [] : [`${deltaText(deltaSeconds)} as a whole`]),
    ...worded(
      count(({ isOutcomeChanged }) => isOutcomeChanged),
      "with another outcome",
    ),
    ...worded(
      count(({ change }) => change === "added"),
      "new",
    ),
    ...worded(
      count(({ change }) => change === "removed"),
      "gone",
    ),
    ...worded(
      count(({ deltaSeconds: delta = 0 }) => delta >= 1),
      "slower",
    ),
    ...worded(
      count(({ deltaSeconds: delta = 0 }) => delta <= -1),
      "faster",
    ),
  ].join(" · ");
};

type ComparisonTableProps = Readonly<{
  base: DeploymentProgress;
  run: DeploymentProgress;
  comparison: RunComparison;
}>;

export const ComparisonTable = ({ base, run, comparison }: ComparisonTableProps) => {
  const [isWhole, setWhole] = useState(false);
  const { stacks } = comparison;
  const largest = Math.max(0, ...stacks.map(({ deltaSeconds = 0 }) => Math.abs(deltaSeconds)));
  return (
    <>
      <p class="comparison-summary">{summaryOf(comparison) || "No difference yet"}</p>
      <div class="history-scroll" tabIndex={0} role="region" aria-label="Table of differences">
        <table class="comparison">
          <thead>
            <tr>
              <th scope="col">Stack</th>
              <th scope="col">Run {base.run}</th>
              <th scope="col">Run {run.run}</th>
              <th scope="col">Difference</th>
            </tr>
          </thead>
          <tbody>
            {stacks.slice(0, isWhole ? stacks.length : FIRST_ROWS).map((stack) => (
              <tr key={stack.name}>
                <th scope="row">{stack.name}</th>
                <td>
                  <Outcome outcome={stack.before} />
                </td>
                <td>
                  <Outcome outcome={stack.after} />
                </td>
                <td
                  class={
                    stack.change === "kept" && !stack.isOutcomeChanged && stack.deltaSeconds === undefined
                      ? "nothing"
                      : undefined
                  }
                >
                  <Difference stack={stack} largest={largest} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {!isWhole && stacks.length > FIRST_ROWS && (
        <p class="comparison-more">
          <button type="button" class="button compact" onClick={() => setWhole(true)}>
            Show all {stacks.length} stacks
          </button>
        </p>
      )}
    </>
  );
};
