/** A stack's resources as a table, with the reason of what failed below its resource. */
import { standingOf } from "../../domain/stack/statuses.ts";
import { Elapsed } from "../elements/elapsed.tsx";
import { wordOfPart } from "../../domain/words/status-words.ts";
import { Status } from "../elements/status.tsx";
import type { ShownResource } from "../../protocol/stack/stack-frames.ts";

type RowProps = Readonly<{
  row: ShownResource;
  /** Whether the operation has ended: what has no status then was never begun. */
  isOver: boolean;
}>;

const Row = ({ row, isOver }: RowProps) => {
  const {
    path,
    type,
    status,
    reason,
    physicalId,
    startedAt,
    since = startedAt,
    updatedAt,
    failure,
    hook,
    light,
  } = row;
  const fault = failure?.reason ?? (status.endsWith("_FAILED") ? reason : "");
  const isRunning = status !== "" && standingOf(status) === "running";
  return (
    <tr>
      <td>
        <span class="resource-path" title={physicalId}>
          {path}
        </span>
        {fault !== "" && <p class="small fault">{fault}</p>}
      </td>
      <td class="quiet small resource-type">{type}</td>
      <td class="resource-status">
        <Status status={failure?.status ?? status} word={wordOfPart(failure?.status ?? status, isOver)} />
        {light && (
          <span class="small fault" title={light.advice?.text}>
            {light.kind}
          </span>
        )}
        {failure && <p class="small quiet">then {status}</p>}
        {hook && (
          <p class="small quiet">
            {hook.type}: {hook.status}
          </p>
        )}
      </td>
      <td class="number quiet">
        <Elapsed from={since} to={isRunning ? undefined : updatedAt} />
      </td>
    </tr>
  );
};

type TableProps = Readonly<{ rows: readonly ShownResource[]; isOver: boolean }>;

export const ResourceTable = ({ rows, isOver }: TableProps) => (
  <div class="resources" tabIndex={0} role="region" aria-label="Table of resources">
    <table>
      <thead>
        <tr>
          <th scope="col">Resource</th>
          <th scope="col">Type</th>
          <th scope="col">Status</th>
          <th scope="col" class="number">
            Time
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <Row key={`${row.stackId} ${row.logicalId}`} row={row} isOver={isOver} />
        ))}
      </tbody>
    </table>
  </div>
);
