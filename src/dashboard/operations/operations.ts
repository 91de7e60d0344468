/** What the page of operations shows of the metrics: what is wrong, how AWS is asked, who watches, what it costs. */
import { countText, durationText } from "../../domain/words/durations.ts";
import type { MetricAnswer } from "../../protocol/admin/metric.ts";

type Metrics = readonly MetricAnswer[];

const samplesOf = (metrics: Metrics, name: string): MetricAnswer["samples"] =>
  metrics.find((metric) => metric.name === `stackcast_${name}`)?.samples ?? [];

const only = (metrics: Metrics, name: string): number => samplesOf(metrics, name)[0]?.value ?? 0;

/** A sentence a trouble, the gravest first. */
export const troublesIn = (metrics: Metrics): readonly string[] => {
  const since = (seconds: number): string => `for ${durationText(seconds)}`;
  const waiting = new Map(
    samplesOf(metrics, "far_end_waiting").map(({ labels, value }) => [labels?.["far_end"], value]),
  );
  const late = only(metrics, "late_alarms");
  return [
    ...samplesOf(metrics, "far_end_refusing_seconds").map(
      ({ labels, value }) =>
        `${labels?.["far_end"] ?? ""} refuses ${since(value)} (${labels?.["code"] ?? ""}), ` +
        `${waiting.get(labels?.["far_end"]) ?? 0} waiting`,
    ),
    ...samplesOf(metrics, "destination_disabled")
      .filter(({ value }) => value > 0)
      .map(({ labels }) => `The destination ${labels?.["id"] ?? ""} (${labels?.["kind"] ?? ""}) is disabled`),
    ...samplesOf(metrics, "destination_failing_seconds")
      .filter(({ value }) => value > 0)
      .map(
        ({ labels, value }) =>
          `The destination ${labels?.["id"] ?? ""} (${labels?.["kind"] ?? ""}) fails ${since(value)}`,
      ),
    ...samplesOf(metrics, "unreadable_rows").map(
      ({ labels, value }) => `${countText(value, "row")} of ${labels?.["key"] ?? ""} could not be read`,
    ),
    ...(late > 0
      ? [
          `${countText(late, "late alarm")} within a day, by up to ${durationText(only(metrics, "worst_late_alarm_seconds"))}`,
        ]
      : []),
  ];
};

/** How a region of AWS is asked. */
type RegionRow = Readonly<{
  account: string;
  region: string;
  used: number;
  allowed: number;
  throttledShare: number | undefined;
  lag: string;
  periodSeconds: number;
}>;

export const regionsIn = (metrics: Metrics): readonly RegionRow[] =>
  samplesOf(metrics, "aws_calls_allowed_per_second").map(({ labels = {}, value }) => {
    const { account = "", region = "" } = labels;
    const here = (name: string, quantile?: string): number | undefined =>
      samplesOf(metrics, name).find(
        (sample) =>
          sample.labels?.["account"] === account &&
          sample.labels["region"] === region &&
          sample.labels["quantile"] === quantile,
      )?.value;
    const p50 = here("look_lag_seconds", "0.5");
    const p99 = here("look_lag_seconds", "0.99");
    return {
      account,
      region,
      allowed: value,
      used: here("aws_calls_used_per_second") ?? 0,
      throttledShare: here("aws_throttled_share"),
      periodSeconds: here("look_period_seconds") ?? 0,
      lag: p50 === undefined || p99 === undefined ? "–" : `${p50.toFixed(1)} s / ${p99.toFixed(1)} s`,
    };
  });

/** Gateways with viewers, those with most first. */
export const gatewaysIn = (metrics: Metrics): readonly Readonly<{ name: string; viewers: number }>[] =>
  samplesOf(metrics, "viewers")
    .map(({ labels, value }) => ({ name: labels?.["gateway"] ?? "", viewers: value }))
    .sort((one, other) => other.viewers - one.viewers);

/** Newest month first. */
export const costsIn = (
  metrics: Metrics,
): readonly Readonly<{ month: string; rows: number; requests: number; dollars: number }>[] =>
  samplesOf(metrics, "rows_written_estimated")
    .map(({ labels, value }) => {
      const month = labels?.["month"] ?? "";
      const of = (name: string): number =>
        samplesOf(metrics, name).find((sample) => sample.labels?.["month"] === month)?.value ?? 0;
      return {
        month,
        rows: value,
        requests: of("object_requests_estimated"),
        dollars: of("cost_estimated_dollars"),
      };
    })
    .reverse();

export const activeIn = (metrics: Metrics): number => only(metrics, "active_objects");
