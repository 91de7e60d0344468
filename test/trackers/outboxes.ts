/**
 * Destinations driven by hand: what they send is taken by a receiver of the test's, and their alarm comes when the test
 * says so. `Date` stands still but for `pass`.
 */
import { reset, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, expect, vi } from "vitest";
import type { Outbox } from "../../src/destinations/outbox/outbox.ts";
import { testMessageOf } from "../../src/destinations/kinds/test-message.ts";
import type { DeliveryState, DestinationRequest } from "../../src/protocol/destinations.ts";

/** A request as it came. */
export type Received = Readonly<{ url: string; id: string; headers: Record<string, string>; body: string }>;

/** What answers everything that destinations send in the test that runs. */
export const receiver = {
  received: [] as Received[],
  /** Lines of the log. */
  errors: [] as string[],
  /** `count`: how many requests came, this one among them. */
  answer: (_received: Received, _count: number): Response | Promise<Response> =>
    new Response(null, { status: 204 }),
};

/** To be called once in each file. Chance is in the middle, where waits are exactly those of the schedule. */
export const useReceiver = (): void => {
  beforeEach(() => {
    receiver.received = [];
    receiver.answer = () => new Response(null, { status: 204 });
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() });
    vi.spyOn(Math, "random").mockReturnValue(0.5);
    receiver.errors = [];
    vi.spyOn(console, "error").mockImplementation((line: unknown) => void receiver.errors.push(String(line)));
    vi.spyOn(console, "warn").mockReturnValue();
    vi.spyOn(globalThis, "fetch").mockImplementation(async (input, init) => {
      const request = new Request(input, init);
      // Where deployments are audited and logged is none of these tests' business.
      if (new URL(request.url).host.endsWith(".amazonaws.com")) return Response.json({});
      const headers = Object.fromEntries(request.headers);
      const body = await request.text();
      const received = { url: request.url, id: headers["webhook-id"] ?? "", headers, body };
      receiver.received.push(received);
      return receiver.answer(received, receiver.received.length);
    });
  });
  afterEach(async () => {
    await reset();
    vi.useRealTimers();
    vi.restoreAllMocks();
  });
};

export const pass = (seconds: number): void => {
  vi.setSystemTime(Date.now() + seconds * 1000);
};

/** Waits for what has to come; the clock of the test stands still meanwhile. */
export const until = async (holds: () => boolean | Promise<boolean>): Promise<void> => {
  for (let tries = 0; !(await holds()); tries += 1) {
    if (tries > 1_500) expect.unreachable(`It never came: ${holds.toString()}`);
    await scheduler.wait(10);
  }
};

type Stub = DurableObjectStub<Outbox>;

let destinations = 0;

/** A destination of its own. */
export const newDestination = async (
  request: DestinationRequest = { kind: "webhook", url: "https://hooks.example.com/a" },
  createdBy = "kim",
): Promise<Readonly<{ id: string; outbox: Stub; secret: string }>> => {
  destinations += 1;
  const id = destinations.toString(16).padStart(16, "0");
  const outbox = outboxOf(id);
  const created = await outbox.create(request, "https://stackcast.test", createdBy);
  if (!created.ok) return expect.unreachable(created.failure.message);
  return { id, outbox, secret: created.value.secret ?? "" };
};

export const outboxOf = (id: string): Stub => env.OUTBOXES.get(env.OUTBOXES.idFromName(`destinations/${id}`));

/** The same as alerts, as the kinds get them that are not webhooks. */
export const handOverAlerts = (channel: string, from: number, to: number) => ({
  ...handOver(channel, from, to),
  messages: handOver(channel, from, to).messages.map(({ offset, type }) => {
    const { body } = testMessageOf("slack", Date.now());
    return { offset, type, body: JSON.stringify({ ...(JSON.parse(body) as object), channel, offset }) };
  }),
});

/** Events of a deployment as it hands them over. */
export const handOver = (channel: string, from: number, to: number) => ({
  channel,
  epoch: "e1",
  messages: Array.from({ length: to - from + 1 }, (_, index) => ({
    offset: from + index,
    type: "stack_failed",
    body: JSON.stringify({ type: "stack_failed", channel, offset: from + index }),
  })),
});

/** Lets the alarm come that stands, and waits until nothing is sent any more. */
export const work = async (outbox: Stub): Promise<void> => {
  await runDurableObjectAlarm(outbox);
  await settled();
};

/** Waits until nothing is sent any more. */
export const settled = async (): Promise<void> => {
  for (let before = -1, quiet = 0; quiet < 5;) {
    await scheduler.wait(15);
    quiet = receiver.received.length === before ? quiet + 1 : 0;
    before = receiver.received.length;
  }
};

/** When the next alarm is due, in seconds; null: there is none. */
export const alarmIn = (outbox: Stub): Promise<number | null> =>
  runInDurableObject(outbox, async (_, { storage }) => {
    const alarm = await storage.getAlarm();
    return alarm === null ? null : (alarm - Date.now()) / 1000;
  });

/** The log of deliveries. */
export const deliveriesOf = async (outbox: Stub, state?: DeliveryState) => {
  const list = await outbox.deliveries({ limit: 100, ...(state && { state }) });
  if (!list.ok) return expect.unreachable(list.failure.message);
  return list.value.items;
};

export const describeOf = async (outbox: Stub) => {
  const answer = await outbox.describe();
  if (!answer.ok) return expect.unreachable(answer.failure.message);
  return answer.value;
};

/** Offsets of the events that came, by channel, in the order in which they came. */
export const arrivals = (channel: string): number[] =>
  receiver.received.flatMap(({ body }) => {
    const event = JSON.parse(body) as { channel?: string; offset?: number };
    return event.channel === channel && event.offset !== undefined ? [event.offset] : [];
  });
