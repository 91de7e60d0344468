/** Trouble with AWS: who is reported what, when polling is given up, and that no event is lost over it. */
import { expect, test } from "vitest";
import type { Fault } from "../support/wire-cloudformation.ts";
import { alarmIn, aws, newStack, pass, poll, trackerOf, useFarEnd } from "./far-end.ts";
import { connect, type Viewer } from "./viewer.ts";
import { watched } from "./watched.ts";

useFarEnd();

/** The errors that a viewer was shown. */
const errorsOf = async (viewer: Viewer): Promise<unknown[]> => {
  await viewer.settled();
  return viewer.frames.filter(({ type }) => type === "error").map(({ error }) => error);
};

/** Polls on time, so often. */
const polls = async (name: string, count: number): Promise<void> => {
  for (let done = 0; done < count; done += 1) {
    pass(Math.max(0, ((await alarmIn(name)) ?? 0) / 1000));
    await poll(name);
  }
};

test.for(["unavailable", "reset", "truncated"] as const)(
  "[S16] [S17] AWS that is %s is told once after three polls, and costs no event",
  async (fault) => {
    const { stack, classic, modern } = await watched(`lost-${fault}`);
    aws.cloudFormation.fault = () => fault;
    stack.begun(2);
    await polls(stack.name, 2);
    expect(await errorsOf(classic)).toEqual([]);
    await polls(stack.name, 8);
    const reported = [expect.objectContaining({ code: expect.stringMatching(/^AWS_/), retryable: true })];
    expect(await errorsOf(classic)).toEqual(reported);
    expect(await errorsOf(modern)).toEqual(reported);
    expect(await alarmIn(stack.name)).toBeLessThanOrEqual(60_000);
    aws.cloudFormation.fault = () => undefined;
    await polls(stack.name, 1);
    await Promise.all([classic.settled(), modern.settled()]);
    expect([classic.offsets, modern.offsets]).toEqual([
      [1, 2, 3],
      [1, 2, 3],
    ]);
    expect(modern.frames.find(({ type }) => type === "error")).not.toHaveProperty("offset");
    const late = await connect(stack.name);
    expect(await errorsOf(late)).toEqual([]);
  },
);

test("[S18] throttling is never told, and polls come no sooner than without it", async () => {
  const { stack, classic } = await watched("throttled");
  aws.cloudFormation.fault = () => "throttled";
  stack.begun(2);
  for (let count = 0; count < 12; count += 1) {
    pass(60);
    await polls(stack.name, 1);
    expect(await alarmIn(stack.name)).toBeGreaterThanOrEqual(60_000);
  }
  expect(await errorsOf(classic)).toEqual([]);
  const summary = await trackerOf(stack.name).summary();
  expect(summary).toMatchObject({ value: { trouble: { code: "AWS_THROTTLED" }, tracking: true } });
  aws.cloudFormation.fault = () => undefined;
  pass(60);
  await polls(stack.name, 1);
  await classic.settled();
  expect(classic.offsets).toEqual([1, 2, 3]);
});

test.for([
  ["credentials", "AWS_CREDENTIALS"],
  ["denied", "AWS_ACCESS_DENIED"],
] as const satisfies [Fault, string][])(
  "[S19] %s: told at once, given up after a minute, tried again for the next viewer",
  async ([fault, code]) => {
    const { stack, classic } = await watched(`refused-${fault}`);
    aws.cloudFormation.fault = () => fault;
    await polls(stack.name, 1);
    const reported = [expect.objectContaining({ code, retryable: false })];
    expect(await errorsOf(classic)).toEqual(reported);
    const during = await connect(stack.name);
    expect(await errorsOf(during)).toEqual(reported);
    pass(60);
    await polls(stack.name, 1);
    expect(await alarmIn(stack.name)).toBeNull();
    expect(await errorsOf(classic)).toEqual(reported);
    aws.cloudFormation.fault = () => undefined;
    stack.begun(1);
    pass(600);
    const next = await connect(stack.name);
    await next.until(2);
    expect(await errorsOf(next)).toEqual([]);
    expect(classic.offsets).toEqual([1, 2]);
    expect(await alarmIn(stack.name)).toBeGreaterThan(0);
  },
);

test("[S20] [S21] a stack that is not there is waited for, then told missing; the next viewer waits anew", async () => {
  const name = "absent";
  const first = await connect(name);
  await expect.poll(() => aws.cloudFormation.calls.length).toBeGreaterThan(0);
  await polls(name, 9);
  expect(await errorsOf(first)).toEqual([]);
  await polls(name, 2);
  const reported = [expect.objectContaining({ code: "STACK_NOT_FOUND", retryable: false })];
  expect(await errorsOf(first)).toEqual(reported);
  expect(await alarmIn(name)).toBeNull();
  pass(600);
  const next = await connect(name);
  expect(await errorsOf(next)).toEqual([]);
  await expect.poll(() => alarmIn(name)).toBeGreaterThan(0);
  await polls(name, 9);
  expect(await errorsOf(next)).toEqual([]);
  newStack(name).own("CREATE_IN_PROGRESS");
  await polls(name, 1);
  expect(await errorsOf(next)).toEqual([]);
  expect(await errorsOf(first)).toEqual(reported);
  expect([first.offsets, next.offsets]).toEqual([[1], [1]]);
});

test("[S21] who joins during told trouble is told it, after the history", async () => {
  const { stack } = await watched("late");
  aws.cloudFormation.fault = () => "unavailable";
  await polls(stack.name, 3);
  const classic = await connect(stack.name);
  const modern = await connect(stack.name, { subprotocol: true });
  await Promise.all([classic.settled(), modern.settled()]);
  expect(classic.types).toEqual(["resource_update", "error", "pong"]);
  expect(modern.types).toEqual(["subscribed", "batch", "error", "sampling", "pong"]);
});

test("what AWS says of the trouble reaches no viewer", async () => {
  const { stack, classic } = await watched("quiet");
  aws.cloudFormation.fault = () => "denied";
  await polls(stack.name, 1);
  await classic.settled();
  expect(classic.texts.join()).not.toContain("is not authorized");
});
