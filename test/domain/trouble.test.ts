/** When trouble with AWS is reported, and when asking is given up. */
import { describe, expect, test } from "vitest";
import type { LookupFailure } from "../../src/domain/failure/lookup-failure.ts";
import { tellingOf, troubleAfter, type Trouble } from "../../src/domain/failure/trouble.ts";

const FAILURES: Readonly<Record<LookupFailure["kind"], LookupFailure>> = {
  throttled: { kind: "throttled", code: "Throttling" },
  missing: { kind: "missing", message: "Stack [shop] does not exist" },
  credentials: { kind: "credentials", code: "ExpiredToken", message: "expired" },
  "unknown-account": { kind: "unknown-account", message: "There is no account prod" },
  denied: { kind: "denied", code: "AccessDenied", message: "not authorized" },
  rejected: { kind: "rejected", code: "ValidationError", message: "bad" },
  unavailable: { kind: "unavailable", status: 503 },
  network: { kind: "network", message: "timeout" },
  "bad-answer": { kind: "bad-answer", message: "truncated" },
};

const WAIT_SECONDS = 600;

/** Trouble after failures of these kinds, 20 seconds apart from time zero. */
const after = (...kinds: readonly LookupFailure["kind"][]): Trouble | undefined =>
  kinds.reduce<Trouble | undefined>(
    (before, kind, index) => troubleAfter(before, FAILURES[kind], index * 20_000, WAIT_SECONDS),
    undefined,
  );

describe("Trouble", () => {
  test("by throttling is never told and never the end", () => {
    const kinds = Array.from({ length: 500 }, () => "throttled" as const);
    expect(after(...kinds)).toEqual({ kind: "throttled", since: 0, polls: 500, told: false, gaveUp: false });
  });

  test.each(["unavailable", "network", "bad-answer"] as const)(
    "by %s is told after three polls, and never the end",
    (kind) => {
      expect(after(kind, kind)).toEqual({ kind, since: 0, polls: 2, told: false, gaveUp: false });
      expect(after(kind, kind, kind)).toEqual({ kind, since: 0, polls: 3, told: true, gaveUp: false });
    },
  );

  test("counts what is told alike as one: no answer, or one that is an error", () => {
    expect(after("network", "unavailable", "network")).toEqual({
      kind: "network",
      since: 0,
      polls: 3,
      told: true,
      gaveUp: false,
    });
  });

  test.each(["credentials", "unknown-account", "denied", "rejected"] as const)(
    "by %s is told at once, and given up after a minute",
    (kind) => {
      expect(after(kind)).toEqual({ kind, since: 0, polls: 1, told: true, gaveUp: false });
      expect(after(kind, kind, kind)).toEqual({ kind, since: 0, polls: 3, told: true, gaveUp: false });
      expect(after(kind, kind, kind, kind)).toEqual({ kind, since: 0, polls: 4, told: true, gaveUp: true });
    },
  );

  test("by a stack that is not there is told and given up when it was waited for long enough", () => {
    const missing = (polls: number) => after(...Array.from({ length: polls }, () => "missing" as const));
    expect(missing(30)).toEqual({ kind: "missing", since: 0, polls: 30, told: false, gaveUp: false });
    expect(missing(31)).toEqual({ kind: "missing", since: 0, polls: 31, told: true, gaveUp: true });
  });

  test("of another kind begins anew", () => {
    expect(after("network", "network", "throttled")).toEqual({
      kind: "throttled",
      since: 40_000,
      polls: 1,
      told: false,
      gaveUp: false,
    });
  });
});

test("What viewers are told holds nothing of AWS's own words", () => {
  const reported = Object.values(FAILURES).map(({ kind }) => [
    kind,
    tellingOf(kind).code,
    tellingOf(kind).retryable,
  ]);
  expect(reported).toEqual([
    ["throttled", "AWS_THROTTLED", true],
    ["missing", "STACK_NOT_FOUND", false],
    ["credentials", "AWS_CREDENTIALS", false],
    ["unknown-account", "ACCOUNT_NOT_FOUND", false],
    ["denied", "AWS_ACCESS_DENIED", false],
    ["rejected", "AWS_REJECTED", false],
    ["unavailable", "AWS_UNREACHABLE", true],
    ["network", "AWS_UNREACHABLE", true],
    ["bad-answer", "AWS_BAD_ANSWER", true],
  ]);
});
