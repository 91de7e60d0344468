import { describe, expect, test } from "vitest";
import { agoText, countText, durationText, estimateText } from "../../../src/domain/words/durations.ts";

describe("lengths of time", () => {
  test.each([
    [-3, "0s"],
    [0, "0s"],
    [59.6, "60s"],
    [120, "120s"],
    [121, "2m 1s"],
    [330, "5m 30s"],
    [1215, "20m 15s"],
    [3599.6, "1h 0m"],
    [7500, "2h 5m"],
  ])("%d seconds are %s", (seconds, text) => {
    expect(durationText(seconds)).toBe(text);
  });

  test.each([
    [0, "~5s"],
    [44, "~45s"],
    [61, "~60s"],
    [270, "~4m 30s"],
    [600, "~10m"],
    [610, "~10m"],
    [7200, "~2h"],
    [7500, "~2h 5m"],
  ])("about %d seconds are %s", (seconds, text) => {
    expect(estimateText(seconds)).toBe(text);
  });

  test.each([
    [1, "just now"],
    [12, "12s ago"],
    [61, "1m ago"],
    [7200, "2h ago"],
    [3 * 86_400, "3d ago"],
  ])("%d seconds ago is %s", (seconds, text) => {
    expect(agoText(seconds)).toBe(text);
  });
});

test("one thing is not many", () => {
  expect([countText(0, "stack"), countText(1, "stack"), countText(2, "stack")]).toEqual([
    "0 stacks",
    "1 stack",
    "2 stacks",
  ]);
});
