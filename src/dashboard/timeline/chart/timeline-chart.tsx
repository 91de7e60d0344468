/**
 * The timeline as bars: a tree of names beside their bars, of which only those are drawn that are seen. The tree holds the
 * focus and names its active row, as rows come and go while it is scrolled.
 */
import { useSignalEffect } from "@preact/signals";
import { useEffect, useId, useMemo, useRef } from "preact/hooks";
import { ChartFrame, ROW_HEIGHT } from "./chart-frame.ts";
import { KeptDrawings } from "../kept-drawings.ts";
import { TimelineAxis } from "./timeline-axis.tsx";
import { TimelineBars } from "./timeline-bars.tsx";
import { TimelineDetails } from "../timeline-details.tsx";
import { pressKey } from "./timeline-keys.ts";
import { TimelineLabel } from "./timeline-label.tsx";
import type { TimelineModel } from "../timeline-model.ts";
import { momentAt } from "./time-scale.ts";
import { usePanning } from "./use-panning.ts";

type ChartProps = Readonly<{ model: TimelineModel; onOpen?: ((stack: string) => void) | undefined }>;

type PartProps = Readonly<{ model: TimelineModel; frame: ChartFrame; id: string }>;

/** As high as all rows are: the scrollbar tells the truth. */
const Sheet = ({ model, frame, id }: PartProps) => (
  <div class="timeline-sheet" role="none" style={{ height: `${model.rows.value.length * ROW_HEIGHT}px` }}>
    <Labels model={model} frame={frame} id={id} />
    <TimelineBars model={model} frame={frame} />
  </div>
);

const Labels = ({ model, frame, id }: PartProps) => {
  const kept = useMemo(() => new KeptDrawings(), [model]);
  const first = frame.first.value;
  const active = model.active.value;
  kept.begin();
  return (
    <div
      class="timeline-labels"
      role="none"
      style={{ transform: `translateY(${first * ROW_HEIGHT}px)`, "--label": `${frame.labelWidth.value}px` }}
    >
      {model.rows.value.slice(first, frame.end.value).map((row, index) => {
        const rowId = `${id}-${first + index}`;
        const isActive = row.key === active;
        return kept.of(row.key, [row, rowId, isActive], () => (
          <TimelineLabel key={row.key} id={rowId} row={row} model={model} isActive={isActive} />
        ));
      })}
    </div>
  );
};

const keyAt = (target: EventTarget | null): string | undefined =>
  target instanceof Element ? target.closest<HTMLElement>("[data-key]")?.dataset["key"] : undefined;

export const TimelineChart = ({ model, onOpen }: ChartProps) => {
  const id = useId();
  const tree = useRef<HTMLDivElement>(null);
  const frame = useMemo(() => new ChartFrame(model), [model]);
  const panning = usePanning(model, frame);

  useEffect(() => {
    const element = tree.current;
    if (!element) return;
    const measure = (): void => {
      frame.width.value = element.clientWidth;
      frame.height.value = element.clientHeight;
    };
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    measure();
    return () => observer.disconnect();
  }, [frame]);

  // Once for each choice, as soon as there is such a row; later changes above it leave the scroll where it is.
  const shown = useRef<string | undefined>(undefined);
  useSignalEffect(() => {
    const key = model.active.value;
    if (key === shown.current) return;
    const top = key === undefined ? undefined : frame.scrollTopOf(key);
    if (key !== undefined && top === undefined) return;
    shown.current = key;
    if (tree.current && top !== undefined) tree.current.scrollTop = top;
  });

  const activePlace = model.placeOf(model.active.value);
  const isDrawn =
    activePlace !== undefined && activePlace >= frame.first.value && activePlace < frame.end.value;

  const zoomByWheel = (event: WheelEvent): void => {
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      const place =
        event.clientX - (tree.current?.getBoundingClientRect().left ?? 0) - frame.labelWidth.value;
      const around = momentAt(model.view.value, frame.barsWidth.value, Math.max(0, place));
      model.zoom(Math.exp(-event.deltaY / 300), around);
    } else if (!model.isWhole && (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY))) {
      event.preventDefault();
      model.pan((event.deltaX || event.deltaY) / Math.max(1, frame.barsWidth.value));
    }
  };

  if (model.rows.value.length === 0 && !model.run.value) return null;
  return (
    <div class="timeline-chart">
      <TimelineAxis model={model} frame={frame} />
      <div
        ref={tree}
        class={model.isWhole ? "timeline-tree" : "timeline-tree closer"}
        role="tree"
        tabIndex={0}
        aria-label="Layers, stacks and resources by time"
        {...(isDrawn && { "aria-activedescendant": `${id}-${activePlace}` })}
        onScroll={(event) => (frame.scrollTop.value = event.currentTarget.scrollTop)}
        onFocus={() => (model.active.value ??= model.rows.value[0]?.key)}
        onKeyDown={(event) => {
          if (event.ctrlKey || event.metaKey || event.altKey || !pressKey(model, frame, event, onOpen))
            return;
          event.preventDefault();
          event.stopPropagation();
        }}
        onPointerOver={(event) => (model.pointed.value = keyAt(event.target))}
        onPointerLeave={() => (model.pointed.value = undefined)}
        onClick={(event) => (model.active.value = keyAt(event.target) ?? model.active.value)}
        onWheel={zoomByWheel}
        {...panning}
      >
        <Sheet model={model} frame={frame} id={id} />
      </div>
      <TimelineDetails model={model} onOpen={onOpen} />
    </div>
  );
};
