/** A stack's resources as a table, with the reason of what failed below its resource. */
import { standingOf } from "../../domain/statuses.ts";
import { Elapsed } from "../elements/elapsed.tsx";
import { Status } from "../elements/status.tsx";
import type { ShownResource } from "./stack-fold.ts";

const Row = ({ row }: Readonly<{ row: ShownResource }>) => {
  const { path, type, status, reason, physicalId, startedAt, updatedAt } = row;
  const isRunning = status !== "" && standingOf(status) === "running";
  return (
    <tr>
      <td>
        <span class="resource-path" title={physicalId}>
          {path}
        </span>
        {reason !== "" && status.endsWith("_FAILED") && <p class="small fault">{reason}</p>}
      </td>
      <td class="quiet small resource-type">{type}</td>
      <td class="resource-status">
        <Status status={status} />
      </td>
      <td class="number quiet">
        <Elapsed from={startedAt === "" ? undefined : startedAt} to={isRunning ? undefined : updatedAt} />
      </td>
    </tr>
  );
};

export const ResourceTable = ({ rows }: Readonly<{ rows: readonly ShownResource[] }>) => (
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
          <Row key={row.key} row={row} />
        ))}
      </tbody>
    </table>
  </div>
);
