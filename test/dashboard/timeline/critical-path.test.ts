/** The chain of stacks that a run took longest for. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { criticalPathOf, type PathLink } from "../../../src/dashboard/timeline/critical-path.ts";

/** A stack that runs when the seconds before it have passed. */
const linkAt = (
  before: number,
  name: string,
  layer: number,
  seconds: number,
  ...dependsOn: string[]
): PathLink => ({
  name,
  layer,
  dependsOn,
  ...(seconds > 0 && { span: { start: before * 1000, end: (before + seconds) * 1000 } }),
});

/** Layers begin a thousand seconds after each other. */
const link = (name: string, layer: number, seconds: number, ...dependsOn: string[]): PathLink =>
  linkAt(layer * 1000, name, layer, seconds, ...dependsOn);

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

  test("goes from layer to layer where a run does, whatever its stacks depend on", () => {
    const links = [link("slow", 1, 600), link("base", 1, 30), link("web", 2, 90, "base")];
    expect(criticalPathOf(links)).toEqual({ stacks: ["slow"], seconds: 600 });
    expect(criticalPathOf(links, true)).toEqual({ stacks: ["slow", "web"], seconds: 690 });
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
    expect(
      criticalPathOf([linkAt(5, "a", 1, 1, "b"), linkAt(0, "b", 1, 2, "a"), link("c", 2, 4, "gone")]),
    ).toEqual({ stacks: ["b", "a", "c"], seconds: 7 });
  });

  test("counts once what two of its stacks ran at the same time, as on the way back", () => {
    expect(
      criticalPathOf([linkAt(0, "a", 1, 100), linkAt(20, "b", 2, 50, "a"), linkAt(90, "c", 2, 40, "a")]),
    ).toEqual({
      stacks: ["a", "c"],
      seconds: 130,
    });
  });

  const plans = fc.array(
    fc.record({
      seconds: fc.integer({ min: 1, max: 100 }),
      gap: fc.nat(50),
      needs: fc.array(fc.nat(20), { maxLength: 3 }),
    }),
    { maxLength: 12 },
  );

  test("is as long as the longest of all chains, where each stack waits for those before it", () => {
    fc.assert(
      fc.property(plans, (plan) => {
        const links: PathLink[] = [];
        // Each depends on earlier ones, all in one layer: nothing but dependencies counts.
        for (const [index, { seconds, gap, needs }] of plan.entries()) {
          const before = [...new Set(needs)].filter((need) => need < index);
          const ready = Math.max(0, ...before.map((need) => (links[need]?.span?.end ?? 0) / 1000));
          links.push(linkAt(ready + gap, `s${index}`, 1, seconds, ...before.map((need) => `s${need}`)));
        }
        const secondsAt = (name: string): number => plan[Number(name.slice(1))]?.seconds ?? 0;
        const longestTo = ({ name, dependsOn }: PathLink): number =>
          secondsAt(name) + Math.max(0, ...dependsOn.map((need) => longestTo(links[Number(need.slice(1))]!)));
        const path = criticalPathOf(links);
        expect(path.seconds).toBe(Math.max(0, ...links.map(longestTo)));
        expect(path.stacks.reduce((sum, name) => sum + secondsAt(name), 0)).toBe(path.seconds);
      }),
    );
  });

  test("is never longer than the run, whatever its stacks did at once", () => {
    fc.assert(
      fc.property(plans, (plan) => {
        const links = plan.map(({ seconds, gap, needs }, index) =>
          linkAt(gap, `s${index}`, 1 + (index % 3), seconds, ...needs.map((need) => `s${need}`)),
        );
        const ends = links.flatMap(({ span }) => (span ? [span.end] : []));
        const starts = links.flatMap(({ span }) => (span ? [span.start] : []));
        const most = ends.length === 0 ? 0 : (Math.max(...ends) - Math.min(...starts)) / 1000;
        expect(criticalPathOf(links).seconds).toBeLessThanOrEqual(most);
      }),
    );
  });
});
