/** Somebody else changes a stack between the making of a change set and its execution. */
import {
  CloudFormationClient,
  ExecuteChangeSetCommand,
  UpdateStackCommand,
} from "@aws-sdk/client-cloudformation";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { Task } from "../../src/domain/run/task.ts";
import { cancelStack } from "../../src/orchestrator/cancel-stack.ts";
import { deployStack } from "../../src/orchestrator/deploy-stack.ts";
import { KEYS, orderOf, queueTemplate, RememberingController, startWorld, type World } from "./orders.ts";

let world: World;
let somebody: CloudFormationClient;

beforeAll(async () => {
  world = await startWorld();
  somebody = new CloudFormationClient({
    region: "us-east-1",
    endpoint: world.simulator.url,
    credentials: KEYS,
  });
});

afterEach(() => world.simulator.clearFaults());

afterAll(() => world?.close());

/** A stack with a change set that was granted; the power went before it was executed. */
const granted = async (stack: string): Promise<Task> => {
  await world.create(stack, queueTemplate(0));
  const away = world.simulator.fault({ kind: "server-error", action: "ExecuteChangeSet", stack });
  const controller = new RememberingController();
  await expect(
    deployStack({ lease: orderOf(stack, queueTemplate(5)), clients: world.clients, controller }),
  ).rejects.toThrow("unavailable");
  away.clear();
  const { kind, change, changeSetId = "" } = controller.starts[0]!;
  return { kind, ...(change && { change }), changeSetId, accepted: false };
};

const goOn = async (stack: string, task: Task) => {
  const controller = new RememberingController();
  const outcome = await deployStack({
    lease: orderOf(stack, queueTemplate(5), { task }),
    clients: world.clients,
    controller,
  });
  return { outcome, facts: controller.facts };
};

const update = (stack: string, delay: number) =>
  somebody.send(new UpdateStackCommand({ StackName: stack, TemplateBody: queueTemplate(delay) }));

describe("somebody else changes the stack before the change set is executed", () => {
  test("his change is not taken for ours once it has ended, and stays", async () => {
    const task = await granted("overtaken");
    await update("overtaken", 9);
    await world.simulator.settled();
    expect(await goOn("overtaken", task)).toMatchObject({
      outcome: "again",
      facts: [{ kind: "failed", isUntouched: true, error: { code: "CHANGE_SET_OVERTAKEN" } }],
    });
    const text = await world.clients.in("us-east-1").operations.templateText("overtaken");
    expect(text).toEqual({ ok: true, value: queueTemplate(9) });
  });

  test("nor is a change set of his that made AWS throw ours away", async () => {
    const task = await granted("replaced");
    const { operations, changeSets } = world.clients.in("us-east-1");
    const desired = { template: { body: queueTemplate(9) } };
    const his = await changeSets.create({ stack: "replaced", name: "his", type: "UPDATE" }, desired);
    if (!his.ok) return expect.unreachable(his.failure.kind);
    await expect
      .poll(async () => {
        const state = await changeSets.state({ name: his.value.changeSetId });
        return state.ok && state.value.verdict;
      })
      .toBe("ready");
    await somebody.send(new ExecuteChangeSetCommand({ ChangeSetName: his.value.changeSetId }));
    await changeSets.delete({ name: task.changeSetId ?? "" });
    expect(await goOn("replaced", task)).toMatchObject({
      outcome: "again",
      facts: [{ kind: "failed", error: { code: "CHANGE_SET_GONE" } }],
    });
    await world.simulator.settled();
    expect(await operations.templateText("replaced")).toEqual({ ok: true, value: queueTemplate(9) });
  });

  test("nor is what was never begun cancelled in his stead", async () => {
    const task = await granted("his-own");
    await update("his-own", 9);
    const controller = new RememberingController();
    const order = orderOf("his-own", queueTemplate(5), { task });
    expect(await cancelStack({ lease: order, clients: world.clients, controller })).toBe("again");
    expect(controller.facts).toEqual([{ kind: "withdrawn" }]);
    await world.simulator.settled();
    expect(world.simulator.stackStatus("his-own")).toBe("UPDATE_COMPLETE");
  });

  test("a change set that was executed and is not kept any more is known by its stack", async () => {
    const task = await granted("forgotten");
    const { changeSets } = world.clients.in("us-east-1");
    await somebody.send(new ExecuteChangeSetCommand({ ChangeSetName: task.changeSetId }));
    await world.simulator.settled();
    await changeSets.delete({ name: task.changeSetId ?? "" });
    expect(await goOn("forgotten", task)).toEqual({
      outcome: "wait",
      facts: [{ kind: "accepted", task: "deploy" }],
    });
  });
});
