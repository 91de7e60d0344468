import { describe, expect, test } from "vitest";
import type { DestinationKind } from "../../src/protocol/destinations.ts";
import { verdictOf } from "../../src/destinations/outbox/verdict.ts";

const WAITS = [5, 300];
const failed = (status: number, retryAfterMs?: number) => ({
  ms: 1,
  status,
  error: `HTTP ${status}`,
  ...(retryAfterMs !== undefined && { retryAfterMs }),
});

describe("what follows from an attempt", () => {
  test("an answer without an error is a delivery", () => {
    expect(verdictOf({ ms: 1, status: 204 }, "webhook", 1, WAITS, 0.5)).toEqual({ kind: "delivered" });
  });

  test.each([
    [1, 0, 4_000],
    [1, 0.5, 5_000],
    [1, 0.9999999, 6_000],
    [2, 0.5, 300_000],
  ])("attempt %i with chance %f is followed by another in %i ms", (attempts, random, inMs) => {
    expect(verdictOf(failed(500), "webhook", attempts, WAITS, random)).toEqual({ kind: "again", inMs });
  });

  test("after the last wait it is the end", () => {
    expect(verdictOf(failed(500), "webhook", 3, WAITS, 0.5)).toEqual({ kind: "dead" });
    expect(verdictOf(failed(500), "webhook", 1, [], 0.5)).toEqual({ kind: "dead" });
  });

  test.each([
    [0, 5_000],
    [60_000, 60_000],
    [7 * 86_400_000, 86_400_000],
  ])("Retry-After of %i ms means %i ms, and never sooner than the schedule", (retryAfterMs, inMs) => {
    expect(verdictOf(failed(429, retryAfterMs), "webhook", 1, WAITS, 0.5)).toEqual({ kind: "again", inMs });
  });

  test.each<[DestinationKind, number, string]>([
    ["webhook", 410, "gone"],
    ["webhook", 404, "again"],
    ["webhook", 400, "again"],
    ["slack", 410, "gone"],
    ["slack", 404, "gone"],
    ["slack", 400, "dead"],
    ["slack", 403, "dead"],
    ["slack", 500, "again"],
    ["pagerduty", 400, "dead"],
    ["pagerduty", 429, "again"],
    ["email", 400, "again"],
  ])("%s that answers %i: %s", (kind, status, verdict) => {
    expect(verdictOf(failed(status), kind, 1, WAITS, 0.5).kind).toBe(verdict);
  });

  test("what would be the same another time is not tried again", () => {
    expect(verdictOf({ ms: 0, error: "no address", final: true }, "email", 1, WAITS, 0.5)).toEqual({
      kind: "dead",
    });
  });
});
