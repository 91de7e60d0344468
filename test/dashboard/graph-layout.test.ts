import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { graphLayout, NODE } from "../../src/dashboard/graph/graph-layout.ts";

const stacksOf = (layers: readonly number[]) =>
  layers.map((layer, index) => ({
    name: `s${index}`,
    layer,
    dependsOn: layers.flatMap((other, at) => (other < layer ? [`s${at}`] : [])),
  }));

describe("the graph of stacks", () => {
  test("never has two boxes over each other, and every line goes to the right", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 30 }), (layers) => {
        const { nodes, edges, width, height } = graphLayout(stacksOf(layers));
        expect(nodes).toHaveLength(layers.length);
        for (const [index, one] of nodes.entries()) {
          expect(one.left + NODE.width).toBeLessThanOrEqual(width);
          expect(one.top).toBeGreaterThanOrEqual(0);
          expect(one.top + NODE.height).toBeLessThanOrEqual(height);
          for (const other of nodes.slice(index + 1))
            expect(one.left !== other.left || Math.abs(one.top - other.top) >= NODE.height).toBe(true);
        }
        const lefts = new Map(nodes.map(({ name, left }) => [name, left]));
        for (const { from, to } of edges) expect(lefts.get(from)).toBeLessThan(lefts.get(to)!);
      }),
    );
  });

  test("passes over what a stack depends on that is not in the run", () => {
    expect(graphLayout([{ name: "a", layer: 1, dependsOn: ["elsewhere"] }]).edges).toEqual([]);
  });
});
