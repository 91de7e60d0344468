/** Stacks in layers by what they depend on. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { layersOf } from "../../../src/domain/deployment/layers.ts";
import { SEEDS_PLAN } from "./reported.ts";

const stack = (name: string, ...dependsOn: string[]) => ({ name, dependsOn });

describe("layers", () => {
  test("are those of the seeds' twelve stacks", () => {
    const expected = new Map(SEEDS_PLAN.map(({ name, layer }) => [name, layer]));
    expect(layersOf(SEEDS_PLAN)).toEqual({ ok: true, value: expected });
  });

  test("follow the longest path, whatever the order of the stacks", () => {
    expect(layersOf([stack("d", "a", "c"), stack("c", "b"), stack("b", "a"), stack("a")])).toEqual({
      ok: true,
      value: new Map([
        ["a", 1],
        ["b", 2],
        ["c", 3],
        ["d", 4],
      ]),
    });
  });

  test("are none without stacks", () => {
    expect(layersOf([])).toEqual({ ok: true, value: new Map() });
  });

  test("are refused for a circle, which is told once around without what only leads to it", () => {
    expect(layersOf([stack("x", "a"), stack("a", "b"), stack("b", "c"), stack("c", "a")])).toEqual({
      ok: false,
      failure: { kind: "cycle", stacks: ["a", "b", "c", "a"] },
    });
  });

  test("are refused for a stack that depends on itself", () => {
    expect(layersOf([stack("a", "a")])).toEqual({
      ok: false,
      failure: { kind: "cycle", stacks: ["a", "a"] },
    });
  });

  test("are refused for a dependency that is no stack, and for a name that is given twice", () => {
    expect(layersOf([stack("a", "ghost")])).toEqual({
      ok: false,
      failure: { kind: "unknown", stack: "a", dependency: "ghost" },
    });
    expect(layersOf([stack("a"), stack("a")])).toEqual({
      ok: false,
      failure: { kind: "duplicate", stack: "a" },
    });
  });

  test("always lie one above the highest dependency", () => {
    const graph = fc
      .array(fc.array(fc.nat(), { maxLength: 4 }), { minLength: 1, maxLength: 30 })
      .map((edges) =>
        edges.map((targets, index) =>
          stack(`s${index}`, ...(index === 0 ? [] : targets.map((target) => `s${target % index}`))),
        ),
      );
    fc.assert(
      fc.property(graph, (stacks) => {
        const layers = layersOf(stacks.toReversed());
        if (!layers.ok) throw new Error(layers.failure.kind);
        for (const { name, dependsOn } of stacks) {
          const below = dependsOn.map((dependency) => layers.value.get(dependency) ?? 0);
          expect(layers.value.get(name)).toBe(1 + Math.max(0, ...below));
        }
      }),
    );
  });
});
