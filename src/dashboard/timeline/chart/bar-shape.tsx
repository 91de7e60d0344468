/** One bar: where it lies, how it looks, and the few words beside it. */
import { durationText } from "../../../domain/words/durations.ts";
import type { BarLook } from "./bar-look.ts";
import { ROW_HEIGHT } from "./chart-frame.ts";

const HEIGHTS = { layer: 4, stack: 14, resource: 8 } as const;

/** Where the bar of a stack begins in its row, and how far from the row's end it is underlined if it is critical. */
export const STACK_TOP = (ROW_HEIGHT - HEIGHTS.stack) / 2;
export const CRITICAL_BELOW = STACK_TOP - 2.5;

/** What passes in no time is seen all the same. */
const LEAST_WIDTH = 3;
/** Bars end a little beyond what is seen: browsers draw very long ones badly. */
const BEYOND = 8;
/** Of a character in the bars' type. */
const CHARACTER = 6.4;
const GAP = 6;

/** Hatchings of the looks that must not differ by colour alone. */
export const BarPatterns = ({ id }: Readonly<{ id: string }>) => (
  <defs>
    <pattern
      id={`${id}-failed`}
      width="6"
      height="6"
      patternUnits="userSpaceOnUse"
      patternTransform="rotate(45)"
    >
      <path class="timeline-hatch" d="M0 1.25h6" />
    </pattern>
    <pattern
      id={`${id}-reverted`}
      width="6"
      height="6"
      patternUnits="userSpaceOnUse"
      patternTransform="rotate(-45)"
    >
      <path class="timeline-hatch" d="M0 1.25h6" />
    </pattern>
    <pattern
      id={`${id}-reverting`}
      width="6"
      height="6"
      patternUnits="userSpaceOnUse"
      patternTransform="rotate(-45)"
    >
      <path class="timeline-hatch own" d="M0 1.25h6" />
    </pattern>
  </defs>
);

const HATCHED: ReadonlySet<BarLook> = new Set<BarLook>(["failed", "reverted", "reverting"]);

type BarShapeProps = Readonly<{
  kind: keyof typeof HEIGHTS;
  id: string;
  width: number;
  from: number;
  /** Absent: it has not started, and `from` is the present. */
  to?: number;
  /** From where on it waiting to start. */
  ready?: number;
  look?: BarLook;
  word?: string;
  seconds?: number;
  percent?: number;
  isMoving?: boolean;
  isCritical?: boolean;
  /** What it is made of, drawn in its place; none: one thing. */
  parts?: readonly PartPlace[];
}>;

type PartPlace = Readonly<{ look: BarLook; from: number; to: number; isMoving: boolean }>;

/** A part that goes on looks as what goes on does. */
const MOVING: Partial<Readonly<Record<BarLook, BarLook>>> = { done: "running", reverted: "reverting" };

type PartsProps = Readonly<{
  parts: readonly PartPlace[];
  id: string;
  width: number;
  y: number;
  height: number;
}>;

/** Done, waited, rolled back: one after the other. */
const Parts = ({ parts, id, width, y, height }: PartsProps) => (
  <>
    {parts.map(({ look: ofPart, from, to, isMoving }, index) => {
      const look = (isMoving && MOVING[ofPart]) || ofPart;
      const [begin, end] = [clamped(from, width), clamped(to, width)];
      const before = parts[index - 1];
      const shape = { x: begin, y, width: Math.max(LEAST_WIDTH, end - begin), height, rx: 3 };
      return (
        <g key={index}>
          {before && <Waiting from={clamped(before.to, width)} to={begin} />}
          <rect class={`timeline-bar ${look}${isMoving ? " moving" : ""}`} {...shape} />
          {HATCHED.has(look) && <rect {...shape} fill={`url(#${id}-${look})`} />}
        </g>
      );
    })}
  </>
);

const clamped = (x: number, width: number): number => Math.max(-BEYOND, Math.min(x, width + BEYOND));

/** Right of the bar if there is room, else left of it. */
const Words = ({
  text,
  left,
  right,
  width,
}: Readonly<{ text: string; left: number; right: number; width: number }>) => {
  const needed = text.length * CHARACTER + GAP;
  const y = ROW_HEIGHT / 2 + 4;
  if (right + needed <= width)
    return (
      <text x={right + GAP} y={y}>
        {text}
      </text>
    );
  if (left - needed < 0) return null;
  return (
    <text x={left - GAP} y={y} text-anchor="end">
      {text}
    </text>
  );
};

const Waiting = ({ from, to }: Readonly<{ from: number; to: number }>) =>
  to - from < 2 ? null : <path class="timeline-waiting" d={`M${from} ${ROW_HEIGHT / 2}H${to}`} />;

export const BarShape = (props: BarShapeProps) => {
  const { kind, id, width, ready, look = "done", word = "", seconds, percent, isMoving, isCritical } = props;
  const { parts = [] } = props;
  const from = clamped(props.from, width);
  const waits = ready === undefined ? from : clamped(ready, width);
  if (props.to === undefined)
    return (
      <>
        <Waiting from={waits} to={from} />
        <Words text={word} left={Math.min(waits, from)} right={from} width={width} />
      </>
    );
  const to = clamped(props.to, width);
  if (to <= -BEYOND || from >= width + BEYOND) return null;
  const height = HEIGHTS[kind];
  const y = (ROW_HEIGHT - height) / 2;
  const length = Math.max(LEAST_WIDTH, to - from);
  if (kind === "layer")
    return <rect class="timeline-layer-bar" x={from} y={y} width={length} height={height} rx={2} />;
  // A stack that was passed over took no time.
  const isPoint = look === "skipped" && to - from < LEAST_WIDTH;
  const text = [
    ...(isPoint ? [word] : [durationText(seconds ?? 0)]),
    ...(percent === undefined ? [] : [`${percent} %`]),
  ].join(" · ");
  const shape = { x: from, y, width: length, height, rx: 3 };
  return (
    <>
      <Waiting from={waits} to={from} />
      {isPoint ? (
        <path class={`timeline-bar ${look}`} d={`M${from} ${y + 2}l5 5l-5 5l-5 -5z`} />
      ) : parts.length > 0 ? (
        <Parts parts={parts} id={id} width={width} y={y} height={height} />
      ) : (
        <rect class={`timeline-bar ${look}${isMoving ? " moving" : ""}`} {...shape} />
      )}
      {parts.length === 0 && HATCHED.has(look) && <rect {...shape} fill={`url(#${id}-${look})`} />}
      {isCritical && <path class="timeline-critical" d={`M${from} ${y + height + 2.5}h${length}`} />}
      <Words
        text={text}
        left={Math.min(from - (isPoint ? GAP : 0), waits)}
        right={from + (isPoint ? GAP : length)}
        width={width}
      />
    </>
  );
};
