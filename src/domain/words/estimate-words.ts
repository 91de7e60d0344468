/** How much longer something takes, in words: a range, as nobody knows an end to the second. */
import type { Estimate } from "../../protocol/estimate.ts";
import { estimateAt } from "../estimate/estimate.ts";
import { estimateText } from "./durations.ts";

type Range = Readonly<{ p50: number; p90: number }>;

const between = (low: number, high: number, unit: string): string =>
  low === high ? `${low} ${unit}` : `${low}–${high} ${unit}`;

const toStep = (seconds: number, step: number): number => Math.max(1, Math.round(seconds / step));

/** `30–50 s`, `4–7 min`, `1.5–2 h`. */
export const rangeText = ({ p50, p90 }: Range): string => {
  if (p90 < 100) return between(toStep(p50, 5) * 5, toStep(p90, 5) * 5, "s");
  if (p90 < 100 * 60) return between(toStep(p50, 60), toStep(p90, 60), "min");
  return between(toStep(p50, 360) / 10, toStep(p90, 360) / 10, "h");
};

/** `about 4–7 min left`, `overdue: usually done after 6 min`. */
export const remainingText = ({ remainingSeconds, usualSeconds }: Estimate): string => {
  if (remainingSeconds) return `about ${rangeText(remainingSeconds)} left`;
  const usual = usualSeconds && rangeText({ p50: usualSeconds.p90, p90: usualSeconds.p90 });
  return usual ? `overdue: usually done after ${usual}` : "overdue";
};

/** The same as of `now` (milliseconds of the epoch), for an estimate that was reported a while ago. */
export const remainingTextAt = (estimate: Estimate, now: number): string =>
  remainingText(estimateAt(estimate, now));

/** `ETA: ~10m`, or `ETA: ~4m–7m` where the range is wider than what is shown; as of `now` (milliseconds of the epoch). */
export const etaTextAt = (estimate: Estimate, now: number): string => {
  const aged = estimateAt(estimate, now);
  if (!aged.remainingSeconds) return remainingText(aged);
  const [likely, late] = [aged.remainingSeconds.p50, aged.remainingSeconds.p90].map(estimateText);
  return likely === late ? `ETA: ${likely}` : `ETA: ${likely}–${late?.slice(1)}`;
};
