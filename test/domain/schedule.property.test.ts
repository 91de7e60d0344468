/** Whatever AWS shows late, by up to eight seconds and in any order: the end is that of the schedule in order. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isOwnEvent } from "../../src/domain/stack/stack-event.ts";
import { expectReported } from "./expect-reported.ts";
import { endOf, follow, lastWord, lateness, LATEST, reported } from "./late-follower.ts";
import { spacedOperations } from "./play-arbitrary.ts";

/** `PROPERTY_RUNS` asks for as many cases, by chance; what chance has found stands in `late-starts.test.ts`. */
const asked = process.env["PROPERTY_RUNS"];
const cases = asked === undefined ? { numRuns: 100, seed: 1 } : { numRuns: Number(asked) };

describe("Events that AWS shows late", () => {
  test("[S39] are told once each and lead to the same end, whichever are late and in which order", async () => {
    await fc.assert(
      fc.asyncProperty(spacedOperations, lateness, async (events, lates) => {
        const [inOrder, late] = await Promise.all([follow(events, [0]), follow(events, lates)]);
        expect(reported(late)).toEqual(events.map(({ reason }) => reason).toSorted());
        expect(endOf(late)).toEqual(endOf(inOrder));
        expect(lastWord(late)).toEqual(lastWord(inOrder));
        expectReported(late.steps);
      }),
      cases,
    );
  });

  test("end each operation once, if only its own start is late", async () => {
    await fc.assert(
      fc.asyncProperty(spacedOperations, fc.nat(LATEST), async (events, seconds) => {
        const lates = events.map((event) =>
          isOwnEvent(event) && /^(CREATE|UPDATE|DELETE)_IN_PROGRESS$/.test(event.status) ? seconds : 0,
        );
        const [inOrder, late] = await Promise.all([follow(events, [0]), follow(events, lates)]);
        expect(late.ends.map(({ outcome }) => outcome)).toEqual(inOrder.ends.map(({ outcome }) => outcome));
        expect(reported(late)).toEqual(reported(inOrder));
      }),
      cases,
    );
  });
});
