/** Recorded operations of others, estimated with nothing learned: how far off, and how often the range held. */
import { describe, expect, test } from "vitest";
import { reasonHintOf } from "../../../src/aws/cloudformation/reason-hint.ts";
import { advance } from "../../../src/domain/stack/advance.ts";
import { EMPTY_STATE, rootOf, type StackState } from "../../../src/domain/stack/stack-state.ts";
import { isOwnEvent, type StackEvent } from "../../../src/domain/stack/stack-event.ts";
import { estimateAt } from "../../../src/domain/estimate/estimate.ts";
import {
  traceEvents,
  tracesFolder,
  wholeTraces,
  whyNoTraces,
  type WholeTrace,
} from "../../support/traces.ts";

const START = /^(CREATE|UPDATE|DELETE)_IN_PROGRESS$/;

/** Numbers are shares of the operation's whole time; the end is the expected one, since the operation's start. */
type Look = Readonly<{
  operation: string;
  off: number;
  pace: number | undefined;
  isHeld: boolean;
  end: number;
  paceEnd: number | undefined;
}>;

/** The types that an operation touches, as its template would tell them. */
const plansFrom = (events: readonly StackEvent[]): Map<string, Record<string, string>> => {
  const plans = new Map<string, Record<string, string>>();
  for (const event of events) {
    if (isOwnEvent(event)) continue;
    plans.set(event.stackId, { ...plans.get(event.stackId), [event.logicalId]: event.type });
  }
  return plans;
};

/** Looks at one recording at thirty moments of each of its operations that ends well, past the first third. */
const looksAt = (name: WholeTrace): Look[] => {
  const events = traceEvents(name, reasonHintOf).sort((one, other) =>
    one.timestamp < other.timestamp ? -1 : Number(one.timestamp > other.timestamp),
  );
  const nested = new Set(events.filter((event) => !isOwnEvent(event)).map(({ physicalId }) => physicalId));
  const root = events.find(({ stackId }) => !nested.has(stackId))!;
  const isStart = (event: StackEvent) =>
    event.stackId === root.stackId && isOwnEvent(event) && START.test(event.status);
  const starts = events.flatMap((event, index) => (isStart(event) ? [index] : []));
  const looks: Look[] = [];
  starts.forEach((from, at) => {
    const own = events.slice(from, starts[at + 1]);
    const plans = plansFrom(own);
    let state: StackState = EMPTY_STATE;
    const shots = own.map((event, index) => {
      const findings = {
        rootId: root.stackId,
        rootName: root.stackName,
        events: [event],
        read: new Set(state.followed.keys()),
        plans,
      };
      state = advance(state, findings, { channel: "stacks/x/y", offset: index }).state;
      return { at: Date.parse(event.timestamp), state };
    });
    const begun = shots[0]!.at;
    const turned = shots.find((shot) => rootOf(shot.state)?.phase !== "forward");
    if (rootOf(turned?.state ?? EMPTY_STATE)?.phase === "rollback") return;
    const end = (turned ?? shots.at(-1)!).at;
    for (let part = 10; part < 30; part += 1) {
      const now = begun + ((end - begun) * part) / 30;
      const { attempt } = shots.findLast((shot) => shot.at <= now)!.state;
      const reported = attempt?.estimate && estimateAt(attempt.estimate, now).remainingSeconds;
      if (!reported) continue;
      const truth = (end - now) / 1000;
      const whole = (end - begun) / 1000;
      const progress = attempt?.progress ?? 0;
      const pace = progress > 0 ? (((now - begun) / 1000) * (100 - progress)) / progress : undefined;
      const passed = (now - begun) / 1000;
      looks.push({
        operation: `${name} ${at}`,
        end: (passed + reported.p50) / whole,
        paceEnd: pace === undefined ? undefined : (passed + pace) / whole,
        off: Math.abs(reported.p50 - truth) / whole,
        pace: pace === undefined ? undefined : Math.abs(pace - truth) / whole,
        isHeld: truth <= reported.p90 + 1,
      });
    }
  });
  return looks;
};

/** Looks each half a minute at all of one recording, as if it went on now; what was reported to be stuck, and then ended well. */
const falselyStuck = (name: WholeTrace): string[] => {
  const events = traceEvents(name, reasonHintOf).sort((one, other) =>
    one.timestamp < other.timestamp ? -1 : Number(one.timestamp > other.timestamp),
  );
  const nested = new Set(events.filter((event) => !isOwnEvent(event)).map(({ physicalId }) => physicalId));
  const root = events.find(({ stackId }) => !nested.has(stackId))!;
  let state: StackState = EMPTY_STATE;
  const stuck: string[] = [];
  let offset = 0;
  const look = (fresh: readonly StackEvent[], now: number): void => {
    const read = new Set(state.followed.keys());
    const findings = {
      rootId: root.stackId,
      rootName: root.stackName,
      events: fresh,
      read,
      plans: new Map(),
      now,
    };
    const change = advance(state, findings, { channel: "stacks/x/y", offset });
    state = change.state;
    offset += change.frames.length;
    for (const frame of change.frames)
      if (frame.type === "resource_stuck")
        stuck.push(`${frame.resource.stackId} ${frame.resource.logicalId}`);
  };
  let last = Date.parse(events[0]!.timestamp);
  for (const event of events) {
    const at = Date.parse(event.timestamp);
    // A stack at rest is not looked at for hours.
    for (let now = last + 30_000; now < Math.min(at, last + 10_800_000); now += 30_000) look([], now);
    look([event], at);
    last = at;
  }
  const endedWell = new Set(
    events
      .filter(({ status }) => status.endsWith("_COMPLETE"))
      .map((event) => `${event.stackId} ${event.logicalId}`),
  );
  return stuck.filter((key) => endedWell.has(key)).map((key) => `${name}: ${key}`);
};

const medianOf = (values: readonly number[]): number =>
  [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)] ?? NaN;

/** How far the expected ends of one operation go back and forth: all that they move, but for the way from the first to the last. */
const wandering = (ends: readonly number[]): number => {
  const steps = ends.slice(1).map((end, index) => Math.abs(end - ends[index]!));
  return steps.reduce((sum, step) => sum + step, 0) - Math.abs((ends.at(-1) ?? 0) - (ends[0] ?? 0));
};

describe.skipIf(!tracesFolder)(`Estimates of recordings${tracesFolder ? "" : ` (${whyNoTraces})`}`, () => {
  test("past the first third are off by less than a quarter of the whole, and by half as much as the pace", () => {
    const looks = wholeTraces.flatMap(looksAt);
    const off = medianOf(looks.map((look) => look.off));
    const pace = medianOf(looks.flatMap((look) => look.pace ?? []));
    const held = looks.filter(({ isHeld }) => isHeld).length / looks.length;
    console.info(
      `median ${(100 * off).toFixed()} % off, the pace ${(100 * pace).toFixed()} %, held ${(100 * held).toFixed()} %`,
    );
    expect(looks.length).toBeGreaterThan(80);
    expect(off).toBeLessThan(0.25);
    expect(off).toBeLessThan(pace / 2);
    expect(held).toBeGreaterThan(0.75);
  });

  test("go back and forth by a fraction of what the pace does", () => {
    const operations = Map.groupBy(wholeTraces.flatMap(looksAt), ({ operation }) => operation);
    const moved = (endOf: (look: Look) => number | undefined): number[] =>
      [...operations.values()].map((looks) => wandering(looks.flatMap((look) => endOf(look) ?? [])));
    const [own, pace] = [moved(({ end }) => end), moved(({ paceEnd }) => paceEnd)];
    const [sum, sumOfPace] = [own, pace].map((list) => list.reduce((all, one) => all + one, 0));
    console.info(
      `expected ends go back and forth by ${(100 * medianOf(own)).toFixed()} % of the whole in the median, by ` +
        `${(100 * sum!).toFixed()} % in all ${own.length} operations, those of the pace by ${(100 * sumOfPace!).toFixed()} %`,
    );
    expect(sum).toBeLessThan(sumOfPace! / 2);
  });

  test("tell of nothing that it is stuck which then ends well", () => {
    expect(wholeTraces.flatMap(falselyStuck)).toEqual([]);
  });
});
