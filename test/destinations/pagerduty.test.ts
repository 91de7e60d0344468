/** Alerts as PagerDuty gets them. */
import { join } from "node:path";
import { expect, test } from "vitest";
import * as z from "zod";
import { pagerDutyRequests } from "../../src/destinations/kinds/pagerduty.ts";
import type { Alert } from "../../src/domain/words/alert.ts";
import { asJson, expectGolden } from "../support/golden.ts";
import { ALERTS, BASE } from "./alerts.ts";

const KEY = "0123456789abcdef0123456789abcdef";

const links = z.array(z.strictObject({ href: z.url(), text: z.string() }));
const common = {
  summary: z.string().min(1).max(1_024),
  source: z.string().min(1),
  timestamp: z.iso.datetime(),
  custom_details: z.record(z.string(), z.unknown()),
};

/** https://developer.pagerduty.com/docs/events-api-v2-overview */
const trigger = z.strictObject({
  routing_key: z.literal(KEY),
  event_action: z.literal("trigger"),
  dedup_key: z.string().max(255),
  payload: z.strictObject({
    ...common,
    severity: z.enum(["critical", "error", "warning", "info"]),
    component: z.string().optional(),
    group: z.string(),
    class: z.string(),
  }),
  links,
  client: z.string(),
  client_url: z.url(),
});
const resolve = z.strictObject({
  routing_key: z.literal(KEY),
  event_action: z.literal("resolve"),
  dedup_key: z.string().max(255),
});
const change = z.strictObject({ routing_key: z.literal(KEY), payload: z.strictObject(common), links });

const sent = (alert: Alert) =>
  pagerDutyRequests(alert, { routingKey: KEY }, BASE).map(({ url, body }) => ({
    url,
    body: z.union([trigger, resolve, change]).parse(JSON.parse(body)),
    bytes: new TextEncoder().encode(body).length,
  }));

test.for(Object.entries(ALERTS))("%s is rendered as it was found right", async ([name, alert]) => {
  const bodies = sent(alert).map(({ url, body }) => ({ url, body }));
  await expectGolden(asJson(bodies), join(import.meta.dirname, `golden/pagerduty-${name}.json`));
});

test("what a failure opens, the next success closes", () => {
  const [opened] = sent(ALERTS.failed);
  const [closed, reported] = sent(ALERTS.complete);
  expect(opened?.url).toBe("https://events.pagerduty.com/v2/enqueue");
  expect(closed).toMatchObject({ url: opened?.url, body: { event_action: "resolve" } });
  expect(closed?.body).toHaveProperty(
    "dedup_key",
    opened && "dedup_key" in opened.body && opened.body.dedup_key,
  );
  expect(reported?.url).toBe("https://events.pagerduty.com/v2/change/enqueue");
});

test("a rollback closes it, too; a start changes nothing but the list of changes", () => {
  expect(sent(ALERTS["rolled-back"]).map(({ body }) => "event_action" in body)).toEqual([true, false]);
  expect(sent(ALERTS.started).map(({ url }) => url)).toEqual([
    "https://events.pagerduty.com/v2/change/enqueue",
  ]);
});

test("production wakes somebody", () => {
  const severities = ["prod", "production-eu", "dev", "nonprod"].map((environment) =>
    sent({ ...ALERTS.failed, environment }).map(({ body }) => trigger.parse(body).payload.severity),
  );
  expect(severities.flat()).toEqual(["critical", "critical", "error", "error"]);
});

test("the longest texts stay below what PagerDuty takes", () => {
  expect(sent(ALERTS.hostile).every(({ bytes }) => bytes < 512 * 1024)).toBe(true);
});

test("a key of an orchestration gets no change events; another service region has another address", () => {
  const requests = pagerDutyRequests(
    ALERTS.complete,
    { routingKey: `R${KEY.slice(1)}`, url: "https://events.eu.pagerduty.com/" },
    BASE,
  );
  expect(requests.map(({ url }) => url)).toEqual(["https://events.eu.pagerduty.com/v2/enqueue"]);
});
