/** Whoever folds the frames of a stack's channel knows what the server knows, at every offset and from any snapshot on. */
import fc from "fast-check";
import { describe, test } from "vitest";
import { advance } from "../../src/domain/stack/advance.ts";
import type { Findings } from "../../src/domain/stack/findings.ts";
import type { StackEvent } from "../../src/domain/stack/stack-event.ts";
import { EMPTY_STATE, type StackState } from "../../src/domain/stack/stack-state.ts";
import { FakeCloudFormation } from "../support/fake-cloudformation.ts";
import { CHILD, nameOf, nested, own, resource, ROOT } from "./events.ts";
import { expectReported } from "./expect-reported.ts";
import { CHANNEL, Follower, type Step } from "./follower.ts";
import { severalOperations } from "./play-arbitrary.ts";

const runs = Number(process.env["PROPERTY_RUNS"] ?? 300);

describe("The fold of a channel's frames", () => {
  /** Any event after any other, in any order of time: more than CloudFormation does, and all that it may come to do. */
  const anyEvent = fc
    .record({
      what: fc.constantFrom("root", "root", "nested", "child", "A", "B", "inner"),
      status: fc.constantFrom(
        ...["CREATE", "UPDATE", "DELETE", "IMPORT"].flatMap((verb) => [
          `${verb}_IN_PROGRESS`,
          `${verb}_COMPLETE`,
        ]),
        "CREATE_FAILED",
        "UPDATE_FAILED",
        "DELETE_FAILED",
        "DELETE_SKIPPED",
        "REVIEW_IN_PROGRESS",
        "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
        "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS",
        ...["", "UPDATE_", "IMPORT_"].flatMap((verb) =>
          ["IN_PROGRESS", "COMPLETE", "FAILED"].map((end) => `${verb}ROLLBACK_${end}`),
        ),
      ),
      late: fc.constantFrom(0, 0, 0, 3, 8),
      token: fc.constantFrom(undefined, "token-1", "token-2"),
      hint: fc.constantFrom(
        undefined,
        undefined,
        "cancelled" as const,
        "embedded" as const,
        "orphans" as const,
      ),
      hooked: fc.nat(9).map((nat) => nat === 0),
      reason: fc.constantFrom("", "", "because"),
      physicalId: fc.constantFrom("", "old", "new"),
    })
    .map(({ what, status, late, token, hint, hooked, reason, physicalId }) => (index: number): StackEvent => {
      const extra = {
        seconds: Math.max(0, index - late),
        reason,
        ...(hint && { hint }),
        ...(token !== undefined && { clientRequestToken: token }),
        ...(hooked && {
          hook: {
            type: "Guard",
            status: "HOOK_COMPLETE_FAILED",
            reason,
            invocationPoint: "",
            failureMode: "FAIL",
          },
        }),
      };
      const said = hooked && index % 2 === 0 ? "" : status;
      if (what === "root") return own(said, extra);
      if (what === "child") return own(said, extra, CHILD);
      if (what === "nested") return nested("Data", said, extra);
      return resource(what, said, { ...extra, physicalId }, what === "inner" ? CHILD : ROOT);
    });

  test("[S38] is what the server knows, whatever event follows another", () => {
    const polls = fc.array(
      fc.record({ events: fc.array(anyEvent, { maxLength: 4 }), agrees: fc.boolean() }),
      { maxLength: 25 },
    );
    const begin = fc
      .constantFrom("CREATE_IN_PROGRESS", "ROLLBACK_IN_PROGRESS", "UPDATE_COMPLETE", "REVIEW_IN_PROGRESS")
      .map((status) => (index: number) => own(status, { seconds: index }));
    fc.assert(
      fc.property(begin, polls, (first, looks) => {
        let state: StackState = EMPTY_STATE;
        let offset = 0;
        let index = 0;
        const steps = looks.map(({ events, agrees }): Step => {
          const findings: Findings = {
            rootId: ROOT,
            rootName: nameOf(ROOT),
            // Nothing is shown of a stack before an event of its own.
            events: (index === 0 ? [first, ...events] : events).map((make) => make(index++)),
            read: new Set(agrees ? [ROOT, CHILD] : []),
            plans: new Map(),
            description: "denied",
          };
          const change = advance(state, findings, { channel: CHANNEL, offset });
          state = change.state;
          offset += change.frames.length;
          return { state, offset, frames: change.frames };
        });
        expectReported(steps);
      }),
      { numRuns: runs },
    );
  });

  test("[S38] is what the server knows of the life of a stack, however it is looked at", async () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 12 }), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(severalOperations, sizes, async (events, cuts) => {
        const cloudFormation = new FakeCloudFormation();
        const follower = new Follower(cloudFormation);
        let shown = 0;
        for (const size of [...cuts, events.length, 0, 0, 0, 0]) {
          cloudFormation.show(...events.slice(shown, shown + size));
          shown += size;
          if (shown > 0) await follower.poll();
        }
        expectReported(follower.steps);
      }),
      { numRuns: runs },
    );
  });

  test("[S38] is what the server knows, however late events become visible", async () => {
    const delays = fc.array(fc.constantFrom(0, 0, 1, 3, 9), { maxLength: 80 });
    await fc.assert(
      fc.asyncProperty(
        severalOperations,
        delays,
        fc.integer({ min: 1, max: 6 }),
        async (events, late, step) => {
          const moments = events.map((_, index) => index + (late[index] ?? 0));
          const cloudFormation = new FakeCloudFormation();
          const follower = new Follower(cloudFormation);
          for (let now = step; now < events.length + 9 + step; now += step) {
            const visible = events.filter((_, index) => moments[index]! < now);
            for (const [stackId, list] of Map.groupBy(visible, (event) => event.stackId))
              cloudFormation.lists.set(stackId, list);
            if (visible.length > 0) await follower.poll();
          }
          await follower.pollToEnd();
          expectReported(follower.steps);
        },
      ),
      { numRuns: Math.ceil(runs / 3) },
    );
  });
});
