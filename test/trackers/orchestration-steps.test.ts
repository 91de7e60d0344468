/** A run that takes more steps than a workflow instance may have: another one goes on where it was. */
import { introspectWorkflow, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeEach, expect, test, vi } from "vitest";
import { addressOf, deploymentOf, progressOf } from "./deployments.ts";
import { aws, newStack, useFarEnd } from "./far-end.ts";

useFarEnd();
beforeEach(() => {
  vi.spyOn(console, "debug").mockReturnValue();
  vi.spyOn(console, "error").mockReturnValue();
});

const ID = "o-steps";

/** More than one instance has. */
const MOST_TURNS = 400;

const generation = () =>
  runInDurableObject(
    deploymentOf(ID),
    (_, { storage }) => storage.kv.get<{ generation: number }>("orchestration")?.generation,
  );

test("a run outlives the steps of its workflow's first instance", { timeout: 120_000 }, async () => {
  await using introspector = await introspectWorkflow(env.ORCHESTRATIONS);
  await introspector.modifyAll(async (modifier) => {
    await modifier.disableSleeps();
    for (let turn = 1; turn <= MOST_TURNS; turn += 1)
      await modifier.forceEventTimeout({ name: `news ${turn}` });
    await modifier.mockStepResult({ name: "1 validate 0" }, []);
  });
  // Its name will be free some time: until then the workflow looks again and again.
  newStack("steps-base").own("DELETE_IN_PROGRESS");
  const stacks = [{ name: "steps-base", templateBody: "{}" }];
  await deploymentOf(ID).register({ ...addressOf(ID), mode: "deploy", stacks }, "kim");
  await vi.waitFor(async () => expect(await generation()).toBe(2), { timeout: 100_000, interval: 200 });
  expect((await progressOf(ID)).status).toBe("deploying");
  const looks = aws.cloudFormation.takeCalls().filter(({ action }) => action === "DescribeStacks");
  expect(looks.length).toBeGreaterThan(100);
  aws.cloudFormation.fault = () => "denied";
  await vi.waitFor(async () => expect((await progressOf(ID)).status).toBe("failed"), {
    timeout: 20_000,
    interval: 50,
  });
  expect((await progressOf(ID)).stacks["steps-base"]?.error?.code).toBe("AWS_ACCESS_DENIED");
  expect(await generation()).toBe(2);
});
