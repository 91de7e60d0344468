/** Destinations of which much is asked at once, or at a bad moment. */
import { env } from "cloudflare:workers";
import { runInDurableObject } from "cloudflare:test";
import { Webhook } from "standardwebhooks";
import { expect, test, vi } from "vitest";
import { DeliveryLog } from "../../src/destinations/outbox/delivery-log.ts";
import { Destinations } from "../../src/destinations/directory/destination-directory.ts";
import {
  alarmIn,
  arrivals,
  describeOf,
  handOver,
  handOverAlerts,
  newDestination,
  pass,
  receiver,
  settled,
  until,
  useReceiver,
  work,
} from "./outboxes.ts";

useReceiver();

const A = "deployments/a-dev";
const B = "deployments/b-dev";

test("an attempt that fails while its destination is deleted does not bring the destination back", async () => {
  const { outbox } = await newDestination();
  const answered = Promise.withResolvers<Response>();
  receiver.answer = () => answered.promise;
  await outbox.take(handOver(A, 1, 2));
  await until(() => receiver.received.length === 1);
  const forget = Reflect.get(Destinations.prototype, "forget") as (this: Destinations, id: string) => unknown;
  vi.spyOn(Destinations.prototype, "forget").mockImplementation(async function (this: Destinations, id) {
    await forget.call(this, id);
    answered.resolve(new Response(null, { status: 500 }));
    await settled();
  });
  expect(await outbox.remove()).toEqual({ ok: true, value: undefined });
  await settled();
  expect(await env.DESTINATIONS.get(env.DESTINATIONS.idFromName("destinations")).list()).toEqual([]);
});

test("what is new takes turns with what is sent once more", async () => {
  const { outbox } = await newDestination({ kind: "slack", url: "https://hooks.slack.com/services/T/B/x" });
  receiver.answer = () => new Response("invalid_payload", { status: 400 });
  await outbox.take(handOverAlerts(A, 1, 4));
  for (let dead = 1; dead <= 4; dead += 1) {
    await until(async () => (await describeOf(outbox)).dead === dead);
    pass(1);
    await work(outbox);
  }
  const sent: string[] = [];
  receiver.answer = ({ body }) => {
    sent.push(body.includes("deployments/b-dev") ? "new" : "again");
    return new Response("ok");
  };
  await outbox.recover(0);
  await outbox.take({
    ...handOverAlerts(B, 1, 2),
    messages: handOverAlerts(B, 1, 2).messages.map((message) => ({
      ...message,
      body: message.body.replaceAll("Test of notifications", B),
    })),
  });
  for (let count = 1; count <= 6; count += 1) {
    await until(() => sent.length === count);
    await settled();
    pass(1);
    await work(outbox);
  }
  expect(sent).toEqual(["again", "new", "again", "new", "again", "again"]);
});

test("recovering many looks at all of them once", async () => {
  const { outbox } = await newDestination();
  const count = 50;
  await runInDurableObject(outbox, (_, { storage }) => {
    for (let place = 1; place <= count; place += 1)
      storage.sql.exec(
        "INSERT INTO deliveries (lane, place, channel, type, body, state, created, settled, attempts)" +
          " VALUES (1, ?, ?, 'stack_failed', ?, 'dead', 0, 1, '[]')",
        place,
        A,
        JSON.stringify({ channel: A, offset: place }),
      );
  });
  const looks = vi.spyOn(DeliveryLog.prototype, "repeats");
  expect(await outbox.recover(0)).toEqual({ ok: true, value: count });
  await until(async () => (await describeOf(outbox)).pending === 0);
  expect(arrivals(A)).toEqual(Array.from({ length: count }, (_, index) => index + 1));
  expect(looks).toHaveBeenCalledTimes(1);
});

test("a message that gets through does not end the pause that the receiver has asked for", async () => {
  const { outbox } = await newDestination();
  const late = Promise.withResolvers<Response>();
  receiver.answer = ({ body }) =>
    body.includes(A) ? new Response(null, { status: 429, headers: { "Retry-After": "60" } }) : late.promise;
  await outbox.take(handOver(B, 1, 2));
  await until(() => arrivals(B).length === 1);
  await outbox.take(handOver(A, 1, 1));
  await until(async () => (await describeOf(outbox)).state === "failing");
  late.resolve(new Response(null, { status: 200 }));
  await until(async () => (await describeOf(outbox)).state === "working");
  await until(async () => (await alarmIn(outbox)) === 60);
  expect(arrivals(B)).toEqual([1]);
  pass(60);
  receiver.answer = () => new Response(null, { status: 200 });
  await work(outbox);
  await until(async () => (await describeOf(outbox)).pending === 0);
  expect([arrivals(A), arrivals(B)]).toEqual([
    [1, 1],
    [1, 2],
  ]);
});

test("a secret that is rotated twice goes on signing for as long as it was to", async () => {
  const { outbox, secret } = await newDestination();
  await outbox.rotateSecret(60);
  const second = await outbox.rotateSecret(0);
  if (!second.ok) return expect.unreachable(second.failure.message);
  const signs = (key: string): boolean => {
    const { headers, body } = receiver.received.at(-1)!;
    const timestamp = new Date(Number(headers["webhook-timestamp"]) * 1000);
    const signature = new Webhook(key).sign(headers["webhook-id"] ?? "", timestamp, body);
    return headers["webhook-signature"]?.split(" ").includes(signature) ?? false;
  };
  await outbox.sendTest();
  expect([signs(secret), signs(second.value.secret)]).toEqual([true, true]);
  // The one between was to end at once.
  expect(receiver.received.at(-1)?.headers["webhook-signature"]?.split(" ")).toHaveLength(2);
  pass(60);
  await outbox.sendTest();
  expect([signs(secret), signs(second.value.secret)]).toEqual([false, true]);
});

test("a directory that does not answer holds up no delivery", async () => {
  const { outbox } = await newDestination();
  receiver.answer = () => new Response(null, { status: 500 });
  const directory = Promise.withResolvers<never>();
  vi.spyOn(Destinations.prototype, "note").mockReturnValue(directory.promise);
  await outbox.take(handOver(A, 1, 1));
  await until(() => receiver.received.length === 1);
  await settled();
  receiver.answer = () => new Response(null, { status: 200 });
  pass(5);
  await work(outbox);
  await until(async () => (await describeOf(outbox)).pending === 0);
  directory.reject(new Error("It was away"));
});

test("what cannot be written down is not sent again and again at once", async () => {
  const { outbox } = await newDestination();
  const add = vi.spyOn(DeliveryLog.prototype, "add").mockImplementation(() => {
    throw new Error("database or disk is full");
  });
  await outbox.take(handOver(A, 1, 1));
  await until(() => receiver.errors.length > 0);
  await settled();
  expect(receiver.received).toHaveLength(1);
  expect(await alarmIn(outbox)).toBe(30);
  add.mockRestore();
  pass(30);
  await work(outbox);
  await until(async () => (await describeOf(outbox)).pending === 0);
  expect(arrivals(A)).toEqual([1, 1]);
});

test("PagerDuty is not told again of a failure whose incident was closed since", async () => {
  const { id, outbox } = await newDestination({ kind: "pagerduty", routingKey: "0".repeat(32) });
  const alerts = (channel: string, types: readonly string[]) => ({
    ...handOverAlerts(channel, 1, types.length),
    messages: handOverAlerts(channel, 1, types.length).messages.map(({ offset, body }, index) => {
      const type = types[index]!;
      const tone = type.endsWith("_failed") ? "bad" : "good";
      const alert = { ...(JSON.parse(body) as object), type, tone };
      return { offset, type, body: JSON.stringify(alert) };
    }),
  });
  receiver.answer = ({ body }) => new Response(null, { status: body.includes('"trigger"') ? 400 : 202 });
  await outbox.take(alerts(A, ["deployment_failed", "deployment_complete", "deployment_failed"]));
  await outbox.take(alerts(B, ["deployment_failed"]));
  await until(async () => (await describeOf(outbox)).dead === 3);
  const closed = await outbox.redeliver(`msg_${id}_1_1`);
  expect(closed).toMatchObject({ ok: false, failure: { code: "INVALID_TRANSITION" } });
  receiver.answer = () => new Response(null, { status: 202 });
  expect(await outbox.recover(0)).toEqual({ ok: true, value: 2 });
  await until(async () => (await describeOf(outbox)).pending === 0);
  expect(await describeOf(outbox)).toMatchObject({ pending: 0, dead: 1 });
});

test("what has expired in a long pause is given up in turns with calls", async () => {
  const { outbox } = await newDestination();
  receiver.answer = () => new Response(null, { status: 410 });
  await outbox.take(handOver(A, 1, 3_001));
  await until(async () => (await describeOf(outbox)).state === "disabled");
  pass(8 * 86_400);
  const turns = vi.spyOn(scheduler, "wait");
  await outbox.enable();
  await until(async () => (await describeOf(outbox)).pending === 0);
  expect(turns.mock.calls.filter(([wait]) => wait === 0)).toHaveLength(3);
  expect(await describeOf(outbox)).toMatchObject({ state: "working", pending: 0, dead: 3_001 });
  expect(receiver.received).toHaveLength(1);
});
