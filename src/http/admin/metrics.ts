/**
 * How Stackcast is itself, for Prometheus: by a few questions to the objects that know already, and none to those of stacks
 * and deployments. Of AWS's regions a token sees those that its patterns can be about; the install's own state needs a token
 * without patterns.
 */
import { createRoute } from "@hono/zod-openapi";
import * as z from "zod";
import { mayRead } from "../../auth/rights.ts";
import type { BudgetView } from "../../domain/budget/account-budget.ts";
import type { Env } from "../../env.ts";
import {
  accountsOf,
  call,
  destinationsOf,
  directoryOf,
  farEndsOf,
  outboxOf,
  regionOf,
} from "../../objects.ts";
import { DEFAULT_ACCOUNT, type AwsPlace } from "../../protocol/connection/channel-names.ts";
import type { Session } from "../../protocol/connection/session.ts";
import type { Settings } from "../../settings.ts";
import { failureAnswers } from "../documents/answers.ts";
import { limited } from "../middleware/rate-limits.ts";
import { resourceApp } from "../middleware/resource-app.ts";
import { requireSession } from "../middleware/sessions.ts";
import { exposition, type Metric } from "./exposition.ts";

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

/** A place, as patterns of stacks begin; Stackcast's own account has a shorter way to say it. */
const isInScope = ({ channels }: Session, { account = DEFAULT_ACCOUNT, region }: AwsPlace): boolean => {
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

const placesOf = async (env: Env, { aws, observeRegions }: Settings): Promise<readonly AwsPlace[]> => {
  const accounts = await call(
    () => accountsOf(env),
    (object) => object.list(),
  );
  return [
    ...[...new Set([aws.region, ...observeRegions])].map((region) => ({ region })),
    ...accounts.flatMap(({ alias, regions }) => regions.map((region) => ({ account: alias, region }))),
  ];
};

type Placed = Readonly<{ place: AwsPlace; view: BudgetView }>;

const budgetMetrics = (placed: readonly Placed[]): readonly Metric[] => {
  const each = (read: (view: BudgetView) => number) =>
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
  ];
};

const secondsSince = (since: number, now: number): number => Math.max(0, now - since) / 1000;

/** What concerns the install as a whole. Objects are asked at most once each, outboxes up to their bound. */
const installMetrics = async (env: Env, settings: Settings, now: number): Promise<readonly Metric[]> => {
  const [active, ends, unreadable, destinations] = await Promise.all([
    directoryOf(env).active(),
    farEndsOf(env).refusing(),
    directoryOf(env).unreadable(),
    destinationsOf(env).list(),
  ]);
  const outboxes = await Promise.all(
    destinations.map(async ({ id, kind }) => {
      const known = await outboxOf(env, id)
        .describe()
        .catch(() => undefined);
      return known?.ok ? [{ labels: { id, kind }, ...known.value }] : [];
    }),
  );
  const all = outboxes.flat();
  const one = (value: number) => [{ value }];
  return [
    { name: "stackcast_up", type: "gauge", help: "Stackcast answers.", samples: one(1) },
    {
      name: "stackcast_active_objects",
      type: "gauge",
      help: "Stacks, deployments and destinations that are at work.",
      samples: one(active.length),
    },
    {
      name: "stackcast_gateway_shards",
      type: "gauge",
      help: "Gateways in each part of the world.",
      samples: one(settings.gatewayShards),
    },
    {
      name: "stackcast_far_end_refusing_seconds",
      type: "gauge",
      help: "How long a far end has refused what it is handed.",
      samples: ends.map(({ farEnd, code, since }) => ({
        labels: { far_end: farEnd, code },
        value: secondsSince(since, now),
      })),
    },
    {
      name: "stackcast_far_end_waiting",
      type: "gauge",
      help: "Channels and destinations that keep something for a far end which refuses.",
      samples: ends.map(({ farEnd, waiting }) => ({ labels: { far_end: farEnd }, value: waiting })),
    },
    {
      name: "stackcast_unreadable_rows",
      type: "gauge",
      help: "Stored rows that could not be read within a week.",
      samples: unreadable.map(({ key, count }) => ({ labels: { key }, value: count })),
    },
    {
      name: "stackcast_destination_pending",
      type: "gauge",
      help: "Messages that wait for a destination.",
      samples: all.map(({ labels, pending }) => ({ labels, value: pending })),
    },
    {
      name: "stackcast_destination_failing_seconds",
      type: "gauge",
      help: "How long no attempt at a destination has succeeded.",
      samples: all.map(({ labels, failingSince }) => ({
        labels,
        value: failingSince === undefined ? 0 : secondsSince(Date.parse(failingSince), now),
      })),
    },
    {
      name: "stackcast_destination_disabled",
      type: "gauge",
      help: "Whether a destination is disabled.",
      samples: all.map(({ labels, state }) => ({ labels, value: state === "disabled" ? 1 : 0 })),
    },
  ];
};

/** The route of the metrics. */
export const metrics = resourceApp().openapi(metricsRoute, async (c) => {
  const session = c.get("session");
  const settings = c.get("settings");
  const places = (await placesOf(c.env, settings)).filter((place) => isInScope(session, place));
  const placed = await Promise.all(
    places.map(async (place): Promise<readonly Placed[]> => {
      const view = await regionOf(c.env, place)
        .budgetView()
        .catch(() => undefined);
      return view ? [{ place, view }] : [];
    }),
  );
  const isWhole = session.channels === undefined;
  const install = isWhole ? await installMetrics(c.env, settings, Date.now()) : [];
  const text = exposition([...install, ...budgetMetrics(placed.flat())]);
  return c.text(text, 200, { "Content-Type": CONTENT_TYPE, "Cache-Control": "no-store" });
});
