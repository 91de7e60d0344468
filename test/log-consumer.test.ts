import { expect, test, vi } from "vitest";
import { LogConsumer, type Sink } from "../src/channel/log-consumer.ts";
import type { LogRun } from "../src/channel/event-log.ts";
import { failed, success } from "../src/protocol/result.ts";

/** A log of one run, which may have lost its beginning. */
class FakeLog {
  offset = 0;
  first = 1;

  page(offset: number, limit: number): readonly LogRun[] {
    const from = Math.max(this.first, offset + 1);
    const to = Math.min(this.offset, from + limit - 1);
    return from > to ? [] : [{ from, to, frames: Array.from({ length: to - from + 1 }, () => "{}") }];
  }
}

const kvOf = () => {
  const rows = new Map<string, unknown>();
  return {
    get: (key: string) => structuredClone(rows.get(key)),
    put: (key: string, value: unknown) => void rows.set(key, structuredClone(value)),
    delete: (key: string) => rows.delete(key),
    list: () => rows,
  } as unknown as SyncKvStorage;
};

test("what is kept for a far end that refuses has a bound, and what is lost beyond it is told", async () => {
  const lines = vi.spyOn(console, "error").mockReturnValue();
  const log = new FakeLog();
  const kv = kvOf();
  const written: number[] = [];
  let isRefusing = true;
  let isKnown = false;
  const sink: Sink<{ offset: number }> = {
    key: "audit",
    title: "Audit",
    stride: 100,
    slowestRetryMs: 60_000,
    itemOf: (_frame, offset) => ({ offset }),
    write: async (items) => {
      if (isRefusing) return failed({ kind: "denied", code: "AccessDenied", message: "no" });
      written.push(...items.map(({ offset }) => offset));
      return success(undefined);
    },
    isRefusal: () => false,
    refused: async () => {
      if (!isKnown) throw new Error("out of reach");
    },
  };
  vi.spyOn(console, "warn").mockReturnValue();
  const consumer = new LogConsumer(kv, log, sink, () => false);
  log.offset = 10;
  await consumer.run(0);
  // Nobody knows of it, so nobody would say when to try again.
  expect(consumer.nextIn(0)).toBe(5_000);
  isKnown = true;
  await consumer.run(5_000);
  expect([consumer.nextIn(5_000), consumer.offset]).toEqual([undefined, 0]);
  log.offset = 12_000;
  await consumer.run(100_000);
  expect([consumer.nextIn(100_000), consumer.offset]).toEqual([undefined, 2_000]);
  expect(await consumer.tryAgain(100_000)).toBe("refused");
  log.first = consumer.offset + 1;
  isRefusing = false;
  const restarted = new LogConsumer(kv, log, sink, () => false);
  expect(await restarted.tryAgain(100_000)).toBe("taken");
  expect([written.length, written[0], written.at(-1)]).toEqual([10_000, 2_001, 12_000]);
  expect([restarted.nextIn(100_000), restarted.offset]).toEqual([undefined, 12_000]);
  expect(await restarted.tryAgain(100_000)).toBe("idle");
  expect(lines.mock.calls).toEqual([
    [JSON.stringify({ level: "error", message: "Audit lost", from: 1, to: 2_000 })],
  ]);
  vi.restoreAllMocks();
});
