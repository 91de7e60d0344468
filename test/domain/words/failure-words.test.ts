import { describe, expect, test } from "vitest";
import { blastText, causePlace, causeText, nextActionOf } from "../../../src/domain/words/failure-words.ts";
import type { StackProgress } from "../../../src/protocol/deployment/deployment-progress.ts";

describe("what did not start because of a failure", () => {
  const blast = { layers: [2, 3], stacks: ["b", "c", "d"] };

  test("is named with its layers", () => {
    expect(blastText(blast, "failed")).toBe("3 stacks did not start: b, c, d (layers 2, 3)");
    expect(blastText({ layers: [2], stacks: ["b"] }, "deploying")).toBe("1 stack cannot start: b (layer 2)");
  });

  test("is counted beyond so many names, and escaped where it has to be", () => {
    expect(blastText(blast, "failed", { most: 1 })).toBe(
      "3 stacks did not start: b and 2 more (layers 2, 3)",
    );
    expect(blastText(blast, "failed", { escape: (name) => `<${name}>` })).toContain("<b>, <c>, <d>");
  });

  test("is not spoken of where there is nothing", () => {
    expect(blastText(undefined, "failed")).toBeUndefined();
    expect(blastText({ layers: [], stacks: [] }, "failed")).toBeUndefined();
  });
});

test("a cause is its path and its reason, else its status", () => {
  const cause = { path: "Web/Task", reason: "", status: "CREATE_FAILED", logicalId: "Task" };
  expect(causeText(cause)).toBe("Web/Task: CREATE_FAILED");
  expect(causeText({ ...cause, reason: "no image" })).toBe("Web/Task: no image");
  expect(causePlace(cause, "shop")).toBe("shop › Web/Task");
  expect(causePlace({ ...cause, path: "urn:pulumi:x" })).toBe("Task");
});

describe("what to do next", () => {
  const run = { stacks: {}, summary: { failedStacks: 1 } };
  const failed = { error: { code: "E", message: "m" } } as StackProgress;

  test.each([
    ["deploy", "failed", {}, /^Fix the cause, then retry/, ["retry", "rollback"]],
    ["track", "failed", {}, /your own tool/, []],
    ["ingest", "failed", {}, /your own tool/, []],
    ["deploy", "failed", { willRollBack: true }, /is being rolled back/, []],
    ["deploy", "deploying", {}, /meanwhile/, []],
    ["deploy", "deploying", { stacks: { a: { rollingBack: true } } }, /CloudFormation is rolling/, []],
    ["deploy", "rolling_back", {}, /wait for the end/, []],
    ["track", "rolled_back", {}, /as it was before/, []],
    ["deploy", "rolled_back", {}, /as it was before/, ["retry"]],
    ["deploy", "cancelled", {}, /^Retry/, ["retry"]],
  ] as const)("in mode %s of a run that is %s %j", (mode, status, more, text, actions) => {
    const next = nextActionOf({ ...run, mode, status, ...more } as Parameters<typeof nextActionOf>[0]);
    expect(next?.text).toMatch(text);
    expect(next?.actions).toEqual(actions);
  });

  test("is nothing where all is well, and where only a user's cancelling failed", () => {
    expect(nextActionOf({ ...run, mode: "deploy", status: "deployed" })).toBeUndefined();
    expect(
      nextActionOf({ ...run, mode: "deploy", status: "deploying", summary: { failedStacks: 0 } }),
    ).toBeUndefined();
    const stacks = { a: { ...failed, cancelled: true } };
    expect(nextActionOf({ ...run, mode: "deploy", status: "failed", stacks })).toBeUndefined();
  });
});
