/** The ticks above the bars, in time since the run began, and a mark at the present. */
import type { ChartFrame } from "./chart-frame.ts";
import type { TimelineModel } from "../timeline-model.ts";
import { chartPlaceOf, ticksOf, tickText } from "./time-scale.ts";

const HEIGHT = 24;

type PartProps = Readonly<{ model: TimelineModel; frame: ChartFrame }>;

/** By itself, as it moves each second. */
const NowMark = ({ model, frame }: PartProps) => {
  const run = model.run.value;
  if (!run || run.span.end !== undefined) return null;
  const x = chartPlaceOf(model.view.value, frame.barsWidth.value, model.moment.value);
  return <path class="timeline-now-mark" d="M-4 0h8L0 6z" transform={`translate(${x} ${HEIGHT - 6})`} />;
};

const Ticks = ({ model, frame }: PartProps) => {
  const view = model.view.value;
  const start = model.whole.value.from;
  const width = frame.barsWidth.value;
  return (
    <>
      {ticksOf(view, start, frame.mostTicks.value).map((tick) => {
        const x = chartPlaceOf(view, width, start + tick);
        // The outermost stay within.
        const anchor = x < 16 ? "start" : x > width - 24 ? "end" : "middle";
        return (
          <text key={tick} x={x} y={15} text-anchor={anchor}>
            {tickText(tick)}
          </text>
        );
      })}
    </>
  );
};

export const TimelineAxis = ({ model, frame }: PartProps) => (
  <div class="timeline-axis" aria-hidden="true">
    <span class="quiet small" style={{ width: `${frame.labelWidth.value}px` }}>
      Stack
    </span>
    <svg width={frame.barsWidth.value} height={HEIGHT}>
      <Ticks model={model} frame={frame} />
      <NowMark model={model} frame={frame} />
    </svg>
  </div>
);
