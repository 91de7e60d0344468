/** What a notification says of an event. */
import { expect, test } from "vitest";
import { alertOf } from "../../src/domain/words/alert.ts";
import { shownLine, shownText } from "../../src/domain/words/alert-text.ts";
import { deploymentEventSchema } from "../../src/protocol/deployment/deployment-events.ts";
import { ALERTS, alertAfter } from "../destinations/alerts.ts";
import { begun, planned, stateOf, reported } from "./deployment/reported.ts";

test("a deployment that failed tells the first stack to fail, its layer, its cause and what did not begin", () => {
  expect(ALERTS.failed).toEqual({
    type: "deployment_failed",
    timestamp: "2025-10-09T14:35:30.000Z",
    channel: "deployments/D1BRV40-dev",
    offset: ALERTS.failed.offset,
    deploymentId: "D1BRV40",
    environment: "dev",
    run: 1,
    tone: "bad",
    title: "Deployment Failed: D1BRV40-dev",
    sentence: "Deployment D1BRV40 to dev environment failed.",
    stack: "database-rds",
    layer: 3,
    totalLayers: 5,
    error: { code: "INSUFFICIENT_PERMISSIONS", message: "Insufficient IAM permissions" },
    cause: {
      path: "Database/Instance",
      type: "AWS::RDS::DBInstance",
      status: "CREATE_FAILED",
      reason: "User is not authorized to perform: rds:CreateDBInstance",
    },
    blast: { layers: [4, 5], stacks: ["compute", "frontend", "monitoring"], moreStacks: 0 },
    counts: { total: 12, deployed: 8, skipped: 0, failed: 1 },
    durationSeconds: 330,
    owner: "ada@example.com",
    user: "ci",
  });
});

test("every type of event has a title and a sentence of its own", () => {
  const state = stateOf(begun([planned("network", 1)]));
  const stack = { stack: "network", resource: { name: "Vpc", type: "AWS::EC2::VPC" } };
  const alerts = deploymentEventSchema.options.map(({ shape }) => {
    const type = shape.type.value;
    const long = { elapsedSeconds: 90, typicalSeconds: { p50: 10, p90: 20 } };
    const data = type.startsWith("resource") ? { ...stack, ...long } : { stack: stack.stack };
    const event = reported(type, 1, {
      layer: 1,
      failedStacks: 0,
      error: { code: "E", message: "no" },
      id: "q1",
      reason: "replaced",
      ...data,
    });
    const { title, sentence, tone } = alertOf(
      { ...event, channel: "deployments/D1BRV40-dev", offset: 1 },
      state,
    );
    return { title, sentence, tone };
  });
  expect(new Set(alerts.map(({ title }) => title)).size).toBe(deploymentEventSchema.options.length);
  expect(new Set(alerts.map(({ sentence }) => sentence)).size).toBe(deploymentEventSchema.options.length);
  expect(alerts).toContainEqual({
    title: "Stack Rolled Back: network (D1BRV40-dev)",
    sentence: "Stack network of deployment D1BRV40 to dev environment was rolled back.",
    tone: "warning",
  });
  expect(alerts).toContainEqual({
    title: "Layer Complete: 1 (D1BRV40-dev)",
    sentence: "Layer 1 of deployment D1BRV40 to dev environment is complete.",
    tone: "good",
  });
  expect(alerts).toContainEqual({
    title: "Resource Failed: Vpc in network (D1BRV40-dev)",
    sentence:
      "Resource Vpc (AWS::EC2::VPC) in stack network of deployment D1BRV40 to dev environment failed.",
    tone: "bad",
  });
});

test.for([
  [
    "layer_complete",
    { layer: 2, failedStacks: 1, unbegunStacks: 2 },
    "Layer Ended: 2 (D1BRV40-dev)",
    "Layer 2 of deployment D1BRV40 to dev environment has ended: 1 failed, 2 not started.",
  ],
  [
    "layer_complete",
    { layer: 2, failedStacks: 0, unbegunStacks: 1 },
    "Layer Ended: 2 (D1BRV40-dev)",
    "Layer 2 of deployment D1BRV40 to dev environment has ended: 1 not started.",
  ],
  [
    "layer_complete",
    { layer: 2 },
    "Layer Ended: 2 (D1BRV40-dev)",
    "Layer 2 of deployment D1BRV40 to dev environment has ended.",
  ],
  [
    "deployment_complete",
    { failedStacks: 2 },
    "Deployment Complete: D1BRV40-dev",
    "Deployment D1BRV40 to dev environment completed, with 2 failed.",
  ],
] as const)("what failed in part is no success: %s %o", ([type, data, title, sentence]) => {
  const state = stateOf(begun([planned("network", 1)]));
  const event = reported(type, 1, data);
  expect(alertOf({ ...event, channel: "deployments/D1BRV40-dev", offset: 1 }, state)).toMatchObject({
    tone: "warning",
    title,
    sentence,
  });
});

test("an alert is small, however much is told and however much is lost", () => {
  const names = Array.from({ length: 400 }, (_, index) => `stack-${index}`);
  const text = "\u0000😀<".repeat(20_000);
  const alert = alertAfter(
    "deployment_failed",
    begun([planned("first", 1), ...names.map((name) => planned(name, 2, "first"))], {
      user: text.slice(0, 65_000),
    }),
    reported("stack_deploying", 1, { stack: "first" }),
    reported("stack_failed", 2, {
      stack: "first",
      error: { code: "E".repeat(256), message: text, details: text },
      cause: {
        logicalId: "",
        path: text.slice(0, 2_048),
        type: text.slice(0, 256),
        physicalId: "",
        stackId: "",
        status: "",
        reason: text,
        timestamp: "",
      },
    }),
  );
  expect(alert.blast).toMatchObject({ layers: [2], moreStacks: 380 });
  expect(JSON.stringify(alert).length).toBeLessThan(10_000);
  expect(JSON.stringify(alert).isWellFormed()).toBe(true);
});

test("control characters and marks of direction are not shown, and nothing is cut in half", () => {
  expect(shownText("a\u0000\u001b[31mb\r\nc\u202ed", 100)).toBe("a [31mb\nc d");
  expect(shownLine(" a\n\tb ", 100)).toBe("a b");
  expect(shownText("1234\u{1f600}", 5)).toBe("1234…");
  expect(shownText("\u{1f600}\u{1f600}\u{1f600}", 4)).toBe("\u{1f600}…");
});
