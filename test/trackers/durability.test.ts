/** What survives: hibernation, eviction, a crash at any step, a commit that fails, a walk that breaks off. */
import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { expect, test, vi } from "vitest";
import { alarmIn, aws, pass, poll, trackerOf, useFarEnd } from "./far-end.ts";
import { connect, gateway, hibernate } from "./viewer.ts";
import { watched } from "./watched.ts";

useFarEnd();

/** What a stack's object shows over REST of where it stands. */
const position = async (name: string) => {
  const summary = await trackerOf(name).summary();
  if (!summary.ok) throw new Error(summary.failure.code);
  const { epoch, offset, floor, progress, resources } = summary.value;
  return { epoch, offset, floor, progress, resources };
};

test("[S1] [S34] hibernation keeps sockets, epoch, offset and state, and the next poll goes on", async () => {
  const { stack, classic, modern, epoch } = await watched("asleep");
  stack.begun(120).resource("Queue7", "CREATE_COMPLETE");
  await poll(stack.name);
  const before = await position(stack.name);
  await hibernate(trackerOf(stack.name));
  expect(await position(stack.name)).toEqual(before);
  await hibernate(trackerOf(stack.name));
  stack.resource("Queue1", "CREATE_COMPLETE").resource("Queue120", "CREATE_COMPLETE");
  expect(await poll(stack.name)).toBe(true);
  await Promise.all([classic.settled(), modern.settled()]);
  expect(classic.offsets).toEqual(Array.from({ length: 124 }, (_, index) => index + 1));
  expect(modern.offsets).toEqual(classic.offsets);
  expect(modern.types.filter((type) => type === "batch")).toHaveLength(3);
  expect(classic.types).not.toContain("batch");
  expect(classic.events.at(-1)).toMatchObject({ stack: { completedResources: 3, totalResources: 120 } });
  expect((await position(stack.name)).epoch).toBe(epoch);
});

test("[S34] a session that expires while the object sleeps ends with the next frame", async () => {
  const { stack, modern } = await watched("expiring");
  await hibernate(trackerOf(stack.name));
  pass(7200);
  stack.begun(1);
  await poll(stack.name);
  expect((await modern.untilClosed()).code).toBe(4001);
  expect(modern.offsets).toEqual([1]);
});

test("trouble that was told outlives a restart, and is not told again", async () => {
  const { stack, classic } = await watched("troubled");
  aws.cloudFormation.fault = () => "unavailable";
  for (let polls = 0; polls < 3; polls += 1) await poll(stack.name);
  await evictDurableObject(trackerOf(stack.name));
  await poll(stack.name);
  const late = await connect(stack.name);
  await Promise.all([classic.settled(), late.settled()]);
  expect(classic.types.filter((type) => type === "error")).toHaveLength(1);
  expect(late.types.filter((type) => type === "error")).toHaveLength(1);
});

test("an eviction that closes the sockets loses no event: who comes back resumes", async () => {
  const { stack, modern, epoch } = await watched("evicted");
  await evictDurableObject(trackerOf(stack.name));
  await evictDurableObject(gateway(), { webSockets: "close" });
  expect((await modern.untilClosed()).code).toBe(1006);
  stack.begun(2);
  expect(await poll(stack.name)).toBe(true);
  stack.resource("Queue1", "CREATE_COMPLETE");
  const back = await connect(stack.name, { subprotocol: true, epoch, offset: 1 });
  await back.settled();
  await poll(stack.name);
  await back.settled();
  expect(back.frames[0]).toMatchObject({ recovered: true, offset: 3 });
  expect(back.offsets).toEqual([2, 3, 4]);
});

test("an object that dies in the middle of a poll has its next alarm, and repeats nothing", async () => {
  const { stack, epoch } = await watched("dying");
  stack.begun(2);
  const answer = aws.cloudFormation.hold();
  const polled = poll(stack.name).catch(() => "died");
  await expect.poll(() => answer.awaited).toBe(true);
  await runInDurableObject(trackerOf(stack.name), (_, ctx) => ctx.abort("for the test")).catch(
    () => undefined,
  );
  expect(await polled).toBe("died");
  answer.give();
  expect(await alarmIn(stack.name)).toBeGreaterThan(0);
  await poll(stack.name);
  const back = await connect(stack.name, { subprotocol: true, epoch, offset: 1 });
  await back.settled();
  expect(back.frames[0]).toMatchObject({ recovered: true });
  expect(back.offsets).toEqual([2, 3]);
});

test("[S4] a commit that fails changes neither memory nor storage, and the next poll brings the same", async () => {
  const { stack, modern } = await watched("failing");
  const before = await position(stack.name);
  stack.begun(3).resource("Queue1", "CREATE_COMPLETE");
  await runInDurableObject(trackerOf(stack.name), (_, { storage }) => {
    storage.sql.exec("CREATE TRIGGER full BEFORE INSERT ON log BEGIN SELECT RAISE(ABORT, 'disk full'); END");
  });
  const logged = vi.spyOn(console, "error").mockReturnValue();
  await poll(stack.name);
  expect(logged).toHaveBeenCalledOnce();
  expect(await position(stack.name)).toEqual(before);
  await evictDurableObject(trackerOf(stack.name));
  expect(await alarmIn(stack.name)).toBeGreaterThan(0);
  await runInDurableObject(trackerOf(stack.name), (_, { storage }) => {
    storage.sql.exec("DROP TRIGGER full");
  });
  expect(await position(stack.name)).toMatchObject({ offset: 5 });
  await modern.settled();
  expect(modern.offsets).toEqual([1, 2, 3, 4, 5]);
});

/** All that a stack's object knows of it, and all that it has taken note of beside its log. */
const stateIn = (name: string) =>
  runInDurableObject(trackerOf(name), (object) => {
    const { state, log } = object["stack"].store;
    return { state, offset: log.offset, floor: log.floor, epoch: log.epoch };
  });

test("the state is the same after a restart at any commit, whether its head was written since or long before", async () => {
  const { stack } = await watched("rewritten");
  stack.begun(100);
  for (let commit = 1; commit <= 140; commit += 1) {
    const queue = `Queue${1 + (commit % 100)}`;
    stack.resource(queue, commit <= 99 ? "CREATE_COMPLETE" : "UPDATE_COMPLETE");
    if (commit === 120) stack.resource("Late", "CREATE_FAILED", { reason: "no room" });
    pass(3);
    await poll(stack.name);
    // Each commit in the beginning, where the head is far behind, and some of those about the next rewrite.
    if (commit > 70 && commit % 7 > 0) continue;
    const before = await stateIn(stack.name);
    expect(before.offset).toBeGreaterThanOrEqual(100 + commit);
    await evictDurableObject(trackerOf(stack.name));
    expect(await stateIn(stack.name)).toEqual(before);
  }
  stack.own("ROLLBACK_IN_PROGRESS").own("ROLLBACK_COMPLETE");
  for (let polls = 0; polls < 3; polls += 1) await poll(stack.name);
  const before = await stateIn(stack.name);
  await evictDurableObject(trackerOf(stack.name));
  expect(await stateIn(stack.name)).toEqual(before);
  expect(before.state.attempt).toMatchObject({ cause: { logicalId: "Late" } });
});

test("[S35] what was committed but never sent shows as a hole, and is recovered whole", async () => {
  const { stack, modern, epoch } = await watched("unsent");
  stack.begun(2);
  // The sockets alone fail: as if the object died between the commit and the sending.
  const send = Reflect.get(WebSocket.prototype, "send");
  const broken = vi.spyOn(WebSocket.prototype, "send").mockImplementation(function (this: WebSocket, data) {
    if (typeof data === "string" && data.includes('"resource_update"')) throw new Error("gone");
    send.call(this, data);
  });
  await poll(stack.name);
  await modern.settled();
  broken.mockRestore();
  stack.resource("Queue1", "CREATE_COMPLETE");
  await poll(stack.name);
  await modern.settled();
  expect(modern.offsets).toEqual([1, 4]);
  const back = await connect(stack.name, { subprotocol: true, epoch, offset: 1 });
  await back.settled();
  expect(back.offsets).toEqual([2, 3, 4]);
});

test("250 events between two polls arrive whole or not at all, in order", async () => {
  const { stack, classic } = await watched("walk");
  stack.begun(250);
  aws.cloudFormation.fault = ({ page }) => (page === 1 ? "unavailable" : undefined);
  await poll(stack.name);
  await classic.settled();
  expect(classic.offsets).toEqual([1]);
  aws.cloudFormation.fault = () => undefined;
  stack.resource("Queue1", "CREATE_COMPLETE");
  await poll(stack.name);
  await classic.settled();
  expect(classic.offsets).toEqual(Array.from({ length: 252 }, (_, index) => index + 1));
  expect(classic.events.map(({ resource }) => resource)).toMatchObject(
    stack.events.map(({ logicalId, status }) => ({ logicalId, status })),
  );
});

test.for(["truncated", "reset", "hang", "throttled"] as const)(
  "a second page that is %s costs a poll and no event",
  async (fault) => {
    const { stack, classic } = await watched(`page-${fault}`);
    stack.begun(150);
    aws.cloudFormation.fault = ({ page }) => {
      if (page === 0) return undefined;
      // As long as a poll may take.
      pass(3);
      return fault;
    };
    await poll(stack.name);
    expect(await alarmIn(stack.name)).toBeGreaterThan(0);
    aws.cloudFormation.fault = () => undefined;
    pass(60);
    await poll(stack.name);
    await classic.settled();
    expect(classic.offsets).toEqual(Array.from({ length: 151 }, (_, index) => index + 1));
  },
);

test("[S42] what was told to take long is not told again after a restart", async () => {
  pass((Date.parse("2026-01-01T00:00:05.000Z") - Date.now()) / 1000);
  const { stack, modern } = await watched("slow");
  stack.resource("Gateway", "CREATE_IN_PROGRESS", { type: "AWS::EC2::NatGateway" });
  await poll(stack.name);
  pass(140);
  await poll(stack.name);
  await evictDurableObject(trackerOf(stack.name));
  await poll(stack.name);
  pass(480);
  await poll(stack.name);
  await evictDurableObject(trackerOf(stack.name));
  await poll(stack.name);
  await modern.settled();
  const reported = modern.events.map(({ type }) => type).filter((type) => type !== "resource_update");
  expect(reported).toEqual(["resource_slow", "resource_stuck"]);
});

test("[S43] what was found out of a failure outlives a restart, and comes with the next event", async () => {
  pass((Date.parse("2026-01-01T00:00:05.000Z") - Date.now()) / 1000);
  const { stack, modern } = await watched("explained");
  const reason = "User is not authorized; password=hunter2";
  stack.resource("Queue", "CREATE_FAILED", { reason });
  await poll(stack.name);
  await expect
    .poll(() => runInDurableObject(trackerOf(stack.name), (_, ctx) => ctx.storage.kv.get("evidence")))
    .toBeDefined();
  await evictDurableObject(trackerOf(stack.name));
  stack.own("ROLLBACK_IN_PROGRESS");
  await poll(stack.name);
  await modern.settled();
  const text = "Queue CREATE_FAILED: User is not authorized; password=[redacted]";
  const evidence = [{ source: "events", at: expect.any(String), text, url: expect.any(String) }];
  expect(modern.events.at(-1)).toMatchObject({ operation: { cause: { logicalId: "Queue", evidence } } });
  expect(aws.hosts.has("cloudtrail.us-east-1.amazonaws.com")).toBe(true);
});
