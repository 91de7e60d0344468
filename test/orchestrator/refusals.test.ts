/** AWS refuses whoever asks: what is under way is not taken for gone, and no step asks for ever. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { Task } from "../../src/domain/run/task.ts";
import { cancelStack } from "../../src/orchestrator/cancel-stack.ts";
import { deployStack } from "../../src/orchestrator/deploy-stack.ts";
import { Refused } from "../../src/orchestrator/answers.ts";
import { patienceOfStep } from "../../src/orchestrator/patience.ts";
import { removeStack } from "../../src/orchestrator/remove-stack.ts";
import { validateStack } from "../../src/orchestrator/validate-stack.ts";
import { orderOf, queueTemplate, RememberingController, startWorld, type World } from "./orders.ts";

let world: World;

beforeAll(async () => {
  world = await startWorld();
});

afterEach(() => world.simulator.clearFaults());

afterAll(() => world?.close());

/** What AWS refuses; undefined: it does not. */
const refusalBy = async (work: () => Promise<unknown>) => {
  try {
    await work();
    return undefined;
  } catch (error) {
    if (error instanceof Refused) return error.detail;
    throw error;
  }
};

const expired = {
  code: "AWS_CREDENTIALS",
  message: "AWS refuses Stackcast's credentials: the credentials have expired (ExpiredTokenException)",
  details: "Give Stackcast credentials that AWS accepts, then retry",
};

describe("AWS refuses whoever asks", () => {
  test("credentials that have expired are told as such, whatever is asked with them", async () => {
    world.simulator.fault({ kind: "expired-token" });
    const controller = new RememberingController();
    const order = orderOf("expired", queueTemplate(0));
    const refusal = await refusalBy(() => deployStack({ lease: order, clients: world.clients, controller }));
    expect(refusal).toEqual({ ...expired, message: expect.stringMatching(/ \(ExpiredToken\w*\)$/) });
    expect(await refusalBy(() => validateStack({ lease: order, clients: world.clients }))).toEqual(refusal);
    expect(controller).toMatchObject({ starts: [], facts: [] });
  });

  test("what is under way and may not be looked at is not taken for gone", async () => {
    const accepted = new RememberingController();
    await deployStack({
      lease: orderOf("hidden", queueTemplate(0)),
      clients: world.clients,
      controller: accepted,
    });
    await world.simulator.settled();
    world.simulator.fault({ kind: "access-denied", stack: "hidden" });
    const { changeSetId = "" } = accepted.starts[0]!;
    const task: Task = { kind: "deploy", change: "CREATE", changeSetId, accepted: true };
    const controller = new RememberingController();
    const look = (rest: Partial<Task>) => orderOf("hidden", queueTemplate(0), { task: { ...task, ...rest } });
    const denied = {
      code: "AWS_ACCESS_DENIED",
      message: expect.stringContaining("not authorized to perform: cloudformation:"),
      details: "Grant the credentials this permission, then retry",
    };
    expect(
      await refusalBy(() => deployStack({ lease: look({}), clients: world.clients, controller })),
    ).toEqual(denied);
    const cancelled = look({ accepted: false });
    expect(
      await refusalBy(() => cancelStack({ lease: cancelled, clients: world.clients, controller })),
    ).toEqual(denied);
    expect(
      await refusalBy(() =>
        removeStack({ lease: look({ kind: "remove" }), clients: world.clients, controller }),
      ),
    ).toEqual(denied);
    expect(controller.facts).toEqual([]);
  });

  test("what may not be done fails at once, and says which right is lacking", async () => {
    world.simulator.fault({ kind: "access-denied", action: "ExecuteChangeSet", stack: "forbidden" });
    const controller = new RememberingController();
    expect(
      await deployStack({
        lease: orderOf("forbidden", queueTemplate(0)),
        clients: world.clients,
        controller,
      }),
    ).toBe("again");
    expect(controller.facts).toMatchObject([
      {
        kind: "failed",
        error: {
          code: "AWS_ACCESS_DENIED",
          message: expect.stringContaining("cloudformation:ExecuteChangeSet"),
        },
      },
    ]);
  });
});

describe("a step puts up with refusals for a while", () => {
  const refused = () => Promise.reject(new Refused(expired));
  const away = () => Promise.reject(new Error("AWS could not be reached: network"));

  test("with four in a row, and takes the fifth for good", async () => {
    const patiently = patienceOfStep();
    for (let count = 1; count < 5; count += 1) await expect(patiently(refused)).rejects.toThrow(Refused);
    expect(await patiently(refused)).toEqual({ ok: false, failure: expired });
  });

  test("with any number of those that pass by themselves, which begin the count anew", async () => {
    const patiently = patienceOfStep();
    for (let count = 0; count < 4; count += 1) await expect(patiently(refused)).rejects.toThrow(Refused);
    for (let count = 0; count < 9; count += 1) await expect(patiently(away)).rejects.toThrow("network");
    for (let count = 0; count < 4; count += 1) await expect(patiently(refused)).rejects.toThrow(Refused);
    expect(await patiently(async () => "wait")).toEqual({ ok: true, value: "wait" });
  });
});
