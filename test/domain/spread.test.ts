/** Those who lose a gateway at once do not come back at once. */
import { expect, test } from "vitest";
import { spreadMsOf, spreadWaitMs } from "../../src/domain/spread.ts";

test("[G28] few come back at once, and of many no more in a second than a gateway can take", () => {
  expect(spreadMsOf(300)).toBeUndefined();
  for (const viewers of [400, 2_000, 5_000]) {
    const spreadMs = spreadMsOf(viewers)!;
    const waits = Array.from({ length: viewers }, (_, index) => spreadWaitMs(spreadMs, index / viewers));
    const counts = Map.groupBy(waits, (wait) => Math.floor(wait / 1000));
    expect(Math.max(...[...counts.values()].map(({ length }) => length))).toBeLessThanOrEqual(201);
  }
  expect(spreadMsOf(1_000_000)).toBe(30_000);
});
