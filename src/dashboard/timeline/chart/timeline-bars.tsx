/**
 * The bars of the rows that are seen, the lines of the ticks behind them and the critical path among them. Drawn again when
 * the run or what is seen of it changes, and each second while it goes on: always as few as there is room for.
 */
import { useId, useMemo } from "preact/hooks";
import { BarPatterns, BarShape, CRITICAL_BELOW, STACK_TOP } from "./bar-shape.tsx";
import { ROW_HEIGHT, type ChartFrame } from "./chart-frame.ts";
import type { BarPart } from "../bar-parts.ts";
import type { TimelineModel } from "../timeline-model.ts";
import { KeptDrawings } from "../kept-drawings.ts";
import { readyAt, stackKeyOf, type TimelineRow } from "../timeline-rows.ts";
import { chartPlaceOf, ticksOf, type View } from "./time-scale.ts";
import type { TimedRun } from "../timeline-run.ts";

type PartProps = Readonly<{ model: TimelineModel; frame: ChartFrame }>;

const Grid = ({ model, frame }: PartProps) => {
  const view = model.view.value;
  const start = model.whole.value.from;
  const width = frame.barsWidth.value;
  const path = ticksOf(view, start, frame.mostTicks.value)
    .map((tick) => `M${Math.round(chartPlaceOf(view, width, start + tick)) + 0.5} 0V`)
    .map((line) => `${line}${(frame.end.value - frame.first.value) * ROW_HEIGHT}`)
    .join("");
  return <path class="timeline-grid" d={path} />;
};

/** From the end of each stack of the path to the beginning of the next, where both have rows. */
const Connections = ({ model, frame }: PartProps) => {
  const { stacks } = model.path.value;
  const rows = model.rows.value;
  const view = model.view.value;
  const width = frame.barsWidth.value;
  const top = frame.first.value * ROW_HEIGHT;
  const lines = stacks.slice(1).flatMap((name, index) => {
    const ends = [stacks[index] ?? "", name].map((stack) => {
      const place = model.placeOf(stackKeyOf(stack));
      const row = place === undefined ? undefined : rows[place];
      return place !== undefined && row?.kind === "stack" ? { place, span: row.stack.span } : undefined;
    });
    const [from, to] = ends;
    if (!from?.span || !to?.span || from.span.end === undefined) return [];
    const x = chartPlaceOf(view, width, from.span.end);
    const next = chartPlaceOf(view, width, to.span.start);
    if (Math.max(x, next) < 0 || Math.min(x, next) > width) return [];
    const below = (from.place + 1) * ROW_HEIGHT - top - CRITICAL_BELOW;
    return [`M${x} ${below}H${Math.max(x, next)}V${to.place * ROW_HEIGHT - top + STACK_TOP}`];
  });
  return <path class="timeline-connection" d={lines.join("")} />;
};

type BarProps = Readonly<{
  row: TimelineRow;
  /** What it is made of, where that is more than one thing. */
  parts: readonly BarPart[];
  run: TimedRun;
  view: View;
  width: number;
  now: number;
  id: string;
}>;

const Bar = ({ row, parts, run, view, width, now, id }: BarProps) => {
  const at = (moment: number): number => chartPlaceOf(view, width, moment);
  if (row.kind === "layer") {
    const { span } = row;
    return span ? (
      <BarShape kind="layer" id={id} from={at(span.start)} to={at(span.end ?? now)} width={width} />
    ) : null;
  }
  const { look, word, span } = row.kind === "stack" ? row.stack : row.resource;
  const ready = row.kind === "stack" ? readyAt(row.stack, run) : undefined;
  const shape = { kind: row.kind, id, look, word, width } as const;
  if (!span) return <BarShape {...shape} from={at(now)} {...(ready !== undefined && { ready: at(ready) })} />;
  const percent = row.kind === "stack" && look === "running" ? row.stack.percent : undefined;
  return (
    <BarShape
      {...shape}
      from={at(span.start)}
      to={at(span.end ?? now)}
      seconds={((span.end ?? now) - span.start) / 1000}
      isMoving={span.end === undefined}
      isCritical={row.kind === "stack" && row.isCritical}
      {...(ready !== undefined && { ready: at(ready) })}
      {...(percent !== undefined && { percent })}
      parts={parts.map((part) => ({
        look: part.look,
        from: at(part.span.start),
        to: at(part.span.end ?? now),
        isMoving: part.span.end === undefined,
      }))}
    />
  );
};

const NO_PARTS: readonly BarPart[] = [];

const endOf = (row: TimelineRow): number | undefined =>
  (row.kind === "layer" ? row : row.kind === "stack" ? row.stack : row.resource).span?.end;

export const TimelineBars = ({ model, frame }: PartProps) => {
  const id = useId();
  const kept = useMemo(() => new KeptDrawings(), [model]);
  const run = model.run.value;
  const first = frame.first.value;
  const end = frame.end.value;
  const width = frame.barsWidth.value;
  const view = model.view.value;
  const now = model.moment.value;
  const partsByStack = model.parts.value;
  if (!run || width === 0) return null;
  kept.begin();
  const height = (end - first) * ROW_HEIGHT;
  const present = chartPlaceOf(view, width, now);
  return (
    <svg
      class="timeline-bars"
      width={width}
      height={height}
      style={{ left: `${frame.labelWidth.value}px`, transform: `translateY(${first * ROW_HEIGHT}px)` }}
      aria-hidden="true"
    >
      <BarPatterns id={id} />
      <Grid model={model} frame={frame} />
      {model.rows.value.slice(first, end).map((row, index) => {
        // Time goes on only for what has no end.
        const until = endOf(row) === undefined ? now : undefined;
        // What a stack waits for is another stack of the run.
        const detailed = row.kind === "stack" ? run : undefined;
        const parts = (row.kind === "stack" && partsByStack.get(row.stack.name)) || NO_PARTS;
        return kept.of(row.key, [row, parts, detailed, index, view, width, until], () => (
          <g key={row.key} transform={`translate(0 ${index * ROW_HEIGHT})`}>
            <Bar
              row={row}
              parts={parts.length > 1 ? parts : NO_PARTS}
              run={run}
              view={view}
              width={width}
              now={now}
              id={id}
            />
          </g>
        ));
      })}
      <Connections model={model} frame={frame} />
      {run.span.end === undefined && <path class="timeline-now" d={`M${present} 0V${height}`} />}
    </svg>
  );
};
