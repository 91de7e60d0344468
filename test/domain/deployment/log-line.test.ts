/** Events as lines of a log, at the seeds' levels. */
import { describe, expect, test } from "vitest";
import { logLineOf } from "../../../src/domain/words/log-line.ts";
import { at, told } from "./told.ts";

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

const LINES = [
  ["deployment_started", {}, "info", "Deployment started: D1BRV40-dev"],
  ["deployment_validating", {}, "debug", "Validating"],
  ["deployment_complete", { durationSeconds: 1200 }, "info", "Deployment complete (1200s)"],
  ["deployment_failed", { error }, "error", "Deployment failed: Unable to create"],
  ["deployment_rolling_back", {}, "warn", "Rolling back"],
  ["deployment_rolled_back", {}, "warn", "Rolled back"],
  ["deployment_cancelling", {}, "warn", "Cancelling"],
  ["deployment_cancelled", {}, "warn", "Deployment cancelled"],
  ["deployment_destroying", {}, "info", "Destroying"],
  ["deployment_destroyed", {}, "info", "Destroyed"],
  ["layer_started", { layer: 2, stacks: ["security", "dns"] }, "info", "Layer 2 started: security, dns"],
  [
    "layer_complete",
    { layer: 2, failedStacks: 0, durationSeconds: 359.6 },
    "info",
    "Layer 2 complete (360s)",
  ],
  [
    "layer_complete",
    { layer: 2, failedStacks: 1, durationSeconds: 2 },
    "info",
    "Layer 2 ended, 1 failed (2s)",
  ],
  ["layer_complete", { layer: 2 }, "info", "Layer 2 ended"],
  [
    "layer_complete",
    { layer: 2, failedStacks: 0, unbegunStacks: 3, durationSeconds: 2 },
    "info",
    "Layer 2 ended, 3 not begun (2s)",
  ],
  [
    "deployment_complete",
    { failedStacks: 2, durationSeconds: 9 },
    "info",
    "Deployment complete, 2 failed (9s)",
  ],
  [
    "stack_deleting",
    { stack: "storage", uncreated: true },
    "info",
    "Deleting storage: it could not be created before",
  ],
  ["stack_deploying", { stack: "storage" }, "info", "Deploying storage"],
  ["stack_deployed", { stack: "storage", durationSeconds: 45 }, "info", "Stack deployed: storage (45s)"],
  ["stack_failed", { stack: "storage", error }, "error", "Stack failed: storage: Unable to create"],
  [
    "stack_failed",
    { stack: "storage", error, outcome: "rolled_back", retained: [left] },
    "error",
    "Stack failed and rolled back: storage: Unable to create",
  ],
  [
    "stack_rolling_back",
    { stack: "storage", cause: { ...CAUSE, reason: "no rights" } },
    "warn",
    "CloudFormation rolls back storage: A/B: no rights",
  ],
  [
    "stack_deployed",
    { stack: "storage", orphans: [left], retained: [left, left], stabilising: true },
    "warn",
    "Stack deployed: storage; 1 resource could not be deleted, 2 resources retained, resources may still be becoming available",
  ],
  [
    "stack_deleted",
    { stack: "storage", retained: [left] },
    "info",
    "Stack deleted: storage; 1 resource retained",
  ],
  [
    "deployment_complete",
    { orphans: [{ ...left, stack: "storage" }] },
    "warn",
    "Deployment complete; 1 resource could not be deleted",
  ],
  [
    "deployment_failed",
    { willRollBack: true, error },
    "error",
    "Deployment failed, and is rolled back: Unable to create",
  ],
  ["resource_retained", bucket, "warn", "Retained aws:s3/bucket:Bucket (logs), which is still there"],
  ["stack_skipped", { stack: "storage", reason: "unchanged" }, "warn", "Stack skipped: storage: unchanged"],
  ["stack_deleting", { stack: "storage" }, "info", "Deleting storage"],
  ["stack_deleted", { stack: "storage" }, "info", "Stack deleted: storage"],
  ["stack_rolled_back", { stack: "storage" }, "warn", "Stack rolled back: storage"],
  ["resource_creating", bucket, "info", "Creating aws:s3/bucket:Bucket (logs)"],
  ["resource_created", { ...bucket, durationSeconds: 5 }, "info", "Created aws:s3/bucket:Bucket (logs) (5s)"],
  ["resource_updating", bucket, "info", "Updating aws:s3/bucket:Bucket (logs)"],
  ["resource_updated", bucket, "info", "Updated aws:s3/bucket:Bucket (logs)"],
  ["resource_deleting", bucket, "info", "Deleting aws:s3/bucket:Bucket (logs)"],
  ["resource_deleted", bucket, "info", "Deleted aws:s3/bucket:Bucket (logs)"],
  ["resource_failed", { ...bucket, error }, "error", "Failed aws:s3/bucket:Bucket (logs): Unable to create"],
] as const;

describe("log lines", () => {
  test.each(LINES)("%s", (type, data, level, message) => {
    expect(logLineOf(told(type, 5, data))).toEqual({ timestamp: at(5), level, message });
  });
});
