/** The chain of stacks that a run took longest for. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { criticalPathOf, type Link } from "../../../src/dashboard/timeline/critical-path.ts";

const link = (name: string, layer: number, seconds: number, ...dependsOn: string[]): Link => ({
  name,
  layer,
  seconds,
  dependsOn,
});

describe("the critical path", () => {
  test("is the chain of dependencies that took longest, not that with the most stacks", () => {
    expect(
      criticalPathOf([
        link("network", 1, 30),
        link("database", 2, 600, "network"),
        link("queue", 2, 20, "network"),
        link("worker", 3, 40, "queue"),
        link("site", 4, 60, "worker"),
        link("web", 3, 90, "database"),
      ]),
    ).toEqual({ stacks: ["network", "database", "web"], seconds: 720 });
  });

  test("is empty as long as nothing has begun", () => {
    expect(criticalPathOf([link("a", 1, 0), link("b", 2, 0, "a")])).toEqual({ stacks: [], seconds: 0 });
    expect(criticalPathOf([])).toEqual({ stacks: [], seconds: 0 });
  });

  test("passes over stacks that took no time, but follows what lies below them", () => {
    expect(
      criticalPathOf([link("a", 1, 10), link("skipped", 2, 0, "a"), link("b", 3, 5, "skipped")]),
    ).toEqual({
      stacks: ["a", "b"],
      seconds: 15,
    });
  });

  test("goes from layer to layer where dependencies were not told", () => {
    expect(
      criticalPathOf([link("a", 1, 10), link("b", 1, 30), link("c", 2, 5), link("d", 4, 7), link("e", 4, 6)]),
    ).toEqual({ stacks: ["b", "c", "d"], seconds: 42 });
  });

  test("does not flicker between equals: the first by name is taken", () => {
    const links = [link("z", 1, 10), link("a", 1, 10), link("m", 2, 3, "z", "a")];
    expect(criticalPathOf(links)).toEqual({ stacks: ["a", "m"], seconds: 13 });
    expect(criticalPathOf(links.toReversed())).toEqual({ stacks: ["a", "m"], seconds: 13 });
  });

  test("ends with circles and with dependencies that nobody knows", () => {
    expect(criticalPathOf([link("a", 1, 1, "b"), link("b", 1, 2, "a"), link("c", 2, 4, "gone")])).toEqual({
      stacks: ["b", "a", "c"],
      seconds: 7,
    });
  });

  test("is as long as the longest of all chains", () => {
    const plans = fc.array(
      fc.record({ seconds: fc.nat(100), needs: fc.array(fc.nat(20), { maxLength: 3 }) }),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(plans, (plan) => {
        // Each depends on earlier ones, all in one layer: nothing but dependencies counts.
        const links = plan.map(({ seconds, needs }, index) =>
          link(`s${index}`, 1, seconds, ...needs.filter((need) => need < index).map((need) => `s${need}`)),
        );
        const longestTo = (name: string): number => {
          const { seconds, dependsOn } = links.find((other) => other.name === name)!;
          return seconds + Math.max(0, ...dependsOn.map(longestTo));
        };
        const path = criticalPathOf(links);
        expect(path.seconds).toBe(Math.max(0, ...links.map(({ name }) => longestTo(name))));
        const sum = path.stacks.reduce(
          (total, name) => total + links.find((at) => at.name === name)!.seconds,
          0,
        );
        expect(sum).toBe(path.seconds);
      }),
    );
  });
});
