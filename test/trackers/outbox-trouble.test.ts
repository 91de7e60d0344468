/** What receivers may do, and what operators do about it. */
import { env } from "cloudflare:workers";
import { runInDurableObject } from "cloudflare:test";
import { Webhook } from "standardwebhooks";
import { expect, test } from "vitest";
import {
  alarmIn,
  arrivals,
  deliveriesOf,
  describeOf,
  handOver,
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
const DAY_SECONDS = 86_400;

const directory = () => env.DESTINATIONS.get(env.DESTINATIONS.idFromName("destinations"));

const stateOf = async (id: string) => (await directory().list()).find((one) => one.id === id)?.state;

const status =
  (code: number, headers: Record<string, string> = {}) =>
  (): Response =>
    new Response(null, { status: code, headers });

test("a receiver that is gone gets nothing more; the rest waits until the destination is enabled", async () => {
  const { id, outbox } = await newDestination();
  receiver.answer = status(410);
  await outbox.take(handOver(A, 1, 3));
  await until(async () => (await describeOf(outbox)).state === "disabled");
  await until(async () => (await stateOf(id)) === "disabled");
  await outbox.take(handOver(A, 4, 5));
  await settled();
  expect(receiver.received).toHaveLength(1);
  expect(await describeOf(outbox)).toMatchObject({ pending: 4, dead: 1, disabled: { reason: "gone" } });
  await until(async () => (await alarmIn(outbox)) === null);
  receiver.answer = status(200);
  expect(await outbox.enable()).toMatchObject({ ok: true, value: { state: "working" } });
  await until(() => receiver.received.length === 5);
  expect(arrivals(A)).toEqual([1, 2, 3, 4, 5]);
  await until(async () => (await stateOf(id)) === "working");
});

test("a redirect is not followed, wherever it leads", async () => {
  const { outbox } = await newDestination();
  receiver.answer = status(302, { Location: "http://169.254.169.254/latest/meta-data/" });
  await outbox.take(handOver(A, 1, 1));
  await until(async () => (await describeOf(outbox)).state === "failing");
  const [delivery] = await deliveriesOf(outbox);
  expect(delivery?.attempts).toMatchObject([{ status: 302, error: "HTTP 302: redirects are not followed" }]);
  expect(receiver.received.map(({ url }) => url)).toEqual(["https://hooks.example.com/a"]);
});

test.for([
  ["120", 120],
  ["0", 5],
  ["999999999", DAY_SECONDS],
  ["soon", 5],
])("Retry-After: %s is heeded within bounds", async ([header, seconds]) => {
  const { outbox } = await newDestination();
  receiver.answer = status(429, { "Retry-After": String(header) });
  await outbox.take(handOver(A, 1, 1));
  await until(async () => (await alarmIn(outbox)) === seconds);
  pass(Number(seconds));
  receiver.answer = status(200);
  await work(outbox);
  await until(async () => (await describeOf(outbox)).pending === 0);
});

test("while a receiver asks to be left alone, no deployment's messages are sent", async () => {
  const { outbox } = await newDestination();
  receiver.answer = status(503, { "Retry-After": "60" });
  await outbox.take(handOver(A, 1, 1));
  await until(async () => (await alarmIn(outbox)) === 60);
  await outbox.take(handOver("deployments/b-dev", 1, 1));
  await settled();
  expect(receiver.received).toHaveLength(1);
  pass(60);
  receiver.answer = status(200);
  await work(outbox);
  await until(async () => (await describeOf(outbox)).pending === 0);
});

test("while a secret takes the other's place both sign, and then only the new one", async () => {
  const { outbox, secret } = await newDestination();
  const rotated = await outbox.rotateSecret(60);
  if (!rotated.ok) return expect.unreachable();
  const isSignedBy = (key: string): boolean => {
    const { headers, body } = receiver.received.at(-1)!;
    try {
      new Webhook(key).verify(body, headers);
      return true;
    } catch {
      return false;
    }
  };
  await outbox.take(handOver(A, 1, 1));
  await until(() => receiver.received.length === 1);
  expect(receiver.received[0]!.headers["webhook-signature"]?.split(" ")).toHaveLength(2);
  expect([isSignedBy(secret), isSignedBy(rotated.value.secret)]).toEqual([true, true]);
  expect(await describeOf(outbox)).toHaveProperty("previousSecretUntil");
  pass(61);
  await outbox.take(handOver(A, 2, 2));
  await until(() => receiver.received.length === 2);
  expect([isSignedBy(secret), isSignedBy(rotated.value.secret)]).toEqual([false, true]);
  expect(await describeOf(outbox)).not.toHaveProperty("previousSecretUntil");
});

test("a destination that has taken nothing for days is disabled, and the log says so without its address", async () => {
  const { id, outbox } = await newDestination({
    kind: "slack",
    url: "https://hooks.slack.com/services/T/B/x",
  });
  receiver.answer = status(400);
  const give = async (offset: number) => {
    await outbox.take({
      channel: A,
      epoch: "e1",
      messages: [{ offset, type: "stack_failed", body: JSON.stringify({ title: "t", tone: "bad" }) }],
    });
    await until(async () => (await describeOf(outbox)).dead === offset);
  };
  await give(1);
  expect(await stateOf(id)).toBe("failing");
  pass(4 * DAY_SECONDS);
  await give(2);
  expect(await stateOf(id)).toBe("failing");
  pass(DAY_SECONDS);
  await give(3);
  await until(async () => (await stateOf(id)) === "disabled");
  const reported = receiver.errors.filter((line) => line.includes("Destination disabled"));
  expect(reported.map((line) => JSON.parse(line) as unknown)).toEqual([
    { level: "error", message: "Destination disabled", destination: id, reason: "failing" },
  ]);
  expect(receiver.errors.join()).not.toContain("/services/");
});

test("a test is sent once, tells what became of it, and works while the destination is disabled", async () => {
  const { id, outbox } = await newDestination();
  receiver.answer = status(410);
  await outbox.take(handOver(A, 1, 1));
  await until(async () => (await describeOf(outbox)).state === "disabled");
  receiver.answer = status(202);
  expect(await outbox.sendTest()).toMatchObject({
    ok: true,
    value: { state: "delivered", type: "test", attempts: [{ status: 202 }] },
  });
  const { body } = receiver.received.at(-1)!;
  expect(JSON.parse(body)).toMatchObject({ type: "test", data: {} });
  receiver.answer = status(500);
  expect(await outbox.sendTest()).toMatchObject({
    ok: true,
    value: { state: "dead", attempts: [{ status: 500, error: "HTTP 500" }] },
  });
  expect((await deliveriesOf(outbox, "delivered")).map(({ messageId }) => messageId)).toEqual([
    expect.stringMatching(new RegExp(`^msg_${id}_0_\\d+$`)),
  ]);
});

test("a deleted destination is forgotten with all that waits, and again does no harm", async () => {
  const { id, outbox } = await newDestination();
  receiver.answer = status(500);
  await outbox.take(handOver(A, 1, 3));
  await until(async () => (await describeOf(outbox)).state === "failing");
  expect(await outbox.remove()).toEqual({ ok: true, value: undefined });
  expect(await outbox.remove()).toMatchObject({ ok: false, failure: { code: "DESTINATION_NOT_FOUND" } });
  expect(await outbox.take(handOver(A, 4, 4))).toBe(false);
  expect(await directory().list()).toEqual([]);
  expect(await alarmIn(outbox)).toBeNull();
  expect(await outboxOf(id).describe()).toMatchObject({ ok: false });
  const left = await runInDurableObject(outbox, (_, { storage }) =>
    storage.sql
      .exec("SELECT name FROM sqlite_master WHERE name IN ('lanes', 'blocks', 'deliveries')")
      .toArray(),
  );
  expect(left).toEqual([]);
});

test("deleting while a message is under way leaves nothing behind", async () => {
  const { id, outbox } = await newDestination();
  const deleted = new Set<string>();
  receiver.answer = async () => {
    await until(() => deleted.size > 0);
    return new Response(null, { status: 200 });
  };
  await outbox.take(handOver(A, 1, 2));
  await until(() => receiver.received.length === 1);
  await outbox.remove();
  deleted.add(id);
  await settled();
  expect(receiver.received).toHaveLength(1);
  expect(await outbox.describe()).toMatchObject({ ok: false });
});

test("the log is told page by page, what waits first, and by state", async () => {
  const { id, outbox } = await newDestination();
  receiver.answer = (_, count) => new Response(null, { status: count <= 4 ? 200 : 503 });
  await outbox.take(handOver(A, 1, 7));
  await until(() => receiver.received.length === 5);
  await until(async () => (await alarmIn(outbox)) === 5);
  const pages: string[][] = [];
  for (let cursor: string | undefined, more = true; more;) {
    const page = await outbox.deliveries({ limit: 2, ...(cursor !== undefined && { cursor }) });
    if (!page.ok) return expect.unreachable();
    pages.push(page.value.items.map(({ messageId, state }) => `${messageId.split("_").at(-1)} ${state}`));
    cursor = page.value.nextCursor;
    more = cursor !== undefined;
  }
  expect(pages).toEqual([
    ["5 pending", "6 pending"],
    ["7 pending", "4 delivered"],
    ["3 delivered", "2 delivered"],
    ["1 delivered"],
  ]);
  expect((await deliveriesOf(outbox, "pending")).map(({ offset }) => offset)).toEqual([5, 6, 7]);
  expect((await deliveriesOf(outbox, "delivered")).map(({ offset }) => offset)).toEqual([4, 3, 2, 1]);
  expect(await outbox.deliveries({ limit: 2, cursor: "nonsense" })).toMatchObject({ ok: false });
  expect(await outbox.redeliver(`msg_${id}_1_6`)).toMatchObject({ ok: true, value: { state: "pending" } });
});
