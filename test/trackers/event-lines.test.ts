/** What the Worker's own log tells of the events. */
import { beforeEach, expect, test, vi } from "vitest";
import { tellOfEvents, tellOfFrames } from "../../src/trackers/audiences/event-lines.ts";
import { reported } from "../domain/deployment/reported.ts";

const lines: unknown[] = [];

beforeEach(() => {
  lines.length = 0;
  for (const method of ["debug", "info", "warn", "error"] as const)
    vi.spyOn(console, method).mockImplementation((line: string) => {
      lines.push({ method, ...(JSON.parse(line) as object) });
    });
});

const SECRET = "hunter2";
const RESOURCE = {
  stack: "dns",
  resource: { name: "Zone", type: "AWS::Route53::HostedZone" },
  reason: SECRET,
};

test("one line an event, at its level, with names and codes and no text from outside", () => {
  const error = { code: "RESOURCE_FAILED", message: SECRET, details: SECRET };
  const events = [
    reported("stack_deploying", 1, { stack: "dns", layer: 2 }),
    reported("resource_creating", 2, RESOURCE),
    reported("resource_failed", 3, { ...RESOURCE, error }),
    reported("stack_failed", 4, { stack: "dns", error }),
    reported("stack_skipped", 5, { stack: "cdn", reason: SECRET }),
  ];
  tellOfEvents("deployments/D1BRV40-dev", events, 12);
  const line = (method: string, type: string, offset: number, about: object) => ({
    method,
    level: method,
    message: "event",
    type,
    channel: "deployments/D1BRV40-dev",
    offset,
    timestamp: events[offset - 8]?.timestamp,
    ...about,
  });
  expect(lines).toEqual([
    line("info", "stack_deploying", 8, { stack: "dns", layer: 2 }),
    line("error", "resource_failed", 10, { stack: "dns", code: "RESOURCE_FAILED" }),
    line("error", "stack_failed", 11, { stack: "dns", code: "RESOURCE_FAILED" }),
    line("warn", "stack_skipped", 12, { stack: "cdn" }),
  ]);
  expect(JSON.stringify(lines)).not.toContain(SECRET);
});

test("of a stack on its own the end is told", () => {
  const stack = {
    name: "shop",
    status: "ROLLBACK_COMPLETE",
    totalResources: 1,
    completedResources: 0,
    inProgressResources: 0,
    failedResources: 1,
    progress: 100,
  };
  const place = { timestamp: "2026-01-01T00:00:00.000Z", channel: "stacks/us-east-1/shop", offset: 9 };
  const outputs = { Password: SECRET };
  tellOfFrames(place.channel, [
    { type: "stack_complete", ...place, stack, outcome: "rolled_back", outputs, durationSeconds: 12 },
  ]);
  expect(lines).toEqual([
    {
      method: "error",
      level: "error",
      message: "event",
      type: "stack_complete",
      ...place,
      outcome: "rolled_back",
      durationSeconds: 12,
    },
  ]);
});
