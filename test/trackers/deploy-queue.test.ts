/** Deploys that wait for the end of the run that is under way. */
import { evictDurableObject } from "cloudflare:test";
import { beforeEach, describe, expect, test, vi } from "vitest";
import type { Registration } from "../../src/protocol/deployment/deployment-requests.ts";
import { addressOf, deploymentOf, progressOf, work } from "./deployments.ts";
import { useFarEnd } from "./far-end.ts";
import { useIdleWorkflow } from "./idle-workflow.ts";

useFarEnd();
useIdleWorkflow();
beforeEach(() => {
  for (const level of ["debug", "error", "warn"] as const) vi.spyOn(console, level).mockReturnValue();
});

const CALLER = { run: 1, generation: 1 };

const deploy = (id: string, body: string, user: string, rest: Partial<Registration> = {}) =>
  deploymentOf(id).register(
    { ...addressOf(id), mode: "deploy", stacks: [{ name: "base", templateBody: body }], ...rest },
    user,
  );

/** A run that validates, and one that waits for its end. */
const waiting = async (id: string): Promise<string> => {
  expect(await deploy(id, "1", "kim")).toMatchObject({ ok: true, value: { run: 1 } });
  expect(await deploymentOf(id).turn(CALLER, false, false)).toMatchObject({ over: false });
  expect(await deploy(id, "2", "ada")).toMatchObject({ ok: false, failure: { code: "RUN_UNDERWAY" } });
  const queued = await deploy(id, "2", "ada", { queue: true });
  expect(queued).toMatchObject({ ok: true, value: { run: 1, queued: { user: "ada", totalStacks: 1 } } });
  return queued.ok ? (queued.value.queued?.id ?? "") : "";
};

/** Nothing was begun in the first run, and nothing can be. */
const failFirst = async (id: string): Promise<void> => {
  // An alarm that came by itself after a restart has begun the run again: only its newest generation is heard.
  for (const generation of [1, 2, 3])
    await deploymentOf(id).validated({ ...CALLER, generation }, [
      { stack: "base", error: { code: "X", message: "x" } },
    ]);
  await work(id);
};

const reportedOf = async (id: string) => {
  const answer = await deploymentOf(id).eventsAfter(addressOf(id), 0, 100);
  return (answer.ok ? answer.value.events : []).flatMap(({ type, data }) =>
    type === "deployment_queued" || type === "deployment_dequeued" || type === "deployment_started"
      ? [{ type, ...data, deploymentId: undefined, environment: undefined, stacks: undefined }]
      : [],
  );
};

describe("a deploy that waits", () => {
  test("begins when the run ends, whatever was restarted meanwhile, with its own plan and for its own user", async () => {
    const id = await waiting("q-begins");
    await evictDurableObject(deploymentOf("q-begins"));
    expect(await progressOf("q-begins")).toMatchObject({ run: 1, queued: { id, user: "ada" } });
    await failFirst("q-begins");
    await vi.waitFor(async () => {
      await work("q-begins");
      expect((await progressOf("q-begins")).queued).toBeUndefined();
    });
    expect(await progressOf("q-begins")).toMatchObject({ run: 2, user: "ada", status: "initializing" });
    expect((await reportedOf("q-begins")).at(-1)).toMatchObject({
      type: "deployment_started",
      run: 2,
      queued: id,
    });
    const order = await deploymentOf("q-begins").order({ run: 2, generation: 1 }, "base");
    expect(order).toMatchObject({ user: "ada", template: { body: "2" } });
  });

  test("is replaced by a newer one, and both are told so", async () => {
    const id = await waiting("q-newest");
    const newer = await deploy("q-newest", "3", "eve", { queue: true });
    const newest = newer.ok ? newer.value.queued?.id : undefined;
    expect((await reportedOf("q-newest")).slice(1)).toMatchObject([
      { type: "deployment_queued", id, user: "ada" },
      { type: "deployment_dequeued", id, user: "ada", reason: "replaced", by: "eve" },
      { type: "deployment_queued", id: newest, user: "eve" },
    ]);
    await failFirst("q-newest");
    const order = await deploymentOf("q-newest").order({ run: 2, generation: 1 }, "base");
    expect(order).toMatchObject({ user: "eve", template: { body: "3" } });
  });

  test("is cancelled on its own, and with the run", async () => {
    const id = await waiting("q-alone");
    const dequeue = () => deploymentOf("q-alone").act(addressOf("q-alone"), "dequeue", "eve");
    expect(await dequeue()).toMatchObject({ ok: true });
    expect((await reportedOf("q-alone")).at(-1)).toMatchObject({ id, reason: "cancelled", by: "eve" });
    expect(await dequeue()).toMatchObject({
      ok: false,
      failure: { code: "INVALID_TRANSITION" },
    });
    await failFirst("q-alone");
    expect(await progressOf("q-alone")).toMatchObject({ run: 1, status: "failed" });

    await waiting("q-with");
    await deploymentOf("q-with").act(addressOf("q-with"), "cancel", "kim");
    await work("q-with");
    expect(await progressOf("q-with")).toMatchObject({ run: 1, status: "cancelled" });
    expect((await reportedOf("q-with")).at(-1)).toMatchObject({ reason: "cancelled", by: "kim" });
  });

  test("with nothing in progress begins at once; stacks in a circle are refused before they wait", async () => {
    expect(await deploy("q-free", "1", "kim", { queue: true })).toMatchObject({
      ok: true,
      value: { run: 1, user: "kim" },
    });
    const circle = [
      { name: "a", templateBody: "1", dependsOn: ["b"] },
      { name: "b", templateBody: "1", dependsOn: ["a"] },
    ];
    expect(await deploy("q-free", "", "kim", { queue: true, stacks: circle })).toMatchObject({
      ok: false,
      failure: { code: "CYCLIC_DEPENDENCIES" },
    });
  });
});
