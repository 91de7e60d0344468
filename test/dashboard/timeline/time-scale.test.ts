/** What is seen of a run: its whole, zoom, ticks. */
import { describe, expect, test } from "vitest";
import { rowWindowOf, scrollTopFor } from "../../../src/dashboard/lists/row-window.ts";
import {
  momentAt,
  moved,
  chartPlaceOf,
  ticksOf,
  tickText,
  wholeViewOf,
  zoomed,
} from "../../../src/dashboard/timeline/chart/time-scale.ts";

describe("what is seen of a run", () => {
  test("is all of it once it has ended, and never nothing", () => {
    expect(wholeViewOf(1_000, 61_000, 99_000)).toEqual({ from: 1_000, to: 61_000 });
    expect(wholeViewOf(1_000, 1_000, 99_000)).toEqual({ from: 1_000, to: 2_000 });
  });

  test("ends ahead of now while it goes on, and moves in steps only", () => {
    const ends = new Set<number>();
    for (let now = 0; now <= 600_000; now += 1_000) {
      const { from, to } = wholeViewOf(0, undefined, now);
      expect(from).toBe(0);
      expect(to).toBeGreaterThan(now);
      ends.add(to);
    }
    expect(ends.size).toBeLessThan(50);
  });

  test("is closer around the moment that is pointed at, which stays in its place", () => {
    const whole = { from: 0, to: 100_000 };
    const view = zoomed(whole, whole, 4, 40_000);
    expect(view).toEqual({ from: 30_000, to: 55_000 });
    expect(chartPlaceOf(view, 1000, 40_000)).toBe(chartPlaceOf(whole, 1000, 40_000));
    expect(momentAt(view, 1000, 400)).toBe(40_000);
  });

  test("never lies beyond the whole, nor is shorter than a second", () => {
    const whole = { from: 0, to: 100_000 };
    expect(zoomed({ from: 0, to: 50_000 }, whole, 0.1, 10_000)).toEqual(whole);
    expect(zoomed({ from: 0, to: 2_000 }, whole, 100, 0)).toEqual({ from: 0, to: 1_000 });
    expect(moved({ from: 90_000, to: 95_000 }, whole, 60_000)).toEqual({ from: 95_000, to: 100_000 });
    expect(moved({ from: 10_000, to: 15_000 }, whole, -60_000)).toEqual({ from: 0, to: 5_000 });
  });

  test("has ticks at even times since the run's beginning, at most as many as there is room for", () => {
    expect(ticksOf({ from: 1_000, to: 61_000 }, 1_000, 6)).toEqual([
      0, 10_000, 20_000, 30_000, 40_000, 50_000, 60_000,
    ]);
    expect(ticksOf({ from: 0, to: 7 * 86_400_000 }, 0, 4)).toEqual([
      0, 172_800_000, 345_600_000, 518_400_000,
    ]);
    expect(ticksOf({ from: 24_000, to: 40_000 }, 0, 4)).toEqual([25_000, 30_000, 35_000, 40_000]);
  });
});

test("a tick is told without parts that are naught", () => {
  expect([0, 45_000, 90_000, 7_200_000, 5_430_000].map(tickText)).toEqual([
    "0",
    "45s",
    "1m 30s",
    "2h",
    "1h 30m 30s",
  ]);
});

describe("the rows that are drawn", () => {
  test("are those that are seen and a few around them", () => {
    expect(rowWindowOf(5_000, 20, 0, 400)).toEqual({ first: 0, end: 26 });
    expect(rowWindowOf(5_000, 20, 20_000, 400)).toEqual({ first: 994, end: 1026 });
    expect(rowWindowOf(3, 20, 0, 400)).toEqual({ first: 0, end: 3 });
    expect(rowWindowOf(0, 20, 0, 400)).toEqual({ first: 0, end: 0 });
  });

  test("are none beyond a list that has become shorter than where it was scrolled to", () => {
    expect(rowWindowOf(10, 20, 9_000, 400)).toEqual({ first: 10, end: 10 });
  });

  test("are scrolled no further than it takes to see one whole", () => {
    expect(scrollTopFor(5, 20, 0, 400)).toBe(0);
    expect(scrollTopFor(5, 20, 300, 400)).toBe(100);
    expect(scrollTopFor(30, 20, 0, 400)).toBe(220);
  });
});
