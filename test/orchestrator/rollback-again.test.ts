/** A rollback that failed and is begun again in the same run: CloudFormation does nothing twice for one name. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { revertStack } from "../../src/orchestrator/revert-stack.ts";
import type { Picture } from "../../src/domain/orchestration/desk-calls.ts";
import { orderOf, queueTemplate, RememberingDesk, startWorld, type World } from "./orders.ts";

let world: World;

beforeAll(async () => {
  world = await startWorld();
});

afterAll(() => world?.close());

const statusOf = async (stack: string) => {
  const seen = await world.hands.in("us-east-1").operations.picture(stack);
  return seen.ok ? seen.value.status : undefined;
};

/** How the stack is to be again. */
const picture: Picture = {
  template: queueTemplate(7),
  parameters: {},
  tags: {},
  capabilities: [],
  notificationArns: [],
};

describe("a rollback is begun again", () => {
  test("a stack that could not be put back the first time is put back the second time", async () => {
    await world.create("again", queueTemplate(0));
    world.simulator.setFailures("again", { Queue: { at: "update", reason: "No" } });
    expect(await revertStack(orderOf("again", "", { picture }), world.hands, new RememberingDesk())).toBe(
      "wait",
    );
    await world.simulator.settled();
    expect(await statusOf("again")).toBe("UPDATE_ROLLBACK_COMPLETE");
    world.simulator.setFailures("again", {});
    const desk = new RememberingDesk();
    const order = orderOf("again", "", { picture, attempt: 1 });
    expect(await revertStack(order, world.hands, desk)).toBe("wait");
    await world.simulator.settled();
    expect(desk.facts).toEqual([{ kind: "accepted", task: "revert" }]);
    expect(await statusOf("again")).toBe("UPDATE_COMPLETE");
  });

  test("what CloudFormation went on with is looked after when nothing was heard of it", async () => {
    const task = { kind: "resume", accepted: true } as const;
    await world.create("resumed", queueTemplate(0));
    const desk = new RememberingDesk();
    expect(await revertStack(orderOf("resumed", "", { picture, task }), world.hands, desk)).toBe("wait");
    await world.simulator.settled();
    expect(desk.starts).toMatchObject([{ kind: "revert", change: "UPDATE" }]);
    expect(await statusOf("resumed")).toBe("UPDATE_COMPLETE");
  });
});
