/**
 * An alert as events for PagerDuty: an incident opens when a deployment fails and closes when it is well again; all
 * else, and every end that is well, is a change event, which wakes nobody and stands beside incidents.
 * https://developer.pagerduty.com/docs/events-api-v2-overview
 */
import type { Alert } from "../../domain/words/alert.ts";
import { clipped } from "../../domain/words/alert-text.ts";
import { detailsUrl, linksOf } from "./links.ts";
import { jsonRequest, type Rendered } from "./rendered.ts";

/** Where PagerDuty's Events API answers. */
const PAGERDUTY_URL = "https://events.pagerduty.com";

const MOST_SUMMARY = 1_024;
const CLIENT = "Stackcast";

/** After these nothing is wrong any more. */
const RESOLVES: ReadonlySet<string> = new Set<Alert["type"]>([
  "deployment_complete",
  "deployment_rolled_back",
  "deployment_destroyed",
]);

/** Whether an event of this type opens an incident. */
export const opensIncident = (type: string): boolean => type.endsWith("_failed");

/** Whether an event of this type closes one. */
export const closesIncident = (type: string): boolean => RESOLVES.has(type);

/** A run may be called complete of which something failed. */
const isWellAgain = ({ type, counts }: Alert): boolean =>
  RESOLVES.has(type) && (type !== "deployment_complete" || (counts?.failed ?? 0) === 0);

/** `url`: base of the Events API, if it is another than the usual one. */
type PagerDutyTarget = Readonly<{ routingKey: string; url?: string }>;

/** An incident of a production environment is to wake somebody. */
const severityOf = ({ environment }: Alert): "critical" | "error" =>
  /^(prod|prd|live)/.test(environment) ? "critical" : "error";

const summaryOf = ({ title, sentence, error, stack, type }: Alert): string => {
  const where = stack === undefined || type.startsWith("stack_") ? "" : `${stack}: `;
  const text = error ? `${title}: ${where}${error.message}` : sentence;
  return clipped(text.replace(/\s+/g, " "), MOST_SUMMARY);
};

const detailsOf = (alert: Alert) => {
  const { type: event, environment, run, stack, layer, error, cause, rollbackCause, blast, counts } = alert;
  const { orphans, retained, durationSeconds, owner, user } = alert;
  // What is absent is left out by JSON.
  const who = { owner, user };
  return {
    event,
    environment,
    run,
    stack,
    layer,
    error,
    cause,
    rollbackCause,
    notBegun: blast,
    notDeleted: orphans,
    retained,
    counts,
    durationSeconds,
    ...who,
  };
};

/** What PagerDuty is to receive, in this order; each is a request of its own. `base`: of the links. */
export const pagerDutyRequests = (
  alert: Alert,
  { routingKey, url = PAGERDUTY_URL }: PagerDutyTarget,
  base: string | undefined,
): readonly Rendered[] => {
  const api = url.replace(/\/+$/, "");
  const links = linksOf(alert, base).map(({ text, url: href }) => ({ href, text }));
  const page = detailsUrl(alert, base);
  const source = alert.channel;
  const custom_details = detailsOf(alert);
  const incident = { routing_key: routingKey, dedup_key: alert.channel };
  if (alert.tone === "bad") {
    const trigger = {
      ...incident,
      event_action: "trigger",
      payload: {
        summary: summaryOf(alert),
        source,
        severity: severityOf(alert),
        timestamp: alert.timestamp,
        ...(alert.stack !== undefined && { component: alert.stack }),
        group: alert.deploymentId,
        class: alert.type,
        custom_details,
      },
      links,
      client: CLIENT,
      ...(page !== undefined && { client_url: page }),
    };
    return [jsonRequest(`${api}/v2/enqueue`, trigger)];
  }
  const change = {
    routing_key: routingKey,
    payload: { summary: summaryOf(alert), source, timestamp: alert.timestamp, custom_details },
    links,
  };
  return [
    ...(isWellAgain(alert)
      ? [jsonRequest(`${api}/v2/enqueue`, { ...incident, event_action: "resolve" })]
      : []),
    // Keys of an orchestration route events to services; changes they refuse.
    ...(routingKey.startsWith("R") ? [] : [jsonRequest(`${api}/v2/change/enqueue`, change)]),
  ];
};
