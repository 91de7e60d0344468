/** What an end means, end to end: as AWS's XML shows it, as a viewer hears it and as REST tells it. */
import { evictDurableObject } from "cloudflare:test";
import { expect, test } from "vitest";
import type { StackEvent } from "../../src/domain/stack/stack-event.ts";
import type { ScriptedStack } from "../support/scripted-stack.ts";
import { newStack, pass, poll, trackerOf, useFarEnd } from "./far-end.ts";
import { connect } from "./viewer.ts";
import { watched } from "./watched.ts";

useFarEnd();

const summaryAt = async (name: string) => {
  pass(10);
  const answer = await trackerOf(name).summary();
  return answer.ok ? answer.value : expect.unreachable(answer.failure.message);
};

const polls = async (name: string, count: number): Promise<void> => {
  for (let done = 0; done < count; done += 1) await poll(name);
};

/** The end that REST tells; viewers who were there and who come late hear the same, also after a restart. */
const endOf = async (stack: ScriptedStack, there: Awaited<ReturnType<typeof watched>>) => {
  await polls(stack.name, 5);
  await evictDurableObject(trackerOf(stack.name));
  const { outcome, cause, rollbackCause, retained, orphans, failedResources, totalResources } =
    await summaryAt(stack.name);
  const late = await connect(stack.name);
  await Promise.all([there.classic.settled(), late.settled()]);
  const reported = {
    outcome,
    ...(cause && { cause }),
    ...(rollbackCause && { rollbackCause }),
    ...(retained && { retained }),
    ...(orphans && { orphans }),
    stack: expect.objectContaining({ failedResources, totalResources }),
  };
  for (const viewer of [there.classic, late])
    expect(viewer.events.findLast(({ type }) => type === "stack_complete")).toMatchObject(reported);
  return {
    outcome,
    cause: cause?.logicalId,
    reason: cause?.reason,
    rollbackCause: rollbackCause?.logicalId,
    left: [...(retained ?? []), ...(orphans ?? [])].map(({ logicalId, status }) => `${logicalId} ${status}`),
    counts: [totalResources, failedResources],
  };
};

test("a deletion that is refused has failed, with the reason that the stack gives", async () => {
  const there = await watched("in-use");
  const { stack } = there;
  stack.own("CREATE_COMPLETE").own("DELETE_IN_PROGRESS", { reason: "User Initiated" });
  await polls(stack.name, 3);
  const reason = "Export net-VpcId cannot be deleted as it is in use by app";
  stack.own("CREATE_COMPLETE", { reason });
  expect(await endOf(stack, there)).toMatchObject({ outcome: "failed", cause: stack.name, reason });
});

test("a create that CloudFormation gives up and deletes is one attempt, told whole to who comes late", async () => {
  const there = await watched("given-up");
  const { stack } = there;
  const unreported: Partial<StackEvent> = { clientRequestToken: "" };
  stack
    .resource("Queue", "CREATE_IN_PROGRESS", unreported)
    .resource("Role", "CREATE_IN_PROGRESS", unreported)
    .resource("Queue", "CREATE_FAILED", { ...unreported, reason: "Value orders.fifo! is invalid" })
    .resource("Role", "CREATE_FAILED", { ...unreported, reason: "Resource creation cancelled" });
  await polls(stack.name, 1);
  stack
    .own("DELETE_IN_PROGRESS", {
      ...unreported,
      reason: "The following resource(s) failed to create: [Role, Queue]. . Delete requested by user.",
    })
    .resource("Role", "DELETE_COMPLETE", unreported)
    .resource("Queue", "DELETE_SKIPPED", unreported)
    .own("DELETE_COMPLETE", unreported);
  expect(await endOf(stack, there)).toEqual({
    outcome: "rolled_back",
    cause: "Queue",
    reason: "Value orders.fifo! is invalid",
    rollbackCause: undefined,
    left: ["Queue DELETE_SKIPPED"],
    counts: [2, 2],
  });
});

test("a rollback that fails names what blocks it beside what began it", async () => {
  const there = await watched("blocked");
  const { stack } = there;
  stack
    .resource("Role", "CREATE_COMPLETE")
    .resource("Web", "CREATE_FAILED", { reason: "the task cannot start" })
    .own("ROLLBACK_IN_PROGRESS", { reason: "The following resource(s) failed to create: [Web]. " });
  await polls(stack.name, 1);
  stack
    .resource("Role", "DELETE_FAILED", { reason: "it has policies" })
    .resource("Web", "DELETE_COMPLETE")
    .own("ROLLBACK_FAILED", { reason: "The following resource(s) failed to delete: [Role]." });
  expect(await endOf(stack, there)).toMatchObject({
    outcome: "rollback_failed",
    cause: "Web",
    rollbackCause: "Role",
  });
});

test("a failure that AWS shows after the deletion that followed from it counts all the same", async () => {
  const there = await watched("shown-late");
  const { stack } = there;
  stack
    .resource("Handler", "CREATE_IN_PROGRESS")
    .resource("Handler", "CREATE_FAILED", { reason: "no such bucket" })
    .own("ROLLBACK_IN_PROGRESS", { reason: "The following resource(s) failed to create: [Handler]. " })
    .resource("Handler", "DELETE_COMPLETE");
  const [failed] = stack.events.splice(2, 1);
  await polls(stack.name, 1);
  expect((await summaryAt(stack.name)).failedResources).toBe(0);
  stack.events.splice(2, 0, failed!);
  stack.own("ROLLBACK_COMPLETE");
  expect(await endOf(stack, there)).toMatchObject({
    outcome: "rolled_back",
    cause: "Handler",
    counts: [1, 1],
  });
  expect(there.classic.events.filter(({ type }) => type === "resource_update")).toHaveLength(6);
});

test("an operation whose own start is shown late is told once, and the one before ends once", async () => {
  const stack = newStack("late-start").own("CREATE_IN_PROGRESS").own("CREATE_COMPLETE");
  const viewer = await connect(stack.name);
  await viewer.until(3);
  stack.own("UPDATE_IN_PROGRESS").resource("A", "UPDATE_IN_PROGRESS");
  const [start] = stack.events.splice(2, 1);
  await polls(stack.name, 2);
  expect(viewer.events).toHaveLength(3);
  stack.events.splice(2, 0, start!);
  stack.resource("A", "UPDATE_COMPLETE").own("UPDATE_COMPLETE");
  await polls(stack.name, 5);
  await viewer.until(8);
  expect(viewer.types.filter((type) => type === "stack_complete")).toHaveLength(2);
  expect(viewer.offsets).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
});
