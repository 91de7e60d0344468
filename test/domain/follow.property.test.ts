/** Whatever AWS does and however its answers fail: every event is reported once, in order. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isOwnEvent, type StackEvent } from "../../src/domain/stack/stack-event.ts";
import { operationBegunBy } from "../../src/domain/stack/statuses.ts";
import { FakeCloudFormation } from "../support/fake-cloudformation.ts";
import { ROOT } from "./events.ts";
import { Follower } from "./follower.ts";
import { expectInvariants } from "./invariants.ts";
import { oneOperation, pageSizes, severalOperations, turns, type Turn } from "./play-arbitrary.ts";

const runs = Number(process.env["PROPERTY_RUNS"] ?? 300);

const beginsOperation = (event: StackEvent): boolean =>
  event.stackId === ROOT && isOwnEvent(event) && operationBegunBy(event.status) !== undefined;

const follow = async (events: readonly StackEvent[], plan: readonly Turn[], pageSize: number) => {
  const cloudFormation = new FakeCloudFormation();
  const follower = new Follower(cloudFormation);
  cloudFormation.pageSize = pageSize;
  let shown = 0;
  const show = (count: number, limit = events.length) => {
    const upTo = Math.max(shown, Math.min(shown + count, limit));
    cloudFormation.show(...events.slice(shown, upTo));
    shown = upTo;
  };
  for (const turn of plan) {
    show(turn.before);
    cloudFormation.staleStatus = turn.stale;
    // An operation may begin while its stack is looked at, but not end and be followed by another.
    const limit = events.findIndex((event, index) => index > shown && beginsOperation(event));
    let call = 0;
    cloudFormation.fault = () => {
      const index = call++;
      show(turn.during[index] ?? 0, limit === -1 ? events.length : limit);
      return turn.faults[index];
    };
    const before = follower.state;
    if (!(await follower.poll())) expect(follower.state).toBe(before);
    if (turn.restart) follower.restart();
  }
  show(events.length);
  cloudFormation.fault = () => undefined;
  cloudFormation.staleStatus = undefined;
  do await follower.poll();
  while (
    !follower.complete &&
    follower.frames.length <= 2 * events.length + 100 &&
    cloudFormation.calls.length < 5000
  );
  return follower;
};

const reported = ({ frames }: Follower) =>
  frames.flatMap((frame) => (frame.type === "resource_update" ? [frame.resource] : []));

const byStack = (facts: readonly { stackId: string; reason: string }[]) =>
  Object.fromEntries(
    [...Map.groupBy(facts, ({ stackId }) => stackId)].map(([id, list]) => [
      id,
      list.map(({ reason }) => reason),
    ]),
  );

describe("Whatever is visible when, and whichever calls fail", () => {
  test("every event of an operation is told once, in its stack's order", async () => {
    await fc.assert(
      fc.asyncProperty(oneOperation, turns, pageSizes, async (events, plan, pageSize) => {
        const follower = await follow(events, plan, pageSize);
        expect(byStack(reported(follower))).toEqual(byStack(events));
        expect(follower.complete).toBe(true);
        expectInvariants(follower.frames);
      }),
      { numRuns: runs },
    );
  });

  test("no event of several operations is told twice or out of order, and the newest operation is told whole", async () => {
    await fc.assert(
      fc.asyncProperty(severalOperations, turns, pageSizes, async (events, plan, pageSize) => {
        const follower = await follow(events, plan, pageSize);
        const all = byStack(events);
        for (const [stackId, reasons] of Object.entries(byStack(reported(follower)))) {
          const heard = new Set(reasons);
          expect(reasons).toEqual(all[stackId]?.filter((reason) => heard.has(reason)));
        }
        const since = follower.state.attempt?.startedAt ?? "";
        const heard = new Set(reported(follower).map(({ reason }) => reason));
        const newest = events.filter(({ timestamp }) => timestamp >= since);
        expect(newest.filter(({ reason }) => !heard.has(reason))).toEqual([]);
        expect(follower.complete).toBe(true);
        expectInvariants(follower.frames);
      }),
      { numRuns: runs },
    );
  });
});
