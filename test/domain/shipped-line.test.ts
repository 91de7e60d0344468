/** Events as lines for CloudWatch Logs. */
import { expect, test } from "vitest";
import {
  deploymentLineOf,
  deploymentPlaceOf,
  stackLineOf,
  stackPlaceOf,
} from "../../src/domain/words/shipped-line.ts";
import {
  deploymentEventSchema,
  type DeploymentEvent,
} from "../../src/protocol/deployment/deployment-events.ts";
import type { Outcome, StackComplete, StackFrame } from "../../src/protocol/stack/stack-frames.ts";
import { OUTCOME_WORDS } from "../../src/domain/words/status-words.ts";
import { reported } from "./deployment/reported.ts";

const ABOUT = { channel: "deployments/D1BRV40-dev", offset: 7, user: "ci" };

test("a deployment's event is a line with its level, its words and its data, in the stream of its day", () => {
  const event = reported("stack_failed", 40_000, { stack: "dns", error: { code: "E", message: "no zone" } });
  expect(deploymentLineOf(event, ABOUT)).toEqual({
    level: "ERROR",
    timestamp: "2025-10-10T01:36:40.000Z",
    type: "stack_failed",
    message: "[dns] Failed: no zone",
    channel: "deployments/D1BRV40-dev",
    offset: 7,
    deploymentId: "D1BRV40",
    environment: "dev",
    stack: "dns",
    user: "ci",
    data: { stack: "dns", error: { code: "E", message: "no zone" } },
  });
  expect(deploymentPlaceOf(event)).toEqual({ group: "D1BRV40", stream: "deploy-dev-2025-10-10" });
});

test("the levels are the seeds'", () => {
  const data = {
    stack: "dns",
    layer: 1,
    error: { code: "E", message: "m" },
    resource: { name: "n", type: "t" },
    elapsedSeconds: 90,
    typicalSeconds: { p50: 10, p90: 20 },
    id: "q1",
    reason: "replaced",
  };
  const levels = new Map<string, DeploymentEvent["type"][]>();
  for (const { shape } of deploymentEventSchema.options) {
    const type = shape.type.value;
    const { level } = deploymentLineOf(reported(type, 1, data), { ...ABOUT, user: undefined });
    levels.set(level, [...(levels.get(level) ?? []), type]);
  }
  expect(levels.get("ERROR")).toEqual(["deployment_failed", "stack_failed", "resource_failed"]);
  expect(levels.get("WARN")).toContain("stack_skipped");
  expect(levels.get("INFO")).toEqual(
    expect.arrayContaining(["stack_deployed", "layer_complete", "deployment_complete"]),
  );
  expect(levels.get("DEBUG")).toEqual(["deployment_validating"]);
});

const ADDRESS = { region: "eu-west-1", stackName: "shop" };
const COUNTS = {
  name: "shop",
  status: "UPDATE_COMPLETE",
  totalResources: 2,
  completedResources: 2,
  inProgressResources: 0,
  failedResources: 0,
  progress: 100,
};
const PLACE = { timestamp: "2026-01-01T23:59:59.999Z", channel: "stacks/eu-west-1/shop", offset: 3 };

const resource = (status: string, reason = ""): StackFrame => ({
  type: "resource_update",
  ...PLACE,
  resource: {
    logicalId: "Queue",
    type: "AWS::SQS::Queue",
    status,
    physicalId: "q",
    progress: 50,
    reason,
    path: "Child/Queue",
    stackId: "arn",
  },
  stack: COUNTS,
});

test("a stack on its own has a group of its own, and its frames are lines, too", () => {
  const frame = resource("CREATE_FAILED", "no quota");
  expect(stackPlaceOf(frame, ADDRESS)).toEqual({
    group: "stacks/eu-west-1/shop",
    stream: "deploy-2026-01-01",
  });
  expect(stackLineOf(frame, ADDRESS)).toEqual({
    level: "ERROR",
    timestamp: "2026-01-01T23:59:59.999Z",
    type: "resource_update",
    message: "[Child/Queue] CREATE_FAILED AWS::SQS::Queue q: no quota",
    channel: "stacks/eu-west-1/shop",
    offset: 3,
    stack: "shop",
    data: { resource: frame.type === "resource_update" && frame.resource, stack: COUNTS },
  });
});

test.for([
  ["CREATE_IN_PROGRESS", "INFO"],
  ["CREATE_COMPLETE", "INFO"],
  ["DELETE_SKIPPED", "WARN"],
  ["UPDATE_ROLLBACK_IN_PROGRESS", "WARN"],
  ["ROLLBACK_COMPLETE", "WARN"],
  ["UPDATE_FAILED", "ERROR"],
  ["UPDATE_ROLLBACK_FAILED", "ERROR"],
] as const)("%s is told at the level %s", ([status, level]) => {
  expect(stackLineOf(resource(status), ADDRESS).level).toBe(level);
});

test.for([
  ["deployed", "INFO"],
  ["deleted", "INFO"],
  ["deployed_with_orphans", "WARN"],
  ["rolled_back", "ERROR"],
  ["failed", "ERROR"],
  ["rollback_failed", "ERROR"],
] as const satisfies readonly (readonly [Outcome, string])[])(
  "the outcome %s is told at the level %s",
  ([outcome, level]) => {
    const end: StackFrame = {
      type: "stack_complete",
      ...PLACE,
      stack: COUNTS,
      outcome,
      outputs: {},
      durationSeconds: 61.4,
    };
    expect(stackLineOf(end, ADDRESS)).toMatchObject({
      level,
      message: `[shop] Stack ${OUTCOME_WORDS[outcome]} (61s, 2 resources)`,
    });
  },
);

test("a stack that was deleted as it could not be created is no good end", () => {
  const end: StackComplete = {
    type: "stack_complete",
    ...PLACE,
    stack: COUNTS,
    outcome: "deleted",
    outputs: {},
    durationSeconds: 61.4,
    cause: {
      logicalId: "Vpc",
      path: "Vpc",
      type: "AWS::EC2::VPC",
      physicalId: "",
      stackId: "",
      status: "CREATE_FAILED",
      reason: "no",
      timestamp: PLACE.timestamp,
    },
  };
  expect(stackLineOf(end, ADDRESS).level).toBe("ERROR");
  const cause = { ...end.cause!, status: "DELETE_FAILED" };
  expect(stackLineOf({ ...end, cause }, ADDRESS).level).toBe("INFO");
});

test("a line for people is short; the data has all of it", () => {
  const reason = "x".repeat(60_000);
  const { message, data } = stackLineOf(resource("CREATE_FAILED", reason), ADDRESS);
  expect(message).toHaveLength(2_000);
  expect(data).toMatchObject({ resource: { reason } });
});
