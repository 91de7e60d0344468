/**
 * Durations in few numbers: how many fell into each of some buckets, whose bounds grow by a twelfth. Old ones lose weight as new
 * ones come. What was called off before it was done is kept as lasting longer than that.
 */
import { durationsBetween, LEVELS, type Durations } from "./durations.ts";

/** Counts by bucket. */
type Counts = Readonly<Record<string, number>>;

export type Sketch = Readonly<{ done: Counts; over?: Counts }>;

export const EMPTY_SKETCH: Sketch = { done: {} };

const GROWTH = Math.log(1.083);

const bucketOf = (seconds: number): number => Math.round(Math.log(Math.max(0.2, seconds)) / GROWTH);

const secondsOf = (bucket: number): number => Math.exp(bucket * GROWTH);

const sumOf = (counts: Counts = {}): number => Object.values(counts).reduce((sum, count) => sum + count, 0);

/** How much a sketch remembers. */
const MOST = 48;

const halved = (counts: Counts): Counts =>
  Object.fromEntries(
    Object.entries(counts)
      .map(([bucket, count]) => [bucket, count / 2] as const)
      .filter(([, count]) => count > 0.2),
  );

const withOne = (counts: Counts = {}, seconds: number): Counts => {
  const bucket = bucketOf(seconds);
  return { ...counts, [bucket]: (counts[bucket] ?? 0) + 1 };
};

/** The sketch with a duration more. `isDone`: it ended well then; else it was called off, and would have lasted longer. */
export const withDuration = (sketch: Sketch, seconds: number, isDone: boolean): Sketch => {
  const { done, over } = sumOf(sketch.done) + sumOf(sketch.over) < MOST ? sketch : forgetful(sketch);
  return isDone
    ? { done: withOne(done, seconds), ...(over && { over }) }
    : { done, over: withOne(over, seconds) };
};

const forgetful = ({ done, over }: Sketch): Sketch => ({
  done: halved(done),
  ...(over && { over: halved(over) }),
});

/** How many durations it stands for. */
export const sampleOf = ({ done }: Sketch): number => Math.round(sumOf(done));

/** How wide a range few samples leave: the ninth decile by the median, at least. */
const leastWidth = (sample: number): number => 1 + 0.6 / (sample + 0.5);

/** The share that has not ended, after each bucket, as Kaplan and Meier count it. */
const survivals = ({ done, over = {} }: Sketch): readonly (readonly [seconds: number, over: number])[] => {
  const buckets = [...new Set([...Object.keys(done), ...Object.keys(over)])]
    .map(Number)
    .sort((a, b) => a - b);
  let atRisk = sumOf(done) + sumOf(over);
  let share = 1;
  return buckets.map((bucket) => {
    const ended = done[bucket] ?? 0;
    if (atRisk > 0) share *= 1 - ended / atRisk;
    atRisk -= ended + (over[bucket] ?? 0);
    return [secondsOf(bucket), share] as const;
  });
};

const secondsAt = (steps: ReturnType<typeof survivals>, level: number): number =>
  (steps.find(([, share]) => 1 - share >= level - 1e-9) ?? steps.at(-1)!)[0];

/** What was learned, as durations; undefined: nothing has ended well. */
export const durationsIn = (sketch: Sketch): Durations | undefined => {
  const sample = sampleOf(sketch);
  if (sample === 0) return undefined;
  const steps = survivals(sketch);
  const median = secondsAt(steps, 0.5);
  const width = leastWidth(sample);
  const smooth = durationsBetween(
    median,
    Math.max(secondsAt(steps, 0.9), median * width, median + 1),
    "history",
  );
  // Between what was seen and what is likely: few samples say little of the ends.
  const quantiles = LEVELS.map((level, index) => {
    const seen = secondsAt(steps, level);
    const likely = smooth.quantiles[index]!;
    return level < 0.5 ? Math.min(seen, Math.max(likely, seen / width)) : Math.max(seen, likely);
  });
  return {
    quantiles: quantiles.map((_, index) => Math.max(...quantiles.slice(0, index + 1))),
    basis: "history",
    sample,
  };
};
