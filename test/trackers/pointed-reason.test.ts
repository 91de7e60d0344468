/** A failure whose reason only points elsewhere is reported with the reason that stands there. */
import { evictDurableObject } from "cloudflare:test";
import { beforeEach, expect, test } from "vitest";
import type { ScriptedStack } from "../support/scripted-stack.ts";
import { aws, pass, poll, trackerOf, useFarEnd } from "./far-end.ts";
import { watched } from "./watched.ts";

useFarEnd();

beforeEach(() => pass((Date.parse("2026-01-01T00:00:05.000Z") - Date.now()) / 1000));

const VALIDATION =
  "The following hook(s)/validation failed: [AWS::EarlyValidation::ResourceExistenceCheck]. To troubleshoot Early " +
  "Validation errors, use the DescribeEvents API for detailed failure information.";

const TAKEN = "Resource of type 'AWS::SQS::Queue' with identifier 'orders' already exists.";

const REAL = `Orders (AWS::SQS::Queue): ${TAKEN} [NAME_CONFLICT_VALIDATION at /Resources/Orders]`;

/** Of this operation and of one before; what only warns is no reason. */
const find = (stack: ScriptedStack): void => {
  const found = {
    EventType: "VALIDATION_ERROR",
    Timestamp: "2026-01-01T00:00:00Z",
    LogicalResourceId: "Orders",
    ResourceType: "AWS::SQS::Queue",
    ValidationName: "NAME_CONFLICT_VALIDATION",
    ValidationStatus: "FAILED",
    ValidationStatusReason: TAKEN,
    ValidationPath: "/Resources/Orders",
    ValidationFailureMode: "FAIL",
  };
  stack.operationEvents.push(
    { ...found, LogicalResourceId: "Jobs", ValidationFailureMode: "WARN" },
    { EventType: "PROVISIONING_ERROR", Timestamp: found.Timestamp, ResourceStatusReason: VALIDATION },
    found,
    { ...found, Timestamp: "2025-12-31T23:59:59Z", LogicalResourceId: "Old" },
  );
};

const asked = (): number =>
  aws.cloudFormation.calls.filter(({ action }) => action === "DescribeEvents").length;

test("in the event that first tells of it, in the end, and after a restart, for one question", async () => {
  const { stack, modern } = await watched("pointed");
  find(stack);
  stack.own("ROLLBACK_IN_PROGRESS", { reason: VALIDATION });
  await poll(stack.name);
  await modern.settled();
  expect(modern.events.at(-1)).toMatchObject({
    operation: { cause: { logicalId: "pointed", reason: REAL } },
  });
  await evictDurableObject(trackerOf(stack.name));
  stack.own("ROLLBACK_COMPLETE");
  for (let polls = 0; polls < 3; polls += 1) await poll(stack.name);
  await modern.settled();
  const cause = {
    reason: REAL,
    evidence: [{ source: "events", at: "2026-01-01T00:00:01.000Z", text: VALIDATION }],
  };
  expect(modern.events.at(-1)).toMatchObject({ type: "stack_complete", cause });
  expect(await trackerOf(stack.name).summary()).toMatchObject({ value: { cause } });
  expect(asked()).toBe(1);
});

test("AWS's own words stay where it may not be read, and what is missing is said; asked once", async () => {
  const { stack } = await watched("blind");
  find(stack);
  aws.cloudFormation.fault = ({ action }) => (action === "DescribeEvents" ? "denied" : undefined);
  stack.own("ROLLBACK_IN_PROGRESS", { reason: VALIDATION });
  for (let polls = 0; polls < 3; polls += 1) await poll(stack.name);
  expect(await trackerOf(stack.name).summary()).toMatchObject({
    value: {
      cause: {
        reason: VALIDATION,
        evidence: [{ text: expect.stringContaining("grant it cloudformation:DescribeEvents") }],
      },
    },
  });
  expect(asked()).toBe(1);
});

test("what AWS does not answer is asked for with the next looks, and not for ever", async () => {
  const { stack, modern } = await watched("silent");
  find(stack);
  let isAway = true;
  aws.cloudFormation.fault = ({ action }) =>
    isAway && action === "DescribeEvents" ? "throttled" : undefined;
  stack.own("ROLLBACK_IN_PROGRESS", { reason: VALIDATION });
  await poll(stack.name);
  await expect.poll(asked).toBe(1);
  isAway = false;
  stack.resource("Jobs", "DELETE_IN_PROGRESS");
  pass(60);
  await poll(stack.name);
  await expect.poll(asked).toBe(2);
  await modern.settled();
  expect(await trackerOf(stack.name).summary()).toMatchObject({ value: { cause: { reason: REAL } } });
});
