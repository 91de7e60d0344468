/** The directory of active trackers, and the sweep that wakes those whose alarm was lost. */
import { abortAllDurableObjects, evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { alarmIn, audited, newStack, pass, poll, trackerOf, useFarEnd } from "./far-end.ts";
import { connect, deserted, gateway } from "./viewer.ts";

useFarEnd();

const directory = () => env.DIRECTORY.get(env.DIRECTORY.idFromName("directory"));

const loseAlarm = (name: string): Promise<void> =>
  runInDurableObject(trackerOf(name), (_, { storage }) => storage.deleteAlarm());

const watched = async (name: string) => {
  const stack = newStack(name).own("CREATE_IN_PROGRESS");
  const viewer = await connect(name);
  await viewer.until(1);
  return { stack, viewer };
};

test("a tracker is enrolled while it has something to do, and struck off afterwards", async () => {
  const { stack, viewer } = await watched("enrolled");
  await expect.poll(() => directory().active()).toEqual([`stacks/us-east-1/${stack.name}`]);
  stack.own("CREATE_COMPLETE");
  await poll(stack.name);
  viewer.socket.close(1000);
  await deserted(trackerOf(stack.name));
  await audited(stack.name);
  await expect.poll(() => directory().active()).toEqual([]);
});

test("the sweep sets an alarm that was lost, also one that should have run long ago", async () => {
  const lost = await watched("lost");
  const overdue = await watched("overdue");
  await loseAlarm(lost.stack.name);
  pass(60 + 31);
  expect(await alarmIn(overdue.stack.name)).toBeLessThan(-30_000);
  await directory().sweep();
  for (const { stack } of [lost, overdue]) {
    expect(await alarmIn(stack.name)).toBeGreaterThan(0);
    expect(await alarmIn(stack.name)).toBeLessThanOrEqual(60_000);
  }
});

test("the sweep leaves an alarm that stands as it is", async () => {
  const { stack } = await watched("standing");
  pass(20);
  const before = await alarmIn(stack.name);
  await directory().sweep();
  expect(await alarmIn(stack.name)).toBe(before);
});

test("the sweep strikes off who has nothing to do", async () => {
  await watched("busy");
  await directory().enrol("stacks/us-east-1/idle");
  await directory().sweep();
  expect(await directory().active()).toEqual(["stacks/us-east-1/busy"]);
});

test("one tracker that cannot be woken keeps no other from being woken", async () => {
  const { stack } = await watched("woken");
  await loseAlarm(stack.name);
  await directory().enrol("no channel at all");
  await directory().sweep();
  expect(await alarmIn(stack.name)).toBeGreaterThan(0);
  expect(await directory().active()).toContain("no channel at all");
});

test("a tracker that lost its viewers in a restart lingers, and is enrolled again when they come back", async () => {
  const { stack } = await watched("restarted");
  const channel = `stacks/us-east-1/${stack.name}`;
  await evictDurableObject(gateway(), { webSockets: "close" });
  await evictDurableObject(trackerOf(stack.name));
  await directory().sweep();
  expect(await directory().active()).toEqual([channel]);
  await directory().withdraw(channel);
  await abortAllDurableObjects();
  const back = await connect(stack.name);
  await back.until(1);
  await expect.poll(() => directory().active()).toEqual([channel]);
});

test("a tracker that lost its alarm and its viewers stops after the linger", async () => {
  const { stack } = await watched("deserted");
  await evictDurableObject(gateway(), { webSockets: "close" });
  await evictDurableObject(trackerOf(stack.name));
  await loseAlarm(stack.name);
  await directory().sweep();
  expect(await alarmIn(stack.name)).toBeGreaterThan(0);
  // The gateway is asked after a minute of silence; the linger begins with its answer.
  for (let minutes = 0; minutes < 3; minutes += 1) {
    pass(61);
    await poll(stack.name);
    await deserted(trackerOf(stack.name));
  }
  await audited(stack.name);
  expect(await alarmIn(stack.name)).toBeNull();
  await directory().sweep();
  expect(await directory().active()).toEqual([]);
});
