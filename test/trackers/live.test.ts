/** What a commit sends to those who watch, up to the end of an operation and into the next one. */
import { runInDurableObject } from "cloudflare:test";
import { expect, test } from "vitest";
import { stackFrameSchema } from "../../src/protocol/stack/stack-frames.ts";
import { AUDIT_TABLE, audited, aws, pass, poll, trackerOf, useFarEnd } from "./far-end.ts";
import { connect } from "./viewer.ts";
import { watched } from "./watched.ts";

useFarEnd();

test("[S11] a commit is one batch to who opted in, and one frame an event to classic viewers", async () => {
  const { stack, classic, modern } = await watched("commit");
  stack.begun(50);
  await poll(stack.name);
  await Promise.all([classic.settled(), modern.settled()]);
  expect(modern.types).toEqual(["subscribed", "batch", "batch", "pong"]);
  expect(modern.frames[2]).toMatchObject({ from: 2, to: 51 });
  expect(modern.frames[2]).not.toHaveProperty("replay");
  expect(classic.types.slice(0, -1)).toEqual(Array<string>(51).fill("resource_update"));
  expect(classic.events).toEqual(modern.events);
});

test("[S11] a poll that brings nothing sends nothing", async () => {
  const { stack, classic, modern } = await watched("nothing");
  await poll(stack.name);
  await Promise.all([classic.settled(), modern.settled()]);
  expect([classic.types, modern.types]).toEqual([
    ["resource_update", "pong"],
    ["subscribed", "batch", "pong"],
  ]);
});

test("[S13] markup, control characters, emoji and lone surrogates pass as data", async () => {
  const { stack, classic, modern } = await watched("data");
  const reason = "<script>alert(1)</script> & \u001b[31mred\u0000 🚀 \ud83d \u2028 \n\r\t\"'\\";
  stack.resource("Odd", "CREATE_FAILED", { reason });
  await poll(stack.name);
  stack.outputs["Url"] = "https://example.com/?a=1&b=<script>🚀 \u2028</script>";
  stack.own("CREATE_FAILED", { reason });
  await poll(stack.name);
  await Promise.all([classic.settled(), modern.settled()]);
  expect(modern.events).toEqual(classic.events);
  const [, update] = classic.events.map((frame) => stackFrameSchema.parse(frame));
  expect(update).toMatchObject({ resource: { logicalId: "Odd" } });
  // As text that holds no half of a character, or the difference could not be printed.
  expect(JSON.stringify(update)).toContain(JSON.stringify(reason));
  const complete = stackFrameSchema.parse(classic.events.at(-1));
  expect(complete).toMatchObject({
    type: "stack_complete",
    outcome: "failed",
  });
  expect(JSON.stringify(complete)).toContain(JSON.stringify({ Url: stack.outputs["Url"] }));
});

test("[S14] the end is told once, also when DescribeStacks lags behind, and the socket stays open", async () => {
  const { stack, classic } = await watched("end");
  stack.staleStatus = "CREATE_IN_PROGRESS";
  stack.outputs["Url"] = "https://example.com";
  stack.resource("Queue", "CREATE_IN_PROGRESS").resource("Queue", "CREATE_COMPLETE").own("CREATE_COMPLETE");
  for (let polls = 0; polls < 3; polls += 1) await poll(stack.name);
  await classic.settled();
  expect(classic.types).not.toContain("stack_complete");
  stack.staleStatus = undefined;
  await poll(stack.name);
  await audited(stack.name);
  pass(3500);
  const late = await connect(stack.name);
  await Promise.all([classic.settled(), late.settled()]);
  for (const viewer of [classic, late]) {
    expect(viewer.types.filter((type) => type === "stack_complete")).toHaveLength(1);
    expect(viewer.events.at(-1)).toMatchObject({
      outcome: "deployed",
      outputs: { Url: "https://example.com" },
      stack: { progress: 100, status: "CREATE_COMPLETE" },
      offset: 5,
    });
  }
  expect(classic.closed).toBeUndefined();
});

test("[S14] DescribeStacks that never agrees is not waited for without end", async () => {
  const { stack, classic } = await watched("disagreeing");
  stack.staleStatus = "CREATE_IN_PROGRESS";
  stack.own("CREATE_COMPLETE");
  for (let polls = 0; polls < 12; polls += 1) await poll(stack.name);
  aws.cloudFormation.takeCalls();
  await poll(stack.name);
  expect(aws.cloudFormation.takeCalls().map(({ action }) => action)).toEqual(["DescribeStackEvents"]);
  await classic.settled();
  expect(classic.types.filter((type) => type === "stack_complete")).toHaveLength(1);
});

test("[S2] [S15] a newer operation goes on in the same channel, with a new floor and counts anew", async () => {
  const { stack, classic } = await watched("next");
  stack.resource("Queue", "CREATE_COMPLETE").own("CREATE_COMPLETE");
  await poll(stack.name);
  stack.own("UPDATE_IN_PROGRESS").resource("Queue", "UPDATE_IN_PROGRESS");
  pass(600);
  const modern = await connect(stack.name, { subprotocol: true });
  await expect.poll(() => modern.offsets.at(-1)).toBe(6);
  stack.resource("Queue", "UPDATE_COMPLETE").own("UPDATE_COMPLETE");
  await poll(stack.name);
  await Promise.all([classic.settled(), modern.settled()]);
  expect(classic.offsets).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(classic.events.map(({ type, stack: counts }) => [type, counts])).toMatchObject([
    ["resource_update", { progress: 0 }],
    ["resource_update", {}],
    ["resource_update", { progress: 100 }],
    ["stack_complete", { progress: 100 }],
    ["resource_update", { progress: 0, completedResources: 0, status: "UPDATE_IN_PROGRESS" }],
    ["resource_update", { progress: 0, inProgressResources: 1 }],
    ["resource_update", {}],
    ["resource_update", { progress: 100, completedResources: 1 }],
    ["stack_complete", { progress: 100, status: "UPDATE_COMPLETE" }],
  ]);
  const late = await connect(stack.name, { subprotocol: true });
  await late.settled();
  expect(late.frames[0]).toMatchObject({ floor: 5, offset: 9 });
  expect(late.offsets).toEqual([5, 6, 7, 8, 9]);
});

test("[S15] what is older than the newest attempt is not kept once it is audited", async () => {
  const { stack } = await watched("trimmed");
  stack.own("CREATE_COMPLETE");
  await poll(stack.name);
  await audited(stack.name);
  expect(aws.dynamoDB.offsets(AUDIT_TABLE)).toEqual([1, 2, 3]);
  pass(60);
  stack.own("UPDATE_IN_PROGRESS");
  const viewer = await connect(stack.name);
  await expect.poll(() => viewer.offsets.at(-1)).toBe(4);
  const firsts = await runInDurableObject(trackerOf(stack.name), (_, { storage }) =>
    storage.sql.exec("SELECT first FROM log ORDER BY first").toArray(),
  );
  expect(firsts).toEqual([{ first: 4 }]);
});
