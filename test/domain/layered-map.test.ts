/** A map over another one behaves as a copy of it would. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { LayeredMap } from "../../src/domain/layered-map.ts";

const step = fc.record({
  key: fc.integer({ min: 0, max: 40 }),
  value: fc.integer(),
  does: fc.constantFrom("set", "set", "set", "delete", "copy", "clear"),
});

test("a map over another one is what a copy of it is, and leaves the other as it was", () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.integer({ min: 0, max: 40 }), fc.integer()), { maxLength: 30 }),
      fc.array(step, { maxLength: 400 }),
      (entries, steps) => {
        const first = new Map(entries);
        const before: (readonly [LayeredMap<number, number>, Map<number, number>])[] = [];
        let layered = LayeredMap.over(first);
        let plain = new Map(entries);
        for (const { key, value, does } of steps) {
          if (does === "set") {
            layered.set(key, value);
            plain.set(key, value);
          } else if (does === "delete") expect(layered.delete(key)).toBe(plain.delete(key));
          else if (does === "clear") {
            if (value % 8 === 0) {
              layered.clear();
              plain.clear();
            }
          } else {
            before.push([layered, plain]);
            layered = LayeredMap.over(layered);
            plain = new Map(plain);
          }
        }
        for (const [one, other] of [...before, [layered, plain] as const]) {
          expect([...one]).toEqual([...other]);
          expect([...one.keys()]).toEqual([...other.keys()]);
          expect([...one.values()]).toEqual([...other.values()]);
          expect(one.size).toBe(other.size);
          for (let key = 0; key <= 40; key += 1) {
            expect(one.has(key)).toBe(other.has(key));
            expect(one.get(key)).toBe(other.get(key));
          }
        }
        expect([...first]).toEqual([...new Map(entries)]);
      },
    ),
  );
});
