/** Sketches of durations as they are kept, and what an estimate is given of them. */
import { durationsIn, EMPTY_SKETCH, withDuration, type Sketch } from "./sketch.ts";
import { resourceKey, typeKey, type LearnedDurations } from "./learned.ts";
import type { Verb } from "./durations.ts";

/** How long one thing took. `isDone`: it ended well; else it was called off, and would have taken longer. */
export type Seen = Readonly<{ id: string; type: string; verb: Verb; seconds: number; isDone: boolean }>;

export type Sketches = Readonly<Record<string, Sketch>>;

/** The sketches with what was seen. At most `most` are kept: those that were added to last. */
const grown = (
  sketches: Sketches,
  seen: readonly Seen[],
  keyOf: (seen: Seen) => string,
  most: number,
): Sketches => {
  const all = new Map(Object.entries(sketches));
  for (const one of seen) {
    const key = keyOf(one);
    const sketch = withDuration(all.get(key) ?? EMPTY_SKETCH, one.seconds, one.isDone);
    // It goes to the end of those that are kept.
    all.delete(key);
    all.set(key, sketch);
  }
  return Object.fromEntries([...all].slice(-most));
};

const MOST_RESOURCES = 2_000;
const MOST_TYPES = 1_500;

export const withResources = (sketches: Sketches, seen: readonly Seen[]): Sketches =>
  grown(sketches, seen, resourceKey, MOST_RESOURCES);

export const withTypes = (sketches: Sketches, seen: readonly Seen[]): Sketches =>
  grown(sketches, seen, typeKey, MOST_TYPES);

export const learnedFrom = (sketches: Sketches): Readonly<Record<string, LearnedDurations>> =>
  Object.fromEntries(
    Object.entries(sketches).flatMap(([key, sketch]) => {
      const durations = durationsIn(sketch);
      if (!durations) return [];
      const { quantiles, sample } = durations;
      return [[key, { quantiles: quantiles.map((seconds) => Math.round(seconds * 10) / 10), sample }]];
    }),
  );
