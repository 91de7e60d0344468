/** From a deployment's log to the destinations that ask for it: what, when, and in spite of everything. */
import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { Webhook } from "standardwebhooks";
import { expect, test } from "vitest";
import type { DestinationRequest } from "../../src/protocol/destinations.ts";
import { callsAtOnce } from "../../src/trackers/audiences/destination-handover.ts";
import { addressOf, deploymentOf } from "./deployments.ts";
import { newDestination, outboxOf, pass, receiver, settled, until, useReceiver, work } from "./outboxes.ts";

useReceiver();

const at = (second: number): string => new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString();

const event = (deploymentId: string, type: string, second: number, data: object = {}) => ({
  type,
  timestamp: at(second),
  data: { ...addressOf(deploymentId), ...data },
});

/** An orchestrator's story of a deployment that fails: seven events, with those of the layer that follow from it. */
const story = (deploymentId: string) => [
  event(deploymentId, "deployment_started", 0, { owner: "kim@example.com" }),
  event(deploymentId, "stack_deploying", 1, { stack: "database-rds", layer: 3 }),
  event(deploymentId, "resource_creating", 2, {
    stack: "database-rds",
    resource: { type: "AWS::RDS::DBInstance", name: "main" },
  }),
  event(deploymentId, "stack_failed", 3, {
    stack: "database-rds",
    error: { code: "INSUFFICIENT_PERMISSIONS", message: "Insufficient <IAM> permissions" },
  }),
  event(deploymentId, "deployment_failed", 4),
];

const tell = async (deploymentId: string, events: readonly ReturnType<typeof event>[]): Promise<void> => {
  const report = await deploymentOf(deploymentId).ingest(addressOf(deploymentId), [...events], "kim");
  expect(report).toMatchObject({ ok: true, value: { refused: 0 } });
};

const typesTo = (host: string): string[] =>
  receiver.received
    .filter(({ url }) => new URL(url).hostname === host)
    .map(({ body }) => (JSON.parse(body) as { type: string }).type);

const webhookAt = (host: string, rest: Partial<DestinationRequest> = {}) =>
  newDestination({ kind: "webhook", url: `https://${host}/`, ...rest } as DestinationRequest);

test("a webhook gets the events of the seeds' table, each in its own envelope", async () => {
  const { id, secret } = await webhookAt("usual.example.com");
  await tell("feed", story("feed"));
  await until(() => receiver.received.length === 3);
  await settled();
  expect(typesTo("usual.example.com")).toEqual(["deployment_started", "stack_failed", "deployment_failed"]);
  const { body, headers } = receiver.received[1]!;
  expect(new Webhook(secret).verify(body, headers)).toMatchObject({
    type: "stack_failed",
    timestamp: at(3),
    channel: "deployments/feed-dev",
    offset: 5,
    data: { stack: "database-rds", error: { message: "Insufficient <IAM> permissions" } },
  });
  expect(receiver.received.map((message) => message.id)).toEqual([1, 5, 7].map((n) => `msg_${id}_1_${n}`));
});

test("types, environments and patterns choose", async () => {
  await webhookAt("all.example.com", { events: ["*"] });
  await webhookAt("some.example.com", { events: ["resource_creating"] });
  await webhookAt("prod.example.com", { environments: ["prod"] });
  await webhookAt("other.example.com", { channels: ["deployments/x*/dev"] });
  await webhookAt("this.example.com", { channels: ["deployments/y/*", "deployments/ch*/d*"] });
  await webhookAt("named.example.com", { channels: ["deployments/choice-dev"], events: ["stack_failed"] });
  await tell("choice", story("choice"));
  await until(() => typesTo("all.example.com").length === 7);
  await until(() => receiver.received.length === 12);
  await settled();
  expect(typesTo("some.example.com")).toEqual(["resource_creating"]);
  expect(typesTo("this.example.com")).toHaveLength(3);
  expect(typesTo("named.example.com")).toEqual(["stack_failed"]);
  expect([typesTo("prod.example.com"), typesTo("other.example.com")]).toEqual([[], []]);
});

test("Slack and PagerDuty get what they show, and nothing more than their part of the table", async () => {
  await newDestination({ kind: "slack", url: "https://hooks.slack.com/services/T/B/x" });
  await newDestination({ kind: "pagerduty", routingKey: "0".repeat(32) });
  await tell("kinds", story("kinds"));
  await until(() => receiver.received.length === 2);
  pass(1);
  await settled();
  const [slack, pager] = ["hooks.slack.com", "events.pagerduty.com"].map((host) =>
    receiver.received.find(({ url }) => new URL(url).hostname === host),
  );
  expect(JSON.parse(slack!.body)).toMatchObject({ text: expect.stringContaining("&lt;IAM&gt;") });
  expect(slack!.body).toContain("https://stackcast.test/deployments/kinds/dev");
  expect(JSON.parse(pager!.body)).toMatchObject({ event_action: "trigger", routing_key: "0".repeat(32) });
  expect(receiver.received).toHaveLength(2);
});

test("a destination that is made while a deployment runs gets what happens from then on", async () => {
  const [started, deploying, ...rest] = story("later");
  await tell("later", [started!, deploying!]);
  await settled();
  await runDurableObjectAlarm(deploymentOf("later"));
  await webhookAt("late.example.com", { events: ["*"] });
  pass(6);
  await tell("later", rest);
  await runDurableObjectAlarm(deploymentOf("later"));
  await until(() => typesTo("late.example.com").length === 4);
  expect(typesTo("late.example.com")).toEqual([
    "resource_creating",
    "stack_failed",
    "layer_complete",
    "deployment_failed",
  ]);
});

test("an event that is committed and not handed over goes out by the alarm, once", async () => {
  const { id } = await webhookAt("crash.example.com", { events: ["*"] });
  await tell("crash", story("crash").slice(0, 2));
  await until(() => receiver.received.length === 3);
  await settled();
  // As if the object had broken down before it noted what it had handed over.
  await runInDurableObject(deploymentOf("crash"), (_, { storage }) => {
    storage.kv.put("destinations", { offset: 0, behind: {} });
  });
  await evictDurableObject(deploymentOf("crash"));
  await tell("crash", story("crash").slice(2));
  await runDurableObjectAlarm(deploymentOf("crash"));
  await until(() => receiver.received.length === 7);
  await settled();
  expect(receiver.received.map((message) => message.id)).toEqual(
    [1, 2, 3, 4, 5, 6, 7].map((offset) => `msg_${id}_1_${offset}`),
  );
});

test("a destination that cannot be reached falls behind alone, and catches up", async () => {
  const { id } = await webhookAt("sick.example.com", { events: ["*"] });
  await webhookAt("well.example.com", { events: ["*"] });
  // An outbox whose storage fails: what it is handed it cannot keep.
  await runInDurableObject(outboxOf(id), (_, { storage }) => {
    storage.sql.exec("ALTER TABLE lanes RENAME TO lanes_away");
  });
  await tell("behind", story("behind").slice(0, 3));
  await until(() => typesTo("well.example.com").length === 4);
  await tell("behind", story("behind").slice(3));
  await until(() => typesTo("well.example.com").length === 7);
  expect(typesTo("sick.example.com")).toEqual([]);
  await runInDurableObject(outboxOf(id), (_, { storage }) => {
    storage.sql.exec("ALTER TABLE lanes_away RENAME TO lanes");
  });
  pass(61);
  await runDurableObjectAlarm(deploymentOf("behind"));
  await until(() => typesTo("sick.example.com").length === 7);
  await settled();
  expect(typesTo("sick.example.com")).toEqual(typesTo("well.example.com"));
});

test("events that came while a receiver was down arrive in order when it is back, also of the run before", async () => {
  const { id } = await webhookAt("down.example.com", { events: ["*"] });
  receiver.answer = () => new Response(null, { status: 502 });
  await tell("down", story("down"));
  await until(() => receiver.received.length === 1);
  await tell("down", [event("down", "deployment_started", 10)]);
  await settled();
  receiver.received = [];
  receiver.answer = () => new Response(null, { status: 200 });
  pass(5);
  await work(outboxOf(id));
  await until(() => receiver.received.length === 8);
  expect(typesTo("down.example.com").at(-1)).toBe("deployment_started");
  expect(receiver.received.map((message) => message.id)).toEqual(
    [1, 2, 3, 4, 5, 6, 7, 8].map((offset) => `msg_${id}_1_${offset}`),
  );
});

/** An outbox whose storage fails: what it is handed it cannot keep. */
const breakOutbox = (id: string, isBroken: boolean): Promise<unknown> =>
  runInDurableObject(outboxOf(id), (_, { storage }) => {
    storage.sql.exec(
      isBroken ? "ALTER TABLE lanes RENAME TO lanes_away" : "ALTER TABLE lanes_away RENAME TO lanes",
    );
  });

test("what is handed over late speaks of its own run, and goes to that run's owner", async () => {
  const { id } = await newDestination({
    kind: "slack",
    url: "https://hooks.slack.com/services/T/B/x",
    events: ["stack_failed", "deployment_started"],
  });
  const begun = (second: number, data: object) => event("runs", "deployment_started", second, data);
  const broken = (second: number) => [
    event("runs", "stack_deploying", second, { stack: "database-rds", layer: 3 }),
    event("runs", "stack_failed", second + 1, {
      stack: "database-rds",
      error: { code: "C", message: "It broke" },
    }),
    event("runs", "deployment_failed", second + 2),
  ];
  await tell("runs", [begun(0, { owner: "ada@example.com" })]);
  await until(() => receiver.received.length === 1);
  await breakOutbox(id, true);
  await tell("runs", broken(1));
  await settled();
  await tell("runs", [begun(10, {}), ...broken(11)]);
  await tell("runs", [begun(20, { owner: "kim@example.com" }), ...broken(21)]);
  await settled();
  await breakOutbox(id, false);
  pass(121);
  await runDurableObjectAlarm(deploymentOf("runs"));
  for (let count = 2; count <= 6; count += 1) {
    await until(() => receiver.received.length === count);
    await settled();
    pass(1);
    await work(outboxOf(id));
  }
  const shown = receiver.received.map(({ body }) => [
    /run (\d+)/.exec(body)?.[1],
    /(ada|kim)@example.com/.exec(body)?.[0],
  ]);
  expect(shown).toEqual([
    ["1", "ada@example.com"],
    ["1", "ada@example.com"],
    ["2", undefined],
    ["2", undefined],
    ["3", "kim@example.com"],
    ["3", "kim@example.com"],
  ]);
});

test("for a destination that could not be reached for a week the log is kept no longer", async () => {
  const { id } = await webhookAt("lost.example.com", { events: ["*"] });
  await breakOutbox(id, true);
  await tell("lost", story("lost").slice(0, 3));
  const behind = () =>
    runInDurableObject(deploymentOf("lost"), (_, { storage }) =>
      Object.keys(storage.kv.get<{ behind: object }>("destinations")?.behind ?? {}),
    );
  await until(async () => (await behind()).length === 1);
  pass(6 * 86_400);
  await runDurableObjectAlarm(deploymentOf("lost"));
  await settled();
  expect(await behind()).toEqual([id]);
  pass(86_400);
  await runDurableObjectAlarm(deploymentOf("lost"));
  await until(async () => (await behind()).length === 0);
  expect(receiver.errors.map((line) => JSON.parse(line) as unknown)).toContainEqual({
    level: "error",
    message: expect.stringContaining("not reached for 7 days"),
    channel: "deployments/lost-dev",
    destination: id,
  });
  await breakOutbox(id, false);
  await tell("lost", story("lost").slice(3));
  await until(() => typesTo("lost.example.com").length > 0);
  expect(typesTo("lost.example.com")).not.toContain("deployment_started");
});

test("fewer outboxes are called at the same time with large events than with small ones", () => {
  const MEBIBYTE = 1024 * 1024;
  expect([0, 100, MEBIBYTE, 3 * MEBIBYTE, 8 * MEBIBYTE, 99 * MEBIBYTE].map(callsAtOnce)).toEqual([
    10, 10, 8, 2, 1, 1,
  ]);
});
