/** Stacks that are paused after a failure, and those that CloudFormation is still clearing up. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Task } from "../../src/domain/run/task.ts";
import { cancelStack } from "../../src/orchestrator/cancel-stack.ts";
import { deployStack } from "../../src/orchestrator/deploy-stack.ts";
import type { Clients } from "../../src/orchestrator/clients.ts";
import { revertStack } from "../../src/orchestrator/revert-stack.ts";
import { orderOf, queueTemplate, RememberingController, startWorld, type World } from "./orders.ts";

let world: World;

beforeAll(async () => {
  world = await startWorld();
});

afterAll(() => world?.close());

const statusOf = async (stack: string) => {
  const seen = await world.clients.in("us-east-1").operations.snapshot(stack);
  return seen.ok ? seen.value.status : seen.failure.kind;
};

type Rest = NonNullable<Parameters<typeof orderOf>[2]>;

const deploy = async (name: string, delay: number, rest: Rest) => {
  const controller = new RememberingController();
  await deployStack({ lease: orderOf(name, queueTemplate(delay), rest), clients: world.clients, controller });
  await world.simulator.settled();
  return controller;
};

const PAUSING = { plan: { options: { disableRollback: true } } };

/** A stack whose last operation has failed and stays as it was then. */
const paused = async (name: string, status: "CREATE_FAILED" | "UPDATE_FAILED"): Promise<void> => {
  if (status === "UPDATE_FAILED") await deploy(name, 0, { run: 1 });
  world.simulator.setFailures(name, { Queue: { reason: "no" } });
  await deploy(name, 1, { run: 2, ...PAUSING });
  world.simulator.setFailures(name, {});
  expect(await statusOf(name)).toBe(status);
};

describe("a paused stack", () => {
  test.each(["CREATE_FAILED", "UPDATE_FAILED"] as const)(
    "in %s is deployed again, so that a failure pauses it again",
    async (status) => {
      const name = `mended-${status.slice(0, 6).toLowerCase()}`;
      await paused(name, status);
      const controller = await deploy(name, 2, { run: 3 });
      expect(controller.starts).toMatchObject([{ kind: "deploy", change: "UPDATE", staysPaused: true }]);
      expect(controller.facts).toEqual([{ kind: "accepted", task: "deploy" }]);
      expect(await statusOf(name)).toBe("UPDATE_COMPLETE");
    },
  );

  test("is rolled back first where its plan says so, and then deployed", async () => {
    await paused("unpaused", "UPDATE_FAILED");
    const plan = { options: { disableRollback: false } };
    const first = await deploy("unpaused", 2, { run: 3, plan });
    expect(first).toMatchObject({
      starts: [{ kind: "unpause", reason: expect.stringContaining("UPDATE_FAILED") }],
      facts: [{ kind: "accepted", task: "unpause" }],
    });
    expect(await statusOf("unpaused")).toBe("UPDATE_ROLLBACK_COMPLETE");
    // Nobody has reported its end.
    const task: Task = { kind: "unpause", accepted: true };
    expect((await deploy("unpaused", 2, { run: 3, plan, task })).facts).toEqual([{ kind: "ready" }]);
    const second = await deploy("unpaused", 2, { run: 3, plan });
    expect(second.starts).toMatchObject([{ kind: "deploy", change: "UPDATE" }]);
    expect(await statusOf("unpaused")).toBe("UPDATE_COMPLETE");
  });

  test("is not rolled back after Express mode, which is told", async () => {
    await paused("express", "UPDATE_FAILED");
    const controller = new RememberingController();
    const order = orderOf("express", queueTemplate(2), {
      run: 3,
      plan: { options: { disableRollback: false } },
    });
    await deployStack({ lease: order, clients: seeing({ isExpress: true }), controller });
    expect(controller).toMatchObject({
      starts: [],
      facts: [
        { kind: "failed", error: { code: "UPDATE_FAILED", message: expect.stringContaining("Express") } },
      ],
    });
  });

  test("is put back by CloudFormation itself where the run is taken back", async () => {
    await paused("reverted", "UPDATE_FAILED");
    const controller = new RememberingController();
    const order = orderOf("reverted", queueTemplate(1), { run: 2, mark: { how: "updated" } });
    expect(await revertStack({ lease: order, clients: world.clients, controller })).toBe("wait");
    expect(controller.starts).toMatchObject([{ kind: "resume" }]);
    await world.simulator.settled();
    expect(await statusOf("reverted")).toBe("UPDATE_ROLLBACK_COMPLETE");
  });
});

type Seen = Extract<
  Awaited<ReturnType<ReturnType<Clients["in"]>["operations"]["snapshot"]>>,
  { ok: true }
>["value"];

/** Clients that see a stack otherwise than it is. */
const seeing = (otherwise: Partial<Seen>, now = () => 0): Clients => ({
  ...world.clients,
  now,
  in: (region) => {
    const clients = world.clients.in(region);
    return {
      ...clients,
      operations: {
        ...clients.operations,
        snapshot: async (stack) => {
          const seen = await clients.operations.snapshot(stack);
          return seen.ok ? { ok: true, value: { ...seen.value, ...otherwise } } : seen;
        },
      },
    };
  },
});

describe("a stack that CloudFormation is at work on", () => {
  const status = "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS";

  test.each([
    status,
    "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS",
    "DELETE_IN_PROGRESS",
    "UPDATE_IN_PROGRESS",
  ])("in %s is waited for, which is told once, and then deployed", async (clearing) => {
    const name = `cleared-${clearing.toLowerCase().replaceAll("_", "-")}`;
    await deploy(name, 0, { run: 1 });
    const controller = new RememberingController();
    const order = orderOf(name, queueTemplate(1), { run: 2 });
    expect(await deployStack({ lease: order, clients: seeing({ status: clearing }), controller })).toBe(
      "pending",
    );
    expect(controller).toMatchObject({
      starts: [{ kind: "wait", reason: `The stack is in ${clearing}: waiting until that ends` }],
      facts: [],
    });
    const task: Task = { kind: "wait", accepted: false, since: new Date(0).toISOString() };
    const waiting = { ...order, task };
    expect(await deployStack({ lease: waiting, clients: seeing({ status: clearing }), controller })).toBe(
      "pending",
    );
    expect(controller.starts.length).toBe(1);
    await deployStack({ lease: waiting, clients: world.clients, controller });
    await world.simulator.settled();
    expect(controller.starts.at(-1)).toMatchObject({ kind: "deploy", change: "UPDATE" });
    expect(await statusOf(name)).toBe("UPDATE_COMPLETE");
  });

  test("is waited for no longer than an hour, and can be given up before", async () => {
    await deploy("endless", 0, { run: 1 });
    const task: Task = { kind: "wait", accepted: false, since: new Date(0).toISOString() };
    const order = orderOf("endless", queueTemplate(1), { run: 2, task });
    const controller = new RememberingController();
    await deployStack({ lease: order, clients: seeing({ status }, () => 3_600_001), controller });
    await cancelStack({ lease: order, clients: seeing({ status }), controller });
    expect(controller.facts).toMatchObject([
      { kind: "failed", error: { code: "STACK_BUSY", message: expect.stringContaining("60 minutes") } },
      { kind: "withdrawn" },
    ]);
  });
});
