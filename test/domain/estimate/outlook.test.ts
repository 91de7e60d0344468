/** The longest way through what an operation has yet to do. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { durationsBetween, type Verb } from "../../../src/domain/estimate/durations.ts";
import { estimateAt, estimateOf } from "../../../src/domain/estimate/estimate.ts";
import { Outlook, type Placed } from "../../../src/domain/estimate/outlook.ts";
import type { Dependencies, WorkItem } from "../../../src/domain/estimate/work-order.ts";

const SECONDS: Readonly<Record<string, number>> = { Slow: 600, Quick: 10 };

const lasting = ({ type }: WorkItem) =>
  durationsBetween(SECONDS[type] ?? 60, (SECONDS[type] ?? 60) * 1.2, "typical");

const START = Date.UTC(2026, 0, 1);

const task = (id: string, type: string, since?: number, verb: Verb = "create"): Placed => ({
  stackId: "root",
  id,
  type,
  verb,
  ...(since !== undefined && { since: START + since * 1000 }),
});

const outlookOf = (placed: readonly Placed[], dependencies?: Dependencies): Outlook => {
  const outlook = new Outlook(
    lasting,
    () => dependencies,
    () => undefined,
  );
  for (const one of placed) outlook.note(one, true);
  return outlook;
};

const left = (outlook: Outlook, seconds: number): number =>
  Math.round(outlook.at(START + seconds * 1000)!.span!.p50);

describe("what is left", () => {
  test("is the longest way through the template's dependencies", () => {
    const placed = [task("A", "Quick", 0), task("B", "Slow"), task("C", "Quick")];
    const inARow = outlookOf(placed, { B: ["A"], C: ["B"] });
    const beside = outlookOf(placed, { C: ["A"] });
    expect(left(inARow, 0)).toBeGreaterThan(615);
    expect(left(inARow, 0)).toBeLessThan(640);
    expect(left(beside, 0)).toBeLessThan(left(inARow, 0));
  });

  test("does not wait for what has begun although what it depends on is not complete", () => {
    const placed = [task("A", "Slow", 0), task("B", "Slow")];
    const outlook = outlookOf(placed, { B: ["A"] });
    expect(left(outlook, 0)).toBeGreaterThan(1200);
    outlook.note(placed[1]!, false);
    outlook.note(task("B", "Slow", 300), true);
    expect(left(outlook, 300)).toBeLessThan(640);
  });

  test("goes the dependencies backwards where things are deleted", () => {
    const placed = [task("B", "Slow", 0, "delete"), task("A", "Slow", undefined, "delete")];
    expect(left(outlookOf(placed, { B: ["A"] }), 0)).toBeGreaterThan(1200);
  });

  test("of a nested stack is followed by what comes after it in the stack around it", () => {
    const outlook = new Outlook(
      lasting,
      (stackId) => (stackId === "root" ? { After: ["Nested"] } : undefined),
      (stackId) =>
        stackId === "child"
          ? { stackId: "root", task: { id: "Nested", type: "AWS::CloudFormation::Stack", verb: "create" } }
          : undefined,
    );
    outlook.note(task("Nested", "AWS::CloudFormation::Stack", 0), true);
    outlook.note(task("After", "Slow"), true);
    outlook.note({ ...task("Inner", "Quick", 0), stackId: "child" }, true);
    expect(left(outlook, 0)).toBeGreaterThan(600);
    expect(left(outlook, 0)).toBeLessThan(660);
  });

  test("is not known once what is waited for takes longer than ever", () => {
    const outlook = outlookOf([task("A", "Quick", 0)]);
    expect(estimateOf(outlook.at(START + 100_000)!, START + 100_000)).toEqual({
      basis: "overdue",
      sample: 0,
      usualSeconds: { p50: 10, p90: 12 },
    });
  });

  test("is the same whether tasks are noted one by one or all at once", () => {
    const ids = ["A", "B", "C", "D", "E", "F"];
    const types = ["Slow", "Quick", "AWS::IAM::Role", "AWS::Lambda::Function"];
    const steps = fc.array(
      fc.record({ id: fc.constantFrom(...ids), state: fc.constantFrom("waits", "runs", "done") }),
      { maxLength: 30 },
    );
    const graph = fc.option(fc.constant({ B: ["A"], C: ["A", "B"], D: ["C"], F: ["E"] }), { nil: undefined });
    fc.assert(
      fc.property(steps, graph, (taken, dependencies) => {
        const outlook = outlookOf([], dependencies);
        const now = new Map<string, Placed>();
        taken.forEach(({ id, state }, index) => {
          const before = now.get(id);
          if (before) outlook.note(before, false);
          now.delete(id);
          if (state === "done") return;
          const placed = task(
            id,
            types[ids.indexOf(id) % types.length]!,
            state === "runs" ? index : undefined,
          );
          outlook.note(placed, true);
          now.set(id, placed);
        });
        const at = START + 40_000;
        const [one, other] = [outlook, outlookOf([...now.values()], dependencies)].map((each) => each.at(at));
        expect(one && estimateOf(one, at)).toEqual(other && estimateOf(other, at));
      }),
    );
  });
});

describe("an estimate without news", () => {
  const reported = estimateOf(
    { span: { p50: 100, spread: 50 }, basis: "typical", sample: 0, usual: { p50: 1, p90: 2 } },
    START,
  );

  test("runs down with the clock, stays above zero, and is overdue in the end", () => {
    expect(estimateAt(reported, START - 5)).toEqual(reported);
    let before = reported.remainingSeconds!;
    for (const seconds of [30, 60, 90]) {
      const now = estimateAt(reported, START + seconds * 1000).remainingSeconds!;
      expect(now.p50).toBeLessThan(before.p50);
      expect(now.p50).toBeGreaterThanOrEqual(100 - seconds - 1);
      before = now;
    }
    expect(estimateAt(reported, START + 130_000).remainingSeconds?.p50).toBeGreaterThan(0);
    expect(estimateAt(reported, START + 3_600_000)).toMatchObject({ basis: "overdue" });
  });
});
