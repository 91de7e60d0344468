/** Far ends that refuse: reported once, tried once a minute for the whole install, and given all that was kept once they take it. */
import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env, exports } from "cloudflare:workers";
import { beforeEach, expect, test, vi } from "vitest";
import { rightsFor } from "../../src/aws/install/policies.ts";
import { farEndsOf } from "../../src/objects.ts";
import { deploymentOf, pollAll, progressOf, register, work } from "./deployments.ts";
import { newDestination } from "./outboxes.ts";
import { AUDIT_TABLE, alarmIn, aws, newStack, pass, poll, trackerOf, useFarEnd } from "./far-end.ts";

useFarEnd();

const warned: string[] = [];

beforeEach(() => {
  warned.length = 0;
  vi.spyOn(console, "warn").mockImplementation((line: unknown) => {
    // What the deployment's own events say is no trouble of the far ends.
    if (!String(line).includes('"message":"event"')) warned.push(String(line));
  });
  vi.spyOn(console, "error").mockReturnValue();
});

const upTo = (last: number): number[] => Array.from({ length: last }, (_, index) => index + 1);

/** A stack on its own that comes to its end with nobody watching it. */
const followed = async (name: string): Promise<void> => {
  const stack = newStack(name).own("CREATE_IN_PROGRESS");
  await trackerOf(name).track("kim");
  stack.begun(2).own("CREATE_FAILED");
  for (let polls = 0; polls < 8; polls += 1) {
    pass(60);
    await poll(name);
  }
};

const calls = () => ({
  audit: aws.dynamoDB.calls.length,
  logs: aws.logs.calls.filter((action) => action === "PutLogEvents").length,
});

const troubles = async () => {
  pass(20);
  const response = await exports.default.fetch("https://stackcast.test/healthz");
  const { data } = await response.json<{ data: { troubles: { farEnd: string; waiting: number }[] } }>();
  return data.troubles.map(({ farEnd, waiting }) => [farEnd, waiting]);
};

const refuseAll = (): void => {
  aws.dynamoDB.fault = () => "no table";
  aws.logs.fault = () => "denied";
};

const mend = (): void => {
  aws.dynamoDB.fault = () => undefined;
  aws.logs.fault = () => undefined;
};

test("a deployment in an account without table and rights to log leaves no alarm, is tried no more, and is told once", async () => {
  refuseAll();
  const stacks = ["net", "app", "web"];
  for (const name of stacks) newStack(name).own("CREATE_IN_PROGRESS");
  await register("D1", Object.fromEntries(stacks.map((name) => [name, []])));
  await pollAll("D1", ...stacks);
  const first = warned.filter((line) => line.includes("Far end refuses"));
  for (const stack of aws.cloudFormation.stacks) stack.begun(1).own("CREATE_FAILED");
  for (let rounds = 0; rounds < 5; rounds += 1) {
    pass(60);
    await pollAll("D1", ...stacks);
  }
  await vi.waitFor(async () => expect((await progressOf("D1")).status).toBe("failed"));
  await deploymentOf("D1").act({ deploymentId: "D1", environment: "dev" }, "cancel", "kim");
  pass(60);
  await pollAll("D1", ...stacks);
  const before = calls();
  for (let rounds = 0; rounds < 5; rounds += 1) {
    pass(3_600);
    await work("D1");
    for (const name of stacks) await poll(name);
  }
  expect(calls()).toEqual(before);
  expect(warned).toEqual(first);
  expect(first.length).toBeLessThanOrEqual(2);
  // Nothing beyond the observing policy was asked for.
  const rights = new Set(aws.cloudFormation.calls.map(({ action }) => `cloudformation:${action}`));
  expect([...rights].filter((right) => !rightsFor("observe").includes(right))).toEqual([]);
  expect(rights.size).toBeGreaterThan(0);
  expect(await Promise.all(stacks.map(alarmIn))).toEqual([null, null, null]);
  const alarm = await runInDurableObject(deploymentOf("D1"), (_, { storage }) => storage.getAlarm());
  expect(alarm).toBeNull();
  expect(await runDurableObjectAlarm(deploymentOf("D1"))).toBe(false);
  expect(await troubles()).toEqual([
    ["audit", 1],
    ["logs", 1],
  ]);
});

test("one of all that wait tries each minute; once it gets through, all hand on what they kept, also after a restart", async () => {
  refuseAll();
  const names = Array.from({ length: 12 }, (_, index) => `many-${index}`);
  for (const name of names) await followed(name);
  expect(await troubles()).toEqual([
    ["audit", 12],
    ["logs", 12],
  ]);
  const before = calls();
  for (let minutes = 0; minutes < 5; minutes += 1) {
    pass(60);
    await farEndsOf(env).probe();
  }
  expect(calls()).toEqual({ audit: before.audit + 5, logs: before.logs + 5 });
  expect(warned.filter((line) => line.includes("Far end refuses"))).toHaveLength(2);
  for (const name of names) await evictDurableObject(trackerOf(name));
  mend();
  pass(60);
  await farEndsOf(env).probe();
  expect(await troubles()).toEqual([]);
  for (const name of names) {
    const items = aws.dynamoDB.items(AUDIT_TABLE).filter(({ stack }) => stack?.["S"] === name);
    expect(items.map(({ offset }) => Number(offset?.["N"]))).toEqual(upTo(5));
    expect(aws.logs.offsets(`/cloud/deployments/stacks/us-east-1/${name} deploy-2026-01-01`)).toEqual(
      upTo(5),
    );
  }
  expect(await Promise.all(names.map(alarmIn))).toEqual(names.map(() => null));
});

test("a channel that alone is refused keeps the others from nothing", async () => {
  aws.dynamoDB.fault = (items) =>
    items.some(({ stack }) => stack?.["S"] === "odd-one") ? "no table" : undefined;
  await followed("odd-one");
  await followed("another");
  expect(aws.dynamoDB.offsets(AUDIT_TABLE)).toEqual(upTo(5));
  expect(await troubles()).toEqual([["audit", 1]]);
  mend();
  pass(60);
  await farEndsOf(env).probe();
  expect(await troubles()).toEqual([]);
});

test("destinations that ask for it are told once when the audit falls behind, and once when it goes on", async () => {
  const events = ["stackcast_audit_behind", "stackcast_recovered"] as const;
  const url = "https://hooks.example.com/operations";
  const named = await newDestination({ kind: "webhook", url, events: [...events] });
  const people = await newDestination({ kind: "slack", url, events: ["stackcast_audit_behind"] });
  const others = await newDestination({ kind: "webhook", url, events: ["*"] });
  const waiting = async () =>
    Promise.all(
      [named, people, others].map(({ outbox }) =>
        runInDurableObject(outbox, (_, { storage }) =>
          storage.sql
            .exec<{ body: string }>("SELECT body FROM blocks")
            .toArray()
            .flatMap(({ body }) => JSON.parse(body) as { type: string; body: string }[])
            .filter(({ type }) => type.startsWith("stackcast_")),
        ),
      ),
    );
  const types = async () => (await waiting()).map((messages) => messages.map(({ type }) => type));
  refuseAll();
  await followed("told-of-audit");
  await vi.waitFor(async () => expect(await types()).toEqual([[events[0]], [events[0]], []]));
  const [webhook, slack] = (await waiting()).map((messages) => messages[0]);
  expect(JSON.parse(webhook!.body)).toMatchObject({ channel: "stackcast/audit", data: { trouble: "audit" } });
  expect(JSON.parse(slack!.body)).toMatchObject({ tone: "bad", title: "The audit is behind" });
  await farEndsOf(env).probe();
  expect((await types())[0]).toEqual([events[0]]);
  mend();
  pass(60);
  await farEndsOf(env).probe();
  await vi.waitFor(async () => expect((await types())[0]).toEqual([...events]));
});
