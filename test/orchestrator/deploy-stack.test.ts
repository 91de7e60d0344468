import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cancelStack } from "../../src/orchestrator/cancel-stack.ts";
import { deployStack } from "../../src/orchestrator/deploy-stack.ts";
import { removeStack } from "../../src/orchestrator/remove-stack.ts";
import { revertStack } from "../../src/orchestrator/revert-stack.ts";
import { validateStack } from "../../src/orchestrator/validate-stack.ts";
import type { Task } from "../../src/domain/run/task.ts";
import { orderOf, queueTemplate, RememberingController, startWorld, type World } from "./orders.ts";

let world: World;

beforeAll(async () => {
  world = await startWorld();
});

afterAll(() => world?.close());

const snapshot = async (stack: string) => {
  const seen = await world.clients.in("us-east-1").operations.snapshot(stack);
  return seen.ok ? seen.value : undefined;
};

const executionsOf = (stack: string) =>
  world.simulator.calls.filter(
    (call) => call.action === "ExecuteChangeSet" && call.stack === stack && call.outcome === "ok",
  );

/** The task that a controller has granted last. */
const taskOf = ({ starts }: RememberingController, accepted: boolean): Task => {
  const { kind, change, changeSetId = "" } = starts.at(-1)!;
  return { kind, ...(change && { change }), changeSetId, accepted };
};

/** Deploys a stack and waits for its end. */
const deploy = async (...order: Parameters<typeof orderOf>): Promise<RememberingController> => {
  const controller = new RememberingController();
  await deployStack({ lease: orderOf(...order), clients: world.clients, controller });
  await world.simulator.settled();
  return controller;
};

describe("a stack is deployed", () => {
  test("a new one is created, with tags that say who did it and for what", async () => {
    const controller = await deploy("fresh", queueTemplate(0), { plan: { tags: { team: "shop" } } });
    expect(controller).toMatchObject({
      starts: [{ kind: "deploy", change: "CREATE", changeSetId: expect.stringContaining("changeSet/") }],
      facts: [{ kind: "accepted", task: "deploy" }],
    });
    expect(await snapshot("fresh")).toMatchObject({
      status: "CREATE_COMPLETE",
      tags: { team: "shop", "stackcast:deployment": "D/dev", "stackcast:user": "kim" },
    });
  });

  test("one that has not changed is left alone, whoever deploys it", async () => {
    await deploy("same", queueTemplate(0));
    const controller = await deploy("same", queueTemplate(0), { run: 2, user: "lee" });
    expect(controller).toMatchObject({ starts: [], facts: [{ kind: "unchanged" }] });
    expect((await snapshot("same"))?.tags["stackcast:user"]).toBe("kim");
    expect((await snapshot("same"))?.status).toBe("CREATE_COMPLETE");
  });

  test("one that has changed says who changed it, and how it was is kept before", async () => {
    await deploy("changed", queueTemplate(0));
    const controller = await deploy("changed", queueTemplate(5), { run: 2, user: "lee <lee>" });
    expect(controller.starts).toMatchObject([
      { change: "UPDATE", picture: { template: queueTemplate(0), tags: { "stackcast:user": "kim" } } },
    ]);
    expect((await snapshot("changed"))?.tags["stackcast:user"]).toBe("lee _lee_");
  });

  test("one that another deployment has deployed is taken over, which is told", async () => {
    await deploy("taken", queueTemplate(0), { address: { deploymentId: "E", environment: "dev" } });
    const reason = "Taken over from the deployment E/dev, whose tag it has";
    const controller = await deploy("taken", queueTemplate(0));
    expect(controller.starts).toMatchObject([{ kind: "deploy", change: "UPDATE", reason }]);
    expect((await snapshot("taken"))?.tags["stackcast:deployment"]).toBe("D/dev");
    const again = await deploy("taken", queueTemplate(1), { run: 2 });
    expect(again.starts).toMatchObject([{ kind: "deploy", change: "UPDATE" }]);
    expect(again.starts[0]).not.toHaveProperty("reason");
  });

  test("what was executed before its taking was noted is not executed again", async () => {
    const controller = await deploy("twice", queueTemplate(0));
    const task = taskOf(controller, false);
    const again = await deploy("twice", queueTemplate(0), { task });
    expect(again.facts).toEqual([{ kind: "accepted", task: "deploy" }]);
    expect((await snapshot("twice"))?.lastOperations.map(({ type }) => type)).not.toContain("UPDATE_STACK");
    expect((await snapshot("twice"))?.status).toBe("CREATE_COMPLETE");
  });

  test("a change set that somebody has deleted before it was executed is no reason to wait for ever", async () => {
    await deploy("emptied", queueTemplate(0));
    const task: Task = { kind: "deploy", change: "UPDATE", changeSetId: "arn:aws:gone", accepted: true };
    const order = orderOf("emptied", queueTemplate(5), { run: 2, task });
    const controller = new RememberingController();
    expect(await deployStack({ lease: order, clients: world.clients, controller })).toBe("again");
    expect(controller.facts).toMatchObject([{ kind: "failed", error: { code: "CHANGE_SET_GONE" } }]);
  });

  test("of an executed change set that is not kept any more the tracker tells the end", async () => {
    const { starts } = await deploy("forgotten", queueTemplate(0));
    const { changeSetId = "" } = starts[0]!;
    await world.clients.in("us-east-1").changeSets.delete({ name: changeSetId });
    const task: Task = { kind: "deploy", change: "CREATE", changeSetId, accepted: true };
    const controller = new RememberingController();
    expect(
      await deployStack({
        lease: orderOf("forgotten", queueTemplate(0), { task }),
        clients: world.clients,
        controller,
      }),
    ).toBe("wait");
    expect(controller.facts).toEqual([]);
  });

  test("what is not allowed any more leaves nothing behind", async () => {
    const controller = new RememberingController(false);
    expect(
      await deployStack({ lease: orderOf("refused", queueTemplate(0)), clients: world.clients, controller }),
    ).toBe("again");
    await world.simulator.settled();
    expect(await snapshot("refused")).toBeUndefined();
    expect(executionsOf("refused")).toEqual([]);
  });

  test("one that could never be created is deleted first, and created again", async () => {
    world.simulator.setFailures("unlucky", { Queue: { at: "create", reason: "No" } });
    await world.create("unlucky", queueTemplate(0));
    expect((await snapshot("unlucky"))?.status).toBe("ROLLBACK_COMPLETE");
    world.simulator.setFailures("unlucky", {});
    const controller = await deploy("unlucky", queueTemplate(0));
    expect(controller).toMatchObject({
      starts: [{ kind: "clear", reason: expect.stringContaining("ROLLBACK_COMPLETE: it was never created") }],
      facts: [{ kind: "accepted", task: "clear" }],
    });
    const task: Task = { kind: "clear", accepted: true };
    expect((await deploy("unlucky", queueTemplate(0), { task })).facts).toEqual([{ kind: "gone" }]);
    await deploy("unlucky", queueTemplate(0));
    expect((await snapshot("unlucky"))?.status).toBe("CREATE_COMPLETE");
  });

  test("one that somebody has made anew meanwhile is not cleared away", async () => {
    await world.create("revived", queueTemplate(0));
    for (const accepted of [false, true]) {
      const controller = new RememberingController();
      const task: Task = { kind: "clear", accepted };
      expect(
        await deployStack({
          lease: orderOf("revived", queueTemplate(0), { task }),
          clients: world.clients,
          controller,
        }),
      ).toBe("again");
      expect(controller).toMatchObject({ starts: [], facts: [{ kind: "gone" }] });
    }
    await world.simulator.settled();
    expect((await snapshot("revived"))?.status).toBe("CREATE_COMPLETE");
  });

  test("an output that is not there is told, and nothing is begun", async () => {
    await deploy("giver", queueTemplate(0));
    const controller = await deploy("taker", queueTemplate(0), {
      places: { giver: { stackName: "giver", region: "us-east-1" } },
      plan: { parameters: { Name: { fromOutput: "giver.Nothing" } } },
    });
    expect(controller).toMatchObject({
      starts: [],
      facts: [
        {
          kind: "failed",
          error: {
            code: "OUTPUT_NOT_FOUND",
            message: "Parameter Name: the stack giver has no output Nothing",
          },
        },
      ],
    });
  });
});

describe("a stack is given up, put back, deleted", () => {
  test("what was not begun is withdrawn", async () => {
    const hanging = world.simulator.fault({
      kind: "access-denied",
      action: "ExecuteChangeSet",
      stack: "early",
    });
    const controller = await deploy("early", queueTemplate(0));
    hanging.clear();
    expect(controller.facts).toMatchObject([{ kind: "failed", error: { code: "AWS_ACCESS_DENIED" } }]);
    const cancelling = new RememberingController();
    const order = orderOf("early", queueTemplate(0), { task: taskOf(controller, false) });
    expect(await cancelStack({ lease: order, clients: world.clients, controller: cancelling })).toBe("again");
    expect(cancelling.facts).toEqual([{ kind: "withdrawn" }]);
    await world.simulator.settled();
    expect(await snapshot("early")).toBeUndefined();
  });

  test("what CloudFormation has taken and never begun is not given up for ever", async () => {
    await deploy("stuck", queueTemplate(0));
    const task: Task = { kind: "deploy", change: "UPDATE", changeSetId: "arn:aws:gone", accepted: true };
    const first = new RememberingController();
    const order = orderOf("stuck", queueTemplate(5), { run: 2, task });
    expect(await cancelStack({ lease: order, clients: world.clients, controller: first })).toBe("wait");
    expect(first.facts).toEqual([{ kind: "cancelled" }]);
    const again = new RememberingController();
    const doubted = { ...order, task: { ...task, cancelled: true } };
    expect(await cancelStack({ lease: doubted, clients: world.clients, controller: again })).toBe("again");
    expect(again.facts).toMatchObject([{ kind: "failed", error: { code: "CHANGE_SET_GONE" } }]);
  });

  test("an updated one gets back all that it had", async () => {
    await deploy("back", queueTemplate(0), { plan: { tags: { team: "shop" } } });
    const before = await snapshot("back");
    const controller = await deploy("back", queueTemplate(9), { run: 2, user: "lee" });
    const { picture: saved } = controller.starts[0]!;
    const reverting = new RememberingController();
    const order = orderOf("back", queueTemplate(9), { run: 2, picture: saved! });
    expect(await revertStack({ lease: order, clients: world.clients, controller: reverting })).toBe("wait");
    await world.simulator.settled();
    const after = await snapshot("back");
    const others = { status: "", lastOperations: [], changeSetId: "" };
    expect({ ...after, ...others }).toEqual({ ...before, ...others });
    const again = new RememberingController();
    expect(
      await revertStack({ lease: { ...order, run: 3 }, clients: world.clients, controller: again }),
    ).toBe("again");
    expect(again.facts).toEqual([{ kind: "back" }]);
  });

  test("one that the deployment has not deployed is not deleted, though its plan names it", async () => {
    await world.create("foreign", queueTemplate(0));
    const controller = new RememberingController();
    expect(await removeStack({ lease: orderOf("foreign", ""), clients: world.clients, controller })).toBe(
      "again",
    );
    expect(controller).toMatchObject({
      starts: [],
      facts: [{ kind: "failed", error: { code: "NOT_OF_THIS_DEPLOYMENT" } }],
    });
    await deploy("others", queueTemplate(0), { address: { deploymentId: "E", environment: "dev" } });
    const other = new RememberingController();
    await removeStack({ lease: orderOf("others", ""), clients: world.clients, controller: other });
    await world.simulator.settled();
    expect(other.facts).toMatchObject([
      { error: { message: "The stack belongs to the deployment E/dev, and is not deleted" } },
    ]);
    expect((await snapshot("others"))?.status).toBe("CREATE_COMPLETE");
  });

  test("its own is deleted", async () => {
    await deploy("own", queueTemplate(0));
    const controller = new RememberingController();
    expect(
      await removeStack({ lease: orderOf("own", "", { run: 2 }), clients: world.clients, controller }),
    ).toBe("wait");
    await world.simulator.settled();
    expect(await snapshot("own")).toBeUndefined();
  });

  test("leaves behind what its plan retains, once CloudFormation could not delete it", async () => {
    world.simulator.setFailures("held", { Queue: { at: "delete", reason: "in use" } });
    await deploy("held", queueTemplate(0));
    const remove = async (run: number) => {
      const lease = orderOf("held", "", { run, plan: { retain: ["Queue"] } });
      await removeStack({ lease, clients: world.clients, controller: new RememberingController() });
      await world.simulator.settled();
      return (await snapshot("held"))?.status;
    };
    expect([await remove(2), await remove(3)]).toEqual(["DELETE_FAILED", undefined]);
  });

  test("one that is not there is gone", async () => {
    const controller = new RememberingController();
    expect(await removeStack({ lease: orderOf("nowhere", ""), clients: world.clients, controller })).toBe(
      "again",
    );
    expect(controller).toMatchObject({ starts: [], facts: [{ kind: "gone" }] });
  });

  test("an AWS that is away is no failure of the stack", async () => {
    const away = world.simulator.fault({ kind: "server-error", action: "DescribeStacks", stack: "patient" });
    const controller = new RememberingController();
    await expect(
      deployStack({ lease: orderOf("patient", queueTemplate(0)), clients: world.clients, controller }),
    ).rejects.toThrow("AWS could not be reached: unavailable");
    away.clear();
    expect(controller).toMatchObject({ starts: [], facts: [] });
  });
});

describe("a stack's plan is validated", () => {
  test("a template that is none is told in AWS's words", async () => {
    const fault = await validateStack({ lease: orderOf("bad", "{}"), clients: world.clients });
    expect(fault).toMatchObject({ stack: "bad", error: { code: "INVALID_TEMPLATE" } });
  });

  test("parameters must be the template's own, and all there", async () => {
    const body = queueTemplate(0, {
      Parameters: { Needed: { Type: "String" }, Optional: { Type: "String", Default: "x" } },
    });
    expect(await validateStack({ lease: orderOf("p", body), clients: world.clients })).toMatchObject({
      error: {
        code: "MISSING_PARAMETERS",
        message: "These parameters have no default and no value: Needed",
      },
    });
    const plan = { parameters: { Needed: "1", Other: "2" } };
    expect(
      await validateStack({ lease: orderOf("p", body, { plan }), clients: world.clients }),
    ).toMatchObject({
      error: { code: "UNKNOWN_PARAMETERS", message: "The template has no parameters Other" },
    });
    expect(
      await validateStack({
        lease: orderOf("p", body, { plan: { parameters: { Needed: "1" } } }),
        clients: world.clients,
      }),
    ).toBeUndefined();
  });

  test("what a template makes must be acknowledged", async () => {
    const body = JSON.stringify({
      Resources: { Role: { Type: "AWS::IAM::Role", Properties: {} } },
    });
    expect(await validateStack({ lease: orderOf("c", body), clients: world.clients })).toMatchObject({
      error: { code: "MISSING_CAPABILITIES" },
    });
    const plan = { capabilities: ["CAPABILITY_NAMED_IAM"] };
    expect(
      await validateStack({ lease: orderOf("c", body, { plan }), clients: world.clients }),
    ).toBeUndefined();
  });
});
