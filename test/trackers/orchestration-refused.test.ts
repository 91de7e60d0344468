/** AWS refuses the credentials or their rights while Stackcast deploys: the run ends, and says what AWS has refused. */
import { introspectWorkflow } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, test, vi } from "vitest";
import type { Registration } from "../../src/protocol/deployment-requests.ts";
import { addressOf, deploymentOf, holderOf, progressOf } from "./deployments.ts";
import { aws, newStack, pass, poll, useFarEnd } from "./far-end.ts";
import { useIdleWorkflow } from "./idle-workflow.ts";

useFarEnd();
beforeEach(() => {
  vi.spyOn(console, "debug").mockReturnValue();
  vi.spyOn(console, "error").mockReturnValue();
});

const CALLER = { run: 1, generation: 1 };

const planOf = (deploymentId: string): Registration => ({
  ...addressOf(deploymentId),
  mode: "deploy",
  stacks: [{ name: `${deploymentId}-base`, templateBody: "{}" }],
});

const PLENTY = { timeout: 20_000, interval: 50 };

describe("AWS refuses whoever asks", () => {
  test("a run whose credentials are refused from the start ends, and can be retried", async () => {
    await using introspector = await introspectWorkflow(env.ORCHESTRATIONS);
    await introspector.modifyAll(async (modifier) => {
      await modifier.disableSleeps();
      await modifier.disableRetryDelays();
    });
    aws.cloudFormation.fault = () => "credentials";
    const deployment = deploymentOf("r-refused");
    await deployment.register(planOf("r-refused"), "kim");
    const error = {
      code: "AWS_CREDENTIALS",
      message:
        "AWS refuses the credentials that Stackcast has: AWS does not know the credentials (InvalidClientTokenId)",
      details: "Give Stackcast credentials that AWS accepts, then retry",
    };
    await vi.waitFor(async () => expect((await progressOf("r-refused")).status).toBe("failed"), PLENTY);
    const { stacks } = await progressOf("r-refused");
    expect(Object.values(stacks)).toMatchObject([{ status: "failed", error }]);
    // Asked again a few times only, each time by a call of its own.
    expect(aws.cloudFormation.takeCalls().map(({ action }) => action)).toEqual(
      Array.from({ length: 5 }, () => "ValidateTemplate"),
    );
    aws.cloudFormation.fault = () => "throttled";
    expect(await deployment.act(addressOf("r-refused"), "retry", "kim")).toMatchObject({
      ok: true,
      value: { run: 2, status: "initializing" },
    });
  });
});

describe("AWS lets nobody see any more what is under way", () => {
  useIdleWorkflow();

  test.each([
    ["credentials", "AWS_CREDENTIALS"],
    ["denied", "AWS_ACCESS_DENIED"],
  ] as const)("the stack fails in the end: %s", async (fault, code) => {
    const id = `r-${fault}`;
    const stack = `${id}-base`;
    const deployment = deploymentOf(id);
    await deployment.register(planOf(id), "kim");
    await deployment.turn(CALLER, false, false);
    await deployment.validated(CALLER, []);
    const scripted = newStack(stack);
    const update = { kind: "deploy", change: "UPDATE", changeSetId: "arn:set" } as const;
    expect(await deployment.start(await holderOf(id, stack, CALLER), stack, update)).toBe(true);
    await deployment.note(await holderOf(id, stack, CALLER), stack, { kind: "accepted", task: "deploy" });
    scripted.own("UPDATE_IN_PROGRESS");
    await poll(stack);
    aws.cloudFormation.fault = () => fault;
    await poll(stack);
    expect((await progressOf(id)).status).toBe("deploying");
    pass(61);
    await poll(stack);
    await vi.waitFor(async () => {
      await deployment.turn(CALLER, false, false);
      expect((await progressOf(id)).status).toBe("failed");
    }, PLENTY);
    expect((await progressOf(id)).stacks[stack]).toMatchObject({
      status: "failed",
      error: { code, details: expect.stringContaining("may go on in CloudFormation") },
    });
  });
});
