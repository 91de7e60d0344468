/** What is known of the row that is meant, below the chart; while none is meant, what the looks of bars stand for. */
import { useId } from "preact/hooks";
import { durationText } from "../../domain/words/durations.ts";
import { Moment } from "../elements/moment.tsx";
import { BarMark } from "./chart/bar-mark.tsx";
import type { BarLook } from "./chart/bar-look.ts";
import { BarPatterns } from "./chart/bar-shape.tsx";
import { revertedSeconds } from "./bar-parts.ts";
import { lengthOf } from "./resource-path.ts";
import type { TimelineModel } from "./timeline-model.ts";
import { readyAt, type StackTimelineRow, type TimelineRow } from "./timeline-rows.ts";
import { spanSecondsOf, type TimeSpan } from "./timeline-run.ts";

const LEGEND: readonly (readonly [BarLook, string])[] = [
  ["running", "running"],
  ["done", "done"],
  ["failed", "failed"],
  ["reverting", "rolling back, being deleted"],
  ["reverted", "rolled back, deleted"],
  ["skipped", "skipped"],
  ["waiting", "waiting to start"],
];

const Legend = () => {
  const id = useId();
  return (
    <ul class="timeline-legend small quiet">
      {LEGEND.map(([look, word]) => (
        <li key={look}>
          <svg width="22" height="12" aria-hidden="true">
            <BarPatterns id={`${id}-${look}`} />
            {look === "waiting" ? (
              <path class="timeline-waiting" d="M1 6h20" />
            ) : look === "skipped" ? (
              <path class="timeline-bar skipped" d="M11 1l5 5l-5 5l-5 -5z" />
            ) : (
              <>
                <rect class={`timeline-bar ${look}`} x="1" y="1" width="20" height="10" rx="3" />
                <rect x="1" y="1" width="20" height="10" rx="3" fill={`url(#${id}-${look}-${look})`} />
              </>
            )}
          </svg>
          {word}
        </li>
      ))}
    </ul>
  );
};

const Times = ({ span, model }: Readonly<{ span: TimeSpan | undefined; model: TimelineModel }>) =>
  span ? (
    <span>
      <Moment at={new Date(span.start).toISOString()} still />
      {" – "}
      {span.end === undefined ? "now" : <Moment at={new Date(span.end).toISOString()} still />}
      {", "}
      {durationText(spanSecondsOf(span, span.end ?? model.moment.value))}
    </span>
  ) : null;

/** Resources of a path that are named: the last ones. */
const MOST_NAMED = 6;

const StackFacts = ({
  row: { stack, isCritical },
  model,
}: Readonly<{ row: StackTimelineRow; model: TimelineModel }>) => {
  const run = model.run.value;
  const ready = run && readyAt(stack, run);
  const until = stack.span?.start ?? model.moment.value;
  const waited = ready === undefined ? 0 : (until - ready) / 1000;
  const links = isCritical ? model.resourcePath.value.filter((link) => link.stack === stack.name) : [];
  const chain = links.slice(-MOST_NAMED).map((link) => `${link.name} ${durationText(lengthOf(link))}`);
  const backSeconds = revertedSeconds(model.parts.value.get(stack.name) ?? [], model.moment.value);
  return (
    <>
      {isCritical && <span>critical path</span>}
      {chain.length > 0 && <span class="quiet">through {chain.join(" → ")}</span>}
      {backSeconds >= 1 && <span>rolled back in {durationText(backSeconds)}</span>}
      {waited >= 1 && stack.look !== "blocked" && <span>waited {durationText(waited)}</span>}
      {stack.dependsOn.length > 0 && <span class="quiet">after {stack.dependsOn.join(", ")}</span>}
      {stack.reason !== undefined && <span class="timeline-reason">{stack.reason}</span>}
    </>
  );
};

const Facts = ({ row, model }: Readonly<{ row: TimelineRow; model: TimelineModel }>) => {
  switch (row.kind) {
    case "layer":
      return (
        <>
          <strong>Layer {row.layer}</strong>
          <span>{row.tally}</span>
          <Times span={row.span} model={model} />
        </>
      );
    case "stack":
      return (
        <>
          <strong>{row.stack.name}</strong>
          <BarMark look={row.stack.look} word={row.stack.word} />
          <Times span={row.stack.span} model={model} />
          <StackFacts row={row} model={model} />
        </>
      );
    case "resource":
      return (
        <>
          <strong>{row.resource.name}</strong>
          <span class="quiet">{row.resource.type}</span>
          <BarMark look={row.resource.look} word={row.resource.word} />
          <Times span={row.resource.span} model={model} />
          <span class="quiet">in {row.stack.name}</span>
        </>
      );
  }
};

type TimelineDetailsProps = Readonly<{
  model: TimelineModel;
  onOpen?: ((stack: string) => void) | undefined;
}>;

export const TimelineDetails = ({ model, onOpen }: TimelineDetailsProps) => {
  const row = model.detailed.value;
  return (
    <div class="timeline-details">
      {row ? (
        <div class="timeline-facts">
          <Facts row={row} model={model} />
        </div>
      ) : (
        <Legend />
      )}
      {row && onOpen && row.kind !== "layer" && (
        <button type="button" class="button compact" onClick={() => onOpen(row.stack.name)}>
          Show stack
        </button>
      )}
    </div>
  );
};
