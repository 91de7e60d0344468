import { expect, test } from "vitest";
import { paceMs, type Pace } from "../../../src/domain/stack/pace.ts";

const NOW = 1_000_000;
const paceOf = (pace: Pace, isFree = true, intervalMs = 3_000): number =>
  paceMs(intervalMs, pace, isFree, NOW);

test("without push a stack is looked at faster while events flow and AWS allows it", () => {
  expect(paceOf({})).toBe(3_000);
  expect(paceOf({ newsAt: NOW - 5_000 })).toBe(1_000);
  expect(paceOf({ newsAt: NOW - 5_000 }, false)).toBe(3_000);
  expect(paceOf({ newsAt: NOW - 9_000 })).toBe(3_000);
  expect(paceOf({ newsAt: NOW }, true, 500)).toBe(500);
  expect(paceOf({ newsAt: NOW }, true, 60_000)).toBe(60_000);
});

test("with push a look comes each 10 s while events flow, and each 30 s otherwise", () => {
  expect(paceOf({ pushedAt: NOW - 1, newsAt: NOW - 1 })).toBe(10_000);
  expect(paceOf({ pushedAt: NOW - 1, newsAt: NOW - 30_000 })).toBe(30_000);
  expect(paceOf({ pushedAt: NOW - 600_000, newsAt: NOW - 30_000 })).toBe(3_000);
});
