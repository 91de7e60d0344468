import { describe, expect, test } from "vitest";
import { BarParts, revertedSeconds } from "../../../src/dashboard/timeline/bar-parts.ts";
import type { DeploymentFrame } from "../../../src/protocol/deployment/deployment-events.ts";

const ALL = [0, Infinity] as const;

const reported = (...events: readonly (readonly [type: string, second: number, stack?: string])[]) =>
  events.map(([type, second, stack], index) => ({
    offset: index + 1,
    frame: {
      type,
      timestamp: new Date(second * 1000).toISOString(),
      data: stack === undefined ? {} : { stack },
    } as DeploymentFrame,
  }));

const partsOf = (lines: ReturnType<typeof reported>, stack: string) =>
  new BarParts()
    .take(lines, ALL)
    .get(stack)
    ?.map(({ look, span: { start, end } }) => [
      look,
      start / 1000,
      end === undefined ? undefined : end / 1000,
    ]);

describe("a stack's bar", () => {
  test("splits where CloudFormation turns back", () => {
    const lines = reported(
      ["stack_deploying", 1, "api"],
      ["resource_failed", 4, "api"],
      ["stack_rolling_back", 5, "api"],
      ["stack_failed", 9, "api"],
    );
    expect(partsOf(lines, "api")).toEqual([
      ["done", 1, 5],
      ["reverted", 5, 9],
    ]);
  });

  test("splits into what was done, waited, and put back where the run is rolled back", () => {
    const lines = reported(
      ["stack_deploying", 1, "net"],
      ["stack_deployed", 3, "net"],
      ["stack_deploying", 3, "api"],
      ["stack_failed", 6, "api"],
      ["deployment_rolling_back", 7],
      ["resource_updating", 10, "net"],
      ["stack_rolled_back", 12, "net"],
      ["stack_deleting", 8, "api"],
      ["stack_rolled_back", 9, "api"],
    );
    expect(partsOf(lines, "net")).toEqual([
      ["done", 1, 3],
      ["reverted", 10, 12],
    ]);
    expect(partsOf(lines, "api")).toEqual([
      ["failed", 3, 6],
      ["reverted", 8, 9],
    ]);
    const parts = new BarParts().take(lines, ALL).get("net")!;
    expect(revertedSeconds(parts, 99_000)).toBe(2);
  });

  test("takes in events as they come, and is the same while nothing does", () => {
    const lines = reported(["stack_deploying", 1, "a"], ["stack_deployed", 2, "a"]);
    const growing = lines.slice(0, 1);
    const parts = new BarParts();
    const first = parts.take(growing, ALL);
    expect(parts.take(growing, ALL)).toBe(first);
    growing.push(lines[1]!);
    expect(parts.take(growing, ALL)).toEqual(new BarParts().take(lines, ALL));
    expect(parts.take([], [1, 1]).size).toBe(0);
  });

  test("leaves out what belongs to another run", () => {
    const lines = reported(
      ["stack_deploying", 1, "a"],
      ["stack_deployed", 2, "a"],
      ["stack_deploying", 3, "a"],
    );
    expect([...new BarParts().take(lines, [3, 3]).values()].flat()).toHaveLength(1);
  });
});
