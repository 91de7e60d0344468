import { describe, expect, test } from "vitest";
import { linesWanted, logLineFor, NO_FILTER } from "../../src/dashboard/deployment/event-log.ts";
import { stateOfEndedRun } from "../../src/dashboard/deployment/run/ended-run.ts";
import { rangeOfRun } from "../../src/dashboard/deployment/run/run-range.ts";
import type { DeploymentEvent, DeploymentFrame } from "../../src/protocol/deployment/deployment-events.ts";

const address = { deploymentId: "shop", environment: "dev" };

const framesOf = (
  ...events: readonly (readonly [type: DeploymentEvent["type"], data?: object])[]
): readonly DeploymentFrame[] =>
  events.map(
    ([type, data = {}], index) =>
      ({
        type,
        timestamp: "2026-01-01T12:00:00.000Z",
        data: { ...address, ...data },
        channel: "deployments/shop-dev",
        offset: index + 1,
      }) as DeploymentFrame,
  );

const frames = framesOf(
  ["deployment_started", { run: 1 }],
  ["stack_deploying", { stack: "network" }],
  ["stack_skipped", { stack: "dns", reason: "no changes" }],
  ["stack_failed", { stack: "network", error: { code: "DENIED", message: "Access Denied" } }],
  ["deployment_failed"],
  ["deployment_started", { run: 2 }],
  ["stack_deploying", { stack: "network" }],
);

const lines = frames.map(logLineFor);

const offsets = (filter: Partial<typeof NO_FILTER>) =>
  linesWanted(lines, { ...NO_FILTER, ...filter }).map(({ offset }) => offset);

describe("the lines of a log", () => {
  test("are each about a stack or the whole, with a level and words", () => {
    expect(lines[3]).toEqual({
      offset: 4,
      timestamp: "2026-01-01T12:00:00.000Z",
      level: "error",
      stack: "network",
      message: "Failed: Access Denied",
      frame: frames[3],
    });
    expect(lines[0]?.stack).toBeUndefined();
  });

  test("are filtered by text in either case, by stack, and by the least level", () => {
    expect(offsets({ text: "access DENIED" })).toEqual([4]);
    expect(offsets({ text: "dns" })).toEqual([3]);
    expect(offsets({ stack: "network" })).toEqual([2, 4, 7]);
    expect(offsets({ level: "error" })).toEqual([4, 5]);
    expect(offsets({ level: "warn" })).toEqual([3, 4, 5]);
    expect(offsets({ level: "error", stack: "network" })).toEqual([4]);
  });

  test("are not copied where no filter is set", () => {
    expect(linesWanted(lines, NO_FILTER)).toBe(lines);
  });
});

describe("the events of a run", () => {
  test("are its state, with the resources that its summary does not have", () => {
    const reported = framesOf(
      ["deployment_started", { run: 4 }],
      ["stack_deploying", { stack: "network", totalResources: 1 }],
      ["resource_created", { stack: "network", resource: { type: "AWS::EC2::VPC", name: "Vpc" } }],
      ["stack_deployed", { stack: "network" }],
      ["deployment_complete"],
      ["deployment_started", { run: 5 }],
    ).map(logLineFor);
    const state = stateOfEndedRun(reported, 4);
    expect([state?.run, state?.status, [...(state?.stacks.get("network")?.resources.keys() ?? [])]]).toEqual([
      4,
      "deployed",
      ["Vpc"],
    ]);
  });

  test("are no state while the run goes on, or without its beginning", () => {
    expect([2, 1, 3].map((run) => stateOfEndedRun(run === 1 ? lines.slice(1) : lines, run))).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  test("begin with its start and end before the next one's", () => {
    expect(rangeOfRun(lines, 1)).toEqual([1, 5]);
    expect(rangeOfRun(lines, 2)).toEqual([6, Number.POSITIVE_INFINITY]);
  });

  test("are not known where its start is not kept", () => {
    expect(rangeOfRun(lines.slice(1), 1)).toBeUndefined();
  });
});
