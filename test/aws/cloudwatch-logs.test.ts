import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import * as z from "zod";
import { putLogEvents, type LogEvent } from "../../src/aws/services/cloudwatch-logs.ts";
import { jsonCall } from "../../src/aws/transport/json-call.ts";
import { awsSession } from "../../src/aws/identity/session.ts";
import type { Simulator } from "../../src/simulator/options.ts";
import { createSimulator } from "../../src/simulator/simulator.ts";
import { fakeAws } from "./fake-session.ts";

let aws: Simulator;

beforeAll(async () => {
  aws = await createSimulator({ dynamodbPort: false, inboxPort: false });
});

beforeEach(() => {
  aws.clearFaults();
  aws.clearCalls();
});

afterAll(() => aws.close());

const KEYS = { accessKeyId: "AKIDTEST", secretAccessKey: "test-secret-key" };
const session = () => awsSession({ ...KEYS, region: "us-east-1", endpoints: { all: aws.url } });

const place = (group: string) => ({ group: `/cloud/deployments/${group}`, stream: "deploy-dev-2026-11-22" });

const eventsAnswer = z.object({ events: z.array(z.object({ timestamp: z.number(), message: z.string() })) });

const kept = async (group: string): Promise<string[]> => {
  const { group: logGroupName, stream: logStreamName } = place(group);
  const input = { logGroupName, logStreamName, startFromHead: true };
  const read = await jsonCall(
    session(),
    { service: "logs", target: "Logs_20140328.GetLogEvents", input },
    eventsAnswer,
  );
  if (!read.ok) throw new Error(JSON.stringify(read.failure));
  return read.value.events.map(({ message }) => message);
};

const actions = () => aws.calls.map(({ action, outcome }) => `${action} ${outcome}`);

const line = (message: string, ago = 0): LogEvent => ({ timestamp: Date.now() - ago, message });

it("group and stream are made when they are first needed, and never asked for again", async () => {
  expect(await putLogEvents(session(), place("first"), [line("one")])).toEqual({
    ok: true,
    value: { rejected: 0 },
  });
  expect(await putLogEvents(session(), place("first"), [line("two")])).toMatchObject({ ok: true });
  expect(actions()).toEqual([
    "PutLogEvents ResourceNotFoundException",
    "CreateLogStream ResourceNotFoundException",
    "CreateLogGroup ok",
    "CreateLogStream ok",
    "PutLogEvents ok",
    "PutLogEvents ok",
  ]);
  expect(await kept("first")).toEqual(["one", "two"]);
});

it("two who make the same stream at once both have their lines kept", async () => {
  const put = (message: string) => putLogEvents(session(), place("race"), [line(message)]);
  const answers = await Promise.all(["one", "two", "three"].map(put));
  expect(answers.every(({ ok }) => ok)).toBe(true);
  expect((await kept("race")).toSorted()).toEqual(["one", "three", "two"]);
});

it("lines come in any order, and are put in the order of their times", async () => {
  const given = [line("three", 10), line("one", 30), line("two", 20), line("three again", 10)];
  expect(await putLogEvents(session(), place("order"), given)).toMatchObject({ ok: true });
  expect(await kept("order")).toEqual(["one", "two", "three", "three again"]);
});

it("more than a call takes goes out in several, by number, by bytes and by span", async () => {
  const many = Array.from({ length: 10_001 }, (_, index) => line(String(index)));
  const large = Array.from({ length: 5 }, () => line("é".repeat(200_000)));
  const long = [line("old", 30 * 3_600_000), line("new")];
  for (const events of [many, large, long])
    expect(await putLogEvents(session(), place("large"), events)).toEqual({
      ok: true,
      value: { rejected: 0 },
    });
  expect(actions().filter((action) => action === "PutLogEvents ok")).toHaveLength(2 + 3 + 2);
  expect(await kept("large")).toHaveLength(10_000);
});

it("what is too old or too new is counted, and the rest kept", async () => {
  const hour = 3_600_000;
  const given = [line("too old", 15 * 24 * hour), line("right"), line("too new", -3 * hour)];
  // The span of what is left over is no more than a day.
  expect(await putLogEvents(session(), place("times"), given)).toEqual({ ok: true, value: { rejected: 2 } });
  expect(await kept("times")).toEqual(["right"]);
});

it.each([
  ["throttling", { kind: "throttle" }, "throttled"],
  ["an outage", { kind: "server-error" }, "unavailable"],
  ["a missing right", { kind: "access-denied" }, "denied"],
  ["garbage", { kind: "garbage" }, "bad-answer"],
] as const)("%s is told, and once it is over the lines are kept", async (name, fault, kind) => {
  aws.fault(fault);
  const group = name.replaceAll(" ", "-");
  const put = () => putLogEvents(session(), place(group), [line("late")]);
  expect(await put()).toMatchObject({ ok: false, failure: { kind } });
  aws.clearFaults();
  expect(await put()).toMatchObject({ ok: true });
  expect(await kept(group)).toEqual(["late"]);
});

it("who may not create groups still writes to one that is there", async () => {
  await putLogEvents(session(), place("given"), [line("one")]);
  aws.fault({ kind: "access-denied", action: "CreateLogGroup" });
  const other = { ...place("given"), stream: "deploy-dev-2026-11-23" };
  expect(await putLogEvents(session(), other, [line("two")])).toMatchObject({ ok: true });
});

it("a stream that stays missing is a failure, after a bounded number of calls", async () => {
  const missing = () =>
    Response.json({ __type: "ResourceNotFoundException", message: "not there" }, { status: 400 });
  const fake = fakeAws({ answer: (_, number) => (number === 2 ? Response.json({}) : missing()) });
  expect(await putLogEvents(fake.session, place("never"), [line("one")])).toMatchObject({
    ok: false,
    failure: { kind: "rejected", code: "ResourceNotFoundException" },
  });
  expect(fake.requests).toHaveLength(3);
});

it("nothing to put is no call", async () => {
  expect(await putLogEvents(session(), place("none"), [])).toEqual({ ok: true, value: { rejected: 0 } });
  expect(aws.calls).toEqual([]);
});
