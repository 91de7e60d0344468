/**
 * What the objects of this isolate do that costs something, or goes wrong with time: reported to the directory now and then,
 * where `/metrics` finds it. What is not reported before the isolate ends is not counted.
 */
import type { Env } from "../../env.ts";
import { call, directoryOf } from "../../objects.ts";
import type { OwnCounts } from "../../protocol/rpc/own-counts.ts";

/** Reported so often, in milliseconds. */
const EVERY_MS = 60_000;

/** An alarm that is so much later than it was set for, in milliseconds, is late. */
const LATE_MS = 10_000;

const NOTHING: OwnCounts = { alarms: 0, rows: 0, lateAlarms: 0, worstLateMs: 0 };

let counts = NOTHING;
let reportedAt = 0;

export const noteAlarmSet = (): void => {
  counts = { ...counts, alarms: counts.alarms + 1 };
};

/** `rows`: that a commit writes. */
export const noteCommit = (rows: number): void => {
  counts = { ...counts, rows: counts.rows + rows };
};

/** An alarm comes that was set for a time, both in Unix milliseconds. */
export const noteAlarmCame = (setFor: number, now: number): void => {
  const lateMs = now - setFor;
  if (lateMs < LATE_MS) return;
  const worstLateMs = Math.max(counts.worstLateMs, lateMs);
  counts = { ...counts, lateAlarms: counts.lateAlarms + 1, worstLateMs };
};

/** Tells the directory, if it is time. */
export const tellCounts = (ctx: DurableObjectState, env: Env, now: number): void => {
  if (now - reportedAt < EVERY_MS || counts === NOTHING) return;
  reportedAt = now;
  const reported = counts;
  counts = NOTHING;
  ctx.waitUntil(
    call(
      () => directoryOf(env),
      (directory) => directory.noteCounts(reported),
    ).catch(() => undefined),
  );
};
