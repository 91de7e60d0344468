/** Deployments as rows, each a link to its page. */
import { deploymentPath } from "../route.ts";
import { durationText, estimateText } from "../../domain/words/durations.ts";
import { doneShare } from "../elements/percent.ts";
import { Elapsed } from "../elements/elapsed.tsx";
import { Age } from "../elements/moment.tsx";
import { hasRunEnded, kindOfStatus } from "../../domain/words/status-words.ts";
import { Status } from "../elements/status.tsx";
import type { ListedDeployment } from "./deployment-row.ts";

const countsText = (row: ListedDeployment): string => {
  const { status, totalStacks, deployedStacks, skippedStacks, failedStacks } = row;
  if (status === "destroyed") return `${totalStacks} deleted`;
  return `${deployedStacks + skippedStacks}/${totalStacks}${failedStacks > 0 ? `, ${failedStacks} failed` : ""}`;
};

const Row = ({ row }: Readonly<{ row: ListedDeployment }>) => {
  const {
    deploymentId,
    environment,
    status,
    progressPercent,
    run,
    startTime,
    estimatedTimeRemaining: left,
  } = row;
  const isOver = hasRunEnded(status);
  return (
    <tr>
      <td class="name">
        <a href={deploymentPath(row)}>
          <strong>{deploymentId}</strong>
        </a>{" "}
        <span class="quiet small">run {run}</span>
      </td>
      <td class="environment">
        <span class="tag">{environment}</span>
      </td>
      <td class="standing">
        <Status status={status} />
      </td>
      <td class="bar-column">
        <div class="bar-cell">
          <progress
            class={kindOfStatus(status)}
            max={100}
            value={progressPercent}
            aria-label={`Progress of ${deploymentId}-${environment}`}
          />
          <span class="number">{doneShare(status, progressPercent)}</span>
        </div>
      </td>
      <td class="number stacks">{countsText(row)}</td>
      <td class="number time">{isOver ? durationText(row.durationSeconds) : <Elapsed from={startTime} />}</td>
      <td class="number left">
        {!isOver && left !== undefined ? estimateText(left) : <span class="none quiet">–</span>}
      </td>
      <td class="quiet owner">{row.owner ?? row.user ?? "–"}</td>
      <td class="quiet age">
        <Age at={startTime} />
      </td>
    </tr>
  );
};

const COLUMNS = [
  ["Deployment"],
  ["Environment"],
  ["Status"],
  ["Progress"],
  ["Stacks", "number"],
  ["Time", "number"],
  ["Left", "number"],
  ["Owner"],
  ["Age"],
] as const;

type TableProps = Readonly<{
  rows: readonly ListedDeployment[];
  /** Whether those of one environment stand together. */
  isGrouped: boolean;
}>;

/** Environments in the order of their names; without groups one, which has no name. */
const groupsOf = ({
  rows,
  isGrouped,
}: TableProps): readonly (readonly [string, readonly ListedDeployment[]])[] => {
  if (!isGrouped) return [["", rows]];
  const groups = Map.groupBy(rows, ({ environment }) => environment);
  return [...groups].sort(([one], [other]) => (one < other ? -1 : 1));
};

export const DeploymentTable = (props: TableProps) => (
  <div class="list" tabIndex={0} role="region" aria-label="Table of deployments">
    <table>
      <thead>
        <tr>
          {COLUMNS.map(([name, kind]) => (
            <th key={name} scope="col" class={kind}>
              {name}
            </th>
          ))}
        </tr>
      </thead>
      {groupsOf(props).map(([environment, rows]) => (
        <tbody key={environment}>
          {environment !== "" && (
            <tr class="group">
              <th scope="rowgroup" colSpan={COLUMNS.length}>
                {environment} <span class="quiet">{rows.length}</span>
              </th>
            </tr>
          )}
          {rows.map((row) => (
            <Row key={`${row.deploymentId}/${row.environment}`} row={row} />
          ))}
        </tbody>
      ))}
    </table>
  </div>
);
