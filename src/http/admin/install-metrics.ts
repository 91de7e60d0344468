/** How the install does as a whole, as metrics. */
import type { Env } from "../../env.ts";
import { destinationsOf, directoryOf, farEndsOf, outboxOf } from "../../objects.ts";
import type { Settings } from "../../settings.ts";
import { costMetrics } from "./cost-metrics.ts";
import type { Metric } from "./exposition.ts";

const secondsSince = (since: number, now: number): number => Math.max(0, now - since) / 1000;

/** What concerns the install as a whole. Objects are asked at most once each, outboxes up to their bound. */
export const installMetrics = async (
  env: Env,
  settings: Settings,
  now: number,
): Promise<readonly Metric[]> => {
  const [own, ends, unreadable, destinations] = await Promise.all([
    directoryOf(env).ownView(),
    farEndsOf(env).refusing(),
    directoryOf(env).unreadable(),
    destinationsOf(env).list(),
  ]);
  const outboxes = await Promise.all(
    destinations.map(async ({ id, kind }) => {
      const outbox = outboxOf(env, id);
      const [known, waitingSince] = await Promise.all([
        outbox.describe().catch(() => undefined),
        outbox.waitingSince().catch(() => undefined),
      ]);
      return known?.ok ? [{ labels: { id, kind }, waitingSince, ...known.value }] : [];
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
      samples: one(own.active),
    },
    {
      name: "stackcast_gateway_shards",
      type: "gauge",
      help: "Gateways in each part of the world, where a setting fixes that.",
      samples: [{ value: settings.gatewayShards }],
    },
    {
      name: "stackcast_gateways",
      type: "gauge",
      help: "Gateways that hold sockets.",
      samples: one(own.gateways.length),
    },
    {
      name: "stackcast_viewers",
      type: "gauge",
      help: "Sockets of a gateway, as it last said.",
      samples: own.gateways.map(({ name, sockets }) => ({ labels: { gateway: name }, value: sockets })),
    },
    {
      name: "stackcast_late_alarms",
      type: "gauge",
      help: "Alarms of the last day that came 10 seconds late or more.",
      samples: one(own.lateAlarms),
    },
    {
      name: "stackcast_worst_late_alarm_seconds",
      type: "gauge",
      help: "How late the latest of them came.",
      samples: one(own.worstLateMs / 1000),
    },
    ...costMetrics(own),
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
      name: "stackcast_outbox_age_seconds",
      type: "gauge",
      help: "How long the oldest message has waited for a destination.",
      samples: all.map(({ labels, waitingSince }) => ({
        labels,
        value: waitingSince === undefined ? 0 : secondsSince(waitingSince, now),
      })),
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
