/** How much AWS is asked, over REST. */
import { createRoute } from "@hono/zod-openapi";
import * as z from "zod";
import { inAccount } from "../../protocol/connection/channel-names.ts";
import { budgetSchema } from "../../protocol/budget.ts";
import { aliasSchema, regionSchema } from "../../protocol/connection/channel.ts";
import { knownAccounts } from "../accounts/known-accounts.ts";
import { answerOf, failureAnswers } from "../documents/answers.ts";
import { restFailure } from "../middleware/failure-response.ts";
import { resourceApp } from "../middleware/resource-app.ts";
import { budgetExample } from "./radar-examples.ts";
import { budgetIn, homeRegions } from "./region-budgets.ts";

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

/** The route of the budget. It needs a session in the context. */
export const budget = resourceApp().openapi(budgetRoute, async (c) => {
  const { aws, observeRegions, pollIntervalSeconds } = c.get("settings");
  const { region, ...query } = c.req.valid("query");
  const place = inAccount(query.account);
  const known = await knownAccounts(c.env, [place]);
  if (!known.ok) return restFailure(c, known.failure);
  const all =
    place.account === undefined
      ? homeRegions({ aws, observeRegions })
      : known.value.get(place.account)?.regions;
  const regions = region === undefined ? new Set(all) : [region];
  const items = await Promise.all(
    [...regions].map((name) => budgetIn(c.env, { ...place, region: name }, pollIntervalSeconds)),
  );
  return c.json({ success: true as const, data: { items } }, 200, { "Cache-Control": "no-store" });
});
