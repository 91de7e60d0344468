import { describe, expect, test } from "vitest";
import { agoText, durationText, estimateText } from "../../src/dashboard/elements/duration.ts";
import { doneShare, percentText, stackPercentText } from "../../src/dashboard/elements/percent.ts";
import { attemptText } from "../../src/dashboard/destinations/destination-words.ts";
import { consoleHref } from "../../src/dashboard/elements/aws-console.ts";
import { hasRunEnded, standingOfStatus, wordOfStatus } from "../../src/dashboard/elements/standing.ts";
import { deploymentStates, stackStates } from "../../src/protocol/deployment/deployment-progress.ts";

describe("lengths of time", () => {
  test.each([
    [0, "0s"],
    [59.4, "59s"],
    [59.6, "1m 00s"],
    [330, "5m 30s"],
    [7500, "2h 05m"],
    [-3, "0s"],
  ])("%d seconds are %s", (seconds, text) => {
    expect(durationText(seconds)).toBe(text);
  });

  test.each([
    [3, "a few seconds"],
    [44, "~40s"],
    [600, "~10m"],
    [7200, "~2h 0m"],
  ])("about %d seconds are %s", (seconds, text) => {
    expect(estimateText(seconds)).toBe(text);
  });

  test.each([
    [1, "just now"],
    [12, "12s ago"],
    [61, "1m ago"],
    [7200, "2h ago"],
    [3 * 86_400, "3d ago"],
  ])("%d seconds ago is %s", (seconds, text) => {
    expect(agoText(seconds)).toBe(text);
  });
});

describe("statuses", () => {
  test("of deployments and stacks are all drawn, and none by chance", () => {
    const drawn = Object.fromEntries(
      [...deploymentStates, ...stackStates].map((status) => [status, standingOfStatus(status)]),
    );
    expect(drawn).toEqual({
      initializing: "running",
      validating: "running",
      deploying: "running",
      deployed: "done",
      failed: "failed",
      rolling_back: "undoing",
      rolled_back: "undone",
      cancelling: "undoing",
      cancelled: "undone",
      destroying: "undoing",
      destroyed: "undone",
      pending: "waiting",
      skipped: "skipped",
      deleting: "undoing",
      deleted: "undone",
    });
  });

  test.each([
    ["", "waiting"],
    ["CREATE_IN_PROGRESS", "running"],
    ["UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "running"],
    ["UPDATE_COMPLETE", "done"],
    ["UPDATE_ROLLBACK_IN_PROGRESS", "undoing"],
    ["ROLLBACK_COMPLETE", "undone"],
    ["DELETE_IN_PROGRESS", "undoing"],
    ["DELETE_COMPLETE", "undone"],
    ["UPDATE_ROLLBACK_FAILED", "failed"],
    ["creating", "running"],
    ["updated", "done"],
  ])("CloudFormation's %s is drawn as %s", (status, standing) => {
    expect(standingOfStatus(status)).toBe(standing);
  });

  test("ours are read as words, AWS's stay as AWS writes them", () => {
    expect([wordOfStatus("rolling_back"), wordOfStatus("CREATE_COMPLETE"), wordOfStatus("")]).toEqual([
      "rolling back",
      "CREATE_COMPLETE",
      "waiting",
    ]);
  });

  test("a run is over when it has deployed, failed or been undone", () => {
    expect(deploymentStates.filter(hasRunEnded)).toEqual([
      "deployed",
      "failed",
      "rolled_back",
      "cancelled",
      "destroyed",
    ]);
  });
});

test("a percentage says of what it is one", () => {
  expect([
    percentText("deploying", 54),
    percentText("cancelled", 54),
    percentText("rolled_back", 100),
  ]).toEqual(["54 %", "54 %", "100 % put back"]);
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
  ).toEqual(["80 %", "80 % put back", "80 % put back", "80 % deleted"]);
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
