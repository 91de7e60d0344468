/** A rollback that failed and is begun again in the same run: CloudFormation does nothing twice for one name. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { deployStack } from "../../src/orchestrator/deploy-stack.ts";
import { revertStack } from "../../src/orchestrator/revert-stack.ts";
import type { PreviousStack } from "../../src/domain/run/run-calls.ts";
import { orderOf, queueTemplate, RememberingController, startWorld, type World } from "./orders.ts";

let world: World;

beforeAll(async () => {
  world = await startWorld();
});

afterAll(() => world?.close());

const statusOf = async (stack: string) => {
  const seen = await world.clients.in("us-east-1").operations.snapshot(stack);
  return seen.ok ? seen.value.status : undefined;
};

/** How the stack is to be again. */
const snapshot: PreviousStack = {
  template: queueTemplate(7),
  parameters: {},
  tags: {},
  capabilities: [],
  notificationArns: [],
};

describe("a stack is put back that has secret parameters", () => {
  const template = (delay: number) =>
    queueTemplate(delay, { Parameters: { Secret: { Type: "String", NoEcho: true, Default: "a" } } });
  const reason = "Rolled back, except for secret parameters, which keep their present values: Secret";

  /** Deployed, and deployed again with another secret and another delay. */
  const changed = async (stack: string, delay: number) => {
    const controller = new RememberingController();
    await deployStack({
      lease: orderOf(stack, template(0)),
      clients: world.clients,
      controller: new RememberingController(),
    });
    await world.simulator.settled();
    const plan = { parameters: { Secret: "b" }, tags: { changed: "yes" } };
    await deployStack({
      lease: orderOf(stack, template(delay), { run: 2, plan }),
      clients: world.clients,
      controller,
    });
    await world.simulator.settled();
    return controller.starts[0]!.picture!;
  };

  test("those keep what they have, which is told", async () => {
    const controller = new RememberingController();
    const before = await changed("secretive", 5);
    const order = orderOf("secretive", "", { run: 2, picture: before });
    expect(await revertStack({ lease: order, clients: world.clients, controller })).toBe("wait");
    expect(controller.starts).toMatchObject([{ kind: "revert", reason }]);
  });

  test("where CloudFormation itself has rolled back, they are what they were", async () => {
    world.simulator.setFailures("kept", { Queue: { at: "update", reason: "No" } });
    const before = await changed("kept", 5);
    expect(await statusOf("kept")).toBe("UPDATE_ROLLBACK_COMPLETE");
    const controller = new RememberingController();
    await revertStack({
      lease: orderOf("kept", "", { run: 2, picture: before }),
      clients: world.clients,
      controller,
    });
    expect(controller).toMatchObject({ starts: [], facts: [{ kind: "back" }] });
    expect(controller.facts[0]).not.toHaveProperty("reason");
  });
});

describe("a rollback is begun again", () => {
  test("a stack that could not be put back the first time is put back the second time", async () => {
    await world.create("again", queueTemplate(0));
    world.simulator.setFailures("again", { Queue: { at: "update", reason: "No" } });
    expect(
      await revertStack({
        lease: orderOf("again", "", { picture: snapshot }),
        clients: world.clients,
        controller: new RememberingController(),
      }),
    ).toBe("wait");
    await world.simulator.settled();
    expect(await statusOf("again")).toBe("UPDATE_ROLLBACK_COMPLETE");
    world.simulator.setFailures("again", {});
    const controller = new RememberingController();
    const order = orderOf("again", "", { picture: snapshot, attempt: 1 });
    expect(await revertStack({ lease: order, clients: world.clients, controller })).toBe("wait");
    await world.simulator.settled();
    expect(controller.facts).toEqual([{ kind: "accepted", task: "revert" }]);
    expect(await statusOf("again")).toBe("UPDATE_COMPLETE");
  });

  test("what CloudFormation went on with is looked after when nothing was heard of it", async () => {
    const task = { kind: "resume", accepted: true } as const;
    await world.create("resumed", queueTemplate(0));
    const controller = new RememberingController();
    expect(
      await revertStack({
        lease: orderOf("resumed", "", { picture: snapshot, task }),
        clients: world.clients,
        controller,
      }),
    ).toBe("wait");
    await world.simulator.settled();
    expect(controller.starts).toMatchObject([{ kind: "revert", change: "UPDATE" }]);
    expect(await statusOf("resumed")).toBe("UPDATE_COMPLETE");
  });
});
