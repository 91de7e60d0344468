import fc from "fast-check";
import { expect, test } from "vitest";
import { basePeriodMs, periodOf, type Sharer } from "../../../src/domain/budget/shares.ts";

const sharer: fc.Arbitrary<Sharer> = fc.record({
  kind: fc.constantFrom("operating", "watched", "failing", "running", "waiting"),
  wantedMs: fc.integer({ min: 1_000, max: 30_000 }),
  callsPerLook: fc.double({ min: 1, max: 40, noNaN: true }),
});

test("all together keep within the limit, and no period is more than half as long again as an equal share", () => {
  fc.assert(
    fc.property(
      fc.array(sharer, { minLength: 1, maxLength: 200 }),
      fc.double({ min: 0.5, max: 20, noNaN: true }),
      (sharers, perSecond) => {
        const base = basePeriodMs(sharers, perSecond);
        const periods = sharers.map((one) => periodOf(one, base));
        const calls = sharers.reduce(
          (sum, { callsPerLook }, at) => sum + (1000 * callsPerLook) / periods[at]!,
          0,
        );
        expect(calls).toBeLessThanOrEqual(perSecond * 1.0001);
        const equalMs = (1000 * sharers.reduce((sum, { callsPerLook }) => sum + callsPerLook, 0)) / perSecond;
        for (const [at, { wantedMs }] of sharers.entries())
          expect(periods[at]).toBeLessThanOrEqual(Math.max(wantedMs, equalMs * 1.5));
        // Nobody waits longer than wanted where there is room for all.
        if (base === 0) expect(periods).toEqual(sharers.map(({ wantedMs }) => wantedMs));
      },
    ),
  );
});
