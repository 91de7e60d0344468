/**
 * What an estimate says while something goes on, kept in few entries, and how far off it was once the end is known. What was
 * said in the first quarter of the time passed so far is dropped but for the last of it: nobody asks for it any more.
 */
import type { Estimate } from "../../protocol/estimate.ts";
import type { EstimatedRun, Estimates, Prediction } from "../../protocol/estimates.ts";
import { secondsBetween } from "../elapsed.ts";
import { estimateAt, estimateOf } from "./estimate.ts";

/** What was said at a time, in milliseconds of the epoch; without a range, that it is overdue. */
export type Forecast = Readonly<{ at: number; p50?: number; p90?: number; basis: Estimate["basis"] }>;

/** What is estimated, and since when it goes on. */
export type ForecastPart = Readonly<{ phase: EstimatedRun["phase"]; since: string }>;

export type Forecasts = ForecastPart &
  Readonly<{
    /** When it was over, where something else follows that is not estimated with it. */
    until?: string;
    seen: readonly Forecast[];
  }>;

/** The next entry is due once so much of the time has passed again. */
const SHARE = 1 / 12;
const LEAST_MS = 1_000;

const FIRST_ASKED = 1 / 4;

const forecastsOf = (known: Forecasts | undefined, part: ForecastPart): Forecasts =>
  known?.phase === part.phase && known.since === part.since ? known : { ...part, seen: [] };

/** Whether an entry is to be added at a time, in milliseconds of the epoch. */
export const isForecastDue = (known: Forecasts | undefined, part: ForecastPart, now: number): boolean => {
  const last = forecastsOf(known, part).seen.at(-1);
  return last === undefined || now - last.at >= Math.max(LEAST_MS, (now - Date.parse(part.since)) * SHARE);
};

/** With what is said now; the same where nothing is due. */
export const withForecast = (
  known: Forecasts | undefined,
  part: ForecastPart,
  estimate: Estimate | undefined,
  now: number,
): Forecasts => {
  const before = forecastsOf(known, part);
  if (!estimate || !isForecastDue(before, part, now)) return before;
  const begun = Date.parse(part.since);
  const { basis, remainingSeconds } = estimate;
  const asked = begun + (now - begun) * FIRST_ASKED;
  const first = Math.max(
    0,
    before.seen.findLastIndex(({ at }) => at <= asked),
  );
  return { ...before, seen: [...before.seen.slice(first), { at: now, ...remainingSeconds, basis }] };
};

const PERCENTS = [25, 50, 75] as const;

/** An estimate is reported in whole seconds. */
const ROUNDED_SECONDS = 1;

const saidAt = ({ at, p50, p90, basis }: Forecast, moment: number): Estimate => {
  if (p50 === undefined || p90 === undefined) return { basis: "overdue", sample: 0 };
  const range = { span: { p50, spread: p90 - p50 }, sample: 0, usual: { p50, p90 } };
  return estimateAt(
    { ...estimateOf({ ...range, basis: basis === "overdue" ? "pace" : basis }, at), basis },
    moment,
  );
};

/** What was said when a quarter, half and three quarters of the time were over. */
const predictionsIn = ({ since, seen }: Forecasts, end: string): Prediction[] => {
  const [from, to] = [Date.parse(since), Date.parse(end)];
  return PERCENTS.flatMap((percent): Prediction[] => {
    const moment = from + ((to - from) * percent) / 100;
    const last = seen.findLast(({ at }) => at <= moment);
    if (!last) return [];
    const { basis, remainingSeconds } = saidAt(last, moment);
    const actualSeconds = (to - moment) / 1000;
    const held = remainingSeconds && { held: actualSeconds <= remainingSeconds.p90 + ROUNDED_SECONDS };
    return [{ percent, ...(remainingSeconds && { remainingSeconds }), basis, actualSeconds, ...held }];
  });
};

/** What is over, beside what was said of it on the way. */
export const estimatedRunOf = (
  forecasts: Forecasts,
  { end, ...known }: Readonly<{ end: string; status: string; counts: boolean; run?: number }>,
): EstimatedRun => {
  const { phase, since: startTime, until: endTime = end } = forecasts;
  const durationSeconds = secondsBetween(startTime, endTime);
  return {
    ...known,
    phase,
    startTime,
    endTime,
    durationSeconds,
    predictions: predictionsIn(forecasts, endTime),
  };
};

const medianOf = (values: readonly number[]): number | undefined => {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)];
};

const rounded = (share: number): number => Math.round(share * 1000) / 1000;

/** Whether it ended within the range that was given half-way, or as near to that as there was one. */
const isHeld = ({ predictions }: EstimatedRun): boolean => {
  const given = predictions.filter(({ held }) => held !== undefined);
  return (given.find(({ percent }) => percent >= 50) ?? given.at(-1))?.held === true;
};

/** So many of the newest are counted. */
const MOST_COUNTED = 12;

/** How good the estimates were; `runs`: newest first. */
export const estimatesOf = (runs: readonly EstimatedRun[]): Estimates => {
  const counted = runs.filter(
    ({ counts, predictions }) => counts && predictions.some(({ held }) => held !== undefined),
  );
  const newest = counted.slice(0, MOST_COUNTED);
  const errors = counted.flatMap(({ predictions, durationSeconds }) =>
    predictions.flatMap(({ remainingSeconds, actualSeconds }) =>
      remainingSeconds && durationSeconds > 0
        ? [Math.abs(remainingSeconds.p50 - actualSeconds) / durationSeconds]
        : [],
    ),
  );
  const held = counted.flatMap(({ predictions }) => predictions.flatMap((one) => one.held ?? []));
  const medianError = medianOf(errors);
  return {
    runs: [...runs],
    estimatedRuns: newest.length,
    heldRuns: newest.filter(isHeld).length,
    ...(held.length > 0 && { coverage: rounded(held.filter(Boolean).length / held.length) }),
    ...(medianError !== undefined && { medianError: rounded(medianError) }),
  };
};
