/** A stack's resources as a table, with the reason of what failed below its resource. */
import { useEffect, useRef } from "preact/hooks";
import { standingOf } from "../../domain/stack/statuses.ts";
import { Elapsed } from "../elements/elapsed.tsx";
import { wordOfPart, wordOfStatus } from "../../domain/words/status-words.ts";
import type { StackAddress } from "../../protocol/connection/channel-names.ts";
import { queryValue, viewHref } from "../address.ts";
import { Status } from "../elements/status.tsx";
import { LazyResourceDetails } from "../resource/lazy-resource-details.ts";
import type { ResourceMoment } from "../resource/resource-history.ts";
import type { ShownResource, StackFrame } from "../../protocol/stack/stack-frames.ts";

type RowProps = Readonly<{
  row: ShownResource;
  /** Whether the operation has ended: what has no status then was never begun. */
  isOver: boolean;
  address: StackAddress;
  /** The stack's events, oldest first. */
  lines: readonly StackFrame[];
}>;

/** What its events say of one resource, newest first. */
const historyOf = (lines: readonly StackFrame[], row: ShownResource): readonly ResourceMoment[] =>
  lines
    .filter((frame) => frame.type === "resource_update")
    .filter(({ resource }) => resource.stackId === row.stackId && resource.logicalId === row.logicalId)
    .map(({ timestamp, resource }) => ({
      name: resource.status,
      word: wordOfStatus(resource.status),
      at: timestamp,
      seconds: undefined,
      reason: resource.reason,
    }))
    .toReversed();

const Whole = ({ row, address, lines }: RowProps) => (
  <tr>
    <td colSpan={4}>
      <LazyResourceDetails
        path={row.path}
        type={row.type}
        physicalId={row.physicalId}
        status={row.status}
        reason={row.failure?.reason ?? row.reason}
        history={historyOf(lines, row)}
        address={address}
      />
    </td>
  </tr>
);

const Row = (props: RowProps) => {
  const { row, isOver } = props;
  const line = useRef<HTMLTableRowElement>(null);
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
  const isSelected = queryValue("resource") === path;
  useEffect(() => {
    if (isSelected) line.current?.scrollIntoView({ block: "center" });
  }, [isSelected]);
  return (
    <>
      <tr ref={line} class={isSelected ? "selected" : undefined}>
        <td>
          <a
            class="resource-path"
            title={physicalId}
            href={viewHref({ resource: isSelected ? undefined : path })}
            aria-expanded={isSelected}
          >
            {path}
          </a>
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
      {isSelected && <Whole {...props} />}
    </>
  );
};

type TableProps = Omit<RowProps, "row"> & Readonly<{ rows: readonly ShownResource[] }>;

export const ResourceTable = ({ rows, ...rest }: TableProps) => (
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
          <Row key={`${row.stackId} ${row.logicalId}`} row={row} {...rest} />
        ))}
      </tbody>
    </table>
  </div>
);
