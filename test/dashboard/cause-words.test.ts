import { describe, expect, test } from "vitest";
import { blastText, nextActionText } from "../../src/dashboard/deployment/cause-words.ts";
import type { DeploymentProgress } from "../../src/protocol/deployment/deployment-progress.ts";

const stacks = { a: {}, b: {}, c: {}, d: {} } as unknown as DeploymentProgress["stacks"];

describe("the blast line", () => {
  test("names what did not begin, and in which layers", () => {
    const blast = { stack: "a", layers: [2, 3], stacks: ["b", "c", "d"] };
    expect(blastText({ stacks, blast })).toBe("3 of 4 stacks did not begin, in layers 2 and 3: b, c and d.");
    expect(blastText({ stacks, blast: { stack: "a", layers: [2], stacks: ["b"] } })).toBe(
      "1 of 4 stacks did not begin, in layer 2: b.",
    );
  });

  test("says so where nothing was kept from beginning", () => {
    const nothing = "Nothing else was kept from beginning.";
    expect(blastText({ stacks })).toBe(nothing);
    expect(blastText({ stacks, blast: { stack: "a", layers: [], stacks: [] } })).toBe(nothing);
  });
});

test.each([
  ["deploy", "failed", /retry/],
  ["track", "failed", /your own tool/],
  ["ingest", "failed", /your own tool/],
  ["deploy", "deploying", /meanwhile/],
  ["deploy", "rolling_back", /wait/],
  ["track", "rolled_back", /as it was before/],
] as const)("in mode %s a run that is %s has a next action", (mode, status, words) => {
  expect(nextActionText({ mode, status, stacks: {} })).toMatch(words);
});
