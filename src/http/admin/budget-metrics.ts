/** How the regions of AWS are asked, as metrics. */
import type { BudgetView } from "../../domain/budget/account-budget.ts";
import { DEFAULT_ACCOUNT, type AwsPlace } from "../../protocol/connection/channel-names.ts";
import type { Metric } from "./exposition.ts";

export type PlaceBudget = Readonly<{ place: AwsPlace; view: BudgetView }>;

export const budgetMetrics = (placed: readonly PlaceBudget[]): readonly Metric[] => {
  const each = (read: (view: BudgetView) => number | undefined) =>
    placed.map(({ place: { account = DEFAULT_ACCOUNT, region }, view }) => ({
      labels: { account, region },
      value: read(view),
    }));
  return [
    {
      name: "stackcast_aws_calls_allowed_per_second",
      type: "gauge",
      help: "Calls a second that the budget of an account and region allows.",
      samples: each((view) => view.allowedPerSecond),
    },
    {
      name: "stackcast_aws_calls_used_per_second",
      type: "gauge",
      help: "Calls a second that are made.",
      samples: each((view) => view.usedPerSecond),
    },
    {
      name: "stackcast_aws_throttled",
      type: "gauge",
      help: "Calls that AWS has refused because of their rate, as the budget counts them.",
      samples: each((view) => view.throttled),
    },
    {
      name: "stackcast_look_period_seconds",
      type: "gauge",
      help: "Time between two looks at a stack that the budget allows: what is shown is at most about so old.",
      samples: each((view) => view.periodMs / 1000),
    },
    {
      name: "stackcast_aws_calls",
      type: "gauge",
      help: "Calls since the budget's object woke, as far as was reported to it.",
      samples: each((view) => view.calls),
    },
    {
      name: "stackcast_aws_throttled_share",
      type: "gauge",
      help: "Share of these calls that AWS has refused because of their rate.",
      samples: each(({ calls, throttled }) =>
        calls === undefined || calls + throttled === 0 ? undefined : throttled / (calls + throttled),
      ),
    },
    {
      name: "stackcast_look_lag_seconds",
      type: "gauge",
      help: "How much later than wanted stacks were looked at, of the newest 1000 looks.",
      samples: placed.flatMap(({ place: { account = DEFAULT_ACCOUNT, region }, view: { lag } }) =>
        lag
          ? [
              { labels: { account, region, quantile: "0.5" }, value: lag.p50 / 1000 },
              { labels: { account, region, quantile: "0.99" }, value: lag.p99 / 1000 },
            ]
          : [],
      ),
    },
  ];
};
