/** Alerts as Slack gets them. */
import { join } from "node:path";
import { expect, test } from "vitest";
import * as z from "zod";
import { shownText } from "../../src/domain/words/alert-text.ts";
import { slackRequest } from "../../src/destinations/kinds/slack.ts";
import { asJson, expectGolden } from "../support/golden.ts";
import { ALERTS, BASE, alertAfter } from "./alerts.ts";
import { begun, planned, reported } from "../domain/deployment/reported.ts";

const URL_OF_SLACK = "https://hooks.slack.com/services/T0/B0/secret";

const text = z.strictObject({ type: z.literal("mrkdwn"), text: z.string(), verbatim: z.literal(true) });

/** Slack's own limits: https://docs.slack.dev/reference/block-kit/blocks */
const message = z.strictObject({
  text: z.string().min(1).max(4_000),
  unfurl_links: z.literal(false),
  unfurl_media: z.literal(false),
  blocks: z
    .array(
      z.discriminatedUnion("type", [
        z.strictObject({
          type: z.literal("header"),
          text: z.strictObject({
            type: z.literal("plain_text"),
            text: z.string().min(1).max(150),
            emoji: z.literal(true),
          }),
        }),
        z.strictObject({
          type: z.literal("section"),
          text: text.extend({ text: z.string().min(1).max(3_000) }).optional(),
          fields: z
            .array(text.extend({ text: z.string().min(1).max(2_000) }))
            .min(1)
            .max(10)
            .optional(),
        }),
        z.strictObject({ type: z.literal("context"), elements: z.array(text).min(1).max(10) }),
      ]),
    )
    .max(50),
});

const messageOf = (alert: (typeof ALERTS)[keyof typeof ALERTS]) => {
  const request = slackRequest(alert, URL_OF_SLACK, BASE);
  return { request, message: message.parse(JSON.parse(request.body)) };
};

const textsOf = ({ blocks }: z.infer<typeof message>): string[] =>
  blocks.flatMap((block) => {
    if (block.type === "header") return [];
    if (block.type === "context") return block.elements.map((element) => element.text);
    return [block.text?.text ?? "", ...(block.fields ?? []).map((field) => field.text)];
  });

test.for(Object.entries(ALERTS))("%s is rendered as it was found right", async ([name, alert]) => {
  const { request } = messageOf(alert);
  expect({ ...request, body: "" }).toEqual({
    url: URL_OF_SLACK,
    method: "POST",
    headers: { "content-type": "application/json; charset=utf-8" },
    body: "",
  });
  await expectGolden(
    asJson(JSON.parse(request.body)),
    join(import.meta.dirname, `golden/slack-${name}.json`),
  );
});

test("nothing from outside becomes a mention, a link or half an entity", () => {
  const { message: hostile } = messageOf(ALERTS.hostile);
  // What is left of mrkdwn's own marks is ours: links into the dashboard, and the time.
  const marks = [...textsOf(hostile), hostile.text].flatMap((part) => part.match(/<[^>]*>/g) ?? []);
  expect(marks.filter((mark) => !mark.startsWith(`<${BASE}/deployments/D1BRV40/dev?`))).toEqual([
    "<!date^1760020530^{date_short_pretty} {time_secs}|2025-10-09T14:35:30.000Z>",
  ]);
  for (const part of textsOf(hostile)) expect(part.replace(/&(amp|lt|gt);/g, "")).not.toContain("&");
});

test("without an address of Stackcast's own there are no links", () => {
  const { body } = slackRequest(ALERTS.failed, URL_OF_SLACK, undefined);
  expect(body).not.toContain("http");
});

test("the longest names of resources and stacks are cut to what Slack takes", () => {
  const stack = `s${"x".repeat(127)}`;
  const long = "<&>".repeat(5_000);
  const alert = alertAfter(
    "resource_failed",
    begun([planned(stack, 1)]),
    reported("stack_deploying", 1, { stack }),
    reported("resource_failed", 2, {
      stack,
      resource: { name: long.slice(0, 2_048), type: long.slice(0, 256) },
      reason: long,
    }),
  );
  expect(messageOf(alert).message.blocks.length).toBeGreaterThan(2);
});

test("lines of a text from outside cannot pass for ours", () => {
  const forged = "It broke\n*Cause:* none\r\n*Error:* all is well";
  const alert = { ...ALERTS.failed, error: { code: "C", message: shownText(forged, 500) } };
  const story = textsOf(messageOf(alert).message)[0];
  expect(story).toContain("*Error:* It broke\n    *Cause:* none\n    *Error:* all is well");
});
