/**
 * Whether the Worker can work at all: it answers, its settings are whole, whether Cloudflare's plan is used up, which far ends
 * refuse what it hands on, what objects had stored and could not read, and how often AWS is looked at.
 */
import { createRoute } from "@hono/zod-openapi";
import * as z from "zod";
import { platformQuotaOf, quotaFailure } from "../domain/failure/platform-quota.ts";
import type { Env } from "../env.ts";
import { directoryOf, farEndsOf, within } from "../objects.ts";
import { regionBudgetSchema, type RegionBudget } from "../protocol/budget.ts";
import type { FarEnd } from "../protocol/rpc/far-end.ts";
import { answerOf, failureAnswers } from "./documents/answers.ts";
import { resourceApp } from "./middleware/resource-app.ts";
import { budgetExample } from "./radar/radar-examples.ts";
import { budgetIn, homeRegions } from "./radar/region-budgets.ts";
import type { Settings } from "../settings.ts";

const troubleSchema = z.object({
  /** `cloudflare`: what the account's plan allows is used up, and nothing goes on. */
  farEnd: z.enum(["audit", "logs", "mail", "cloudflare"]),
  /** AWS's own, or PLATFORM_QUOTA. */
  code: z.string(),
  message: z.string(),
  since: z.string(),
  /** Channels and destinations that keep something for it. */
  waiting: z.number().int(),
});

type Trouble = Readonly<z.infer<typeof troubleSchema>>;

const unreadableSchema = z.object({
  /** The kind of row, see STORAGE.md. */
  key: z.string(),
  count: z.number().int(),
  lastAt: z.string(),
});

type Unreadable = Readonly<z.infer<typeof unreadableSchema>>;

type Known = Readonly<{
  troubles: readonly Trouble[];
  unreadable: readonly Unreadable[];
  sampling: readonly RegionBudget[];
}>;

const MESSAGES: Readonly<Record<FarEnd, string>> = {
  audit:
    "DynamoDB refuses the audit table: see that AUDIT_TABLE is there, and that the credentials may write to it",
  logs: "CloudWatch Logs refuses the lines: see that the credentials have the rights that LOG_GROUP_PREFIX needs",
  mail: "SES refuses to send: see that EMAIL_FROM is verified, and that the credentials may send mail",
};

/** Everybody may ask: the object that knows is asked no more than that often, in milliseconds. */
const FRESH_MS = 15_000;

/** A region's object that does not answer within so many milliseconds is left out. */
const PATIENCE_MS = 1_000;

let known: (Known & Readonly<{ at: number }>) | undefined;

/** Since when this isolate knows that the plan is used up, in Unix milliseconds; undefined: it is not. */
let usedUpSince: number | undefined;

/** Where objects cannot even be asked, the refusal says why. */
const quotaTroubles = async (env: Env, now: number): Promise<readonly Trouble[]> => {
  const quota = await farEndsOf(env).quota().catch(platformQuotaOf);
  usedUpSince = quota && (usedUpSince ?? now);
  if (!quota || usedUpSince === undefined) return [];
  const since = new Date(usedUpSince).toISOString();
  return [{ farEnd: "cloudflare", ...quotaFailure(quota), since, waiting: 0 }];
};

const samplingOf = async (env: Env, settings: Settings): Promise<readonly RegionBudget[]> => {
  const budgets = await Promise.all(
    homeRegions(settings).map((region) =>
      within(PATIENCE_MS, budgetIn(env, { region }, settings.pollIntervalSeconds)).catch(() => undefined),
    ),
  );
  return budgets.filter((budget) => budget !== undefined);
};

const knownNow = async (env: Env, settings: Settings, now: number): Promise<Known> => {
  if (known && now >= known.at && now - known.at < FRESH_MS) return known;
  const [quotas, refusing, rows, sampling] = await Promise.all([
    quotaTroubles(env, now),
    farEndsOf(env)
      .refusing()
      .catch(() => []),
    directoryOf(env)
      .unreadable()
      .catch(() => []),
    samplingOf(env, settings),
  ]);
  const refusals = refusing.map(({ farEnd, code, since, waiting }) => ({
    farEnd,
    code,
    message: MESSAGES[farEnd],
    since: new Date(since).toISOString(),
    waiting,
  }));
  const troubles = [...quotas, ...refusals];
  const unreadable = rows.map(({ key, count, at }) => ({ key, count, lastAt: new Date(at).toISOString() }));
  known = { at: now, troubles, unreadable, sampling };
  return known;
};

const healthRoute = createRoute({
  method: "get",
  path: "/healthz",
  operationId: "getHealth",
  summary: "Whether the Worker's settings are valid, which far ends refuse, and how often AWS is looked at",
  description:
    "Calls nothing outside. `sampling`: of each region of Stackcast's own account what AWS allows, and who uses how much of it; " +
    "of other accounts `GET /api/v1/budget` says the same.",
  tags: ["health"],
  responses: {
    ...failureAnswers,
    200: answerOf(
      "It does",
      z
        .object({
          status: z.literal("ok"),
          troubles: z.array(troubleSchema),
          unreadable: z.array(unreadableSchema).optional(),
          sampling: z.array(regionBudgetSchema).optional(),
        })
        .meta({ id: "Health" }),
      { status: "ok", troubles: [], sampling: [...budgetExample.items] },
    ),
  },
});

/** The health route; settings that are wrong were answered before it. */
export const health = resourceApp().openapi(healthRoute, async (c) => {
  const { troubles, unreadable, sampling } = await knownNow(c.env, c.get("settings"), Date.now());
  const data = {
    status: "ok" as const,
    troubles: [...troubles],
    ...(unreadable.length > 0 && { unreadable: [...unreadable] }),
    ...(sampling.length > 0 && { sampling: [...sampling] }),
  };
  return c.json({ success: true as const, data }, 200, { "Cache-Control": "no-store" });
});
