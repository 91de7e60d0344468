/** The audit of a stack's channel: complete, at least once, in its own time, and never in anybody's way. */
import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { expect, test, vi } from "vitest";
import { AUDIT_TABLE, alarmIn, audited, aws, newStack, pass, poll, trackerOf, useFarEnd } from "./far-end.ts";
import { connect, deserted } from "./viewer.ts";

useFarEnd();

/** A stack under way with a viewer that is up to date. */
const watched = async (name: string) => {
  const stack = newStack(name).own("CREATE_IN_PROGRESS");
  const viewer = await connect(name);
  await viewer.until(1);
  return { stack, viewer };
};

const upTo = (last: number): number[] => Array.from({ length: last }, (_, index) => index + 1);

test("an item holds the event without its envelope, under a key that no two events share", async () => {
  const { stack, viewer } = await watched("items");
  stack.resource("Queue", "CREATE_FAILED", { reason: "no <quota> \u001b[31m 🚀" }).own("CREATE_FAILED");
  await poll(stack.name);
  await audited(stack.name);
  await viewer.settled();
  const items = aws.dynamoDB.items(AUDIT_TABLE);
  expect(items.map((item) => Object.keys(item).toSorted())).toEqual(
    upTo(4).map(() => [
      "data",
      "deploymentId",
      "environment",
      "offset",
      "stack",
      "timestamp",
      "type",
      "user",
    ]),
  );
  const failed = items.find(({ offset }) => offset?.["N"] === "2");
  const channel = `stacks/us-east-1/${stack.name}`;
  expect(failed).toMatchObject({
    deploymentId: { S: channel },
    timestamp: { S: "2026-01-01T00:00:01.000Z#-#00000002" },
    type: { S: "resource_update" },
    environment: { S: "-" },
    stack: { S: stack.name },
    user: { S: "-" },
    offset: { N: "2" },
  });
  expect(failed?.["data"]).toMatchObject({
    M: {
      resource: { M: { logicalId: { S: "Queue" }, reason: { S: "no <quota> \u001b[31m 🚀" } } },
      stack: { M: { failedResources: { N: "1" } } },
    },
  });
  expect(JSON.stringify(failed?.["data"])).not.toContain(channel);
  const types = items.map(({ type }) => type?.["S"]);
  expect(types.filter((type) => type === "stack_complete")).toHaveLength(1);
});

test("viewers get an event while the audit of it still hangs", async () => {
  const { stack, viewer } = await watched("hanging");
  await audited(stack.name);
  pass(10);
  aws.dynamoDB.fault = () => "hang";
  stack.begun(2);
  await poll(stack.name);
  await viewer.settled();
  expect(viewer.offsets).toEqual([1, 2, 3]);
  expect(aws.dynamoDB.calls.length).toBeGreaterThan(1);
  stack.resource("Queue1", "CREATE_COMPLETE");
  await poll(stack.name);
  await viewer.settled();
  expect(viewer.offsets).toEqual([1, 2, 3, 4]);
  expect(aws.dynamoDB.offsets(AUDIT_TABLE)).toEqual([1]);
});

test.for(["throttled", "unavailable", "reset"] as const)(
  "DynamoDB that answers with %s for long loses nothing, and is asked less and less often",
  async (fault) => {
    const { stack, viewer } = await watched(`away-${fault.replace(" ", "-")}`);
    aws.dynamoDB.fault = () => fault;
    stack.begun(130);
    await poll(stack.name);
    stack.own("CREATE_FAILED");
    await poll(stack.name);
    for (let polls = 0; polls < 4; polls += 1) await poll(stack.name);
    await viewer.settled();
    // With viewers a stack at rest is looked at more often than that.
    viewer.socket.close(1000, "done");
    await viewer.untilClosed();
    await deserted(trackerOf(stack.name));
    await poll(stack.name);
    const waits: number[] = [];
    for (let tries = 0; tries < 9; tries += 1) {
      const wait = await alarmIn(stack.name);
      waits.push(Math.round((wait ?? Number.NaN) / 1000));
      pass(Math.max(0, (wait ?? 0) / 1000));
      await poll(stack.name);
    }
    expect(waits.at(-1)).toBe(300);
    expect(waits).toEqual(waits.toSorted((one, other) => one - other));
    await evictDurableObject(trackerOf(stack.name));
    aws.dynamoDB.fault = () => undefined;
    pass(300);
    await poll(stack.name);
    expect(viewer.types.at(-2)).toBe("stack_complete");
    expect(aws.dynamoDB.offsets(AUDIT_TABLE)).toEqual(viewer.offsets);
    expect(await alarmIn(stack.name)).toBeNull();
  },
);

test("items that DynamoDB leaves unprocessed are sent again", async () => {
  const { stack } = await watched("unprocessed");
  await audited(stack.name);
  let calls = 0;
  aws.dynamoDB.fault = () => ((calls += 1) < 4 ? "unprocessed" : undefined);
  stack.begun(20);
  pass(10);
  await poll(stack.name);
  await expect.poll(() => aws.dynamoDB.offsets(AUDIT_TABLE)).toEqual(upTo(21));
  expect(aws.dynamoDB.calls.slice(1)).toEqual([20, 10, 5, 3]);
});

test("a restart resumes from what was written, and writes nothing twice that was noted", async () => {
  const { stack } = await watched("restarted");
  stack.begun(150);
  pass(10);
  await poll(stack.name);
  await expect.poll(() => aws.dynamoDB.offsets(AUDIT_TABLE)).toHaveLength(151);
  const items = aws.dynamoDB.calls.splice(0).reduce((sum, count) => sum + count, 0);
  expect(items).toBe(151);
  await evictDurableObject(trackerOf(stack.name));
  stack.begun(1, "Next");
  pass(10);
  await poll(stack.name);
  await expect.poll(() => aws.dynamoDB.offsets(AUDIT_TABLE)).toEqual(upTo(152));
  expect(aws.dynamoDB.calls).toEqual([1]);
});

test("an item that DynamoDB will never take is passed over with a line in the log", async () => {
  const { stack } = await watched("poison");
  await audited(stack.name);
  const logged = vi.spyOn(console, "error").mockReturnValue();
  aws.dynamoDB.isPoison = ({ offset }) => offset?.["N"] === "3";
  stack.begun(5);
  pass(10);
  await poll(stack.name);
  await expect.poll(() => aws.dynamoDB.offsets(AUDIT_TABLE)).toEqual([1, 2, 4, 5, 6]);
  expect(logged.mock.calls).toEqual([
    [JSON.stringify({ level: "error", message: "Audit item refused", offset: 3 })],
  ]);
});

test("events of an attempt that is over are kept until they are audited", async () => {
  const { stack } = await watched("kept");
  aws.dynamoDB.fault = () => "unavailable";
  stack.begun(3).own("CREATE_FAILED");
  for (let polls = 0; polls < 6; polls += 1) await poll(stack.name);
  stack.own("DELETE_IN_PROGRESS");
  pass(600);
  const viewer = await connect(stack.name);
  await expect.poll(() => viewer.offsets.at(-1)).toBe(7);
  expect((await connect(stack.name)).offsets.filter((offset) => offset < 7)).toEqual([]);
  aws.dynamoDB.fault = () => undefined;
  pass(600);
  await poll(stack.name);
  await expect.poll(() => aws.dynamoDB.offsets(AUDIT_TABLE)).toEqual(upTo(7));
});

test("a row of the log that cannot be read is passed over with a line in the log, and those after it are written", async () => {
  const { stack, viewer } = await watched("broken");
  await audited(stack.name);
  stack.begun(1);
  await poll(stack.name);
  await viewer.until(2);
  await runInDurableObject(trackerOf(stack.name), (_, { storage }) => {
    storage.sql.exec("UPDATE log SET body = '{}' WHERE last = 2");
  });
  const logged = vi.spyOn(console, "error").mockReturnValue();
  await audited(stack.name);
  stack.begun(1, "Next");
  pass(10);
  await poll(stack.name);
  await expect.poll(() => aws.dynamoDB.offsets(AUDIT_TABLE)).toEqual([1, 3]);
  expect(logged.mock.calls).toContainEqual([
    JSON.stringify({ level: "error", message: "Audit item refused", offset: 2 }),
  ]);
});

test("a stack is asked for in its own region, and audited and logged in the Worker's", async () => {
  const stack = newStack("abroad").own("CREATE_IN_PROGRESS");
  const tracker = trackerOf(stack.name, "eu-west-1");
  expect(await tracker.track("tester")).toMatchObject({ value: { offset: 1 } });
  await runDurableObjectAlarm(tracker);
  await expect.poll(() => aws.dynamoDB.offsets(AUDIT_TABLE)).toEqual([1]);
  expect([...aws.hosts].toSorted()).toEqual([
    "cloudformation.eu-west-1.amazonaws.com",
    "dynamodb.us-east-1.amazonaws.com",
    "logs.us-east-1.amazonaws.com",
  ]);
});
