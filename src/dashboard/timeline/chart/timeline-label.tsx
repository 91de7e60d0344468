/** A row's name, as a branch or leaf of the chart's tree. Readers of the screen hear the whole of its bar there. */
import { durationText } from "../../../domain/words/durations.ts";
import { SignMark } from "../../elements/mark.tsx";
import { LookMark } from "./bar-mark.tsx";
import type { TimelineModel } from "../timeline-model.ts";
import type { TimelineRow } from "../timeline-rows.ts";
import { spanSecondsOf, type TimeSpan } from "../timeline-run.ts";

const LEVELS = { layer: 1, stack: 2, resource: 3 } as const;

const lasted = (span: TimeSpan | undefined): readonly string[] =>
  span?.end === undefined ? [] : [`took ${durationText(spanSecondsOf(span, span.end))}`];

/** What the bar shows, for who only hears the name. */
const heardOf = (row: TimelineRow): string => {
  switch (row.kind) {
    case "layer":
      return lasted(row.span).join(", ");
    case "stack": {
      const { word, span } = row.stack;
      return [word, ...lasted(span), ...(row.isCritical ? ["on the critical path"] : [])].join(", ");
    }
    case "resource": {
      const { word, span } = row.resource;
      return [word, ...lasted(span)].join(", ");
    }
  }
};

const Face = ({ row, model }: Readonly<{ row: TimelineRow; model: TimelineModel }>) => {
  switch (row.kind) {
    case "layer":
      return (
        <>
          <strong>Layer {row.layer}</strong>
          <span class="quiet cut">{row.tally}</span>
        </>
      );
    case "stack":
      return (
        <>
          {row.stack.resourceCount > 0 ? (
            <span class="timeline-fold" onClick={() => model.fold(row.stack.name)}>
              <SignMark sign="fold" class={row.isOpen ? "open" : ""} />
            </span>
          ) : (
            <span class="timeline-fold" />
          )}
          <LookMark look={row.stack.look} />
          <span class="cut">{row.stack.name}</span>
        </>
      );
    case "resource":
      return (
        <>
          <LookMark look={row.resource.look} />
          <span class="cut">{row.resource.name}</span>
          <span class="quiet cut timeline-type">{row.resource.type.replace(/^AWS::/, "")}</span>
        </>
      );
  }
};

type TimelineLabelProps = Readonly<{ id: string; row: TimelineRow; model: TimelineModel; isActive: boolean }>;

export const TimelineLabel = ({ id, row, model, isActive }: TimelineLabelProps) => {
  const isBranch = row.kind === "layer" || (row.kind === "stack" && row.stack.resourceCount > 0);
  return (
    <div
      id={id}
      class={`timeline-row of-${row.kind}${isActive ? " active" : ""}`}
      role="treeitem"
      aria-level={LEVELS[row.kind]}
      aria-posinset={row.place}
      aria-setsize={row.of}
      aria-selected={isActive}
      {...(isBranch && { "aria-expanded": row.kind === "layer" || row.isOpen })}
      data-key={row.key}
    >
      <div class="timeline-label">
        <Face row={row} model={model} />
        <span class="visually-hidden">, {heardOf(row)}</span>
      </div>
    </div>
  );
};
