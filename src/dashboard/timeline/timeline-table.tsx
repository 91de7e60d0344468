/** The timeline as a table: the same rows in the same order, in words and times. */
import { useState } from "preact/hooks";
import { durationText } from "../../domain/words/durations.ts";
import { Moment } from "../elements/moment.tsx";
import { BarMark } from "./chart/bar-mark.tsx";
import type { TimelineModel } from "./timeline-model.ts";
import { readyAt, type ResourceRow, type StackTimelineRow, type TimelineRow } from "./timeline-rows.ts";
import { spanSecondsOf, type TimeSpan, type TimedRun } from "./timeline-run.ts";

/** Rows that are drawn before more are asked for. */
const FIRST_ROWS = 500;

const isoOf = (ms: number): string => new Date(ms).toISOString();

/** Read by itself, so that a table of which only ages change is not drawn again. */
const Lasted = ({ model, span }: Readonly<{ model: TimelineModel; span: TimeSpan | undefined }>) =>
  span ? <>{durationText(spanSecondsOf(span, span.end ?? model.moment.value))}</> : <>–</>;

const Times = ({ model, span }: Readonly<{ model: TimelineModel; span: TimeSpan | undefined }>) => (
  <>
    <td>{span ? <Moment at={isoOf(span.start)} still /> : "–"}</td>
    <td>{span?.end === undefined ? "–" : <Moment at={isoOf(span.end)} still />}</td>
    <td class="number">
      <Lasted model={model} span={span} />
    </td>
  </>
);

type CellsProps<Row> = Readonly<{ model: TimelineModel; row: Row }>;

const StackCells = ({
  model,
  row,
  run,
  onOpen,
}: CellsProps<StackTimelineRow> &
  Readonly<{ run: TimedRun; onOpen?: ((stack: string) => void) | undefined }>) => {
  const { stack, isCritical, isOpen } = row;
  const ready = stack.span && readyAt(stack, run);
  const waited = stack.span && ready !== undefined ? (stack.span.start - ready) / 1000 : 0;
  return (
    <tr>
      <td class="number">{stack.layer}</td>
      <th scope="row">
        {onOpen ? (
          <button type="button" class="timeline-link" onClick={() => onOpen(stack.name)}>
            {stack.name}
          </button>
        ) : (
          stack.name
        )}
        {stack.resourceCount > 0 && (
          <button
            type="button"
            class="button compact plain timeline-count"
            aria-expanded={isOpen}
            onClick={() => model.fold(stack.name)}
          >
            {stack.resourceCount} {stack.resourceCount === 1 ? "resource" : "resources"}
          </button>
        )}
      </th>
      <td>
        <BarMark {...stack} />
      </td>
      <Times model={model} span={stack.span} />
      <td class="number">{waited >= 1 ? durationText(waited) : "–"}</td>
      <td>{isCritical ? "yes" : "–"}</td>
    </tr>
  );
};

const ResourceCells = ({ model, row: { resource } }: CellsProps<ResourceRow>) => (
  <tr class="timeline-resource">
    <td />
    <th scope="row">
      {resource.name} <span class="quiet">{resource.type}</span>
    </th>
    <td>
      <BarMark {...resource} />
    </td>
    <Times model={model} span={resource.span} />
    <td />
    <td />
  </tr>
);

const isTabled = (row: TimelineRow): row is StackTimelineRow | ResourceRow => row.kind !== "layer";

type TimelineTableProps = Readonly<{
  model: TimelineModel;
  onOpen?: ((stack: string) => void) | undefined;
  /** All rows at once. */
  isWhole?: boolean;
}>;

export const TimelineTable = ({ model, onOpen, isWhole = false }: TimelineTableProps) => {
  const [isLong, setLong] = useState(isWhole);
  const run = model.run.value;
  const rows = model.rows.value.filter(isTabled);
  if (!run) return null;
  return (
    <div class="timeline-scroll" role="region" aria-label="Timeline as a table" tabIndex={0}>
      <table class="timeline-table">
        <thead>
          <tr>
            <th scope="col" class="number">
              Layer
            </th>
            <th scope="col">Stack</th>
            <th scope="col">Status</th>
            <th scope="col">Began</th>
            <th scope="col">Ended</th>
            <th scope="col" class="number">
              Lasted
            </th>
            <th scope="col" class="number">
              Waited
            </th>
            <th scope="col">Critical</th>
          </tr>
        </thead>
        <tbody>
          {rows
            .slice(0, isLong ? rows.length : FIRST_ROWS)
            .map((row) =>
              row.kind === "stack" ? (
                <StackCells key={row.key} model={model} row={row} run={run} onOpen={onOpen} />
              ) : (
                <ResourceCells key={row.key} model={model} row={row} />
              ),
            )}
        </tbody>
      </table>
      {!isLong && rows.length > FIRST_ROWS && (
        <button type="button" class="button" onClick={() => setLong(true)}>
          Show all {rows.length} rows
        </button>
      )}
    </div>
  );
};
