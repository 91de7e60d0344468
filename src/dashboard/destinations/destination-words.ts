/** Destinations and deliveries in words. */
import type { Attempt, Delivery, Destination, DestinationKind } from "../../protocol/destinations.ts";
import type { StatusKind } from "../../domain/words/status-words.ts";

export const KIND_NAMES: Readonly<Record<DestinationKind, string>> = {
  webhook: "Webhook",
  slack: "Slack",
  pagerduty: "PagerDuty",
  email: "Email",
};

/** Where it goes, as far as that may be shown. */
export const targetOf = ({ url, routingKey, to }: Destination): string => {
  if (routingKey !== undefined) return `key …${routingKey.slice(-4)}`;
  if (url !== undefined) return url;
  return to === undefined ? "the deployment's owner" : [to].flat().join(", ");
};

export const titleOf = (destination: Destination): string =>
  destination.name ?? `${KIND_NAMES[destination.kind]} to ${targetOf(destination)}`;

/** Which events of which deployments it gets. */
export const scopeOf = ({ events, channels, environments }: Destination): string =>
  [
    events.includes("*")
      ? "all events"
      : `${events.length} ${events.length === 1 ? "type" : "types"} of events`,
    channels ? channels.join(", ") : "all deployments",
    ...(environments ? [`in ${environments.join(", ")}`] : []),
  ].join(" · ");

export const STATE_WORDS: Readonly<
  Record<Destination["state"], Readonly<{ standing: StatusKind; word: string }>>
> = {
  working: { standing: "done", word: "enabled" },
  failing: { standing: "failed", word: "failing" },
  disabled: { standing: "skipped", word: "disabled" },
};

/** Of one that works, as far as anybody knows: nothing was ever delivered to it. */
export const NOT_USED = { standing: "waiting", word: "not used yet" } as const;

export const DELIVERY_WORDS: Readonly<
  Record<Delivery["state"], Readonly<{ standing: StatusKind; word: string }>>
> = {
  pending: { standing: "waiting", word: "waiting" },
  delivered: { standing: "done", word: "delivered" },
  dead: { standing: "failed", word: "given up" },
};

/** `200 in 35 ms`, or why it failed. */
export const attemptText = ({ status, error, ms }: Attempt): string =>
  [
    // Why it failed often begins with the status.
    ...(status === undefined || error?.startsWith(`HTTP ${status}`) ? [] : [String(status)]),
    ...(error === undefined ? [] : [error]),
    ms < 1000 ? `in ${ms} ms` : `in ${(ms / 1000).toFixed(1)} s`,
  ].join(" ");
