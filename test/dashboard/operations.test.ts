/** The page of operations says what is wrong, and nothing where nothing is. */
import { expect, test } from "vitest";
import { costsIn, gatewaysIn, regionsIn, troublesIn } from "../../src/dashboard/operations/operations.ts";
import type { MetricAnswer } from "../../src/protocol/admin/metric.ts";

const metric = (name: string, ...samples: MetricAnswer["samples"]): MetricAnswer => ({
  name: `stackcast_${name}`,
  type: "gauge",
  help: name,
  samples,
});

const place = { account: "default", region: "us-east-1" };

test("troubles are said in sentences, those of far ends first", () => {
  expect(troublesIn([metric("late_alarms", { value: 0 }), metric("destination_disabled")])).toEqual([]);
  expect(
    troublesIn([
      metric("late_alarms", { value: 2 }),
      metric("worst_late_alarm_seconds", { value: 90 }),
      metric("far_end_refusing_seconds", { labels: { far_end: "audit", code: "AccessDenied" }, value: 120 }),
      metric("far_end_waiting", { labels: { far_end: "audit" }, value: 3 }),
      metric("destination_disabled", { labels: { id: "a", kind: "slack" }, value: 1 }),
    ]),
  ).toEqual([
    "audit refuses for 120s (AccessDenied), 3 waiting",
    "The destination a (slack) is disabled",
    "2 late alarms within a day, by up to 90s",
  ]);
});

test("regions, gateways and months have a row each", () => {
  const metrics = [
    metric("aws_calls_allowed_per_second", { labels: place, value: 10 }),
    metric("aws_calls_used_per_second", { labels: place, value: 2.5 }),
    metric(
      "look_lag_seconds",
      { labels: { ...place, quantile: "0.5" }, value: 0.1 },
      { labels: { ...place, quantile: "0.99" }, value: 4 },
    ),
    metric("viewers", { labels: { gateway: "a" }, value: 1 }, { labels: { gateway: "b" }, value: 9 }),
    metric(
      "rows_written_estimated",
      { labels: { month: "2026-01" }, value: 5 },
      { labels: { month: "2026-02" }, value: 7 },
    ),
    metric("cost_estimated_dollars", { labels: { month: "2026-02" }, value: 0.5 }),
  ];
  expect(regionsIn(metrics)).toEqual([
    { ...place, used: 2.5, allowed: 10, throttledShare: undefined, periodSeconds: 0, lag: "0.1 s / 4.0 s" },
  ]);
  expect(gatewaysIn(metrics).map(({ name }) => name)).toEqual(["b", "a"]);
  expect(costsIn(metrics)).toEqual([
    { month: "2026-02", rows: 7, requests: 0, dollars: 0.5 },
    { month: "2026-01", rows: 5, requests: 0, dollars: 0 },
  ]);
});
