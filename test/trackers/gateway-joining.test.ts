/** Joining a channel at a gateway: what each kind of viewer is sent first. */
import { expect, test } from "vitest";
import {
  batchSchema,
  snapshotSchema,
  subscribedSchema,
} from "../../src/protocol/connection/control-frames.ts";
import { ownerOf, useFakeOwners } from "./fake-owners.ts";
import { useFarEnd } from "./far-end.ts";
import { connectTo, newGateway, subscribed, watch } from "./gateway-viewer.ts";

useFarEnd();
useFakeOwners();

const CHANNEL = "deployments/D1-dev";

/** A deployment with so many events behind it. */
const deployment = (events: number) => {
  const owner = ownerOf(CHANNEL);
  owner.address = { deploymentId: "D1", environment: "dev" };
  owner.snapshot = '{"deploymentId":"D1"}';
  owner.commit(events);
  return owner;
};

test("[G2] [S6] [G5] subscribed comes first, with the id, then the state as a snapshot", async () => {
  deployment(5);
  const viewer = await watch(newGateway(), CHANNEL, { wish: { id: 7 } });
  expect(viewer.protocol).toBe("stackcast.v1");
  expect(viewer.types).toEqual(["subscribed", "snapshot", "pong"]);
  expect(subscribedSchema.strict().parse(viewer.frames[0])).toEqual({
    type: "subscribed",
    id: 7,
    channel: CHANNEL,
    epoch: "epoch-1",
    offset: 5,
    floor: 1,
    wasRecovering: false,
    recovered: false,
  });
  expect(snapshotSchema.strict().parse(viewer.frames[1])).toEqual({
    type: "snapshot",
    channel: CHANNEL,
    epoch: "epoch-1",
    offset: 5,
    data: { deploymentId: "D1" },
  });
});

test("[G5] a position is recovered exactly, as a batch with replay", async () => {
  deployment(5);
  const viewer = await watch(newGateway(), CHANNEL, { wish: { epoch: "epoch-1", offset: 2 } });
  expect(viewer.types).toEqual(["subscribed", "batch", "pong"]);
  expect(viewer.frames[0]).toMatchObject({ wasRecovering: true, recovered: true, offset: 5 });
  expect(viewer.frames[0]).not.toHaveProperty("id");
  expect(batchSchema.parse(viewer.frames[1])).toMatchObject({ from: 3, to: 5, replay: true });
  expect(viewer.offsets).toEqual([3, 4, 5]);
});

test.for([
  { position: "of another epoch", wish: { epoch: "epoch-0", offset: 2 } },
  { position: "beyond the head", wish: { epoch: "epoch-1", offset: 6 } },
  { position: "without an epoch", wish: { offset: 2 } },
])("[G5] a position $position recovers nothing: the snapshot comes", async ({ wish: desired }) => {
  deployment(5);
  const viewer = await watch(newGateway(), CHANNEL, { wish: desired });
  expect(viewer.types).toEqual(["subscribed", "snapshot", "pong"]);
  expect(viewer.frames[0]).toMatchObject({ wasRecovering: true, recovered: false });
});

test("[G5] a stack's channel gives its history in place of a snapshot, and the trouble that lasts", async () => {
  const owner = ownerOf("stacks/us-east-1/app");
  owner.commit(3);
  owner.transient = [
    '{"type":"error","timestamp":"2026-01-01T00:00:00.000Z","error":{"code":"AWS_UNREACHABLE"}}',
  ];
  const viewer = await watch(newGateway(), owner.name);
  expect(viewer.types).toEqual(["subscribed", "batch", "error", "pong"]);
  expect(viewer.offsets).toEqual([1, 2, 3]);
});

test("[G2] [S5] a classic client is sent the run so far, one frame an event, and no control frame", async () => {
  const owner = deployment(3);
  const viewer = await watch(newGateway(), CHANNEL, { classic: true });
  expect(viewer.protocol).toBeNull();
  expect(viewer.texts.slice(0, -1)).toEqual(owner.frames);
  expect(owner.joins).toMatchObject([{ classic: true }]);
});

test.for([{ id: 1 }, { epoch: "epoch-1" }, { offset: 0 }])(
  "[G2] %j in a subscribe opts a socket in, for all its channels",
  async (desired) => {
    deployment(1);
    const gateway = newGateway();
    const viewer = await watch(gateway, CHANNEL, { classic: true, wish: desired });
    expect(viewer.types[0]).toBe("subscribed");
    viewer.subscribe("stacks/us-east-1/app");
    await subscribed(gateway, 2);
    await viewer.settled();
    expect(viewer.types.filter((type) => type === "subscribed")).toHaveLength(2);
  },
);

test("[G16] a channel that does not exist yet can be watched before it begins", async () => {
  const owner = ownerOf(CHANNEL);
  const gateway = newGateway();
  const modern = await watch(gateway, CHANNEL);
  const classic = await watch(gateway, CHANNEL, { classic: true });
  expect(modern.types).toEqual(["subscribed", "pong"]);
  expect(modern.frames[0]).toMatchObject({ offset: 0, floor: 1 });
  expect(await owner.tell(gateway, 2)).toBe(2);
  await Promise.all([modern.settled(), classic.settled()]);
  expect([modern.offsets, classic.offsets]).toEqual([
    [1, 2],
    [1, 2],
  ]);
});

test("[G1] a socket holds several channels, each with its own events", async () => {
  const gateway = newGateway();
  const names = ["deployments/D1-dev", "deployments/D2-dev", "stacks/eu-west-1/app"];
  const viewer = await connectTo(gateway);
  for (const [index, name] of names.entries()) {
    ownerOf(name).commit(index);
    viewer.subscribe(name, { id: index });
  }
  await subscribed(gateway, 3);
  for (const name of names) await ownerOf(name).tell(gateway, 2);
  await viewer.settled();
  expect(names.map((name) => viewer.offsetsOf(name))).toEqual([
    [1, 2],
    [1, 2, 3],
    [1, 2, 3, 4],
  ]);
});

test("[S10] many who come at once cost the owner one question", async () => {
  const owner = deployment(5);
  const gateway = newGateway();
  const viewers = await Promise.all(Array.from({ length: 20 }, () => connectTo(gateway)));
  for (const [id, viewer] of viewers.entries()) viewer.subscribe(CHANNEL, { id });
  await subscribed(gateway, 20);
  await Promise.all(viewers.map((viewer) => viewer.settled()));
  expect(viewers.map(({ frames }) => frames[0]?.["id"])).toEqual(viewers.map((_, id) => id));
  expect(viewers.every(({ types }) => types[1] === "snapshot")).toBe(true);
  expect(owner.joins.length).toBeLessThan(20);
});

test("[G5] [S5] a history that one answer cannot carry is told whole, page by page", async () => {
  const owner = deployment(7);
  owner.pageEvents = 3;
  const gateway = newGateway();
  const resumed = await watch(gateway, CHANNEL, { wish: { epoch: "epoch-1", offset: 1 } });
  const classic = await watch(gateway, CHANNEL, { classic: true });
  expect(resumed.offsets).toEqual([2, 3, 4, 5, 6, 7]);
  expect(
    resumed.frames.filter(({ type }) => type === "batch").map((frame) => batchSchema.parse(frame)),
  ).toMatchObject([
    { from: 2, to: 4, replay: true },
    { from: 5, to: 7, replay: true },
  ]);
  expect(classic.offsets).toEqual([1, 2, 3, 4, 5, 6, 7]);
  await owner.tell(gateway);
  await expect.poll(() => [resumed.offsets.at(-1), classic.offsets.at(-1)]).toEqual([8, 8]);
});

test("[G10] a hole of many pages is pulled whole", async () => {
  const owner = deployment(1);
  owner.pageEvents = 2;
  const gateway = newGateway();
  const viewer = await watch(gateway, CHANNEL);
  owner.commit(6);
  await owner.tell(gateway);
  await expect.poll(() => viewer.offsets).toEqual([2, 3, 4, 5, 6, 7, 8]);
});
