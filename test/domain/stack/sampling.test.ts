import { expect, test } from "vitest";
import { isNewSampling, samplingOf } from "../../../src/domain/stack/sampling.ts";
import { samplingWords } from "../../../src/domain/words/sampling-words.ts";

const looks = { wantedMs: 3_000, slowedMs: 0, allowedPerSecond: 6.04, pace: {}, now: 0 };

test("viewers are told why a stack is looked at rarely", () => {
  const slowed = samplingOf({ ...looks, slowedMs: 8_700 });
  expect(slowed).toEqual({ periodSeconds: 9, reason: "budget", allowedPerSecond: 6 });
  expect(samplingWords(slowed)).toBe("sampling every 9 s: AWS allows 6 calls/s here");
  const pushed = samplingOf({ ...looks, wantedMs: 10_000, pace: { pushedAt: 0 } });
  expect(pushed).toEqual({ periodSeconds: 10, reason: "push" });
  expect(samplingWords(pushed)).toBe("sampling every 10 s: AWS pushes what is new");
  expect(samplingWords(samplingOf(looks))).toBeUndefined();
});

test("small changes are not told", () => {
  const nine = { periodSeconds: 9, reason: "budget" } as const;
  const changes = [
    { periodSeconds: 10 },
    { periodSeconds: 11 },
    { periodSeconds: 12 },
    { reason: "quiet" },
  ] as const;
  expect(changes.map((change) => isNewSampling(nine, { ...nine, ...change }))).toEqual([
    false,
    false,
    true,
    true,
  ]);
});
