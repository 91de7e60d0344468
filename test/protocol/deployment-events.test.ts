/** What an event may hold, whoever sends it. */
import { describe, expect, test } from "vitest";
import { deploymentEventSchema } from "../../src/protocol/deployment/deployment-events.ts";
import { MAX_STACKS } from "../../src/protocol/deployment/deployment-limits.ts";
import { auditQuerySchema, registrationSchema } from "../../src/protocol/deployment/deployment-requests.ts";

const deployment = { deploymentId: "D1BRV40", environment: "dev" };

const eventOf = (type: string, data: object = {}, timestamp = "2025-10-09T14:34:20Z") => ({
  type,
  timestamp,
  data: { ...deployment, ...data },
});

const isTaken = (type: string, data: object) => deploymentEventSchema.safeParse(eventOf(type, data)).success;

describe("times", () => {
  test.each([
    ["1970-01-01T00:00:00Z", "1970-01-01T00:00:00.000Z"],
    ["2025-10-09T14:34:20.1234567+23:59", "2025-10-08T14:35:20.123Z"],
    ["9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z"],
  ])("%s is kept as %s, and is read back as it was kept", (timestamp, kept) => {
    const event = deploymentEventSchema.parse(eventOf("deployment_validating", {}, timestamp));
    expect(event.timestamp).toBe(kept);
    expect(deploymentEventSchema.parse(event)).toEqual(event);
  });

  test.each(["0000-01-01T00:00:00+14:00", "1969-12-31T23:59:59Z", "9999-12-31T23:59:59-14:00"])(
    "%s is refused in events, in registrations and in queries",
    (time) => {
      const event = eventOf("deployment_validating", {}, time);
      expect(deploymentEventSchema.safeParse(event).success).toBe(false);
      const registration = { ...deployment, mode: "ingest" };
      expect(registrationSchema.safeParse(registration).success).toBe(true);
      expect(registrationSchema.safeParse({ ...registration, since: time }).success).toBe(false);
      expect(auditQuerySchema.safeParse({ from: time }).success).toBe(false);
      expect(auditQuerySchema.safeParse({ to: time }).success).toBe(false);
    },
  );
});

const names = (count: number) => Array.from({ length: count }, (_, index) => `stack-${index}`);

const planned = (count: number) => names(count).map((name) => ({ name, layer: 1, dependsOn: [] }));

test.each([
  ["deployment_started", (count: number) => ({ stacks: planned(count) })],
  ["deployment_started", (count: number) => ({ stacks: [{ name: "a", layer: 1, dependsOn: names(count) }] })],
  ["deployment_started", (count: number) => ({ stacks: [{ name: "a", layer: count, dependsOn: [] }] })],
  ["layer_started", (count: number) => ({ layer: 1, stacks: names(count) })],
  ["layer_started", (count: number) => ({ layer: count })],
  ["stack_deploying", (count: number) => ({ stack: "a", dependencies: names(count) })],
])("%s names as many stacks as a deployment may have, and no more", (type, dataOf) => {
  expect(isTaken(type, dataOf(MAX_STACKS))).toBe(true);
  expect(isTaken(type, dataOf(MAX_STACKS + 1))).toBe(false);
});

test("an owner is no longer than the longest address of a mailbox", () => {
  expect(isTaken("deployment_started", { owner: "o".repeat(320) })).toBe(true);
  expect(isTaken("deployment_started", { owner: "o".repeat(321) })).toBe(false);
});
