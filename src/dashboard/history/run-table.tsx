/** Runs as rows, each a link to itself. */
import type { RunSummary } from "../../protocol/deployment/deployment-requests.ts";
import { durationText } from "../../domain/words/durations.ts";
import { Elapsed } from "../elements/elapsed.tsx";
import { Moment } from "../elements/moment.tsx";
import { hasRunEnded } from "../../domain/words/status-words.ts";
import { stackCountsText } from "../elements/stack-counts.ts";
import { Status } from "../elements/status.tsx";

type RowProps = Readonly<{ run: RunSummary; isShown: boolean; href: string }>;

const Row = ({ run, isShown, href }: RowProps) => (
  <tr class={isShown ? "shown" : undefined}>
    <th scope="row">
      <a href={href} aria-current={isShown ? "true" : undefined}>
        Run {run.run}
      </a>
    </th>
    <td>
      <Status status={run.status} />
    </td>
    <td class="number">
      {hasRunEnded(run.status) ? durationText(run.durationSeconds) : <Elapsed from={run.startTime} />}
    </td>
    <td class="history-counts">{stackCountsText(run)}</td>
    <td class="quiet history-owner">{run.user ?? run.owner ?? "–"}</td>
    <td class="quiet">
      <Moment at={run.startTime} />
    </td>
  </tr>
);

type RunTableProps = Readonly<{
  runs: readonly RunSummary[];
  shown: number;
  hrefOf: (run: number) => string;
}>;

export const RunTable = ({ runs, shown, hrefOf }: RunTableProps) => (
  <div class="history-scroll" tabIndex={0} role="region" aria-label="Table of runs">
    <table class="history-runs">
      <thead>
        <tr>
          <th scope="col">Run</th>
          <th scope="col">Outcome</th>
          <th scope="col" class="number">
            Lasted
          </th>
          <th scope="col">Stacks</th>
          <th scope="col">By</th>
          <th scope="col">Started</th>
        </tr>
      </thead>
      <tbody>
        {runs.map((run) => (
          <Row key={run.run} run={run} isShown={run.run === shown} href={hrefOf(run.run)} />
        ))}
      </tbody>
    </table>
  </div>
);
