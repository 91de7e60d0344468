/** What a stack's tracker hands to a run that Stackcast carries out: of its own doing, whole, and nothing else. */
import { beforeEach, describe, expect, test, vi } from "vitest";
import { addressOf, deploymentOf, holderOf, progressOf, storyOf, work } from "./deployments.ts";
import { newStack, pass, poll, useFarEnd } from "./far-end.ts";
import { useIdleWorkflow } from "./idle-workflow.ts";

useFarEnd();
useIdleWorkflow();
beforeEach(() => {
  vi.spyOn(console, "debug").mockReturnValue();
  vi.spyOn(console, "error").mockReturnValue();
});

const CALLER = { run: 1, generation: 1 };
const accepted = { kind: "accepted", task: "deploy" } as const;

/** A run that has had its only stack's update granted, and has not executed it yet. */
const grantedUpdate = async (id: string, stack: string) => {
  const deployment = deploymentOf(id);
  const stacks = [{ name: stack, templateBody: "{}" }];
  await deployment.register({ ...addressOf(id), mode: "deploy", stacks }, "kim");
  await deployment.turn(CALLER, false, false);
  await deployment.validated(CALLER, []);
  const holder = await holderOf(id, stack, CALLER);
  const update = { kind: "deploy", change: "UPDATE", changeSetId: "arn:set" } as const;
  expect(await deployment.start(holder, stack, update)).toBe(true);
  return { deployment, accept: () => deployment.note(holder, stack, accepted) };
};

/** Another look of the tracker's, after what it may wait for. */
const lookAgain = async (id: string, stack: string): Promise<void> => {
  pass(5);
  await poll(stack);
  await work(id);
};

const begun = ["deployment_started", "deployment_validating", "layer_started 1", "stack_deploying feed-app"];

describe("a stack in which a run has something set going", () => {
  test("is asked again for what it told before CloudFormation was known to have taken that", async () => {
    const scripted = newStack("feed-app").own("CREATE_IN_PROGRESS").own("CREATE_COMPLETE");
    const { accept } = await grantedUpdate("feed-early", "feed-app");
    scripted.own("UPDATE_IN_PROGRESS").resource("Queue", "UPDATE_COMPLETE").own("UPDATE_COMPLETE");
    await lookAgain("feed-early", "feed-app");
    await lookAgain("feed-early", "feed-app");
    expect(await storyOf("feed-early")).toEqual(begun);
    await accept();
    await vi.waitFor(
      async () => {
        await lookAgain("feed-early", "feed-app");
        expect((await progressOf("feed-early")).status).toBe("deployed");
      },
      { timeout: 20_000, interval: 50 },
    );
    expect(await storyOf("feed-early")).toEqual([
      ...begun,
      "resource_updated feed-app/Queue",
      "stack_deployed feed-app",
      "layer_complete 1",
      "deployment_complete",
    ]);
  });

  test("is not at its end because of what ended before, wherever AWS's clock stands", async () => {
    // For AWS's clock, all this is yet to come.
    vi.setSystemTime("2025-12-31T00:00:00.000Z");
    const scripted = newStack("feed-past").own("UPDATE_IN_PROGRESS").own("UPDATE_COMPLETE");
    const { deployment, accept } = await grantedUpdate("feed-skew", "feed-past");
    await accept();
    await lookAgain("feed-skew", "feed-past");
    await lookAgain("feed-skew", "feed-past");
    expect((await progressOf("feed-skew")).stacks["feed-past"]?.status).toBe("deploying");
    scripted.own("UPDATE_IN_PROGRESS").own("UPDATE_ROLLBACK_IN_PROGRESS").own("UPDATE_ROLLBACK_COMPLETE");
    await vi.waitFor(
      async () => {
        await lookAgain("feed-skew", "feed-past");
        await deployment.turn(CALLER, false, false);
        expect((await progressOf("feed-skew")).stacks["feed-past"]?.error?.code).toBe(
          "UPDATE_ROLLBACK_COMPLETE",
        );
      },
      { timeout: 20_000, interval: 50 },
    );
  });
});
