import { expect, test } from "vitest";
import { chance } from "./account.ts";
import { latencies, type Way } from "./latency.ts";

const besideFixed = (way: Way, count: number) => {
  const fixed = latencies("fixed", count, chance());
  const other = latencies(way, count, chance());
  expect([fixed.lost, other.lost]).toEqual([0, 0]);
  return { p50: other.p50 / fixed.p50, p99: other.p99 / fixed.p99, calls: other.calls / fixed.calls };
};

test("with push, viewers hear of events in less than half the time of a fixed poll, for fewer calls", () => {
  const { p50, p99, calls } = besideFixed("push", 4);
  expect(p50).toBeLessThanOrEqual(0.4);
  expect(p99).toBeLessThanOrEqual(0.6);
  expect(calls).toBeLessThanOrEqual(0.8);
});

test("without push, looks follow events more closely than a fixed poll", () => {
  const { p50, p99, calls } = besideFixed("adaptive", 4);
  expect(p50).toBeLessThanOrEqual(0.6);
  expect(p99).toBeLessThanOrEqual(1);
  expect(calls).toBeLessThanOrEqual(2.5);
});
