/**
 * What the install costs, by what its objects have counted themselves: rows of commits and alarms, and the requests that go with
 * them. An estimate, by the prices of https://developers.cloudflare.com/durable-objects/platform/pricing/.
 */
import type { OwnView } from "../../trackers/directory/own-index.ts";
import type { Metric } from "./exposition.ts";

/** Dollars a million. */
const ROW_PRICE = 1;
const REQUEST_PRICE = 0.15;

/** A commit writes about four rows, and is handed on by two requests. */
const REQUESTS_PER_ROW = 0.5;

type Cost = Readonly<{ month: string; rows: number; requests: number; dollars: number }>;

/** A month's cost, for what its objects have counted. An alarm is a row and a request. */
const costOf = ({ month, alarms, rows }: OwnView["months"][number]): Cost => {
  const allRows = alarms + rows;
  const requests = alarms + Math.round(rows * REQUESTS_PER_ROW);
  const dollars = Math.round(allRows * ROW_PRICE + requests * REQUEST_PRICE) / 1_000_000;
  return { month, rows: allRows, requests, dollars };
};

export const costMetrics = ({ months }: OwnView): readonly Metric[] => {
  const costs = months.map(costOf);
  const each = (read: (cost: Cost) => number) =>
    costs.map((cost) => ({ labels: { month: cost.month }, value: read(cost) }));
  return [
    {
      name: "stackcast_rows_written_estimated",
      type: "gauge",
      help: "Rows that objects have written in a month, as they count them.",
      samples: each(({ rows }) => rows),
    },
    {
      name: "stackcast_object_requests_estimated",
      type: "gauge",
      help: "Requests to objects in a month that follow from it.",
      samples: each(({ requests }) => requests),
    },
    {
      name: "stackcast_cost_estimated_dollars",
      type: "gauge",
      help: "What these cost beyond what the plan includes.",
      samples: each(({ dollars }) => dollars),
    },
  ];
};
