/** From milliseconds to places on a line and back: what is seen of a run, its zoom, and the ticks below it. */

/** What is seen; `to` is always later than `from`. */
export type View = Readonly<{ from: number; to: number }>;

/** Nobody needs to see less at once. */
const SHORTEST_MS = 1_000;

/** Steps between ticks that people read easily, in seconds. */
const STEPS = [
  1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 28_800, 43_200, 86_400,
] as const;

/** Milliseconds between ticks so that at most so many are seen. */
const tickStepOf = ({ from, to }: View, most: number): number => {
  const least = (to - from) / 1000 / Math.max(1, most);
  const step = STEPS.find((seconds) => seconds >= least) ?? Math.ceil(least / 86_400) * 86_400;
  return step * 1000;
};

/** Milliseconds since `start` at which ticks stand within the view. */
export const ticksOf = (view: View, start: number, most: number): readonly number[] => {
  const step = tickStepOf(view, most);
  const ticks: number[] = [];
  for (let at = Math.ceil((view.from - start) / step) * step; start + at <= view.to; at += step)
    ticks.push(at);
  return ticks;
};

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

/**
 * The whole of a run. While it goes on, the end lies ahead and moves in steps: between two of them no bar changes but
 * those that grow.
 */
export const wholeViewOf = (start: number, end: number | undefined, now: number): View => {
  if (end !== undefined) return { from: start, to: Math.max(end, start + SHORTEST_MS) };
  const lasted = Math.max(now - start, 10_000);
  const step = tickStepOf({ from: 0, to: lasted }, 8);
  return { from: start, to: start + Math.ceil((lasted * 1.05) / step) * step };
};

/** Closer for factors above 1, around a moment that stays in its place; never beyond the whole. */
export const zoomed = (view: View, whole: View, factor: number, around: number): View => {
  const length = Math.min(whole.to - whole.from, Math.max(SHORTEST_MS, (view.to - view.from) / factor));
  const share = (around - view.from) / (view.to - view.from);
  return within(around - share * length, length, whole);
};

/** Moved by so many milliseconds, as far as the whole reaches. */
export const moved = ({ from, to }: View, whole: View, by: number): View =>
  within(from + by, to - from, whole);

const within = (from: number, length: number, whole: View): View => {
  const begin = Math.max(whole.from, Math.min(from, whole.to - length));
  return { from: begin, to: begin + length };
};

/** Where a moment lies on a line of this width. */
export const chartPlaceOf = ({ from, to }: View, width: number, at: number): number =>
  ((at - from) / (to - from)) * width;

/** The moment at a place. */
export const momentAt = ({ from, to }: View, width: number, place: number): number =>
  from + (place / Math.max(1, width)) * (to - from);
