/** Why and how a gateway closes sockets, and what it takes from clients. */
import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { expect, test } from "vitest";
import { CLOSE, CLOSE_REASONS } from "../../src/protocol/connection/close-codes.ts";
import { disconnectSchema } from "../../src/protocol/connection/control-frames.ts";
import { ownerOf, useFakeOwners } from "./fake-owners.ts";
import { pass, useFarEnd } from "./far-end.ts";
import { connectTo, gatewayOf, newGateway, watch } from "./gateway-viewer.ts";

useFarEnd();
useFakeOwners();

const CHANNEL = "deployments/D1-dev";

test("[G3] a socket that subscribes to nothing is closed after 10 s, others are not", async () => {
  const gateway = newGateway();
  const idle = await connectTo(gateway);
  const classic = await connectTo(gateway, { classic: true });
  const busy = await watch(gateway, CHANNEL);
  pass(9);
  const late = await connectTo(gateway);
  await runDurableObjectAlarm(gatewayOf(gateway));
  expect(idle.closed).toBeUndefined();
  pass(1);
  await runDurableObjectAlarm(gatewayOf(gateway));
  expect((await idle.untilClosed()).code).toBe(4408);
  expect((await classic.untilClosed()).code).toBe(4408);
  expect([busy.closed, late.closed]).toEqual([undefined, undefined]);
  pass(9);
  expect(await runDurableObjectAlarm(gatewayOf(gateway))).toBe(true);
  expect((await late.untilClosed()).code).toBe(4408);
  expect(await runDurableObjectAlarm(gatewayOf(gateway))).toBe(false);
});

test("[G3] who waits for a slow owner is not closed, who was refused is", async () => {
  const gateway = newGateway();
  const hold = ownerOf(CHANNEL).holdJoin();
  const waiting = await connectTo(gateway);
  waiting.subscribe(CHANNEL);
  const refused = await connectTo(gateway, { session: { channels: [] } });
  refused.subscribe(CHANNEL);
  await refused.until(1);
  await expect.poll(() => ownerOf(CHANNEL).joins).toHaveLength(1);
  pass(10);
  await runDurableObjectAlarm(gatewayOf(gateway));
  expect((await refused.untilClosed()).code).toBe(4408);
  hold.release();
  await waiting.until(1);
  expect(waiting.types).toEqual(["subscribed"]);
});

test.for([
  { what: "binary", frame: new Uint8Array([1]).buffer, code: 4400 },
  { what: "no JSON", frame: "{", code: 4400 },
  { what: "an unknown action", frame: '{"action":"shout"}', code: 4400 },
  { what: "without a channel", frame: '{"action":"subscribe"}', code: 4400 },
  {
    what: "with a negative offset",
    frame: `{"action":"subscribe","channel":"${CHANNEL}","offset":-1}`,
    code: 4400,
  },
  { what: "over 64 KiB", frame: JSON.stringify({ action: "auth", token: "ä".repeat(33_000) }), code: 4413 },
])("[S29] [S32] a frame that is $what closes with $code, after a disconnect", async ({ frame, code }) => {
  const viewer = await watch(newGateway(), CHANNEL);
  viewer.socket.send(frame);
  expect((await viewer.untilClosed()).code).toBe(code);
  const reason = viewer.closed?.reason;
  expect(disconnectSchema.strict().parse(viewer.frames.at(-1))).toMatchObject({
    code,
    reason,
    reconnect: false,
  });
});

test("[S32] [S33] a classic client is closed without a frame, and a client's close is answered", async () => {
  const gateway = newGateway();
  const classic = await watch(gateway, CHANNEL, { classic: true });
  classic.socket.send("{");
  expect((await classic.untilClosed()).code).toBe(4400);
  expect(classic.types).toEqual(["pong"]);
  const leaving = await watch(gateway, CHANNEL);
  leaving.socket.close(1000, "done");
  expect(await leaving.untilClosed()).toEqual({ code: 1000, reason: "done" });
  const browser = await watch(gateway, CHANNEL);
  browser.socket.close();
  await browser.untilClosed();
  expect(await ownerOf(CHANNEL).tell(gateway)).toBe(0);
});

test("[S32] every code has a reason that fits into a close", () => {
  const lengths = Object.values(CLOSE).map((code) => new TextEncoder().encode(CLOSE_REASONS[code]).length);
  expect(Math.min(...lengths)).toBeGreaterThan(0);
  expect(Math.max(...lengths)).toBeLessThanOrEqual(123);
});

test("[S25] a ping in another spelling is answered too", async () => {
  const viewer = await connectTo(newGateway());
  viewer.socket.send('{ "action": "ping" }');
  await viewer.until(1);
  expect(viewer.texts).toEqual(['{"type":"pong"}']);
});

test("[S30] an expired session ends when something is sent to it or comes from it, and not before", async () => {
  const gateway = newGateway();
  const soon = { expiresAt: Math.floor(Date.now() / 1000) + 60 };
  const reported = await watch(gateway, CHANNEL, { session: soon });
  const speaking = await watch(newGateway(), CHANNEL, { session: soon });
  const long = await watch(gateway, CHANNEL);
  pass(61);
  await reported.settled();
  expect(reported.closed).toBeUndefined();
  expect(await ownerOf(CHANNEL).tell(gateway)).toBe(1);
  expect((await reported.untilClosed()).code).toBe(4001);
  speaking.say({ action: "ack", offset: 0 });
  expect((await speaking.untilClosed()).code).toBe(4001);
  await long.settled();
  expect(long.offsets).toEqual([1]);
  expect(reported.offsets).toEqual([]);
});

test("[G17] [G12] who acknowledges too little of all its channels is spared transient frames, then closed", async () => {
  const gateway = newGateway();
  const [one, two] = [ownerOf("deployments/D1-dev"), ownerOf("deployments/D2-dev")];
  const silent = await watch(gateway, one.name);
  const good = await watch(gateway, one.name);
  for (const viewer of [silent, good]) {
    viewer.subscribe(two.name);
    await expect.poll(() => viewer.types.filter((type) => type === "subscribed")).toHaveLength(2);
  }
  const acknowledge = async () => {
    for (const { name, offset } of [one, two]) good.say({ action: "ack", channel: name, offset });
    await good.heard();
  };
  const progress = '{"type":"stack_progress","timestamp":"2026-01-01T00:00:00.000Z","data":{},"asOf":1}';
  for (const owner of [one, two]) await owner.push(gateway, [owner.commit(499)], { transient: [progress] });
  await acknowledge();
  await one.push(gateway, [one.commit(1)], { transient: [progress] });
  await Promise.all([silent.settled(), good.settled()]);
  // With the second push nobody had acknowledged anything yet, with the third one of them had.
  expect(silent.types.filter((type) => type === "stack_progress")).toHaveLength(1);
  expect(good.types.filter((type) => type === "stack_progress")).toHaveLength(2);
  for (let count = 0; count < 3; count += 1) {
    await two.tell(gateway, 499);
    await acknowledge();
  }
  await one.tell(gateway, 1);
  expect((await silent.untilClosed()).code).toBe(4008);
  await good.settled();
  expect(good.closed).toBeUndefined();
  expect(good.offsetsOf(two.name)).toHaveLength(two.offset);
});

test("[G17] an ack without a channel counts where there is but one, and one beyond what was sent does not count", async () => {
  const gateway = newGateway();
  const owner = ownerOf(CHANNEL);
  const [good, boasting] = [await watch(gateway, CHANNEL), await watch(gateway, CHANNEL)];
  for (let count = 0; count < 6; count += 1) {
    await owner.tell(gateway, 450);
    good.say({ action: "ack", offset: owner.offset });
    boasting.say({ action: "ack", offset: owner.offset + 1 });
    await good.heard();
    if (count < 4) await boasting.heard();
  }
  expect((await boasting.untilClosed()).code).toBe(4008);
  expect(good.closed).toBeUndefined();
});

test("[G17] what was sent of a channel need not be acknowledged once it was left", async () => {
  const gateway = newGateway();
  const owner = ownerOf(CHANNEL);
  const viewer = await watch(gateway, CHANNEL);
  for (let count = 0; count < 5; count += 1) {
    await owner.tell(gateway, 490);
    viewer.subscribe(CHANNEL, { epoch: owner.epoch, offset: owner.offset });
    await expect.poll(() => viewer.types.filter((type) => type === "subscribed")).toHaveLength(count + 2);
  }
  expect(await owner.tell(gateway, 1)).toBe(1);
});

test("[G13] an owner that is out of reach twice closes who asked for it, to come back", async () => {
  const gateway = newGateway();
  const viewer = await connectTo(gateway);
  await runInDurableObject(gatewayOf(gateway), (instance) => {
    // No call gets through: as if the owner's object could not be started.
    Object.assign(Reflect.get(instance, "channels"), {
      env: {
        DEPLOYMENTS: {
          idFromName: (name: string) => name,
          get: () => ({ join: () => Promise.reject(new Error("Network connection lost.")) }),
        },
      },
    });
  });
  viewer.subscribe(CHANNEL, { id: 1 });
  expect((await viewer.untilClosed()).code).toBe(4012);
  expect(viewer.frames.at(-1)).toMatchObject({ type: "disconnect", code: 4012, reconnect: true });
});

test(
  "[G22] more than 120 subscriptions or 1,200 frames in a minute are too many",
  { timeout: 20_000 },
  async () => {
    const gateway = newGateway();
    const [curious, talkative] = [await connectTo(gateway), await watch(gateway, CHANNEL)];
    for (let asked = 0; asked < 120; asked += 1) curious.subscribe("stacks/us-east-1/wrong");
    // Of this one came a subscription before, and a ping follows.
    for (let said = 0; said < 1_198; said += 1) talkative.say({ action: "ack", offset: 0 });
    talkative.say({ action: "ping", loud: true });
    const pongs = () => talkative.types.filter((type) => type === "pong");
    await expect.poll(pongs, { timeout: 10_000 }).toHaveLength(2);
    await curious.heard();
    expect([curious.closed, talkative.closed]).toEqual([undefined, undefined]);
    curious.subscribe("stacks/us-east-1/another");
    talkative.say({ action: "ack", offset: 0 });
    expect((await curious.untilClosed()).code).toBe(4029);
    expect((await talkative.untilClosed()).code).toBe(4029);
    expect(curious.frames.at(-1)).toMatchObject({
      type: "disconnect",
      reconnect: true,
      retryAfterMs: 30_000,
    });
    expect(ownerOf("stacks/us-east-1/another").joins).toEqual([]);
  },
);

test("[G17] who asks for the history again and again and says nothing else is closed before it gets more than it may", async () => {
  const owner = ownerOf(CHANNEL);
  owner.snapshot = JSON.stringify("x".repeat(4 * 1024 * 1024));
  const gateway = newGateway();
  const [greedy, heard] = [await connectTo(gateway), await connectTo(gateway)];
  for (let count = 1; count <= 8; count += 1) {
    for (const viewer of greedy.closed ? [heard] : [greedy, heard]) {
      viewer.say({ action: "unsubscribe", channel: CHANNEL });
      viewer.subscribe(CHANNEL, { id: count });
    }
    await expect.poll(() => heard.types.filter((type) => type === "snapshot")).toHaveLength(count);
    await heard.heard();
  }
  expect((await greedy.untilClosed()).code).toBe(4008);
  expect(greedy.types.filter((type) => type === "snapshot").length).toBeLessThanOrEqual(5);
  expect(heard.closed).toBeUndefined();
});
