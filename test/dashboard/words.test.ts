import { expect, test } from "vitest";
import { doneShare, percentText, stackPercentText } from "../../src/dashboard/elements/percent.ts";
import { attemptText } from "../../src/dashboard/destinations/destination-words.ts";
import { consoleHref } from "../../src/dashboard/elements/aws-console.ts";

test("a percentage says of what it is one", () => {
  expect([
    percentText("deploying", 54),
    percentText("cancelled", 54),
    percentText("rolled_back", 100),
  ]).toEqual(["54 %", "54 %", "100 % rolled back"]);
  expect(
    ["pending", "deploying", "deployed", "failed", "rolled_back", "deleted", "destroyed", "cancelled"].map(
      (status) => doneShare(status, 100),
    ),
    "what was taken back is not 100 % of anything",
  ).toEqual(["", "100 %", "100 %", "100 %", "", "", "", "100 %"]);
  expect(
    ["UPDATE_IN_PROGRESS", "UPDATE_ROLLBACK_IN_PROGRESS", "ROLLBACK_COMPLETE", "DELETE_COMPLETE"].map(
      (status) => stackPercentText(status, 80),
    ),
  ).toEqual(["80 %", "80 % rolled back", "80 % rolled back", "80 % deleted"]);
});

test("an attempt tells a receiver's answer once", () => {
  const at = "2026-01-01T00:00:00.000Z";
  expect([
    attemptText({ at, ms: 35, status: 200 }),
    attemptText({ at, ms: 1500, status: 500, error: "HTTP 500" }),
    attemptText({ at, ms: 8, status: 301, error: "HTTP 301: redirects are not followed" }),
    attemptText({ at, ms: 8, status: 200, error: "no JSON" }),
    attemptText({ at, ms: 8, error: "no connection" }),
  ]).toEqual([
    "200 in 35 ms",
    "HTTP 500 in 1.5 s",
    "HTTP 301: redirects are not followed in 8 ms",
    "200 no JSON in 8 ms",
    "no connection in 8 ms",
  ]);
});

test("AWS's console is addressed by the stack's ARN, or by its name where that is all that is known", () => {
  const stack = { region: "eu-west-1", stackName: "web" };
  const base = "https://eu-west-1.console.aws.amazon.com/cloudformation/home?region=eu-west-1#/stacks/events";
  expect(consoleHref({ ...stack, stackId: "" })).toBe(`${base}?stackId=web`);
  expect(consoleHref({ ...stack, stackId: "arn:aws:x:stack/web/1" })).toBe(
    `${base}?stackId=arn%3Aaws%3Ax%3Astack%2Fweb%2F1`,
  );
});

test("AWS's console is where the region's partition has it, and nowhere where that is not known", () => {
  const stack = { stackName: "web", stackId: "" };
  const hostIn = (region: string) => consoleHref({ ...stack, region })?.split("/")[2];
  expect(["us-gov-west-1", "cn-north-1", "eusc-de-east-1", "us-iso-east-1"].map(hostIn)).toEqual([
    "us-gov-west-1.console.amazonaws-us-gov.com",
    "cn-north-1.console.amazonaws.cn",
    "eusc-de-east-1.console.amazonaws-eusc.eu",
    undefined,
  ]);
});
