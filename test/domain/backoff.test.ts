import fc from "fast-check";
import { expect, test } from "vitest";
import { backoffMs } from "../../src/domain/backoff.ts";

const BOUNDS = { baseMs: 500, maxMs: 30_000 };

test("waits anything from nothing to a bound that doubles with each failure, up to the longest wait", () => {
  expect([0, 1, 2, 5, 6, 100].map((failures) => backoffMs(failures, 1, BOUNDS))).toEqual([
    500, 1_000, 2_000, 16_000, 30_000, 30_000,
  ]);
  fc.assert(
    fc.property(
      fc.nat(2_000),
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      (failures, random) => {
        const wait = backoffMs(failures, random, BOUNDS);
        expect(wait).toBeGreaterThanOrEqual(0);
        expect(wait).toBeLessThan(30_000);
      },
    ),
  );
});
