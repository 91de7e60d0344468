/** The order of one stack's events: AWS's list, whatever became visible when. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cursorOf, orderOf, rankIn } from "../../src/domain/stack/operation/event-order.ts";
import { BEGINNING, REMEMBERED_EVENTS } from "../../src/domain/stack/operation/unseen.ts";

const lists = fc
  .uniqueArray(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 30 })
  .chain((list) =>
    fc.tuple(fc.constant(list), fc.array(fc.nat(3), { minLength: list.length, maxLength: list.length })),
  );

describe("The rank of an event", () => {
  test("is its place in AWS's list, though it becomes visible after events that stand above it", () => {
    fc.assert(
      fc.property(lists, ([list, polls]) => {
        let order = orderOf([BEGINNING], undefined);
        const ranks = new Map<string, number>();
        for (let poll = 0; poll <= 3; poll += 1) {
          list.forEach((key, index) => {
            if (polls[index] !== poll) return;
            const precedes = list.slice(index + 1).find((_, above) => polls[index + 1 + above]! < poll);
            ranks.set(key, rankIn(order, key, precedes));
          });
          const kept = cursorOf(order);
          order = orderOf(kept.cursor, kept.ranks);
        }
        expect(list.toSorted((left, right) => ranks.get(left)! - ranks.get(right)!)).toEqual(list);
        expect(order.keys).toEqual([BEGINNING, ...list]);
      }),
    );
  });

  test("goes on from what a former release kept, which knew no ranks", () => {
    const order = orderOf(["c", "a"], undefined);
    const ranks = [rankIn(order, "d", undefined), rankIn(order, "b", "c")];
    expect([order.keys, ranks]).toEqual([
      ["a", "b", "c", "d"],
      [1, -0.5],
    ]);
  });
});

test("The cursor is bounded: the newest events, newest first", () => {
  const order = orderOf([], undefined);
  for (let index = 0; index < 300; index += 1) rankIn(order, `e${index}`, undefined);
  const { cursor, ranks } = cursorOf(order);
  expect([cursor.length, cursor[0], ranks[0], ranks.length]).toEqual([REMEMBERED_EVENTS, "e299", 300, 128]);
});
