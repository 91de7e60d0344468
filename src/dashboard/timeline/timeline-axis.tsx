/** The ticks above the bars, in time since the run began, and a mark at the present. */
import type { ChartFrame } from "./chart-frame.ts";
import type { TimelineModel } from "./timeline-model.ts";
import { placeOf, ticksOf } from "./time-scale.ts";

const HEIGHT = 24;

/** `0`, `45s`, `1m 30s`, `2h`: no part that is naught. */
export const tickText = (ms: number): string => {
  const seconds = Math.round(ms / 1000);
  const parts = [
    [Math.floor(seconds / 3600), "h"],
    [Math.floor(seconds / 60) % 60, "m"],
    [seconds % 60, "s"],
  ] as const;
  return parts.flatMap(([count, unit]) => (count === 0 ? [] : [`${count}${unit}`])).join(" ") || "0";
};

type PartProps = Readonly<{ model: TimelineModel; frame: ChartFrame }>;

/** By itself, as it moves each second. */
const NowMark = ({ model, frame }: PartProps) => {
  const run = model.run.value;
  if (!run || run.span.end !== undefined) return null;
  const x = placeOf(model.view.value, frame.barsWidth.value, model.moment.value);
  return <path class="timeline-now-mark" d="M-4 0h8L0 6z" transform={`translate(${x} ${HEIGHT - 6})`} />;
};

const Ticks = ({ model, frame }: PartProps) => {
  const view = model.view.value;
  const start = model.whole.value.from;
  const width = frame.barsWidth.value;
  return (
    <>
      {ticksOf(view, start, frame.mostTicks.value).map((tick) => {
        const x = placeOf(view, width, start + tick);
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
