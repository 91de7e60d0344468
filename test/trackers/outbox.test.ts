/** What a destination gets: everything, in order, under ids that stay, signed so that it can tell who sent it. */
import { abortAllDurableObjects } from "cloudflare:test";
import { Webhook } from "standardwebhooks";
import { expect, test } from "vitest";
import {
  alarmIn,
  arrivals,
  deliveriesOf,
  describeOf,
  handOver,
  handOverAlerts,
  newDestination,
  outboxOf,
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

const upTo = (last: number): number[] => Array.from({ length: last }, (_, index) => index + 1);

test("every event arrives once and in order, as it is, signed, and without an alarm left over", async () => {
  const { id, outbox, secret } = await newDestination();
  await outbox.take(handOver(A, 1, 3));
  await outbox.take(handOver(A, 1, 5));
  await until(() => receiver.received.length === 5);
  await settled();
  expect(arrivals(A)).toEqual(upTo(5));
  expect(receiver.received.map((message) => message.id)).toEqual(upTo(5).map((n) => `msg_${id}_1_${n}`));
  for (const { headers, body } of receiver.received)
    expect(new Webhook(secret).verify(body, headers)).toEqual(JSON.parse(body));
  await until(async () => (await alarmIn(outbox)) === null);
  expect(await describeOf(outbox)).toMatchObject({ state: "working", pending: 0, dead: 0 });
});

test("a receiver that fails five times and then works gets every message once by id, in order", async () => {
  const { outbox } = await newDestination();
  receiver.answer = (_, count) => new Response(null, { status: count <= 5 ? 503 : 200 });
  await outbox.take(handOver(A, 1, 3));
  const waits = [5, 300, 1800, 7200, 18_000];
  for (const [index, wait] of waits.entries()) {
    await until(() => receiver.received.length === index + 1);
    await until(async () => (await alarmIn(outbox)) === wait);
    expect(await describeOf(outbox)).toMatchObject({ state: "failing", pending: 3 });
    pass(wait);
    await work(outbox);
  }
  await until(() => receiver.received.length === 8);
  expect(arrivals(A)).toEqual([1, 1, 1, 1, 1, 1, 2, 3]);
  expect(new Set(receiver.received.map((message) => message.id)).size).toBe(3);
  await until(async () => (await describeOf(outbox)).pending === 0);
  const [, , first] = await deliveriesOf(outbox);
  expect(first?.attempts.map(({ status, error }) => ({ status, error }))).toEqual([
    ...Array.from({ length: 5 }, () => ({ status: 503, error: "HTTP 503" })),
    { status: 200, error: undefined },
  ]);
  const { failingSince, state } = await describeOf(outbox);
  expect({ failingSince, state }).toEqual({ failingSince: undefined, state: "working" });
});

test("a deployment whose message waits holds up no other", async () => {
  const { outbox } = await newDestination();
  receiver.answer = ({ body }) => new Response(null, { status: body.includes(A) ? 500 : 200 });
  await outbox.take(handOver(A, 1, 2));
  await outbox.take(handOver(B, 1, 4));
  await until(() => arrivals(B).length === 4);
  await settled();
  expect([arrivals(A), arrivals(B)]).toEqual([[1], upTo(4)]);
});

test("what is never taken is given up after the last wait, listed, and sent again on request", async () => {
  const { id, outbox } = await newDestination();
  receiver.answer = () => new Response(null, { status: 500 });
  await outbox.take(handOver(A, 1, 2));
  for (const [index, wait] of [5, 300, 1800, 7200, 18_000, 36_000, 36_000].entries()) {
    await until(async () => receiver.received.length === index + 1 && (await alarmIn(outbox)) === wait);
    pass(wait);
    await work(outbox);
  }
  // The eighth attempt was the last; the next message has its first one then.
  await until(() => receiver.received.length === 9);
  expect(arrivals(A)).toEqual([...Array.from({ length: 8 }, () => 1), 2]);
  const [dead] = await deliveriesOf(outbox, "dead");
  expect(dead).toMatchObject({ messageId: `msg_${id}_1_1`, state: "dead", offset: 1, channel: A });
  expect(dead?.attempts).toHaveLength(8);
  receiver.answer = () => new Response(null, { status: 200 });
  expect(await outbox.redeliver(`msg_${id}_1_1`)).toMatchObject({ ok: true, value: { state: "pending" } });
  await until(async () => (await deliveriesOf(outbox, "delivered")).length === 1);
  expect(receiver.received.at(-1)?.id).toBe(`msg_${id}_1_1`);
  expect(await outbox.redeliver(`msg_${id}_1_99`)).toMatchObject({
    ok: false,
    failure: { code: "DELIVERY_NOT_FOUND" },
  });
});

test("all that was given up since a time is sent again, in order", async () => {
  const { outbox } = await newDestination({ kind: "slack", url: "https://hooks.slack.com/services/T/B/x" });
  receiver.answer = () => new Response("invalid_payload", { status: 400 });
  await outbox.take(handOverAlerts(A, 1, 1));
  await until(async () => (await deliveriesOf(outbox, "dead")).length === 1);
  pass(60);
  const since = Date.now();
  await outbox.take(handOverAlerts(A, 2, 3));
  await until(async () => (await deliveriesOf(outbox, "dead")).length === 2);
  pass(1);
  await work(outbox);
  await until(async () => (await deliveriesOf(outbox, "dead")).length === 3);
  receiver.answer = () => new Response("ok");
  pass(1);
  expect(await outbox.recover(since)).toEqual({ ok: true, value: 2 });
  await until(async () => (await deliveriesOf(outbox, "delivered")).length === 1);
  pass(1);
  await work(outbox);
  await until(async () => (await deliveriesOf(outbox, "delivered")).length === 2);
  expect((await deliveriesOf(outbox)).map(({ offset, state }) => [offset, state])).toEqual([
    [3, "delivered"],
    [2, "delivered"],
    [1, "dead"],
  ]);
});

test("an outbox that breaks down while it waits for an answer sends the message again under the same id", async () => {
  const { id, outbox } = await newDestination();
  receiver.answer = (_, count) =>
    count === 3 ? new Promise<Response>(() => {}) : new Response(null, { status: 200 });
  await outbox.take(handOver(A, 1, 5));
  await until(() => receiver.received.length === 3);
  await abortAllDurableObjects();
  const back = outboxOf(id);
  await work(back);
  await until(() => receiver.received.length === 6);
  expect(receiver.received.map((message) => message.id)).toEqual(
    [1, 2, 3, 3, 4, 5].map((offset) => `msg_${id}_1_${offset}`),
  );
  await until(async () => (await deliveriesOf(back, "delivered")).length === 5);
});

test("Slack gets one message a second", async () => {
  const { outbox } = await newDestination({ kind: "slack", url: "https://hooks.slack.com/services/T/B/x" });
  await outbox.take(handOverAlerts(A, 1, 3));
  for (const count of upTo(3)) {
    await until(() => receiver.received.length === count);
    await settled();
    expect(receiver.received).toHaveLength(count);
    pass(1);
    await work(outbox);
  }
});
