/**
 * How Stackcast is itself, for Prometheus and for its page: by a few questions to the objects that know already, and none to
 * those of stacks and deployments. Of AWS's regions a token sees those that its patterns can be about; the install's own state
 * needs a token without patterns.
 */
import { createRoute } from "@hono/zod-openapi";
import * as z from "zod";
import { mayRead } from "../../auth/rights.ts";
import type { Env } from "../../env.ts";
import { regionOf } from "../../objects.ts";
import { DEFAULT_ACCOUNT, type AwsPlace } from "../../protocol/connection/channel-names.ts";
import type { Session } from "../../protocol/connection/session.ts";
import { metricSchema } from "../../protocol/admin/metric.ts";
import type { Settings } from "../../settings.ts";
import { answerOf, failureAnswers } from "../documents/answers.ts";
import { limited } from "../middleware/rate-limits.ts";
import { resourceApp } from "../middleware/resource-app.ts";
import { requireRole, requireSession } from "../middleware/sessions.ts";
import { budgetMetrics, type PlaceBudget } from "./budget-metrics.ts";
import { exposition, type Metric } from "./exposition.ts";
import { installMetrics } from "./install-metrics.ts";
import { placesOf } from "./observed-places.ts";

const CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

const metricsRoute = createRoute({
  method: "get",
  path: "/metrics",
  operationId: "getMetrics",
  summary: "How Stackcast is itself, in Prometheus's text format",
  description:
    "A token with patterns sees the regions that these can be about, and nothing of the install as a whole.",
  security: [{ token: [] }],
  tags: ["health"],
  middleware: [requireSession, limited("reads")],
  responses: {
    ...failureAnswers,
    200: {
      description: "The metrics",
      content: {
        "text/plain": {
          schema: z.string(),
          example: "# TYPE stackcast_active_objects gauge\nstackcast_active_objects 3\n",
        },
      },
    },
  },
});

const operationsRoute = createRoute({
  method: "get",
  path: "/api/v1/admin/metrics",
  operationId: "getMetricsAsJson",
  summary: "The same metrics as JSON",
  security: [{ token: [] }],
  tags: ["admin"],
  middleware: [requireRole("admin")],
  responses: {
    ...failureAnswers,
    200: answerOf("The metrics", z.object({ items: z.array(metricSchema) }), {
      items: [{ name: "stackcast_up", type: "gauge", help: "Stackcast answers.", samples: [{ value: 1 }] }],
    }),
  },
});

/** A place, as patterns of stacks begin; Stackcast's own account has a shorter way to say it. */
const isInScope = (
  { channels }: Pick<Session, "channels">,
  { account = DEFAULT_ACCOUNT, region }: AwsPlace,
): boolean => {
  if (channels === undefined) return true;
  const ofPlace = channels.flatMap((pattern) => {
    const parts = pattern.split("/");
    return parts.length > 2 && parts[0] !== "deployments" ? [parts.slice(0, -1).join("/")] : [];
  });
  const places = [
    `stacks/${account}/${region}`,
    ...(account === DEFAULT_ACCOUNT ? [`stacks/${region}`] : []),
  ];
  return places.some((place) => mayRead({ channels: ofPlace }, place));
};

/** All that a session may see, as of now. */
export const metricsNow = async (
  env: Env,
  settings: Settings,
  session: Pick<Session, "channels">,
  now: number,
): Promise<readonly Metric[]> => {
  const places = (await placesOf(env, settings)).filter((place) => isInScope(session, place));
  const placed = await Promise.all(
    places.map(async (place): Promise<readonly PlaceBudget[]> => {
      const view = await regionOf(env, place)
        .budgetView()
        .catch(() => undefined);
      return view ? [{ place, view }] : [];
    }),
  );
  const install = session.channels === undefined ? await installMetrics(env, settings, now) : [];
  return [...install, ...budgetMetrics(placed.flat())];
};

/** The routes of the metrics. */
export const metrics = resourceApp()
  .openapi(metricsRoute, async (c) => {
    const all = await metricsNow(c.env, c.get("settings"), c.get("session"), Date.now());
    return c.text(exposition(all), 200, { "Content-Type": CONTENT_TYPE, "Cache-Control": "no-store" });
  })
  .openapi(operationsRoute, async (c) => {
    const all = await metricsNow(c.env, c.get("settings"), c.get("session"), Date.now());
    const items = all.map(({ samples, ...metric }) => ({
      ...metric,
      samples: samples.flatMap(({ labels, value }) =>
        value === undefined ? [] : [{ value, ...(labels && { labels }) }],
      ),
    }));
    return c.json({ success: true as const, data: { items } }, 200, { "Cache-Control": "no-store" });
  });
