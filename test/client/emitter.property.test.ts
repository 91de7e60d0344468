import fc from "fast-check";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import * as z from "zod";
import { ProgressEventEmitter } from "../../src/client/emitter.ts";
import { FakeRest, refused, succeeded, type Answering } from "./fake-rest.ts";

const bodySchema = z.array(z.looseObject({ id: z.string(), data: z.object({ number: z.number() }) }));

const mishap = fc.constantFrom("none", "error", "lost answer", "throttled", "garbage");

const schedule = fc.record({
  mishaps: fc.array(mishap, { maxLength: 12 }),
  bursts: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 8 }),
  batchSize: fc.integer({ min: 1, max: 7 }),
});

test("whatever the server answers meanwhile, each event is taken once and in order", async () => {
  const property = fc.asyncProperty(schedule, async ({ mishaps, bursts, batchSize }) => {
    const left = [...mishaps];
    const ids = new Set<string>();
    const taken: number[] = [];
    const take: Answering = ({ body }) => {
      for (const { id, data } of bodySchema.parse(JSON.parse(body))) {
        if (!ids.has(id)) taken.push(data.number);
        ids.add(id);
      }
      return succeeded({ results: [], accepted: 0, refused: 0 });
    };
    const answer: Answering = (asked) => {
      switch (left.shift()) {
        case "error":
          return refused(500, "INTERNAL");
        case "lost answer":
          take(asked);
          return undefined;
        case "throttled":
          return refused(429, "AWS_THROTTLED", { "Retry-After": "0" });
        case "garbage":
          take(asked);
          return { status: 200, body: "?" };
        case "none":
        case undefined:
          return take(asked);
      }
    };
    const server = await new FakeRest(answer).start();
    const emitter = new ProgressEventEmitter({
      url: server.url,
      batchSize,
      batchAfterMs: 1,
      timeoutMs: 20,
      backoff: { baseMs: 1, maxMs: 2 },
    });
    let number = 0;
    for (const burst of bursts) {
      for (let count = 0; count < burst; count++) {
        emitter.emitProgress({
          type: "resource_created",
          timestamp: "2026-01-01T00:00:00.000Z",
          deploymentId: "D1BRV40",
          data: { environment: "dev", number: ++number },
        });
      }
      await sleep(1);
    }
    expect(await emitter.close(5_000)).toBe(0);
    await server.stop();
    expect(taken).toEqual(Array.from({ length: number }, (_, index) => index + 1));
  });
  await fc.assert(property, { numRuns: 30 });
}, 60_000);
