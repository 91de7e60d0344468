/** How much AWS is asked, over REST. */
import { createRoute } from "@hono/zod-openapi";
import * as z from "zod";
import type { BudgetView } from "../../domain/budget/account-budget.ts";
import { DEFAULT_ACCOUNT, inAccount, type AwsPlace } from "../../protocol/connection/channel-names.ts";
import { budgetSchema, type RegionBudget } from "../../protocol/budget.ts";
import { aliasSchema, regionSchema } from "../../protocol/connection/channel.ts";
import { call, regionOf } from "../../objects.ts";
import { knownAccounts } from "../accounts/known-accounts.ts";
import { answerOf, failureAnswers } from "../documents/answers.ts";
import { restFailure } from "../middleware/failure-response.ts";
import { resourceApp } from "../middleware/resource-app.ts";
import { budgetExample } from "./radar-examples.ts";

const budgetRoute = createRoute({
  method: "get",
  path: "/api/v1/budget",
  operationId: "getBudget",
  summary: "How often AWS is asked for stacks, how often it allows that, and what for",
  description:
    "Of an account's regions: for Stackcast's own account, the Worker's region and those that are observed; or of the one " +
    "region that is named. A region that nobody has asked for anything yet begins slowly.",
  security: [{ token: [] }],
  tags: ["stacks"],
  request: {
    query: z.strictObject({
      account: aliasSchema.optional().meta({ description: "An account's alias; Stackcast's own by default" }),
      region: regionSchema.optional().meta({ description: "This region alone" }),
    }),
  },
  responses: {
    ...failureAnswers,
    200: answerOf("The budget of each region", budgetSchema.meta({ id: "Budget" }), budgetExample),
  },
});

const rounded = (value: number): number => Math.round(value * 100) / 100;

const shownBudget = (
  { account = DEFAULT_ACCOUNT, region }: AwsPlace,
  view: BudgetView,
  intervalSeconds: number,
): RegionBudget => {
  const allowedPerSecond = rounded(view.allowedPerSecond);
  const samplingSeconds = rounded(Math.max(intervalSeconds, view.periodMs / 1000));
  const { operating, watched, failing, running, waiting } = view.usedBy;
  return {
    account,
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
  const { region, ...query } = c.req.valid("query");
  const place = inAccount(query.account);
  const known = await knownAccounts(c.env, [place]);
  if (!known.ok) return restFailure(c, known.failure);
  const all =
    place.account === undefined ? [aws.region, ...observeRegions] : known.value.get(place.account)?.regions;
  const regions = region === undefined ? new Set(all) : [region];
  const items = await Promise.all(
    [...regions].map(async (name) => {
      const at = { ...place, region: name };
      const view = await call(
        () => regionOf(c.env, at),
        (object) => object.budgetView(),
      );
      return shownBudget(at, view, pollIntervalSeconds);
    }),
  );
  return c.json({ success: true as const, data: { items } }, 200, { "Cache-Control": "no-store" });
});
