/** However a log is cut, shown again or shown late: the same events lead to the same state. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { advance } from "../../src/domain/stack/advance.ts";
import type { Findings } from "../../src/domain/stack/findings.ts";
import { isOwnEvent, type StackEvent } from "../../src/domain/stack/stack-event.ts";
import { EMPTY_STATE, type StackState } from "../../src/domain/stack/stack-state.ts";
import { without } from "../../src/domain/without.ts";
import type { StackFrame } from "../../src/protocol/stack/stack-frames.ts";
import { unseenEvents, sinceKnown } from "../../src/trackers/stack/event-walk.ts";
import { keyOf } from "../../src/domain/stack/operation/unseen.ts";
import { FakeCloudFormation } from "../support/fake-cloudformation.ts";
import { at, nameOf, ROOT } from "./events.ts";
import { CHANNEL, Follower } from "./follower.ts";
import { expectInvariants } from "./invariants.ts";
import { flatOperation, oneOperation } from "./play-arbitrary.ts";

const cuts = fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 20 });

const piecesOf = (events: readonly StackEvent[], sizes: readonly number[]): StackEvent[][] => {
  const pieces: StackEvent[][] = [];
  let from = 0;
  for (const size of sizes) {
    pieces.push(events.slice(from, from + size));
    from += size;
  }
  return [...pieces, events.slice(from)].filter((piece) => piece.length > 0);
};

const foldOf = (pieces: readonly (readonly StackEvent[])[]) => {
  let state: StackState = EMPTY_STATE;
  const frames: StackFrame[] = [];
  pieces.forEach((events, index) => {
    const findings: Findings = {
      rootId: ROOT,
      rootName: nameOf(ROOT),
      events,
      read: new Set(pieces.flat().map(({ stackId }) => stackId)),
      plans: index === 0 ? new Map([[ROOT, { R0: "AWS::SNS::Topic", Never: "AWS::SNS::Topic" }]]) : new Map(),
    };
    const change = advance(state, findings, { channel: CHANNEL, offset: frames.length });
    state = change.state;
    frames.push(...change.frames);
  });
  return { state: withoutPolls(state), frames };
};

/** How much longer it takes is told once for what one look has found, with the newest event of it. */
const withoutEstimates = (frames: readonly StackFrame[]) =>
  frames.map((frame) => {
    const stack = without(frame.stack, "estimate");
    if (frame.type !== "resource_update" || !frame.operation) return { ...frame, stack };
    const { operation: known, ...rest } = frame;
    const operation = without(known, "estimate");
    return { ...rest, stack, ...(Object.keys(operation).length > 0 && { operation }) };
  });

/** How often a stack was looked at is no part of what is known of it. */
const withoutPolls = ({ attempt, followed, ...state }: StackState) => ({
  ...state,
  followed: new Map([...followed].map(([id, stack]) => [id, without(stack, "readsAtRest")])),
  attempt: attempt && { ...attempt, settlingPolls: 0 },
});

describe("A log of events", () => {
  test("gives the same state and the same frames, however it is cut", () => {
    fc.assert(
      fc.property(oneOperation, cuts, (events, sizes) => {
        const whole = foldOf([events]);
        const cut = foldOf(piecesOf(events, sizes));
        expect(cut.state).toEqual(whole.state);
        expect(withoutEstimates(cut.frames)).toEqual(withoutEstimates(whole.frames));
        expectInvariants(whole.frames);
      }),
      { numRuns: 300 },
    );
  });

  test("is read without doubles, whatever its pages repeat", async () => {
    const shifts = fc.array(fc.nat(4), { maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(
        flatOperation,
        fc.nat(40),
        fc.integer({ min: 1, max: 9 }),
        shifts,
        async (events, known, pageSize, late) => {
          const cloudFormation = new FakeCloudFormation();
          cloudFormation.pageSize = pageSize;
          const list = events.filter(({ stackId }) => stackId === ROOT);
          const begin = Math.min(known, list.length);
          const arrivals = [...late];
          cloudFormation.show(...list);
          let arrived = 0;
          cloudFormation.fault = () => {
            // Events that arrive between two pages push those that were read onto the next.
            for (let count = arrivals.shift() ?? 0; count > 0; count--) {
              const last = list[list.length - 1];
              if (last) cloudFormation.show({ ...last, eventId: `late-${++arrived}` });
            }
            return undefined;
          };
          const cursor = list.slice(0, begin).map(keyOf).reverse();
          const seen = await unseenEvents(cloudFormation, ROOT, cursor, sinceKnown);
          const keys = (seen.ok ? seen.value.events : []).map(keyOf);
          expect(new Set(keys).size).toBe(keys.length);
          const reported = keys.filter((key) => !key.startsWith("late-"));
          expect(reported).toEqual(list.slice(begin).map(keyOf));
        },
      ),
      { numRuns: 200 },
    );
  });

  test("loses nothing that becomes visible below what was read, and is not taken back by it", async () => {
    const delays = fc.array(fc.nat(3), { maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(flatOperation, delays, fc.integer({ min: 1, max: 5 }), async (play, late, step) => {
        const events = play.map((event, index) => ({ ...event, timestamp: at(index) }));
        // The first and the last are shown in their turn: once the end is reported, nothing is waited for that is not missed.
        const last = events.length - 1;
        const delay = (index: number) => (index === 0 ? 0 : index === last ? 4 : (late[index] ?? 0));
        const shownAs = events
          .map((event, index) => ({ event, index, moment: index + delay(index) }))
          .sort((left, right) => left.moment - right.moment || left.index - right.index);
        const cloudFormation = new FakeCloudFormation();
        const follower = new Follower(cloudFormation);
        for (let shown = step; shown < shownAs.length + step; shown += step) {
          const visible = shownAs.slice(0, shown).sort((left, right) => left.index - right.index);
          cloudFormation.lists.set(
            ROOT,
            visible.map(({ event }) => event),
          );
          await follower.poll();
        }
        await follower.pollToEnd();
        const reported = follower.frames.flatMap((frame) =>
          frame.type === "resource_update" ? [frame.resource.reason] : [],
        );
        expect(reported.toSorted()).toEqual(events.map(({ reason }) => reason).toSorted());
        expect(follower.complete).toBe(true);
        const statuses = new Map(
          events.filter((event) => !isOwnEvent(event)).map(({ logicalId, status }) => [logicalId, status]),
        );
        const ended = [...follower.state.resources.values()].map(
          ({ logicalId, status }) => [logicalId, status] as const,
        );
        if (events[0]?.status !== "UPDATE_IN_PROGRESS") expect(new Map(ended)).toEqual(statuses);
      }),
      { numRuns: 300 },
    );
  });
});
