/** The one rule by which a channel is gone on from. */
import { expect, test } from "vitest";
import { isRecoverable } from "../../src/protocol/connection/position.ts";

const channel = { epoch: "now", offset: 9, floor: 4 };

test("[S7] a position is gone on from exactly if its epoch is the channel's and it lies between floor - 1 and head", () => {
  const epochs = ["now", "then", undefined];
  const offsets = [undefined, ...Array.from({ length: 13 }, (_, offset) => offset)];
  const recoverable = epochs.flatMap((epoch) =>
    offsets.filter((offset) => isRecoverable({ epoch, offset }, channel)).map((offset) => [epoch, offset]),
  );
  expect(recoverable).toEqual([3, 4, 5, 6, 7, 8, 9].map((offset) => ["now", offset]));
});
