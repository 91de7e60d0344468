/** A channel's event as a row of the audit table. */
import { expect, test } from "vitest";
import { auditItemOf } from "../../src/domain/words/audit-item.ts";
import type { StackFrame } from "../../src/protocol/stack/stack-frames.ts";
import { at } from "./events.ts";

const stack = {
  name: "shop",
  status: "CREATE_COMPLETE",
  totalResources: 1,
  completedResources: 1,
  inProgressResources: 0,
  failedResources: 0,
  progress: 100,
};

const frame: StackFrame = {
  type: "stack_complete",
  timestamp: at(7),
  stack,
  outcome: "deployed",
  outputs: { Url: "https://example.com" },
  durationSeconds: 7,
  channel: "stacks/eu-west-1/shop",
  offset: 42,
};

test("An event is kept without its envelope, under a key that no other event has", () => {
  expect(auditItemOf(frame, { region: "eu-west-1", stackName: "shop" })).toEqual({
    deploymentId: "stacks/eu-west-1/shop",
    timestamp: `${at(7)}#-#00000042`,
    type: "stack_complete",
    environment: "-",
    stack: "shop",
    data: { stack, outcome: "deployed", outputs: { Url: "https://example.com" }, durationSeconds: 7 },
    user: "-",
    offset: 42,
  });
});
