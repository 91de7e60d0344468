/** The cursor, and events of several stacks in one order. */
import { describe, expect, test } from "vitest";
import { keyOf, mergeByTime } from "../../src/domain/stack/operation/unseen.ts";
import { CHILD, own, resource } from "./events.ts";

describe("The cursor", () => {
  test("tells a hook's reports apart that share an EventId", () => {
    const hook = { type: "Guard", reason: "", invocationPoint: "", failureMode: "FAIL" };
    const keys = ["HOOK_IN_PROGRESS", "HOOK_COMPLETE_FAILED"].map((status) =>
      keyOf(resource("A", "CREATE_IN_PROGRESS", { eventId: "one", hook: { ...hook, status } })),
    );
    expect(keys).toEqual(["one#HOOK_IN_PROGRESS", "one#HOOK_COMPLETE_FAILED"]);
  });
});

describe("Events of several stacks", () => {
  const id = ({ eventId }: { eventId: string }) => eventId;

  test("are in AWS's order of time, and a parent's come first where times are equal", () => {
    const parent = [own("A", { eventId: "p1", seconds: 1 }), own("B", { eventId: "p2", seconds: 3 })];
    const child = [
      own("C", { eventId: "c1", seconds: 1 }, CHILD),
      own("D", { eventId: "c2", seconds: 2 }, CHILD),
    ];
    expect(mergeByTime([parent, child]).map(id)).toEqual(["p1", "c1", "c2", "p2"]);
  });

  test("never stand against the order of their own list, though time steps back", () => {
    const list = [own("A", { eventId: "a", seconds: 5 }), own("B", { eventId: "b", seconds: 4 })];
    const other = [own("C", { eventId: "c", seconds: 4.5 }, CHILD)];
    expect(mergeByTime([list, other]).map(id)).toEqual(["c", "a", "b"]);
    expect(mergeByTime([])).toEqual([]);
  });
});
