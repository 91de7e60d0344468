import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import * as z from "zod";
import type { DeliveryNotice } from "../../src/client/delivery.ts";
import { ProgressEventEmitter, type EmitterOptions } from "../../src/client/emitter.ts";
import type { ProgressEvent } from "../../src/client/progress-event.ts";
import { FakeRest, refused, succeeded, type Answering } from "./fake-rest.ts";

const bodySchema = z.array(z.looseObject({ id: z.string(), type: z.string() }));

const event = (type: string, number = 0, environment = "dev"): ProgressEvent => ({
  type,
  timestamp: "2026-01-01T00:00:00.000Z",
  deploymentId: "D1BRV40",
  data: { environment, number },
});

/** Takes every event once, as an owner does. */
const taking: Answering = ({ body }) => {
  const results = bodySchema
    .parse(JSON.parse(body))
    .map(({ id, type }) => ({ id, type, outcome: "accepted" }));
  return succeeded({ results, accepted: results.length, refused: 0 });
};

let server: FakeRest;
const open: ProgressEventEmitter[] = [];

beforeEach(async () => {
  server = await new FakeRest(taking).start();
});

afterEach(async () => {
  for (const emitter of open.splice(0)) await emitter.close(0);
  await server.stop();
});

const emitting = (options: Partial<EmitterOptions> = {}) => {
  const emitter = new ProgressEventEmitter({
    url: server.url,
    token: () => "secret",
    batchAfterMs: 10,
    timeoutMs: 200,
    backoff: { baseMs: 5, maxMs: 20 },
    ...options,
  });
  const notices: DeliveryNotice[] = [];
  emitter.onDelivery((notice) => notices.push(notice));
  open.push(emitter);
  return { emitter, notices };
};

const posted = () => server.asked.map(({ body }) => bodySchema.parse(JSON.parse(body)));

const numbers = () =>
  posted().map((batch) => batch.map(({ data }) => z.object({ number: z.number() }).parse(data).number));

describe("the emitter", () => {
  test("tells local listeners at once, and no more once they are taken off", () => {
    const { emitter } = emitting();
    const heard: ProgressEvent[] = [];
    const listener = (reported: ProgressEvent): number => heard.push(reported);
    emitter.on("stack_deployed", listener);
    emitter.emitProgress(event("stack_deployed", 1));
    emitter.emitProgress(event("stack_failed", 2));
    emitter.off("stack_deployed", listener);
    emitter.emitProgress(event("stack_deployed", 3));
    expect(heard).toEqual([event("stack_deployed", 1)]);
  });

  test("posts in order, many at once, to the deployment that each event is about", async () => {
    const { emitter, notices } = emitting({ batchSize: 3 });
    for (let number = 1; number <= 5; number++) emitter.emitProgress(event("resource_created", number));
    emitter.emitProgress(event("resource_created", 6, "prod"));
    expect(await emitter.flush()).toBe(0);
    expect(numbers()).toEqual([[1, 2, 3], [4, 5], [6]]);
    expect(server.asked.map(({ url, token }) => [url, token])).toEqual([
      ["/api/v1/deployments/D1BRV40/events?environment=dev", "secret"],
      ["/api/v1/deployments/D1BRV40/events?environment=dev", "secret"],
      ["/api/v1/deployments/D1BRV40/events?environment=prod", "secret"],
    ]);
    expect(notices.map(({ kind }) => kind)).toEqual(["delivered", "delivered", "delivered"]);
  });

  test("waits a moment for more, and not longer", async () => {
    const { emitter } = emitting({ batchAfterMs: 60 });
    emitter.emitProgress(event("layer_started", 1));
    await sleep(20);
    emitter.emitProgress(event("layer_started", 2));
    expect(server.asked).toEqual([]);
    await vi.waitFor(() => expect(numbers()).toEqual([[1, 2]]));
  });

  test("says what it said as it was, though its maker changes it later", async () => {
    const { emitter } = emitting();
    const data = { environment: "dev", number: 1 };
    emitter.emitProgress({ ...event("layer_started"), data });
    data.number = 2;
    await emitter.flush();
    expect(numbers()).toEqual([[1]]);
  });

  test("keeps ids over every attempt, so that a repeated post changes nothing", async () => {
    let failures = 0;
    server.answer = (asked) => (failures++ < 3 ? refused(500, "INTERNAL") : taking(asked));
    const { emitter, notices } = emitting();
    emitter.emitProgress(event("stack_deploying", 1));
    emitter.emitProgress({ ...event("stack_deployed", 2), id: "mine" });
    expect(await emitter.flush()).toBe(0);
    const ids = posted().map((batch) => batch.map(({ id }) => id));
    expect(ids).toHaveLength(4);
    expect(new Set(ids.map(String)).size).toBe(1);
    expect(ids[0]?.[1]).toBe("mine");
    expect(notices.map(({ kind }) => kind)).toEqual(["delayed", "delayed", "delayed", "delivered"]);
  });

  test.each([
    ["hangs", () => undefined],
    ["breaks", () => ({ status: 502, body: "<html>" })],
    ["says something else", () => ({ status: 200, body: { success: true, data: { results: [null] } } })],
    ["asks for patience", () => refused(429, "AWS_THROTTLED", { "Retry-After": "0" })],
    ["does not know the token yet", () => refused(401, "TOKEN_EXPIRED")],
  ] satisfies [string, Answering][])("tries again when the server %s", async (_, failing) => {
    let failures = 0;
    server.answer = (asked) => (failures++ < 2 ? failing() : taking(asked));
    const { emitter } = emitting();
    emitter.emitProgress(event("stack_deploying", 1));
    expect(await emitter.flush(5_000)).toBe(0);
    expect(numbers()).toEqual([[1], [1], [1]]);
  });

  test("waits as long as Retry-After says", async () => {
    let failures = 0;
    server.answer = (asked) =>
      failures++ < 1 ? refused(429, "AWS_THROTTLED", { "Retry-After": "1" }) : taking(asked);
    const { emitter } = emitting();
    const from = performance.now();
    emitter.emitProgress(event("stack_deploying", 1));
    await emitter.flush();
    expect(performance.now() - from).toBeGreaterThan(1_000);
  });

  test("finds the event for which a request is refused, drops it and tells so", async () => {
    server.answer = (asked) =>
      asked.body.includes("poison") ? refused(400, "INVALID_REQUEST") : taking(asked);
    const { emitter, notices } = emitting();
    for (let number = 1; number <= 9; number++) {
      emitter.emitProgress(event(number === 6 ? "poison" : "resource_created", number));
    }
    expect(await emitter.flush()).toBe(0);
    const arrived = numbers().filter((_, index) => !server.asked[index]?.body.includes("poison"));
    expect(arrived.flat()).toEqual([1, 2, 3, 4, 5, 7, 8, 9]);
    expect(notices.filter(({ kind }) => kind === "dropped")).toEqual([
      {
        kind: "dropped",
        id: expect.any(String),
        type: "poison",
        reason: "INVALID_REQUEST: It is INVALID_REQUEST",
      },
    ]);
  });

  test("tells which events the server would not take", async () => {
    server.answer = () =>
      succeeded({
        results: [
          { id: "1", type: "x", outcome: "refused", error: { code: "UNKNOWN_STACK", message: "no" } },
        ],
        accepted: 0,
        refused: 1,
      });
    const { emitter, notices } = emitting();
    emitter.emitProgress(event("x"));
    await emitter.flush();
    expect(notices).toEqual([
      {
        kind: "delivered",
        events: 1,
        refused: [{ id: "1", type: "x", code: "UNKNOWN_STACK", message: "no" }],
      },
    ]);
  });

  test("drops the oldest transient events when it is full, and durable ones never", async () => {
    server.answer = () => refused(503, "CONFIGURATION");
    const { emitter, notices } = emitting({ bufferSize: 4, batchAfterMs: 5_000 });
    const types = [
      "stack_progress",
      "stack_deploying",
      "stack_progress",
      "resource_creating",
      "resource_created",
    ];
    types.forEach((type, index) => emitter.emitProgress(event(type, index)));
    emitter.emitProgress(event("stack_deployed", 5));
    emitter.emitProgress(event("deployment_complete", 6));
    emitter.emitProgress(event("deployment_progress", 7));
    expect(notices.map((notice) => ("type" in notice ? notice.type : notice.kind))).toEqual([
      "stack_progress",
      "stack_progress",
      "full",
      "deployment_progress",
    ]);
    server.answer = taking;
    expect(await emitter.flush()).toBe(0);
    expect(numbers()).toEqual([[1, 3, 4, 5, 6]]);
  });

  test("ends in time though nobody answers, tells how much is left, and sends nothing more", async () => {
    server.answer = () => undefined;
    const { emitter, notices } = emitting();
    emitter.emitProgress(event("stack_deploying", 1));
    emitter.emitProgress(event("stack_deployed", 2));
    const from = performance.now();
    expect(await emitter.close(100)).toBe(2);
    expect(performance.now() - from).toBeLessThan(500);
    const asked = server.asked.length;
    emitter.emitProgress(event("stack_deployed", 3));
    await sleep(300);
    expect(server.asked.length).toBe(asked);
    expect(notices.at(-2)).toMatchObject({ kind: "dropped", reason: "The emitter is closed" });
  });

  test("throws nothing into the deployment, whatever listeners, loggers and events do", async () => {
    const fail = (): never => {
      throw new Error("mine");
    };
    const { emitter, notices } = emitting({ logger: { debug: fail, info: fail, warn: fail, error: fail } });
    emitter.onDelivery(fail);
    emitter.on("stack_deployed", fail);
    emitter.emitProgress(event("stack_deployed", 1));
    const circle: Record<string, unknown> = {};
    circle["self"] = circle;
    emitter.emitProgress({ ...event("stack_deployed", 2), data: { environment: "dev", circle } });
    expect(await emitter.flush()).toBe(0);
    expect(numbers()).toEqual([[1]]);
    expect(notices.map(({ kind }) => kind)).toEqual(["dropped", "delivered"]);
  });

  test("logs by the seeds' levels", () => {
    const lines: string[] = [];
    const to = (level: string) => (line: string) => lines.push(`${level} ${line.split(":")[0]}`);
    const { emitter } = emitting({
      logger: { debug: to("DEBUG"), info: to("INFO"), warn: to("WARN"), error: to("ERROR") },
    });
    for (const type of [
      "resource_creating",
      "stack_deployed",
      "layer_complete",
      "stack_skipped",
      "stack_failed",
      "resource_failed",
    ])
      emitter.emitProgress(event(type));
    expect(lines).toEqual([
      "INFO resource_creating",
      "INFO stack_deployed",
      "INFO layer_complete",
      "WARN stack_skipped",
      "ERROR stack_failed",
      "ERROR resource_failed",
    ]);
  });
});
