/** AWS refuses the credentials or their rights while Stackcast deploys: the run ends, and says what AWS has refused. */
import { introspectWorkflow } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, test, vi } from "vitest";
import type { Registration } from "../../src/protocol/deployment/deployment-requests.ts";
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
        "AWS refuses Stackcast's credentials: AWS does not know the credentials (InvalidClientTokenId)",
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

  const begun = async (id: string) => {
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
    return { deployment, stack, scripted };
  };

  const unseenBy = async (id: string) => {
    const join = await deploymentOf(id).join({ gateway: "g", classic: false });
    return join.ok ? (join.value.transient ?? []).map((frame) => JSON.parse(frame) as unknown) : join.failure;
  };

  test.each([
    ["credentials", "AWS_CREDENTIALS"],
    ["denied", "AWS_ACCESS_DENIED"],
  ] as const)("the run says so, and goes on when it can be seen again: %s", async (fault, code) => {
    const id = `r-${fault}`;
    const { deployment, stack, scripted } = await begun(id);
    aws.cloudFormation.fault = () => fault;
    await poll(stack);
    pass(61);
    await poll(stack);
    const holder = await holderOf(id, stack, CALLER);
    await deployment.note(holder, stack, { kind: "unseen", error: { code, message: "again" } });
    await vi.waitFor(async () => {
      expect(await unseenBy(id)).toMatchObject([
        { type: "error", error: { code, message: expect.stringContaining(`${stack} cannot be seen`) } },
        { type: "sampling", trouble: { code } },
      ]);
    }, PLENTY);
    const trouble = { code, message: expect.any(String), retryable: true, since: expect.any(String) };
    expect(await progressOf(id)).toMatchObject({
      status: "deploying",
      trouble: { ...trouble, stack },
      stacks: { [stack]: { status: "deploying", trouble } },
    });
    expect(await deployment.stackProgress(addressOf(id), stack)).toMatchObject({ value: { trouble } });
    aws.cloudFormation.fault = () => undefined;
    scripted.own("UPDATE_COMPLETE");
    pass(61);
    await poll(stack);
    await vi.waitFor(async () => {
      await poll(stack);
      expect((await progressOf(id)).stacks[stack]?.status).toBe("deployed");
    }, PLENTY);
    expect(await unseenBy(id)).toEqual([]);
    expect(await progressOf(id)).not.toHaveProperty("trouble");
  });

  test("a run that is cancelled does not wait for what nobody may see", async () => {
    const { deployment, stack } = await begun("r-given-up");
    await deployment.act(addressOf("r-given-up"), "cancel", "kim");
    const error = { code: "AWS_CREDENTIALS", message: "the credentials have expired" };
    await deployment.note(await holderOf("r-given-up", stack, CALLER), stack, { kind: "unseen", error });
    expect((await progressOf("r-given-up")).stacks[stack]).toMatchObject({
      status: "failed",
      error: { ...error, details: expect.stringContaining("CloudFormation may still be changing the stack") },
    });
  });
});
