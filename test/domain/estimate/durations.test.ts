/** What is left of a duration once some of it has passed, and what a few samples say of durations. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DURATIONS } from "../../../src/domain/estimate/durations-table.ts";
import { durationsBetween, quantileOf, restAfter, wholeOf } from "../../../src/domain/estimate/durations.ts";
import { durationsOf } from "../../../src/domain/estimate/learned.ts";
import {
  durationsIn,
  EMPTY_SKETCH,
  sampleOf,
  withDuration,
  type Sketch,
} from "../../../src/domain/estimate/sketch.ts";
import { stuckSecondsOf, timeoutSecondsOf, typicalDurations } from "../../../src/domain/estimate/typical.ts";

const VERBS = ["create", "update", "delete"] as const;

const sketchOf = (...seconds: number[]): Sketch =>
  seconds.reduce((sketch, one) => withDuration(sketch, one, true), EMPTY_SKETCH);

describe("the table of typical durations", () => {
  test("holds 121 types, each with whole numbers that fit together", () => {
    expect(Object.keys(DURATIONS)).toHaveLength(121);
    for (const name of Object.keys(DURATIONS)) {
      for (const verb of VERBS) {
        const durations = typicalDurations(`AWS::${name}`, verb)!;
        const [p50, p90] = [0.5, 0.9].map((level) => quantileOf(durations, level));
        expect(p50, `${verb} ${name}`).toBeGreaterThan(0);
        expect(p90, `${verb} ${name}`).toBeGreaterThanOrEqual(p50!);
        const stuck = stuckSecondsOf(`AWS::${name}`, verb) ?? Infinity;
        expect(stuck, `${verb} ${name}`).toBeGreaterThan(p50!);
        expect(timeoutSecondsOf(`AWS::${name}`, verb), `${verb} ${name}`).toBeGreaterThan(0);
      }
    }
    expect(quantileOf(typicalDurations("AWS::EC2::NatGateway", "create")!, 0.5)).toBe(106);
    expect(quantileOf(typicalDurations("AWS::EC2::NatGateway", "create")!, 0.9)).toBeCloseTo(125, 0);
  });

  test("says nothing of types that nobody has measured, and lets custom resources answer soon", () => {
    expect(typicalDurations("AWS::Made::Up", "create")).toBeUndefined();
    expect(typicalDurations("toString", "create")).toBeUndefined();
    expect(typicalDurations("Custom::Anything", "create")).toBeDefined();
    expect(timeoutSecondsOf("Custom::Anything", "create")).toBe(3600);
  });
});

describe("what is left of a duration", () => {
  test("is never negative, grows with the level, and is not known once it takes longer than ever", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.1, max: 10_000, noNaN: true }),
        fc.double({ min: 1, max: 10, noNaN: true }),
        fc.double({ min: 0, max: 100_000, noNaN: true }),
        (p50, width, elapsed) => {
          const durations = durationsBetween(p50, p50 * width, "typical");
          const [half, most] = [0.5, 0.9].map((level) => restAfter(durations, elapsed, level));
          const longest = quantileOf(durations, 1);
          if (elapsed >= longest) return half === undefined && most === undefined;
          return half! >= 0 && most! >= half! && elapsed + most! <= longest * 1.000001;
        },
      ),
    );
  });

  test("of what takes 100 s as a rule is short shortly before, and not negative shortly after", () => {
    const durations = durationsBetween(100, 125, "typical");
    expect(restAfter(durations, 0, 0.5)).toBeCloseTo(100, 0);
    expect(restAfter(durations, 60, 0.5)).toBeCloseTo(40, 0);
    expect(restAfter(durations, 110, 0.5)).toBeGreaterThan(0);
    expect(restAfter(durations, 400, 0.5)).toBeUndefined();
  });

  test("of many beside each other is that of the last", () => {
    const durations = durationsBetween(100, 200, "typical");
    expect(wholeOf(durations, 50).p50).toBeGreaterThan(wholeOf(durations).p50);
  });
});

describe("a sketch of durations", () => {
  test("is within a tenth of the median it was made of", () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 1, max: 5000, noNaN: true }), { minLength: 1, maxLength: 40 }),
        (seconds) => {
          const sorted = [...seconds].sort((one, other) => one - other);
          const durations = durationsIn(sketchOf(...seconds))!;
          expect(durations.sample).toBe(seconds.length);
          for (let index = 1; index < durations.quantiles.length; index += 1)
            expect(durations.quantiles[index]).toBeGreaterThanOrEqual(durations.quantiles[index - 1]!);
          const median = quantileOf(durations, 0.5);
          expect(median).toBeGreaterThanOrEqual(sorted[Math.ceil(seconds.length / 2) - 1]! * 0.9);
          expect(median).toBeLessThanOrEqual(sorted[Math.floor(seconds.length / 2)]! * 1.1);
        },
      ),
    );
  });

  test("learns from what was called off that it takes longer", () => {
    const short = sketchOf(10, 10, 10);
    const long = [60, 60, 60].reduce((sketch, one) => withDuration(sketch, one, false), short);
    expect(sampleOf(long)).toBe(3);
    expect(quantileOf(durationsIn(long)!, 0.9)).toBeGreaterThanOrEqual(quantileOf(durationsIn(short)!, 0.9));
    expect(durationsIn(withDuration(EMPTY_SKETCH, 60, false))).toBeUndefined();
  });

  test("forgets old durations as new ones come, and stays small", () => {
    let sketch = sketchOf(...Array.from({ length: 100 }, () => 10));
    for (let round = 0; round < 200; round += 1) sketch = withDuration(sketch, 100, true);
    expect(quantileOf(durationsIn(sketch)!, 0.5)).toBeGreaterThan(90);
    expect(JSON.stringify(sketch).length).toBeLessThan(200);
  });
});

describe("how long a task takes", () => {
  const learned = {
    resources: { "create Database": { quantiles: [1, 2, 3, 4, 5, 6, 7, 8], sample: 1 } },
    types: {
      "create AWS::RDS::DBInstance": { quantiles: [2, 3, 4, 5, 6, 7, 8, 9], sample: 3 },
      "create AWS::SNS::Topic": { quantiles: [2, 3, 4, 5, 6, 7, 8, 9], sample: 2 },
    },
  };
  const of = durationsOf(learned);

  test("is known of the very resource first, then of its type, then from the table", () => {
    const database = { verb: "create", id: "Database", type: "AWS::RDS::DBInstance" } as const;
    expect(of(database)).toMatchObject({ basis: "history", sample: 1 });
    expect(of({ ...database, id: "Other" })).toMatchObject({ basis: "history", sample: 3 });
    // Two of a type say less than the table.
    expect(of({ verb: "create", id: "T", type: "AWS::SNS::Topic" })).toMatchObject({ basis: "typical" });
    expect(of({ verb: "create", id: "T", type: "Made::Up" })).toMatchObject({ basis: "pace" });
  });

  test("is known of the type in all regions before the table, once there are enough of them", () => {
    const topic = { verb: "create", id: "T", type: "AWS::SNS::Topic" } as const;
    const anywhere = (sample: number) =>
      durationsOf({ ...learned, elsewhere: { "create AWS::SNS::Topic": { quantiles: [7, 7, 7], sample } } })(
        topic,
      );
    expect(anywhere(3)).toEqual({ quantiles: [7, 7, 7], sample: 3, basis: "history" });
    expect(anywhere(2)).toEqual(of(topic));
  });
});
