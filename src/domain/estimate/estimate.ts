/** An estimate as it is reported, and what becomes of it as time passes without news. */
import type { Estimate } from "../../protocol/estimate.ts";
import { durationsBetween, restAfter, type DurationRange } from "./durations.ts";
import type { Rest } from "./outlook.ts";

const timeOf = (ms: number): string => new Date(ms).toISOString();

/** `now`: milliseconds of the epoch. */
export const estimateOf = ({ span, basis, sample, usual }: Rest, now: number): Estimate => {
  if (!span) {
    const [p50, p90] = [usual.p50, usual.p90].map(Math.round);
    return { basis: "overdue", sample, usualSeconds: { p50: p50!, p90: p90! } };
  }
  const p50 = Math.round(span.p50);
  const p90 = Math.max(p50, Math.round(span.p50 + span.spread));
  return {
    remainingSeconds: { p50, p90 },
    endsAt: { p50: timeOf(now + p50 * 1000), p90: timeOf(now + p90 * 1000) },
    basis,
    sample,
  };
};

/** What is left at `now` (milliseconds of the epoch) of what was reported before; undefined: it is overdue by then. */
export const spanAt = ({ remainingSeconds, endsAt }: Estimate, now: number): DurationRange | undefined => {
  if (!remainingSeconds || !endsAt) return undefined;
  const { p50, p90 } = remainingSeconds;
  const passed = (now - Date.parse(endsAt.p50)) / 1000 + p50;
  if (passed <= 0) return { p50, spread: p90 - p50 };
  // An end that was expected at once may well take some seconds more.
  const reported = durationsBetween(Math.max(1, p50), Math.max(5, p90), "pace");
  const [rest, late] = [0.5, 0.9].map((level) => restAfter(reported, passed, level));
  return rest === undefined || late === undefined ? undefined : { p50: rest, spread: late - rest };
};

/** The estimate as of `now`: time that passed without news counts. */
export const estimateAt = (reported: Estimate, now: number): Estimate => {
  if (reported.basis === "overdue" || !reported.remainingSeconds || !reported.endsAt) return reported;
  const { p50, p90 } = reported.remainingSeconds;
  const since = Date.parse(reported.endsAt.p50) - p50 * 1000;
  if (now <= since) return reported;
  const { basis, sample, usualSeconds: usual = { p50, p90 }, rollbackSeconds } = reported;
  const aged = estimateOf({ span: spanAt(reported, now), basis, sample, usual }, now);
  return { ...aged, ...(rollbackSeconds && { rollbackSeconds }) };
};
