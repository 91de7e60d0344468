/** Every event of a deployment in words, at the seeds' levels. */
import { describe, expect, test } from "vitest";
import { eventWordsOf, logLineOf } from "../../../src/domain/words/event-words.ts";
import { lineOfWords, type EventWords } from "../../../src/domain/words/worded-event.ts";
import {
  deploymentEventSchema,
  type DeploymentEvent,
} from "../../../src/protocol/deployment/deployment-events.ts";
import { at, reported } from "../deployment/reported.ts";

const error = { code: "AccessDenied", message: "Unable to create" };
const left = {
  logicalId: "Bucket",
  path: "Bucket",
  type: "AWS::S3::Bucket",
  physicalId: "b",
  status: "DELETE_FAILED",
  reason: "it is not empty",
};
const CAUSE = {
  logicalId: "B",
  path: "A/B",
  type: "T",
  physicalId: "",
  stackId: "",
  status: "CREATE_FAILED",
  timestamp: at(1),
};
const bucket = { stack: "storage", resource: { type: "aws:s3/bucket:Bucket", name: "logs" } };

type Row = readonly [type: DeploymentEvent["type"], data: object, words: Partial<EventWords>];

const words = (
  tone: EventWords["tone"],
  level: EventWords["level"],
  text: string,
  sign: EventWords["sign"] = "",
): Partial<EventWords> => ({ tone, level, text, sign });

const ROWS: readonly Row[] = [
  ["deployment_started", {}, words("strong", "info", "Deployment started: D1BRV40-dev")],
  ["deployment_validating", {}, words("neutral", "debug", "Validating")],
  [
    "deployment_complete",
    { deployedStacks: 11, skippedStacks: 1, durationSeconds: 1200 },
    words("good", "info", "Deployment complete (11 deployed, 1 skipped, 20m 0s)", "✓"),
  ],
  [
    "deployment_complete",
    { failedStacks: 2, durationSeconds: 9 },
    words("warning", "warn", "Deployment complete, with failures (2 failed, 9s)", "✗"),
  ],
  [
    "deployment_complete",
    { orphans: [{ ...left, stack: "storage" }] },
    words("warning", "warn", "Deployment complete; 1 resource could not be deleted", "✓"),
  ],
  ["deployment_failed", { error }, words("bad", "error", "Deployment failed: Unable to create", "✗")],
  [
    "deployment_failed",
    { willRollBack: true, error },
    words("bad", "error", "Deployment failed, and is being rolled back: Unable to create", "✗"),
  ],
  ["deployment_rolling_back", {}, words("warning", "warn", "Rolling back")],
  ["deployment_rolled_back", {}, words("warning", "warn", "Rolled back", "↺")],
  ["deployment_cancelling", {}, words("warning", "warn", "Cancelling")],
  ["deployment_cancelled", {}, words("warning", "warn", "Deployment cancelled", "✗")],
  [
    "deployment_queued",
    { id: "q1", user: "ada" },
    words("neutral", "info", "Another deploy waits for the end of this run (by ada)"),
  ],
  [
    "deployment_dequeued",
    { id: "q1", reason: "replaced", by: "eve" },
    words("warning", "warn", "The deploy that waited was replaced by a newer one (by eve)"),
  ],
  ["deployment_destroying", {}, words("warning", "info", "Destroying")],
  ["deployment_destroyed", {}, words("good", "info", "Destroyed", "✓")],
  [
    "layer_started",
    { layer: 2, totalLayers: 5, stacks: ["security", "dns"] },
    words("strong", "info", "Layer 2/5 started: security, dns"),
  ],
  [
    "layer_complete",
    { layer: 2, failedStacks: 0, durationSeconds: 359.6 },
    words("good", "info", "Layer 2 complete (6m 0s)"),
  ],
  [
    "layer_complete",
    { layer: 2, failedStacks: 1, unbegunStacks: 3, durationSeconds: 2 },
    words("warning", "warn", "Layer 2 ended: 1 failed, 3 not started (2s)"),
  ],
  ["layer_complete", { layer: 2 }, words("warning", "info", "Layer 2 ended")],
  ["stack_deploying", { stack: "storage" }, words("neutral", "info", "Deploying")],
  [
    "stack_deployed",
    { stack: "storage", durationSeconds: 45, resourcesCreated: 3 },
    words("good", "info", "Deployed (45s, 3 resources)", "✓"),
  ],
  [
    "stack_deployed",
    { stack: "storage", orphans: [left], retained: [left, left], stabilising: true },
    words(
      "warning",
      "warn",
      "Deployed; 1 resource could not be deleted, 2 resources retained, resources may still be becoming available",
      "✓",
    ),
  ],
  ["stack_failed", { stack: "storage", error }, words("bad", "error", "Failed: Unable to create", "✗")],
  [
    "stack_failed",
    { stack: "storage", error: { ...error, details: "no right" }, outcome: "rolled_back", retained: [left] },
    words("bad", "error", "Failed and rolled back: Unable to create: no right", "✗"),
  ],
  [
    "stack_rolling_back",
    { stack: "storage", cause: { ...CAUSE, reason: "no rights" } },
    words("warning", "warn", "Failed, CloudFormation is rolling it back: A/B: no rights", "↺"),
  ],
  [
    "stack_skipped",
    { stack: "storage", reason: "unchanged" },
    words("quiet", "warn", "Skipped: unchanged", "↷"),
  ],
  ["stack_deleting", { stack: "storage" }, words("warning", "info", "Deleting")],
  [
    "stack_deleting",
    { stack: "storage", uncreated: true },
    words("warning", "info", "Deleting, because its creation had failed"),
  ],
  [
    "stack_deleted",
    { stack: "storage", retained: [left] },
    words("neutral", "info", "Deleted; 1 resource retained"),
  ],
  ["stack_rolled_back", { stack: "storage" }, words("warning", "warn", "Rolled back", "↺")],
  ["resource_creating", bucket, words("neutral", "info", "Creating: aws:s3/bucket:Bucket (logs)")],
  [
    "resource_created",
    { ...bucket, durationSeconds: 5 },
    words("neutral", "info", "Created: aws:s3/bucket:Bucket (logs) (5s)"),
  ],
  ["resource_updating", bucket, words("neutral", "info", "Updating: aws:s3/bucket:Bucket (logs)")],
  ["resource_updated", bucket, words("neutral", "info", "Updated: aws:s3/bucket:Bucket (logs)")],
  ["resource_deleting", bucket, words("neutral", "info", "Deleting: aws:s3/bucket:Bucket (logs)")],
  ["resource_deleted", bucket, words("neutral", "info", "Deleted: aws:s3/bucket:Bucket (logs)")],
  [
    "resource_retained",
    bucket,
    words("warning", "warn", "Retained, and still there: aws:s3/bucket:Bucket (logs)", "↷"),
  ],
  [
    "resource_failed",
    { ...bucket, error },
    words("bad", "error", "Failed: aws:s3/bucket:Bucket (logs): Unable to create", "✗"),
  ],
  [
    "resource_slow",
    { ...bucket, elapsedSeconds: 95, typicalSeconds: { p50: 15, p90: 22 } },
    words("quiet", "info", "Slow: aws:s3/bucket:Bucket (logs) (95s)", "⏸"),
  ],
  [
    "resource_stuck",
    {
      ...bucket,
      elapsedSeconds: 300,
      typicalSeconds: { p50: 15, p90: 22 },
      stuckAfterSeconds: 300,
      failsAt: "2026-03-01T12:00:00.000Z",
      rollback: { resources: 3, seconds: { p50: 40, p90: 60 } },
      advice: { code: "no_progress", text: "Look at it", url: "https://example.com/stuck" },
    },
    words(
      "warning",
      "warn",
      "Perhaps stuck: aws:s3/bucket:Bucket (logs) (5m 0s); fails by itself at 12:00 UTC: Look at it",
      "⏸",
    ),
  ],
];

describe("an event's words", () => {
  test.each(ROWS)("%s %j", (type, data, expected) => {
    expect(eventWordsOf(reported(type, 5, data))).toEqual({
      subject: "stack" in data ? data.stack : undefined,
      ...expected,
    });
  });

  test("are given for every type of event", () => {
    const types = deploymentEventSchema.options.map(({ shape }) => shape.type.value);
    expect(new Set(ROWS.map(([type]) => type))).toEqual(new Set(types));
  });

  test("are a failure's exactly at the level error, and a warning's only where the level or the tone says so", () => {
    for (const [type, data] of ROWS) {
      const { level, tone } = eventWordsOf(reported(type, 5, data));
      expect([type, tone === "bad"]).toEqual([type, level === "error"]);
      if (tone === "good") expect([type, level]).toEqual([type, "info"]);
    }
  });

  test("name what was done by its id alone where a line before has said of which resource", () => {
    const created = reported("resource_created", 5, {
      ...bucket,
      resource: { ...bucket.resource, id: "logs-1" },
      durationSeconds: 5,
    });
    expect(eventWordsOf(created, true).text).toBe("Created: logs-1 (5s)");
  });

  test("are a line with their subject", () => {
    expect(lineOfWords(eventWordsOf(reported("stack_deploying", 5, { stack: "dns" })))).toBe(
      "[dns] Deploying",
    );
    expect(logLineOf(reported("stack_deploying", 5, { stack: "dns" }))).toEqual({
      timestamp: at(5),
      level: "info",
      message: "Deploying",
    });
  });
});
