/** What a gateway passes on, and how it stands lost, repeated and overtaking pushes. */
import { runInDurableObject } from "cloudflare:test";
import { expect, test } from "vitest";
import { ownerOf, useFakeOwners } from "./fake-owners.ts";
import { useFarEnd } from "./far-end.ts";
import { gatewayOf, newGateway, watch, type GatewayViewer } from "./gateway-viewer.ts";

useFarEnd();
useFakeOwners();

const CHANNEL = "deployments/D1-dev";

const numbers = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);

/** A channel at offset 3, with three viewers at different positions and a classic one. */
const watched = async () => {
  const owner = ownerOf(CHANNEL);
  const gateway = newGateway();
  const whole = await watch(gateway, CHANNEL);
  await owner.tell(gateway, 3);
  const resumed = await watch(gateway, CHANNEL, { wish: { epoch: owner.epoch, offset: 2 } });
  const fresh = await watch(gateway, CHANNEL, { wish: { epoch: owner.epoch, offset: 3 } });
  const classic = await watch(gateway, CHANNEL, { classic: true });
  const viewers = [whole, resumed, fresh, classic];
  /** Every viewer has everything from where it began to the head, once and in order. */
  const expectAll = async () => {
    await Promise.all(viewers.map((viewer) => viewer.settled()));
    const firsts = [1, 3, 4, 1];
    expect(viewers.map(({ offsets }) => offsets)).toEqual(
      firsts.map((first) => numbers(first, owner.offset)),
    );
  };
  return { owner, gateway, whole, resumed, fresh, classic, expectAll };
};

const batchesOf = ({ texts }: GatewayViewer): string[] =>
  texts.filter((text) => text.startsWith('{"type":"batch"') && !text.includes('"replay":true'));

test("[S11] a commit is one batch to who opted in and one frame an event to classic clients, the same texts", async () => {
  const { owner, gateway, whole, resumed, fresh, classic, expectAll } = await watched();
  expect(await owner.tell(gateway, 50)).toBe(4);
  await expectAll();
  const [batch] = batchesOf(fresh);
  expect(batchesOf(fresh)).toHaveLength(1);
  expect(batch).toBe(
    `{"type":"batch","channel":"${CHANNEL}","from":4,"to":53,"events":[${owner.frames.slice(3).join(",")}]}`,
  );
  for (const viewer of [whole, resumed]) expect(viewer.texts).toContain(batch);
  expect(classic.texts.filter((text) => text.includes('"offset"'))).toEqual(owner.frames);
});

test("[S11] a push of several runs is as many batches", async () => {
  const { owner, gateway, fresh, expectAll } = await watched();
  await owner.push(gateway, [owner.commit(2), owner.commit(3)]);
  await expectAll();
  expect(batchesOf(fresh)).toHaveLength(2);
});

test("[G10] a push that comes twice, or tells in part what was told, is told once", async () => {
  const { owner, gateway, expectAll } = await watched();
  const run = owner.commit(2);
  await owner.push(gateway, [run]);
  await owner.push(gateway, [run]);
  owner.commit(2);
  await owner.push(gateway, [owner.run(5, 7)]);
  await expectAll();
  expect(owner.pulls).toEqual([]);
});

test("[G10] a lost push is seen by the next one and pulled", async () => {
  const { owner, gateway, expectAll } = await watched();
  owner.commit(2);
  await owner.tell(gateway, 1);
  await expectAll();
  expect(owner.pulls).toEqual([3]);
});

test("[G10] a lost push is seen by one without events, and by who joins", async () => {
  const { owner, gateway, expectAll } = await watched();
  owner.commit(2);
  await owner.push(gateway, []);
  await expectAll();
  owner.commit(1);
  const late = await watch(gateway, CHANNEL, { wish: { epoch: owner.epoch, offset: 4 } });
  await expectAll();
  expect(late.offsets).toEqual([5, 6]);
});

test("[G10] pushes that overtake each other, and a pull, are told in order", async () => {
  const { owner, gateway, expectAll } = await watched();
  const runs = [owner.commit(1), owner.commit(2), owner.commit(1), owner.commit(3)];
  await Promise.all(runs.toReversed().map((run) => owner.push(gateway, [run])));
  await expectAll();
  expect(owner.pulls.length).toBeLessThan(4);
});

test("[G10] events that are pushed while a pull is under way are neither lost nor repeated", async () => {
  const { owner, gateway, expectAll } = await watched();
  const hold = owner.holdSince();
  owner.commit(1);
  const first = owner.tell(gateway, 1);
  await expect.poll(() => owner.pulls).toEqual([3]);
  const others = [owner.tell(gateway, 2), owner.tell(gateway, 1)];
  hold.release();
  await Promise.all([first, ...others]);
  await expectAll();
});

test("[G11] another epoch closes the viewers, who come back to what is new", async () => {
  const { owner, gateway, whole, classic } = await watched();
  owner.epoch = "epoch-2";
  owner.frames.length = 0;
  expect(await owner.tell(gateway, 2)).toBe(0);
  expect(await whole.untilClosed()).toEqual({ code: 4010, reason: expect.any(String) });
  expect((await classic.untilClosed()).code).toBe(4010);
  const back = await watch(gateway, CHANNEL, { wish: { epoch: "epoch-1", offset: 3 } });
  expect(back.frames[0]).toMatchObject({ epoch: "epoch-2", offset: 2, recovered: false });
  await owner.tell(gateway, 1);
  await back.settled();
  expect(back.offsets).toEqual([1, 2, 3]);
});

test("[G11] a hole that cannot be filled closes the viewers, and only those of the channel", async () => {
  const { owner, gateway, fresh } = await watched();
  const other = await watch(gateway, "stacks/us-east-1/app");
  owner.commit(3);
  owner.floor = 6;
  await owner.tell(gateway, 1);
  expect((await fresh.untilClosed()).code).toBe(4010);
  expect(fresh.frames.at(-1)).toMatchObject({ type: "disconnect", code: 4010, reconnect: true });
  await other.settled();
  expect(other.closed).toBeUndefined();
});

test("[G12] a frame without an offset goes to all, after the events it follows, and to nobody once it is old", async () => {
  const { owner, gateway, fresh, classic } = await watched();
  const progress = '{"type":"stack_progress","timestamp":"2026-01-01T00:00:00.000Z","data":{},"asOf":4}';
  await owner.push(gateway, [owner.commit(1)], { transient: [progress] });
  await owner.tell(gateway, 1);
  await owner.push(gateway, [owner.run(4, 4)], { transient: [progress] });
  await Promise.all([fresh.settled(), classic.settled()]);
  for (const viewer of [fresh, classic]) {
    expect(viewer.texts.filter((text) => text === progress)).toHaveLength(1);
    expect(viewer.types.indexOf("stack_progress")).toBeLessThan(viewer.types.lastIndexOf("pong"));
  }
  expect(fresh.types.slice(-4)).toEqual(["batch", "stack_progress", "batch", "pong"]);
});

test("[G10] a gateway without viewers of a channel says so, and keeps nothing of it", async () => {
  const { owner, gateway, whole, resumed, fresh, classic } = await watched();
  for (const viewer of [whole, resumed, fresh]) viewer.say({ action: "unsubscribe", channel: CHANNEL });
  classic.socket.close(1000);
  await expect.poll(() => owner.tell(gateway)).toBe(0);
  const rows = await runInDurableObject(gatewayOf(gateway), (_, { storage }) => [...storage.kv.list()]);
  expect(rows).toEqual([]);
  const back = await watch(gateway, CHANNEL);
  expect(back.offsets).toEqual(numbers(1, owner.offset));
});

test("[G8] nothing of a channel comes after its end, and other channels go on", async () => {
  const { owner, gateway, whole, fresh } = await watched();
  const other = ownerOf("deployments/D2-dev");
  fresh.subscribe(other.name);
  await expect.poll(() => fresh.types.filter((type) => type === "subscribed")).toHaveLength(2);
  fresh.say({ action: "unsubscribe", channel: CHANNEL });
  await expect.poll(() => owner.tell(gateway)).toBe(3);
  const before = fresh.offsetsOf(CHANNEL).length;
  await owner.tell(gateway);
  await other.tell(gateway);
  await Promise.all([fresh.settled(), whole.settled()]);
  expect(fresh.offsetsOf(CHANNEL)).toHaveLength(before);
  expect(fresh.offsetsOf(other.name)).toEqual([1]);
  expect(whole.offsets).toEqual(numbers(1, owner.offset));
});

test("[G8] who subscribes again on the same socket goes on from where it says", async () => {
  const { owner, gateway, fresh, expectAll } = await watched();
  await owner.tell(gateway, 3);
  await expectAll();
  fresh.subscribe(CHANNEL, { id: 9, epoch: owner.epoch, offset: 4 });
  await expect.poll(() => fresh.types.filter((type) => type === "subscribed")).toHaveLength(2);
  expect(await owner.tell(gateway, 1)).toBe(4);
  await fresh.settled();
  expect(fresh.offsets).toEqual([4, 5, 6, 5, 6, 7]);
});
