/** Joining a stack's channel: what a viewer is sent before anything new happens. */
import { expect, test } from "vitest";
import { batchSchema } from "../../src/protocol/connection/control-frames.ts";
import { aws, newStack, pass, poll, useFarEnd } from "./far-end.ts";
import { connect, type Connecting, type Viewer } from "./viewer.ts";

useFarEnd();

/** A stack of five events in two commits, seen by a classic viewer. */
const fiveEvents = async (name: string) => {
  const stack = newStack(name).own("CREATE_IN_PROGRESS").begun(2);
  const first = await connect(name, { subprotocol: true });
  await first.until(2);
  stack.resource("Queue1", "CREATE_COMPLETE").resource("Queue2", "CREATE_COMPLETE");
  await poll(name);
  await first.until(3);
  return { stack, first, epoch: String(first.frames[0]?.["epoch"]) };
};

const joined = async (name: string, how: Connecting): Promise<Viewer> => {
  const viewer = await connect(name, how);
  await viewer.settled();
  return viewer;
};

test("[S5] a late classic viewer is sent the attempt so far, one frame an event, and no control frame", async () => {
  const { stack, first } = await fiveEvents("late");
  const late = await joined(stack.name, {});
  expect(late.types).toEqual([...Array<string>(5).fill("resource_update"), "pong"]);
  expect(late.events).toEqual(first.events);
  expect(late.offsets).toEqual([1, 2, 3, 4, 5]);
  expect(late.protocol).toBeNull();
});

test("[S6] [S8] subscribed comes first, history as one batch with replay", async () => {
  const { stack, epoch } = await fiveEvents("fresh");
  const late = await joined(stack.name, { subprotocol: true });
  const channel = `stacks/us-east-1/${stack.name}`;
  expect(late.protocol).toBe("stackcast.v1");
  expect(late.types).toEqual(["subscribed", "batch", "pong"]);
  expect(late.frames[0]).toEqual({
    type: "subscribed",
    channel,
    epoch,
    offset: 5,
    floor: 1,
    wasRecovering: false,
    recovered: false,
  });
  expect(batchSchema.parse(late.frames[1])).toMatchObject({ channel, from: 1, to: 5, replay: true });
  expect(late.offsets).toEqual([1, 2, 3, 4, 5]);
});

test("[S6] an epoch or an offset in the address opts in too, without the subprotocol", async () => {
  const { stack } = await fiveEvents("address");
  const late = await joined(stack.name, { offset: 2 });
  expect(late.frames[0]).toMatchObject({ type: "subscribed", wasRecovering: true, recovered: false });
  expect(late.protocol).toBeNull();
});

test.for([
  { position: "in the middle of a row", offset: 2, expected: [3, 4, 5] },
  { position: "between two rows", offset: 3, expected: [4, 5] },
  { position: "at the head", offset: 5, expected: [] },
  { position: "right before the floor", offset: 0, expected: [1, 2, 3, 4, 5] },
])("[S7] a position $position is recovered exactly", async ({ offset, expected }) => {
  const { stack, epoch } = await fiveEvents(`resumed-${offset}`);
  const viewer = await joined(stack.name, { epoch, offset });
  expect(viewer.frames[0]).toMatchObject({ wasRecovering: true, recovered: true, offset: 5 });
  expect(viewer.offsets).toEqual(expected);
});

test.for([
  { position: "beyond the head", asked: { offset: 6 } },
  { position: "of a foreign epoch", asked: { epoch: "elsewhere", offset: 3 } },
  { position: "without an offset", asked: {} },
])("[S7] a position $position recovers nothing, and all from the floor is sent", async ({ asked }) => {
  const { stack, epoch } = await fiveEvents("unrecovered");
  const viewer = await joined(stack.name, { epoch, ...asked });
  expect(viewer.frames[0]).toMatchObject({ wasRecovering: true, recovered: false });
  expect(viewer.offsets).toEqual([1, 2, 3, 4, 5]);
});

test("[S3] [S7] what lies below the floor is not told again, and not recovered", async () => {
  const { stack, epoch } = await fiveEvents("floor");
  stack.own("CREATE_COMPLETE");
  await poll(stack.name);
  stack.own("UPDATE_IN_PROGRESS").resource("Queue1", "UPDATE_IN_PROGRESS");
  pass(60);
  const waker = await connect(stack.name, { subprotocol: true });
  await expect.poll(() => waker.offsets.at(-1)).toBe(9);
  const resumed = async (offset: number) => {
    const { frames, offsets } = await joined(stack.name, { epoch, offset });
    return { recovered: frames[0]?.["recovered"], floor: frames[0]?.["floor"], offsets };
  };
  expect(await resumed(7)).toEqual({ recovered: true, floor: 8, offsets: [8, 9] });
  expect(await resumed(8)).toEqual({ recovered: true, floor: 8, offsets: [9] });
  expect(await resumed(6)).toEqual({ recovered: false, floor: 8, offsets: [8, 9] });
  const classic = await joined(stack.name, {});
  expect(classic.offsets).toEqual([8, 9]);
});

test("[S9] a batch holds at most 500 events and 256 KiB, and the batches follow each other", async () => {
  const stack = newStack("bounds").own("CREATE_IN_PROGRESS").begun(1200);
  for (let index = 1; index <= 60; index += 1)
    stack.resource(`Queue${index}`, "CREATE_IN_PROGRESS", { reason: "ä".repeat(10_000) });
  const first = await connect(stack.name, { subprotocol: true });
  await expect.poll(() => first.offsets.at(-1)).toBe(1261);
  const late = await joined(stack.name, { subprotocol: true });
  for (const viewer of [first, late]) {
    const batches = viewer.texts.filter((text) => text.startsWith('{"type":"batch"'));
    let next = 1;
    for (const text of batches) {
      const { from, to, events } = batchSchema.parse(JSON.parse(text));
      expect(from).toBe(next);
      expect(events).toHaveLength(to - from + 1);
      expect(events.length).toBeLessThanOrEqual(500);
      expect(new TextEncoder().encode(text).length).toBeLessThanOrEqual(256 * 1024);
      next = to + 1;
    }
    expect(next).toBe(1262);
  }
});

test("[S10] who joins while a poll is under way misses nothing and gets nothing twice", async () => {
  const { stack, epoch } = await fiveEvents("turn");
  stack.resource("Queue3", "CREATE_IN_PROGRESS");
  const answer = aws.cloudFormation.hold();
  const polled = poll(stack.name);
  await expect.poll(() => answer.awaited).toBe(true);
  const late = [await connect(stack.name), await connect(stack.name, { epoch, offset: 4 })];
  answer.give();
  await polled;
  stack.resource("Queue4", "CREATE_IN_PROGRESS");
  await poll(stack.name);
  await Promise.all(late.map((viewer) => viewer.settled()));
  expect(late.map(({ offsets }) => offsets)).toEqual([
    [1, 2, 3, 4, 5, 6, 7],
    [5, 6, 7],
  ]);
});

test("[S12] however many watch, AWS is asked once a poll", async () => {
  const { stack } = await fiveEvents("many");
  for (let count = 0; count < 10; count += 1) await joined(stack.name, {});
  aws.cloudFormation.takeCalls();
  await poll(stack.name);
  expect(aws.cloudFormation.takeCalls()).toEqual([
    { action: "DescribeStackEvents", stack: stack.stackId, page: 0 },
  ]);
});
