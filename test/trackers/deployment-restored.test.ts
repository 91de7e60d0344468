/** What a run does whose storage was restored to an earlier time while AWS went on. */
import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { beforeEach, describe, expect, test, vi } from "vitest";
import type { DeploymentObject } from "../../src/trackers/deployment/deployment-object.ts";
import { operationNameOf } from "../../src/domain/run/operation-names.ts";
import {
  addressOf,
  deploymentOf,
  end,
  holderOf,
  pollAll,
  progressOf,
  register,
  storyOf,
  work,
} from "./deployments.ts";
import { newStack, pass, poll, trackerOf, useFarEnd } from "./far-end.ts";
import { useIdleWorkflow } from "./idle-workflow.ts";

useFarEnd();
useIdleWorkflow();
beforeEach(() => {
  vi.spyOn(console, "error").mockReturnValue();
});

/** All that an object has stored but its log: restored as it was then. */
const rowsOf = (stub: DurableObjectStub) =>
  runInDurableObject(stub, (_, { storage }) => {
    const log = storage.sql.exec("SELECT first, last, body, kept FROM log").toArray();
    return { kv: [...storage.kv.list()], log };
  });

const putBack = async (
  stub: DurableObjectStub,
  { kv, log }: Awaited<ReturnType<typeof rowsOf>>,
): Promise<void> => {
  await runInDurableObject(stub, async (_, { storage }) => {
    const keys = Array.from(storage.kv.list(), ([key]) => key);
    for (const key of keys) storage.kv.delete(key);
    for (const [key, value] of kv) storage.kv.put(key, value);
    storage.sql.exec("DELETE FROM log");
    for (const { first, last, body, kept } of log)
      storage.sql.exec("INSERT INTO log VALUES (?, ?, ?, ?)", first, last, body, kept);
    await storage.deleteAlarm();
  });
  await evictDurableObject(stub);
};

describe("a run whose storage was put back while AWS went on", () => {
  const begun = async (id: string, name: string) => {
    const stack = newStack(name).own("CREATE_IN_PROGRESS");
    await register(id, { [name]: [] });
    await pollAll(id, name);
    return stack;
  };

  test.for(["deployment", "stack", "both"] as const)("finds out by itself: of the %s", async (which) => {
    const name = `restored-${which}`;
    const stack = await begun(name, name);
    const then = { deployment: await rowsOf(deploymentOf(name)), stack: await rowsOf(trackerOf(name)) };
    stack.resource("One", "CREATE_COMPLETE").own("CREATE_COMPLETE");
    if (which !== "both") {
      await pollAll(name, name);
      stack.own("UPDATE_IN_PROGRESS").resource("One", "UPDATE_COMPLETE");
      await end(name, name);
    }
    if (which !== "stack") await putBack(deploymentOf(name), then.deployment);
    if (which !== "deployment") await putBack(trackerOf(name), then.stack);
    if (which !== "both") stack.own("UPDATE_COMPLETE");
    pass(61);
    await progressOf(name);
    await end(name, name);
    pass(61);
    await end(name, name);
    expect(await progressOf(name)).toMatchObject({
      status: "deployed",
      stacks: { [name]: { status: "deployed" } },
    });
    expect(await register(name, { [name]: [] })).toMatchObject({ ok: true });
  });

  test("finds out by itself where Stackcast deploys, though the operation is older than what it remembers", async () => {
    const id = "restored-deploy";
    const caller = { run: 1, generation: 1 };
    const token = operationNameOf({ ...addressOf(id), run: 1, stack: "rd-app" }, "deploy");
    newStack("rd-app")
      .own("CREATE_IN_PROGRESS", { clientRequestToken: token })
      .resource("One", "CREATE_COMPLETE", { clientRequestToken: token })
      .own("CREATE_COMPLETE", { clientRequestToken: token });
    for (let looks = 0; looks < 4; looks += 1) {
      pass(60);
      await trackerOf("rd-app").summary();
    }
    const deployment = deploymentOf(id);
    const stacks = [{ name: "rd-app", templateBody: "{}" }];
    await deployment.register({ ...addressOf(id), mode: "deploy", stacks }, "kim");
    await deployment.turn(caller, false, false);
    await deployment.validated(caller, []);
    const holder = await holderOf(id, "rd-app", caller);
    await deployment.start(holder, "rd-app", { kind: "deploy", change: "CREATE", changeSetId: "arn:set" });
    await deployment.note(holder, "rd-app", { kind: "accepted", task: "deploy" });
    await vi.waitFor(
      async () => {
        pass(5);
        await poll("rd-app");
        await work(id);
        expect((await progressOf(id)).status).toBe("deployed");
      },
      { timeout: 20_000, interval: 50 },
    );
    expect((await storyOf(id)).slice(-4)).toEqual([
      "resource_created rd-app/One",
      "stack_deployed rd-app",
      "layer_complete 1",
      "deployment_complete",
    ]);
  });

  test("asks again where Stackcast deploys and the tracker has told the end to nobody", async () => {
    const id = "restored-doubt";
    const caller = { run: 1, generation: 1 };
    const token = operationNameOf({ ...addressOf(id), run: 1, stack: "dd-app" }, "deploy");
    const stack = newStack("dd-app").own("CREATE_IN_PROGRESS").own("CREATE_COMPLETE");
    const deployment = deploymentOf(id);
    const stacks = [{ name: "dd-app", templateBody: "{}" }];
    await deployment.register({ ...addressOf(id), mode: "deploy", stacks }, "kim");
    await deployment.turn(caller, false, false);
    await deployment.validated(caller, []);
    const holder = await holderOf(id, "dd-app", caller);
    await deployment.start(holder, "dd-app", { kind: "deploy", change: "UPDATE", changeSetId: "arn:set" });
    await deployment.note(holder, "dd-app", { kind: "accepted", task: "deploy" });
    await trackerOf("dd-app").release("deployments/restored-doubt-dev");
    stack
      .own("UPDATE_IN_PROGRESS", { clientRequestToken: token })
      .own("UPDATE_COMPLETE", { clientRequestToken: token });
    for (let looks = 0; looks < 4; looks += 1) {
      pass(60);
      await trackerOf("dd-app").summary();
    }
    expect((await progressOf(id)).status).toBe("deploying");
    await vi.waitFor(
      async () => {
        await deployment.turn(caller, true, false);
        pass(5);
        await poll("dd-app");
        await work(id);
        expect((await progressOf(id)).status).toBe("deployed");
      },
      { timeout: 20_000, interval: 50 },
    );
  });
});

test("a run's state is the same after a restart at any commit, whether its head was written since or long before", async () => {
  const names = ["kept-a", "kept-b"] as const;
  const [a, b] = names.map((name) => newStack(name).own("CREATE_IN_PROGRESS"));
  await register("kept", { "kept-a": [], "kept-b": ["kept-a"] });
  await pollAll("kept", ...names);
  const stateIn = () =>
    runInDurableObject(deploymentOf("kept"), (object) => {
      const { state, log } = (object as DeploymentObject)["deployment"].store;
      return { state, offset: log.offset, floor: log.floor, epoch: log.epoch };
    });
  for (let commit = 1; commit <= 70; commit += 1) {
    const status = commit % 2 > 0 ? "CREATE_IN_PROGRESS" : "CREATE_COMPLETE";
    (commit % 4 < 2 ? a : b)!.resource(`Queue${Math.ceil(commit / 4)}`, status);
    pass(3);
    await pollAll("kept", names[commit % 4 < 2 ? 0 : 1]);
    if (commit > 10 && commit % 9 > 0) continue;
    const before = await stateIn();
    expect(before.offset).toBeGreaterThan(commit);
    await evictDurableObject(deploymentOf("kept"));
    expect(await stateIn()).toEqual(before);
  }
}, 60_000);
