/** How much AWS is asked, over REST. */
import { createRoute } from "@hono/zod-openapi";
import * as z from "zod";
import type { BudgetView } from "../../domain/budget/account-budget.ts";
import { DEFAULT_ACCOUNT } from "../../protocol/connection/channel-names.ts";
import { budgetSchema, type RegionBudget } from "../../protocol/budget.ts";
import { regionSchema } from "../../protocol/connection/channel.ts";
import { call, regionOf } from "../../objects.ts";
import { answerOf, failureAnswers } from "../documents/answers.ts";
import { resourceApp } from "../middleware/resource-app.ts";
import { budgetExample } from "./radar-examples.ts";

const budgetRoute = createRoute({
  method: "get",
  path: "/api/v1/budget",
  operationId: "getBudget",
  summary: "How often AWS is asked for stacks, how often it allows that, and what for",
  description:
    "Of the Worker's own region and of those that are observed; of another one where it is named. A region that nobody has " +
    "asked for anything yet begins slowly.",
  security: [{ token: [] }],
  tags: ["stacks"],
  request: {
    query: z.strictObject({ region: regionSchema.optional().meta({ description: "This region alone" }) }),
  },
  responses: {
    ...failureAnswers,
    200: answerOf("The budget of each region", budgetSchema.meta({ id: "Budget" }), budgetExample),
  },
});

const rounded = (value: number): number => Math.round(value * 100) / 100;

const shownBudget = (region: string, view: BudgetView, intervalSeconds: number): RegionBudget => {
  const allowedPerSecond = rounded(view.allowedPerSecond);
  const samplingSeconds = rounded(Math.max(intervalSeconds, view.periodMs / 1000));
  const { operating, watched, failing, running, waiting } = view.usedBy;
  return {
    account: DEFAULT_ACCOUNT,
    region,
    allowedPerSecond,
    usedPerSecond: rounded(view.usedPerSecond),
    usedBy: {
      operating: rounded(operating),
      watched: rounded(watched),
      failing: rounded(failing),
      running: rounded(running),
      waiting: rounded(waiting),
    },
    stacks: { ...view.holders },
    throttled: view.throttled,
    samplingSeconds,
    text: `sampling every ${Math.round(samplingSeconds)} s: AWS allows ${Math.round(allowedPerSecond * 10) / 10} calls/s here`,
  };
};

/** The route of the budget. It needs a session in the context. */
export const budget = resourceApp().openapi(budgetRoute, async (c) => {
  const { aws, observeRegions, pollIntervalSeconds } = c.get("settings");
  const { region } = c.req.valid("query");
  const regions = region === undefined ? [...new Set([aws.region, ...observeRegions])] : [region];
  const items = await Promise.all(
    regions.map(async (name) => {
      const view = await call(
        () => regionOf(c.env, { region: name }),
        (object) => object.budgetView(),
      );
      return shownBudget(name, view, pollIntervalSeconds);
    }),
  );
  return c.json({ success: true as const, data: { items } }, 200, { "Cache-Control": "no-store" });
});
