/** When AWS is asked, and when it is not; what a poll costs in rows, by SQLite's own count. */
import { runInDurableObject } from "cloudflare:test";
import { expect, test } from "vitest";
import { alarmIn, audited, aws, newStack, pass, poll, rests, trackerOf, useFarEnd } from "./far-end.ts";
import { connect, deserted } from "./viewer.ts";

useFarEnd();

/** A stack under way with a viewer that is up to date. */
const watched = async (name: string) => {
  const stack = newStack(name).own("CREATE_IN_PROGRESS").begun(3);
  const viewer = await connect(name);
  await viewer.until(4);
  return { stack, viewer };
};

/**
 * Rows inserted, changed or deleted since the object's storage was opened. An alarm run by a test counts twice: it is
 * deleted first.
 */
const rowsWritten = (name: string): Promise<number> =>
  runInDurableObject(trackerOf(name), (_, { storage }) =>
    Number(storage.sql.exec("SELECT total_changes() AS n").one()["n"]),
  );

test("a quiet poll is one call and writes nothing but its alarm", async () => {
  const { stack } = await watched("quiet");
  await poll(stack.name);
  pass(60);
  await poll(stack.name);
  const before = await rowsWritten(stack.name);
  aws.cloudFormation.takeCalls();
  pass(60);
  await poll(stack.name);
  expect((await rowsWritten(stack.name)) - before).toBe(2);
  expect(aws.cloudFormation.takeCalls()).toHaveLength(1);
});

test("1,000 events over 60 polls cost at most 0.6 rows each, in whatever order resources are at work", async () => {
  const { stack, viewer } = await watched("rows");
  const before = await rowsWritten(stack.name);
  const steps = ["CREATE_IN_PROGRESS", "CREATE_IN_PROGRESS", "CREATE_COMPLETE"];
  // A stride that shares no factor with 334 spreads each poll's events over all resources.
  const script = steps.flatMap((status) =>
    Array.from({ length: 334 }, (_, index) => () => stack.resource(`Spread${(index * 45) % 334}`, status)),
  );
  while (script.length > 0) {
    for (const step of script.splice(0, 17)) step();
    await poll(stack.name);
    pass(60);
  }
  await viewer.settled();
  expect(viewer.offsets).toHaveLength(1006);
  expect((await rowsWritten(stack.name)) - before).toBeLessThanOrEqual(0.6 * 1002);
});

test("the next alarm is set before AWS is asked, so that a poll that hangs keeps the cadence", async () => {
  const { stack } = await watched("hanging");
  const answer = aws.cloudFormation.hold();
  const polled = poll(stack.name);
  await expect.poll(() => answer.awaited).toBe(true);
  expect(await alarmIn(stack.name)).toBeGreaterThan(59_000);
  answer.give();
  await polled;
  expect(await alarmIn(stack.name)).toBeGreaterThan(59_000);
});

test("[S22] polling goes on for 60 s after the last viewer left, and then stops", async () => {
  const { stack, viewer } = await watched("left");
  const other = await connect(stack.name);
  await other.until(4);
  viewer.socket.close(1000, "done");
  await viewer.untilClosed();
  pass(120);
  await poll(stack.name);
  expect(await alarmIn(stack.name)).not.toBeNull();
  other.socket.close(1000, "done");
  await other.untilClosed();
  await deserted(trackerOf(stack.name));
  pass(30);
  await poll(stack.name);
  expect(await alarmIn(stack.name)).not.toBeNull();
  pass(31);
  await poll(stack.name);
  expect(await rests(stack.name)).toBe(true);
});

test("[S22] a tracked stack is polled without viewers until its end", async () => {
  const stack = newStack("tracked").own("CREATE_IN_PROGRESS");
  expect(await trackerOf(stack.name).track("tester")).toMatchObject({ value: { tracking: true, offset: 1 } });
  for (let hours = 0; hours < 3; hours += 1) {
    pass(3600);
    expect(await poll(stack.name)).toBe(true);
  }
  stack.own("CREATE_COMPLETE");
  await poll(stack.name);
  expect(await rests(stack.name)).toBe(true);
  expect(await trackerOf(stack.name).summary()).toMatchObject({
    value: { outcome: "deployed", tracking: false, offset: 3 },
  });
});

test("[S22] who withdraws from a tracked stack ends its polling", async () => {
  const stack = newStack("withdrawn").own("CREATE_IN_PROGRESS");
  await trackerOf(stack.name).track("tester");
  expect(await trackerOf(stack.name).untrack()).toMatchObject({ value: { tracking: false } });
  expect(await rests(stack.name)).toBe(true);
});

test("a GET looks once and starts no tracking, but what it found is audited", async () => {
  const stack = newStack("looked").own("CREATE_IN_PROGRESS").begun(2);
  expect(await trackerOf(stack.name).summary()).toMatchObject({ value: { offset: 3, tracking: false } });
  expect(await trackerOf(stack.name).summary()).toMatchObject({ value: { offset: 3 } });
  expect(aws.cloudFormation.calls.filter(({ action }) => action === "DescribeStackEvents")).toHaveLength(1);
  await audited(stack.name);
  await expect.poll(() => aws.dynamoDB.offsets("cloud-deployment-events")).toEqual([1, 2, 3]);
  expect(await rests(stack.name)).toBe(true);
  expect(aws.cloudFormation.calls.filter(({ action }) => action === "DescribeStackEvents")).toHaveLength(1);
});

test("[S23] polling that had stopped is picked up without a gap", async () => {
  const { stack, viewer } = await watched("resumed");
  viewer.socket.close(1000, "done");
  await viewer.untilClosed();
  await deserted(trackerOf(stack.name));
  await poll(stack.name);
  pass(61);
  await poll(stack.name);
  stack.begun(150, "Meanwhile");
  pass(3600);
  const back = await connect(stack.name);
  await expect.poll(() => back.offsets).toEqual(Array.from({ length: 154 }, (_, index) => index + 1));
  expect(await alarmIn(stack.name)).toBeGreaterThan(0);
});

test("[S23] after the end viewers cost one poll when they come, and one now and then while they stay", async () => {
  const { stack, viewer } = await watched("ended");
  stack.own("CREATE_COMPLETE");
  for (let polls = 0; polls < 5; polls += 1) await poll(stack.name);
  viewer.socket.close(1000, "done");
  await viewer.untilClosed();
  await deserted(trackerOf(stack.name));
  await poll(stack.name);
  expect(await rests(stack.name)).toBe(true);
  aws.cloudFormation.takeCalls();
  pass(600);
  const late = await connect(stack.name);
  await expect.poll(() => aws.cloudFormation.calls.length).toBe(1);
  const later = await connect(stack.name);
  await Promise.all([late.settled(), later.settled()]);
  expect(aws.cloudFormation.calls).toHaveLength(1);
  expect(late.types.at(-2)).toBe("stack_complete");
  // A period of 60 s is longer than that.
  await expect.poll(() => alarmIn(stack.name)).toBeGreaterThan(30_000);
  for (const { socket } of [late, later]) socket.close(1000, "done");
  await Promise.all([late.untilClosed(), later.untilClosed()]);
  await poll(stack.name);
  expect(await alarmIn(stack.name)).toBeNull();
});

test("[S15] [S22] a viewer of a stack at rest is told of its next operation, without coming anew", async () => {
  const { stack, viewer } = await watched("next-operation");
  stack.resource("Queue1", "CREATE_COMPLETE").own("CREATE_COMPLETE");
  for (let polls = 0; polls < 5; polls += 1) await poll(stack.name);
  await viewer.until(7);
  expect(viewer.types.at(-1)).toBe("stack_complete");
  stack.own("UPDATE_IN_PROGRESS").resource("Queue1", "UPDATE_COMPLETE").own("UPDATE_COMPLETE");
  pass(31);
  for (let polls = 0; polls < 5; polls += 1) await poll(stack.name);
  await expect.poll(() => viewer.types.filter((type) => type === "stack_complete")).toHaveLength(2);
  expect(viewer.offsets).toEqual(Array.from({ length: 11 }, (_, index) => index + 1));
});

test.for(["connection", "message"] as const)("[S24] any %s sets an alarm that was lost", async (what) => {
  const { stack, viewer } = await watched(`rearmed-${what}`);
  await runInDurableObject(trackerOf(stack.name), (_, { storage }) => storage.deleteAlarm());
  // Whoever heard nothing for half a minute asks, as soon as a viewer says something.
  if (what === "message") pass(31);
  if (what === "message") viewer.say({ action: "ack", offset: 4 });
  else await connect(stack.name);
  await expect.poll(() => alarmIn(stack.name)).not.toBeNull();
  expect(await alarmIn(stack.name)).toBeLessThanOrEqual(60_000);
});

test("[S24] an alarm that is overdue is taken for lost", async () => {
  const { stack, viewer } = await watched("overdue");
  pass(60 + 31);
  viewer.say({ action: "ack", offset: 4 });
  await expect.poll(() => alarmIn(stack.name)).toBeGreaterThan(0);
});

test("what a stack and its resources are made from is asked of AWS when somebody asks, and once a minute at most", async () => {
  const stack = newStack("made-from").own("CREATE_IN_PROGRESS");
  stack.resources["Queue1"] = "AWS::SQS::Queue";
  stack.resource("Queue1", "CREATE_COMPLETE").own("CREATE_COMPLETE");
  const tracker = trackerOf(stack.name);
  const askedFor = async (ask: () => Promise<unknown>) => {
    aws.cloudFormation.takeCalls();
    const answer = await ask();
    return { answer, calls: aws.cloudFormation.takeCalls().length };
  };
  const { answer, calls } = await askedFor(async () => tracker.details());
  expect(answer).toMatchObject({
    ok: true,
    value: { name: stack.name, region: "us-east-1", template: expect.stringContaining("Queue1") },
  });
  expect(calls).toBe(2);
  expect((await askedFor(async () => tracker.details())).calls, "again within a minute").toBe(0);
  pass(61);
  expect((await askedFor(async () => tracker.details())).calls).toBe(2);
  const one = await askedFor(async () => tracker.resource("Queue1"));
  expect(one.answer).toMatchObject({ ok: true, value: { logicalId: "Queue1", type: expect.any(String) } });
  expect(one.calls).toBe(2);
  expect(await trackerOf("never-made").details()).toMatchObject({
    ok: false,
    failure: { code: "STACK_NOT_FOUND" },
  });
});
