/** Joining while the channel moves on: no event is lost or repeated, whatever overtakes the owner's answer. */
import { expect, test } from "vitest";
import { ownerOf, useFakeOwners, type FakeOwner } from "./fake-owners.ts";
import { useFarEnd } from "./far-end.ts";
import { connectTo, newGateway, subscribed, watch, type GatewayViewer } from "./gateway-viewer.ts";

useFarEnd();
useFakeOwners();

const CHANNEL = "deployments/D1-dev";

/** A channel at offset 3, and a viewer whose join the owner has answered but not delivered yet. */
const joining = async (others: number) => {
  const owner = ownerOf(CHANNEL);
  const gateway = newGateway();
  owner.commit(3);
  const early: GatewayViewer[] = [];
  for (let count = 0; count < others; count += 1) early.push(await watch(gateway, CHANNEL));
  const hold = owner.holdJoin();
  const viewer = await connectTo(gateway);
  const asked = owner.joins.length;
  viewer.subscribe(CHANNEL, { id: 1 });
  await expect.poll(() => owner.joins.length).toBe(asked + 1);
  const arrived = async () => {
    hold.release();
    await subscribed(gateway, others + 1);
  };
  return { owner, gateway, viewer, early, hold, arrived };
};

const expectWhole = async (owner: FakeOwner, viewers: readonly GatewayViewer[]) => {
  const all = owner.frames.map((_, index) => index + 1);
  await Promise.all(viewers.map((viewer) => viewer.settled()));
  expect(viewers.map(({ offsets }) => offsets)).toEqual(viewers.map(() => all));
};

test.for([0, 1])(
  "[S10] a push that overtakes the owner's answer is not lost, with %i viewers there",
  async (others) => {
    const { owner, gateway, viewer, early, arrived } = await joining(others);
    expect(await owner.tell(gateway, 2)).toBe(others + 1);
    await arrived();
    await expectWhole(owner, [viewer, ...early]);
    await owner.tell(gateway, 1);
    await expectWhole(owner, [viewer, ...early]);
  },
);

test.for([0, 1])(
  "[S10] a push of what the answer holds already is not repeated, with %i viewers there",
  async (others) => {
    const owner = ownerOf(CHANNEL);
    const gateway = newGateway();
    const early = others === 0 ? [] : [await watch(gateway, CHANNEL)];
    const run = owner.commit(3);
    const viewer = await watch(gateway, CHANNEL);
    await owner.push(gateway, [run]);
    await owner.tell(gateway, 1);
    await expectWhole(owner, [viewer, ...early]);
  },
);

test.for([0, 1])(
  "[S10] a push that is lost while somebody joins is made good, with %i viewers there",
  async (others) => {
    const { owner, gateway, viewer, early, arrived } = await joining(others);
    owner.commit(2);
    await owner.tell(gateway, 1);
    await arrived();
    await expectWhole(owner, [viewer, ...early]);
  },
);

test("[S10] events that are pushed while a joining viewer is told what it missed come after that", async () => {
  const { owner, gateway, viewer, early, arrived } = await joining(1);
  await owner.tell(gateway, 2);
  const since = owner.holdSince();
  const done = arrived();
  await expect.poll(() => owner.pulls).toEqual([3]);
  await owner.tell(gateway, 2);
  since.release();
  await done;
  await expectWhole(owner, [viewer, ...early]);
});

test("[S10] two who join at the same time, with events between their answers, both miss nothing", async () => {
  const { owner, gateway, viewer, hold } = await joining(0);
  owner.joinHold = undefined;
  await owner.tell(gateway, 2);
  // Another question than the first one, so that it has an answer of its own.
  const second = await watch(gateway, CHANNEL, { wish: { epoch: "epoch-0" } });
  await owner.tell(gateway, 1);
  hold.release();
  await subscribed(gateway, 2);
  await owner.tell(gateway, 1);
  await expectWhole(owner, [viewer]);
  await second.settled();
  expect(second.offsets).toEqual([1, 2, 3, 4, 5, 6, 7]);
});

test("[S10] [G11] an answer of an epoch that has gone meanwhile is not believed", async () => {
  const { owner, gateway, viewer, arrived } = await joining(0);
  owner.epoch = "epoch-2";
  owner.frames.length = 0;
  await owner.tell(gateway, 2);
  void arrived();
  expect((await viewer.untilClosed()).code).toBe(4010);
  const back = await watch(gateway, CHANNEL);
  await expectWhole(owner, [back]);
});

test("[G8] who unsubscribes while joining is not let in", async () => {
  const { owner, gateway, viewer, hold } = await joining(0);
  viewer.say({ action: "unsubscribe", channel: CHANNEL });
  await viewer.settled();
  hold.release();
  await expect.poll(() => owner.tell(gateway)).toBe(0);
  expect(viewer.types).toEqual(["pong"]);
});

test("[G8] of two wishes for a channel the newer one counts", async () => {
  const { owner, gateway, viewer, arrived } = await joining(0);
  viewer.subscribe(CHANNEL, { id: 2, epoch: owner.epoch, offset: 1 });
  await expect.poll(() => owner.joins.length).toBe(2);
  await arrived();
  await owner.tell(gateway, 1);
  await viewer.settled();
  expect(viewer.frames.filter(({ type }) => type === "subscribed").map((frame) => frame["id"])).toEqual([2]);
  expect(viewer.offsets).toEqual([2, 3, 4]);
});

test("[G13] who leaves while joining leaves nothing behind", async () => {
  const { owner, gateway, viewer, hold } = await joining(0);
  viewer.socket.close(1000);
  await viewer.untilClosed();
  hold.release();
  await expect.poll(() => owner.tell(gateway)).toBe(0);
});

test("[S10] [G10] any order of commits, losses, repeats and arrivals tells everybody everything once", async () => {
  // A fixed sequence of made-up chance, so that a failure can be seen again.
  let seed = 7;
  const chance = (below: number): number => {
    seed = (seed * 1103515245 + 12345) % 2 ** 31;
    return seed % below;
  };
  const owner = ownerOf(CHANNEL);
  const gateway = newGateway();
  const viewers: GatewayViewer[] = [];
  const underWay: Promise<unknown>[] = [];
  for (let step = 0; step < 120; step += 1) {
    const turn = chance(6);
    if (turn === 0 && viewers.length < 8) {
      const viewer = await connectTo(gateway);
      viewer.subscribe(CHANNEL, { id: step });
      viewers.push(viewer);
    } else if (turn === 1) owner.commit(1 + chance(3));
    else if (turn === 2 && owner.offset > 2) {
      const from = 1 + chance(owner.offset);
      underWay.push(owner.push(gateway, [owner.run(from, Math.min(owner.offset, from + chance(4)))]));
    } else underWay.push(owner.tell(gateway, 1 + chance(3)));
    if (chance(3) === 0) await Promise.all(underWay.splice(0));
  }
  await Promise.all(underWay);
  await subscribed(gateway, viewers.length);
  await owner.push(gateway, []);
  expect(viewers.length).toBeGreaterThan(3);
  await expectWhole(owner, viewers);
});
