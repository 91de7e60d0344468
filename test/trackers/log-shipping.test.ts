/** The lines of a stack's channel in CloudWatch Logs: all of them, in their own time, and never in anybody's way. */
import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { expect, test, vi } from "vitest";
import { AUDIT_TABLE, alarmIn, audited, aws, newStack, pass, poll, trackerOf, useFarEnd } from "./far-end.ts";
import { deploymentOf, pollAll, progressOf, register, storyOf, work } from "./deployments.ts";
import { connect, deserted } from "./viewer.ts";

useFarEnd();

/** The machine may be slow; no test here depends on its being fast. */
const shortly = <Value>(ask: () => Value) => expect.poll(ask, { timeout: 20_000 });

const upTo = (last: number): number[] => Array.from({ length: last }, (_, index) => index + 1);

/** The one stream of a stack on its own; its events are of one day. */
const streamOf = (name: string): string => `/cloud/deployments/stacks/us-east-1/${name} deploy-2026-01-01`;

/** A stack under way with a viewer that is up to date. */
const watched = async (name: string) => {
  const stack = newStack(name).own("CREATE_IN_PROGRESS");
  const viewer = await connect(name);
  await viewer.until(1);
  return { stack, viewer };
};

test("a line holds the event, its level and words for people, in the stream of the event's day", async () => {
  const { stack } = await watched("lines");
  stack.resource("Queue", "CREATE_IN_PROGRESS").resource("Queue", "CREATE_FAILED", { reason: "no <quota>" });
  stack.own("ROLLBACK_IN_PROGRESS").resource("Queue", "DELETE_COMPLETE").own("ROLLBACK_COMPLETE");
  for (let polls = 0; polls < 4; polls += 1) await poll(stack.name);
  pass(10);
  await poll(stack.name);
  await shortly(() => aws.logs.offsets(streamOf(stack.name))).toEqual(upTo(7));
  const lines = aws.logs.streams.get(streamOf(stack.name)) ?? [];
  expect(lines.map(({ level, type }) => `${level} ${type}`)).toEqual([
    "INFO resource_update",
    "INFO resource_update",
    "ERROR resource_update",
    "WARN resource_update",
    "INFO resource_update",
    "WARN resource_update",
    "ERROR stack_complete",
  ]);
  expect(lines[2]).toMatchObject({
    timestamp: "2026-01-01T00:00:02.000Z",
    message: "[Queue] CREATE_FAILED AWS::SQS::Queue lines-Queue: no <quota>",
    channel: `stacks/us-east-1/${stack.name}`,
    stack: stack.name,
    offset: 3,
    data: { resource: { logicalId: "Queue", status: "CREATE_FAILED" } },
  });
  expect([...aws.logs.streams.keys()]).toEqual([streamOf(stack.name)]);
});

test("viewers and the audit get an event while CloudWatch still hangs", async () => {
  const { stack, viewer } = await watched("hanging");
  await audited(stack.name);
  await shortly(() => aws.logs.offsets(streamOf(stack.name))).toEqual([1]);
  pass(10);
  aws.logs.fault = () => "hang";
  stack.begun(2);
  await poll(stack.name);
  await viewer.settled();
  expect(viewer.offsets).toEqual([1, 2, 3]);
  await shortly(() => aws.dynamoDB.offsets(AUDIT_TABLE)).toEqual([1, 2, 3]);
  stack.resource("Queue1", "CREATE_COMPLETE");
  await poll(stack.name);
  await viewer.settled();
  expect(viewer.offsets).toEqual([1, 2, 3, 4]);
  expect(aws.logs.offsets(streamOf(stack.name))).toEqual([1]);
});

test.for(["throttled", "unavailable", "reset"] as const)(
  "CloudWatch that answers with %s for long loses nothing, and is asked less and less often",
  async (fault) => {
    const { stack, viewer } = await watched(`away-${fault}`);
    aws.logs.fault = () => fault;
    stack.begun(230);
    await poll(stack.name);
    stack.own("CREATE_FAILED");
    for (let polls = 0; polls < 5; polls += 1) await poll(stack.name);
    await viewer.settled();
    // With viewers a stack at rest is looked at more often than that.
    viewer.socket.close(1000, "done");
    await deserted(trackerOf(stack.name));
    await poll(stack.name);
    const waits: number[] = [];
    for (let tries = 0; tries < 12; tries += 1) {
      const wait = await alarmIn(stack.name);
      waits.push(Math.round((wait ?? Number.NaN) / 1000));
      pass(Math.max(0, (wait ?? 0) / 1000));
      await poll(stack.name);
    }
    expect(waits.at(-1)).toBe(3_600);
    expect(waits).toEqual(waits.toSorted((one, other) => one - other));
    await evictDurableObject(trackerOf(stack.name));
    aws.logs.fault = () => undefined;
    pass(3_600);
    await poll(stack.name);
    await shortly(() => new Set(aws.logs.offsets(streamOf(stack.name)))).toEqual(new Set(viewer.offsets));
    await shortly(() => alarmIn(stack.name)).toBeNull();
  },
);

test("CloudWatch that takes nothing for a fortnight is given up, with a line in the log", async () => {
  const { stack, viewer } = await watched("refusing");
  aws.logs.fault = () => "unavailable";
  stack.own("CREATE_FAILED");
  await poll(stack.name);
  for (let polls = 0; polls < 3; polls += 1) await poll(stack.name);
  viewer.socket.close(1000, "done");
  await viewer.untilClosed();
  const logged = vi.spyOn(console, "error").mockReturnValue();
  pass(14 * 86_400 + 3_600);
  await poll(stack.name);
  expect(logged.mock.calls).toEqual([
    [JSON.stringify({ level: "error", message: "Log shipping given up", from: 1, head: 3 })],
  ]);
  await shortly(() => alarmIn(stack.name)).toBeNull();
});

test("lines that CloudWatch does not keep are counted in the log, and not sent again", async () => {
  const warned = vi.spyOn(console, "warn").mockReturnValue();
  aws.logs.fault = () => "too old";
  const { stack } = await watched("old");
  await audited(stack.name);
  const { group, stream } = {
    group: `/cloud/deployments/stacks/us-east-1/${stack.name}`,
    stream: "deploy-2026-01-01",
  };
  await shortly(() => warned.mock.calls).toContainEqual([
    JSON.stringify({ level: "warn", message: "Log lines rejected", group, stream, rejected: 1 }),
  ]);
  aws.logs.fault = () => undefined;
  stack.begun(1);
  pass(10);
  await poll(stack.name);
  await shortly(() => aws.logs.offsets(streamOf(stack.name))).toEqual([2]);
});

test("a line that CloudWatch will never take is passed over with a line in the log", async () => {
  const { stack } = await watched("poison");
  await audited(stack.name);
  await shortly(() => aws.logs.offsets(streamOf(stack.name))).toEqual([1]);
  const logged = vi.spyOn(console, "error").mockReturnValue();
  aws.logs.isPoison = ({ offset }) => offset === 3;
  stack.begun(5);
  pass(10);
  await poll(stack.name);
  await shortly(() => aws.logs.offsets(streamOf(stack.name))).toEqual([1, 2, 4, 5, 6]);
  expect(logged.mock.calls).toEqual([
    [JSON.stringify({ level: "error", message: "Log shipping item refused", offset: 3 })],
  ]);
});

test("events of an attempt that is over are kept until they are in the logs, too", async () => {
  const { stack } = await watched("kept");
  aws.logs.fault = () => "unavailable";
  stack.begun(3).own("CREATE_FAILED");
  for (let polls = 0; polls < 6; polls += 1) await audited(stack.name);
  await shortly(() => aws.dynamoDB.offsets(AUDIT_TABLE)).toEqual(upTo(6));
  stack.own("DELETE_IN_PROGRESS");
  pass(600);
  const viewer = await connect(stack.name);
  await shortly(() => viewer.offsets.at(-1)).toBe(7);
  const kept = () =>
    runInDurableObject(trackerOf(stack.name), (_, { storage }) =>
      storage.sql.exec<{ first: number }>("SELECT min(first) AS first FROM log").one(),
    );
  expect(await kept()).toEqual({ first: 1 });
  aws.logs.fault = () => undefined;
  pass(4_000);
  await poll(stack.name);
  await shortly(() => new Set(aws.logs.offsets(streamOf(stack.name)))).toEqual(new Set(upTo(7)));
});

/** A deployment of one stack that has come to its end. */
const deployed = async (name: string): Promise<void> => {
  const stack = newStack(`${name}-stack`).own("CREATE_IN_PROGRESS");
  await register(name, { [stack.name]: [] });
  stack.resource("Vpc", "CREATE_IN_PROGRESS").resource("Vpc", "CREATE_COMPLETE").own("CREATE_COMPLETE");
  await pollAll(name, stack.name);
};

test("a deployment's lines are in its own group, with who began the run, and its stack has none of its own", async () => {
  await deployed("shop");
  const story = await storyOf("shop");
  expect(story.at(-1)).toBe("deployment_complete");
  pass(10);
  await work("shop");
  const streams = () => [...aws.logs.streams].filter(([key]) => key.startsWith("/cloud/deployments/shop "));
  const lines = () => streams().flatMap(([, found]) => found);
  await shortly(() =>
    lines()
      .map(({ offset }) => offset)
      .toSorted((one, other) => one - other),
  ).toEqual(upTo(story.length));
  expect([...aws.logs.groups]).toEqual(["/cloud/deployments/shop"]);
  for (const [key, found] of streams())
    for (const line of found)
      expect(line).toMatchObject({
        deploymentId: "shop",
        environment: "dev",
        user: "kim",
        channel: "deployments/shop-dev",
        timestamp: expect.stringContaining(key.replace("/cloud/deployments/shop deploy-dev-", "")),
      });
});

test("a call to CloudWatch that never ends holds up neither the alarm of a deployment nor what it is for", async () => {
  aws.logs.fault = () => "deaf";
  await deployed("hung");
  expect((await progressOf("hung")).status).toBe("deployed");
  expect(aws.logs.calls.length).toBeGreaterThan(0);
  expect(aws.logs.streams.size).toBe(0);
  // What was left rolled back has an alarm of its own.
  const alarm = await runInDurableObject(deploymentOf("hung"), (_, { storage }) => storage.getAlarm());
  expect(alarm).not.toBeNull();
});
