import { expect, test } from "vitest";
import { goneStack, newsOf, reportedStack, type KnownStack } from "../../../src/domain/radar/board-row.ts";
import { agreesWith, markOf, stackOfArn, type SweptStack } from "../../../src/domain/radar/swept-stack.ts";
import { sweepPeriodMs } from "../../../src/domain/radar/sweeping.ts";

const T = (second: number): string => new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString();

const swept = (name: string, status: string, begunAt = T(0), more: Partial<SweptStack> = {}): SweptStack => ({
  name,
  stackId: `arn:${name}`,
  status,
  begunAt,
  isNested: false,
  ...more,
});

const now = T(60);
const NONE = new Set<string>();
const mapOf = (known: readonly KnownStack[]) => new Map(known.map((one) => [one.row.stackName, one]));
const first = (...stacks: SweptStack[]) =>
  mapOf(newsOf(new Map(), stacks, { isFirst: true, now, newer: NONE }).changed);
const next = (known: ReadonlyMap<string, KnownStack>, ...stacks: SweptStack[]) =>
  newsOf(known, stacks, { isFirst: false, now, newer: NONE });
const owed = (known: readonly KnownStack[]): string[] =>
  known.filter((one) => one.owed !== undefined).map(({ row }) => `${row.stackName} ${row.status}`);

test("of what a first list shows only what is under way is followed, and nested stacks are left to their roots", () => {
  const known = first(
    swept("rests", "UPDATE_COMPLETE"),
    swept("runs", "UPDATE_IN_PROGRESS"),
    swept("waits", "REVIEW_IN_PROGRESS"),
    swept("child", "UPDATE_IN_PROGRESS", T(0), { isNested: true }),
  );
  expect([...known.keys()]).toEqual(["rests", "runs", "waits"]);
  expect(owed([...known.values()])).toEqual(["runs UPDATE_IN_PROGRESS"]);
  expect(known.get("rests")?.row).toEqual({
    stackName: "rests",
    stackId: "arn:rests",
    status: "UPDATE_COMPLETE",
    startedAt: T(0),
  });
});

test("what begins, or has begun and ended since, is followed; the rest is left alone", () => {
  const known = first(
    swept("same", "CREATE_COMPLETE"),
    swept("begins", "CREATE_COMPLETE"),
    swept("quick", "UPDATE_COMPLETE"),
  );
  const { changed, vanished } = next(
    known,
    swept("same", "CREATE_COMPLETE"),
    swept("begins", "UPDATE_IN_PROGRESS", T(50)),
    swept("quick", "UPDATE_COMPLETE", T(40)),
    swept("new", "CREATE_IN_PROGRESS", T(55)),
  );
  expect(owed(changed)).toEqual([
    "begins UPDATE_IN_PROGRESS",
    "quick UPDATE_COMPLETE",
    "new CREATE_IN_PROGRESS",
  ]);
  expect(vanished).toEqual([]);
  expect(changed[1]?.row).toMatchObject({ startedAt: T(40), endedAt: now });
});

test("what a tracker told is exact, and a list that agrees changes nothing of it", () => {
  const known = first(swept("app", "UPDATE_IN_PROGRESS", T(10)));
  const reported = reportedStack(known.get("app"), "app", {
    stackId: "arn:app",
    status: "UPDATE_COMPLETE",
    statusAt: T(30),
    startedAt: T(10),
  })!;
  expect(reported.row).toMatchObject({ status: "UPDATE_COMPLETE", startedAt: T(10), endedAt: T(30) });
  const { changed } = next(mapOf([reported]), swept("app", "UPDATE_COMPLETE", T(10)));
  expect(changed.map(({ row }) => row)).toEqual([reported.row]);
  expect(owed(changed)).toEqual([]);
  expect(
    reportedStack(reported, "app", {
      stackId: "arn:app",
      status: "UPDATE_COMPLETE",
      statusAt: T(30),
      startedAt: T(10),
    }),
  ).toBe(undefined);
});

test("a stack that no list shows any more is deleted, and followed by its ARN", () => {
  const known = first(swept("gone", "CREATE_COMPLETE"));
  const { changed, vanished } = next(known);
  expect(changed).toEqual([]);
  const gone = goneStack(vanished[0]!, swept("gone", "DELETE_COMPLETE", T(0), { deletedAt: T(20) }), now);
  expect(gone.row).toMatchObject({ status: "DELETE_COMPLETE", endedAt: T(20) });
  expect(gone.owed).toBe(0);
  expect(next(mapOf([gone])).vanished).toEqual([]);
});

test("a list costs at most 0.15 calls a second, however many stacks there are", () => {
  for (const stacks of [0, 1, 200, 201, 5_000]) {
    const calls = Math.max(1, Math.ceil(stacks / 100));
    expect(calls / (sweepPeriodMs(15_000, stacks) / 1000)).toBeLessThanOrEqual(0.15);
  }
  expect(sweepPeriodMs(15_000, 200)).toBe(15_000);
});

test("a mark agrees with events of its own operation and status only", () => {
  const mark = markOf(swept("app", "UPDATE_COMPLETE", T(30)));
  const known = { stackId: "arn:app", status: "UPDATE_COMPLETE", startedAt: T(31) };
  expect(agreesWith(mark, known)).toBe(true);
  expect(agreesWith(mark, { ...known, startedAt: T(0) })).toBe(false);
  expect(agreesWith(mark, { ...known, status: "UPDATE_IN_PROGRESS" })).toBe(false);
  expect(agreesWith("", undefined)).toBe(true);
});

test("the stack of an ARN is known by its parts, and nothing else is one", () => {
  expect(stackOfArn("arn:aws-cn:cloudformation:cn-north-1:123456789012:stack/app/0-1")).toEqual({
    region: "cn-north-1",
    accountId: "123456789012",
    stackName: "app",
  });
  for (const arn of [
    "",
    "arn:aws:s3:::x",
    "arn:aws:cloudformation:us-east-1:1:stack/app/1",
    "arn:aws:cloudformation:us-east-1:123456789012:stack/a/b/../c",
  ])
    expect(stackOfArn(arn)).toBe(undefined);
});
