/** How long the last runs took, a column each, oldest first; the table below says the same in words. */
import type { RunSummary } from "../../protocol/deployment/deployment-requests.ts";
import { go } from "../address.ts";
import { durationText } from "../../domain/words/durations.ts";
import { kindOfStatus, wordOfStatus } from "../../domain/words/status-words.ts";

const MOST = 40;
const HEIGHT = 56;
const COLUMN = 14;
const GAP = 4;

type RunChartProps = Readonly<{
  runs: readonly RunSummary[];
  shown: number;
  hrefOf: (run: number) => string;
}>;

/** Nothing for a single run: one column compares with none. */
export const RunChart = ({ runs, shown, hrefOf }: RunChartProps) => {
  if (runs.length < 2) return null;
  const drawn = runs.slice(0, MOST).reverse();
  const longest = Math.max(1, ...drawn.map(({ durationSeconds }) => durationSeconds));
  const width = drawn.length * (COLUMN + GAP);
  return (
    <div class="history-chart" aria-hidden="true">
      <svg width={width} height={HEIGHT} viewBox={`0 0 ${width} ${HEIGHT}`}>
        {drawn.map(({ run, status, durationSeconds }, index) => {
          const standing = kindOfStatus(status);
          const height = Math.max(3, (durationSeconds / longest) * (HEIGHT - 4));
          const x = index * (COLUMN + GAP) + GAP / 2;
          return (
            <g key={run} class="history-run" onClick={() => go(hrefOf(run))}>
              <title>{`Run ${run}: ${wordOfStatus(status)}, ${durationText(durationSeconds)}`}</title>
              <rect class="history-hit" x={x - GAP / 2} width={COLUMN + GAP} height={HEIGHT} />
              <rect
                class={`history-column ${standing}${run === shown ? " shown" : ""}`}
                x={x}
                y={HEIGHT - height}
                width={COLUMN}
                height={height}
                rx={2}
              />
              {standing === "failed" && (
                <path class="history-cross" d={`M${x + 4} ${HEIGHT - height + 4}l6 6m0 -6l-6 6`} />
              )}
            </g>
          );
        })}
      </svg>
      <span class="quiet small">longest {durationText(longest)}</span>
    </div>
  );
};
