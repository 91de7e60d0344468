/**
 * A run's stacks and resources over time, live: bars in their layers with the critical path among them, or the same as a
 * table, which is what is printed. It follows the run and never asks for anything.
 */
import type { ReadonlySignal } from "@preact/signals";
import { useEffect, useLayoutEffect, useMemo, useState } from "preact/hooks";
import type { LogLine } from "../deployment/event-log.ts";
import { Empty } from "../elements/answer.tsx";
import { durationText } from "../../domain/words/durations.ts";
import { PrintedTimeline } from "./printed-timeline.tsx";
import { TimelineChart } from "./chart/timeline-chart.tsx";
import { lengthOf, longestLink, sumOfPath } from "./resource-path.ts";
import { BarParts } from "./bar-parts.ts";
import { TimelineModel } from "./timeline-model.ts";
import { spanSecondsOf, type TimelineSource } from "./timeline-run.ts";
import { TimelineTable } from "./timeline-table.tsx";
import "./timeline.css";

export type TimelineProps = Readonly<{
  /** The state where it is known, as it alone has the resources; else a progress. */
  source: ReadonlySignal<TimelineSource | undefined>;
  /** Milliseconds of the epoch. */
  now: ReadonlySignal<number>;
  /** Shows a stack elsewhere on the page. */
  onOpen?: ((stack: string) => void) | undefined;
  /** Name of the stack that the address means. */
  selected?: string | undefined;
  /** The events that the bars are made of, oldest first, and which offsets are the run's; undefined: all. */
  lines: readonly LogLine[];
  range: readonly [first: number, last: number] | undefined;
}>;

const ALL = [0, Number.POSITIVE_INFINITY] as const;

type ModelProps = Readonly<{ model: TimelineModel }>;

const PathLine = ({ model }: ModelProps) => {
  const { stacks, seconds } = model.path.value;
  const run = model.run.value;
  if (!run || stacks.length === 0) return null;
  const whole = durationText(spanSecondsOf(run.span, model.moment.value));
  return (
    <p class="timeline-path small">
      <span class="timeline-path-mark" aria-hidden="true" />
      <span>
        <span class="quiet">Critical path, {`${durationText(seconds)} of ${whole}: `}</span>
        {stacks.join(" → ")}
      </span>
    </p>
  );
};

/** What the path spends its time on, within its stacks. */
const PathParts = ({ model }: ModelProps) => {
  const links = model.resourcePath.value;
  const longest = longestLink(links);
  if (!longest) return null;
  const { waiting, configuring, stabilising } = sumOfPath(links);
  const parts = [
    `configuring ${durationText(configuring)}`,
    ...(stabilising >= 1 ? [`becoming stable ${durationText(stabilising)}`] : []),
    ...(waiting >= 1 ? [`waiting ${durationText(waiting)}`] : []),
  ];
  return (
    <p class="small quiet">
      {`Within its stacks: ${parts.join(", ")}. Longest: ${longest.stack} › ${longest.name} (${longest.type}), ${durationText(lengthOf(longest))}`}
    </p>
  );
};

const Tools = ({
  model,
  isTable,
  onTable,
}: ModelProps & Readonly<{ isTable: boolean; onTable: (isTable: boolean) => void }>) => {
  const hasResources = model.run.value?.stacks.some(({ resourceCount }) => resourceCount > 0) ?? false;
  const isOpen = model.open.value.size > 0;
  const { onlyCritical } = model;
  return (
    <div class="toolbar timeline-tools">
      <div class="timeline-group" role="group" aria-label="Form">
        <button type="button" class="button compact" aria-pressed={!isTable} onClick={() => onTable(false)}>
          Chart
        </button>
        <button type="button" class="button compact" aria-pressed={isTable} onClick={() => onTable(true)}>
          Table
        </button>
      </div>
      {hasResources && (
        <button type="button" class="button compact" onClick={() => model.foldAll(!isOpen)}>
          {isOpen ? "Fold all" : "Unfold all"}
        </button>
      )}
      <button
        type="button"
        class="button compact"
        aria-pressed={onlyCritical.value}
        onClick={() => (onlyCritical.value = !onlyCritical.value)}
      >
        Critical path only
      </button>
      {!isTable && (
        <div class="timeline-group timeline-zoom" role="group" aria-label="Zoom">
          <button
            type="button"
            class="button compact"
            aria-label="Zoom out"
            disabled={model.isWhole}
            onClick={() => model.zoom(0.5)}
          >
            −
          </button>
          <button type="button" class="button compact" aria-label="Zoom in" onClick={() => model.zoom(2)}>
            +
          </button>
          <button type="button" class="button compact" disabled={model.isWhole} onClick={() => model.fit()}>
            Fit
          </button>
        </div>
      )}
    </div>
  );
};

const Beginning = ({ model }: ModelProps) =>
  model.run.value ? null : (
    <Empty title="Nothing has started">
      <p>The timeline starts with the run.</p>
    </Empty>
  );

export const Timeline = ({ source, now, onOpen, selected, lines, range = ALL }: TimelineProps) => {
  const model = useMemo(() => new TimelineModel(source, now), [source, now]);
  const parts = useMemo(() => new BarParts(), [model]);
  useLayoutEffect(() => {
    model.parts.value = parts.take(lines, range);
  }, [model, lines.length, lines.at(-1), range[0], range[1]]);
  const [isTable, setTable] = useState(false);
  useEffect(() => {
    if (selected !== undefined) model.choose(selected);
  }, [model, selected]);
  return (
    <section class="timeline" aria-label="Timeline">
      <Tools model={model} isTable={isTable} onTable={setTable} />
      <PathLine model={model} />
      <PathParts model={model} />
      <Beginning model={model} />
      {isTable ? (
        <TimelineTable model={model} onOpen={onOpen} />
      ) : (
        <TimelineChart model={model} onOpen={onOpen} />
      )}
      <PrintedTimeline model={model} isTable={isTable} />
    </section>
  );
};
