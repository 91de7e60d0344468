/** What a gateway remembers over hibernation, and what its loss costs. */
import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { expect, test } from "vitest";
import { ownerOf, useFakeOwners } from "./fake-owners.ts";
import { pass, useFarEnd } from "./far-end.ts";
import { gatewayOf, newGateway, watch } from "./gateway-viewer.ts";

useFarEnd();
useFakeOwners();

const CHANNEL = "deployments/D1-dev";

/** Three viewers at different positions: of one channel, of two channels, and a classic one. */
const watched = async () => {
  const [owner, other] = [ownerOf(CHANNEL), ownerOf("stacks/us-east-1/app")];
  const gateway = newGateway();
  const first = await watch(gateway, CHANNEL);
  await owner.tell(gateway, 3);
  const both = await watch(gateway, CHANNEL, { wish: { epoch: owner.epoch, offset: 3 } });
  both.subscribe(other.name);
  await expect.poll(() => both.types.filter((type) => type === "subscribed")).toHaveLength(2);
  const classic = await watch(gateway, CHANNEL, { classic: true });
  const sleep = () => evictDurableObject(gatewayOf(gateway), { webSockets: "hibernate" });
  return { owner, other, gateway, first, both, classic, sleep };
};

test("[S34] sockets, subscriptions and positions outlive the gateway's sleep", async () => {
  const { owner, other, gateway, first, both, classic, sleep } = await watched();
  await sleep();
  expect(await owner.tell(gateway, 2)).toBe(3);
  expect(await other.tell(gateway, 1)).toBe(1);
  await sleep();
  await owner.push(gateway, [owner.run(2, 5)]);
  await owner.tell(gateway, 1);
  await Promise.all([first, both, classic].map((viewer) => viewer.settled()));
  expect(first.offsets).toEqual([1, 2, 3, 4, 5, 6]);
  expect(both.offsetsOf(CHANNEL)).toEqual([4, 5, 6]);
  expect(both.offsetsOf(other.name)).toEqual([1]);
  expect(classic.offsets).toEqual([1, 2, 3, 4, 5, 6]);
  expect(classic.types).not.toContain("batch");
  expect(owner.pulls).toEqual([]);
});

test("[G10] a push that is lost while the gateway sleeps is made good by the next one", async () => {
  const { owner, gateway, first, sleep } = await watched();
  await sleep();
  owner.commit(2);
  await owner.tell(gateway, 1);
  await first.settled();
  expect(first.offsets).toEqual([1, 2, 3, 4, 5, 6]);
});

test("[G10] a gateway that woke up asks for what it may have missed once a viewer speaks, and asks once", async () => {
  const { owner, first, both, sleep } = await watched();
  await sleep();
  owner.commit(2);
  first.say({ action: "ack", offset: 3 });
  await expect.poll(() => first.offsets).toEqual([1, 2, 3, 4, 5]);
  first.say({ action: "ack", offset: 5 });
  await both.settled();
  expect(both.offsetsOf(CHANNEL)).toEqual([4, 5]);
  expect(owner.pulls).toEqual([3]);
});

test("[S34] who joined ahead of the others stays ahead over a sleep", async () => {
  const { owner, gateway, first, sleep } = await watched();
  const since = owner.holdSince();
  const runs = [owner.commit(1), owner.commit(1)];
  const ahead = await watch(gateway, CHANNEL, { wish: { epoch: owner.epoch, offset: 4 } });
  since.release();
  await owner.push(gateway, runs);
  await sleep();
  await owner.tell(gateway, 1);
  await Promise.all([first.settled(), ahead.settled()]);
  expect(first.offsets).toEqual([1, 2, 3, 4, 5, 6]);
  expect(ahead.offsets).toEqual([5, 6]);
});

test("[S34] a gateway that is lost costs a reconnect, and keeps nothing of those who were there", async () => {
  const { owner, gateway, first, classic } = await watched();
  await evictDurableObject(gatewayOf(gateway), { webSockets: "close" });
  expect((await first.untilClosed()).code).toBe(1006);
  await classic.untilClosed();
  owner.commit(2);
  const back = await watch(gateway, CHANNEL, { wish: { epoch: owner.epoch, offset: 3 } });
  expect(back.frames[0]).toMatchObject({ recovered: true });
  expect(await owner.tell(gateway, 1)).toBe(1);
  await back.settled();
  expect(back.offsets).toEqual([4, 5, 6]);
  expect(owner.pulls).toEqual([]);
});

test("[S25] a ping does not wake a sleeping gateway", async () => {
  const { gateway, first } = await watched();
  const wakes = () => runInDurableObject(gatewayOf(gateway), (instance) => instance);
  const before = await wakes();
  await first.settled();
  expect(await wakes()).toBe(before);
});

test("[S34] [S30] the session outlives the sleep, and so does its end", async () => {
  const { owner, gateway, first, sleep } = await watched();
  await sleep();
  pass(3700);
  expect(await owner.tell(gateway)).toBe(0);
  expect((await first.untilClosed()).code).toBe(4001);
});
