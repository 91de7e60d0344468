/** Who is closed for being slow, how a client's close is answered, and what a close code tells the client. */
import { expect, test } from "vitest";
import { CLOSE, reconnectsAfter } from "../../src/protocol/connection/close-codes.ts";
import { alarmIn, newStack, pass, poll, useFarEnd } from "./far-end.ts";
import { connect } from "./viewer.ts";

useFarEnd();

test("[S31] [S32] who leaves more than 2,000 events unacknowledged is closed, others go on", async () => {
  const stack = newStack("slow").own("CREATE_IN_PROGRESS");
  const slow = await connect(stack.name, { subprotocol: true });
  const quick = await connect(stack.name, { subprotocol: true });
  const classic = await connect(stack.name);
  await Promise.all([slow.until(2), quick.until(2), classic.until(1)]);
  for (let commit = 1; commit <= 5; commit += 1) {
    stack.begun(500, `Commit${commit}-`);
    await poll(stack.name);
    await expect.poll(() => quick.offsets.at(-1)).toBe(1 + commit * 500);
    quick.say({ action: "ack", offset: quick.offsets.at(-1) });
    await quick.settled();
  }
  stack.begun(1, "Last");
  await poll(stack.name);
  expect(await slow.untilClosed()).toEqual({ code: 4008, reason: "slow consumer" });
  expect(slow.frames.at(-1)).toMatchObject({ type: "disconnect", code: 4008, reconnect: true });
  await Promise.all([quick.settled(), classic.settled()]);
  expect([quick.offsets.length, classic.offsets.length]).toEqual([2502, 2502]);
  const epoch = String(slow.frames[0]?.["epoch"]);
  const offset = slow.offsets.at(-1) ?? 0;
  const back = await connect(stack.name, { subprotocol: true, epoch, offset });
  await back.settled();
  expect([...slow.offsets, ...back.offsets]).toEqual(quick.offsets);
});

test("[S31] one commit of more than 2,000 events closes nobody who had no time to acknowledge it", async () => {
  const stack = newStack("large").own("CREATE_IN_PROGRESS").begun(2_500);
  const first = await connect(stack.name, { subprotocol: true });
  await expect.poll(() => first.offsets.at(-1), { timeout: 10_000 }).toBe(2_501);
  first.say({ action: "ack", offset: 2_501 });
  stack.begun(1, "Next");
  await poll(stack.name);
  await first.settled();
  expect(first.offsets.at(-1)).toBe(2_502);
  expect(first.closed).toBeUndefined();
});

test("[S31] what is sent to a viewer that is never heard is bounded", async () => {
  const stack = newStack("silent").own("CREATE_IN_PROGRESS");
  const silent = await connect(stack.name);
  const heard = await connect(stack.name);
  const pinging = await connect(stack.name);
  await Promise.all([silent.until(1), heard.until(1), pinging.until(1)]);
  for (let commit = 0; commit < 10 && !silent.closed; commit += 1) {
    for (let index = 0; index < 40; index += 1)
      stack.resource(`Large${commit}-${index}`, "CREATE_IN_PROGRESS", { reason: "x".repeat(50_000) });
    await poll(stack.name);
    heard.say({ action: "ping", loud: true });
    await Promise.all([heard.settled(), pinging.settled()]);
  }
  expect((await silent.untilClosed()).code).toBe(4008);
  expect([heard.closed, pinging.closed]).toEqual([undefined, undefined]);
  expect(heard.offsets.at(-1)).toBe(stack.events.length);
});

test(
  "[S36] who says more than 1,200 frames in a minute is closed, to come back after a while",
  { timeout: 20_000 },
  async () => {
    const stack = newStack("talkative").own("CREATE_IN_PROGRESS");
    const viewer = await connect(stack.name, { subprotocol: true });
    const pongs = () => viewer.types.filter((type) => type === "pong").length;
    for (const minute of [1, 2]) {
      for (let said = 1; said < 1_200; said += 1) viewer.say({ action: "ack", offset: 0 });
      viewer.say({ action: "ping", loud: true });
      await expect.poll(pongs, { timeout: 10_000 }).toBe(minute);
      if (minute === 1) pass(60);
    }
    expect(viewer.closed).toBeUndefined();
    viewer.say({ action: "ack", offset: 0 });
    expect(await viewer.untilClosed()).toEqual({ code: 4029, reason: "rate limit exceeded" });
    expect(viewer.frames.at(-1)).toMatchObject({ type: "disconnect", reconnect: true, retryAfterMs: 30_000 });
  },
);

test("[S33] a client's close is answered, with or without a code", async () => {
  const stack = newStack("closing").own("CREATE_IN_PROGRESS");
  const plain = await connect(stack.name);
  const coded = await connect(stack.name);
  await Promise.all([plain.until(1), coded.until(1)]);
  coded.socket.close(3001, "bye");
  plain.socket.close();
  expect(await coded.untilClosed()).toEqual({ code: 3001, reason: "bye" });
  await plain.untilClosed();
  expect(await poll(stack.name)).toBe(true);
  expect(await alarmIn(stack.name)).toBeGreaterThan(0);
});

test("[S35] a client connects again after codes below 4400 only", () => {
  const again = Object.values(CLOSE).filter(reconnectsAfter);
  expect(again).toEqual([4001, 4008, 4010, 4012, 4029]);
});
