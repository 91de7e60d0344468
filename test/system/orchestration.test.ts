/** A deployment of twelve stacks in five layers from its first run to its destruction, as a user takes it through them. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startSystem, type System } from "../support/system.ts";
import { allStacks, expectOrder, Shop, SHOP_NAMES, shopStacks } from "../support/shop.ts";
import { expectNothingSecret } from "../support/secrets.ts";

const PLENTY_MS = 180_000;

const failureOf = async (answer: Response) => {
  const { error } = (await answer.json()) as { error: { code: string; message: string } };
  return [answer.status, error.code, error.message];
};

describe("Stackcast deploys a shop of twelve stacks", () => {
  let system: System;
  let shop: Shop;

  beforeAll(async () => {
    system = await startSystem({ simulator: { speed: 200, seed: 7 } });
    shop = new Shop(system, "shop");
  });

  afterAll(() => system?.stop());

  it("without a plan there is nothing to deploy, retry or destroy", { timeout: PLENTY_MS }, async () => {
    expect(await failureOf(await shop.deploy())).toEqual([
      404,
      "PLAN_NOT_FOUND",
      "This deployment has no plan of an earlier run: send its stacks",
    ]);
    expect((await failureOf(await shop.act("retry")))[1]).toBe("DEPLOYMENT_NOT_FOUND");
  });

  it(
    "creates each after those that it depends on, with outputs as parameters",
    { timeout: PLENTY_MS },
    async () => {
      expect((await shop.deploy({ stacks: shopStacks() })).status).toBe(201);
      const second = await failureOf(await shop.deploy({ stacks: shopStacks() }));
      expect(second.slice(0, 2)).toEqual([409, "RUN_UNDERWAY"]);
      expect(second[2]).toMatch(/^Run 1 of this deployment is in progress: started by tester at 20/);

      expect(await shop.end(1)).toEqual({ status: "deployed", stacks: allStacks("deployed") });
      const story = await shop.story(1);
      expect(story.slice(0, 4)).toEqual([
        "deployment_started",
        "deployment_validating",
        "layer_started 1",
        "stack_deploying network",
      ]);
      expect(story.at(-1)).toBe("deployment_complete");
      expectOrder(story);
      for (const name of SHOP_NAMES)
        expect(story.filter((line) => line.endsWith(` ${name}`))).toEqual([
          `stack_deploying ${name}`,
          `stack_deployed ${name}`,
        ]);

      const { parameters, tags, capabilities } = await shop.picture("database-rds");
      expect(parameters).toEqual(
        expect.arrayContaining([
          expect.objectContaining({ ParameterKey: "Vpc", ParameterValue: expect.stringMatching(/^vpc-/) }),
          expect.objectContaining({ ParameterKey: "Size", ParameterValue: "small" }),
        ]),
      );
      expect(Object.fromEntries((tags ?? []).map(({ Key = "", Value }) => [Key, Value]))).toEqual({
        team: "shop",
        "stackcast:deployment": "shop/dev",
        "stackcast:user": "tester",
      });
      expect(capabilities).toEqual(["CAPABILITY_NAMED_IAM"]);
    },
  );

  it("deploys the last plan again, and skips what has not changed", { timeout: PLENTY_MS }, async () => {
    expect((await shop.deploy({ order: "layers" })).status).toBe(201);
    expect(await shop.end(2)).toEqual({ status: "deployed", stacks: allStacks("skipped") });
    const story = await shop.story(2);
    expect(story.filter((line) => line.startsWith("stack_") && !line.startsWith("stack_skipped"))).toEqual(
      [],
    );
    expectOrder(story, "layers");
  });

  it("updates the one that has changed", { timeout: PLENTY_MS }, async () => {
    await shop.deploy({ stacks: shopStacks({ storage: 2 }) });
    expect(await shop.end(3)).toEqual({
      status: "deployed",
      stacks: allStacks("skipped", { storage: "deployed" }),
    });
    expect(await shop.history("storage")).toEqual(
      expect.arrayContaining(["CREATE_COMPLETE", "UPDATE_COMPLETE"]),
    );
  });

  it("puts everything back when one fails, to the letter", { timeout: PLENTY_MS }, async () => {
    const before = Object.fromEntries(
      await Promise.all(SHOP_NAMES.map(async (name) => [name, await shop.picture(name)] as const)),
    );
    system.simulator.setFailures("api", { Handler: { at: "update", reason: "Too large" } });
    const stacks = shopStacks({ storage: 3, cache: 2, api: 2 });
    // Whole layers, so that the one that fails does so after all beside it.
    await shop.deploy({ stacks, onFailure: "rollback", order: "layers" });
    expect(await shop.end(4)).toEqual({
      status: "rolled_back",
      stacks: allStacks("skipped", {
        storage: "rolled_back",
        cache: "rolled_back",
        api: "failed",
        web: "pending",
        monitoring: "pending",
      }),
    });
    const story = await shop.story(4);
    expect(story.slice(-5)).toEqual([
      "deployment_failed",
      "deployment_rolling_back",
      expect.stringMatching(/^stack_rolled_back (storage|cache)$/),
      expect.stringMatching(/^stack_rolled_back (storage|cache)$/),
      "deployment_rolled_back",
    ]);
    const after = Object.fromEntries(
      await Promise.all(SHOP_NAMES.map(async (name) => [name, await shop.picture(name)] as const)),
    );
    expect(after).toEqual(before);
  });

  it("stops where one fails, and a retry goes on from there", { timeout: PLENTY_MS }, async () => {
    const stacks = shopStacks({ storage: 3, api: 2, monitoring: 2 });
    await shop.deploy({ stacks, onFailure: "stop" });
    const { status, stacks: standing } = await shop.end(5);
    expect([status, standing["api"], standing["storage"], standing["monitoring"], standing["web"]]).toEqual([
      "failed",
      "failed",
      "deployed",
      "pending",
      "pending",
    ]);
    const { error, cause } = (await shop.status()).stacks["api"]!;
    expect(error).toMatchObject({
      code: "UPDATE_ROLLBACK_COMPLETE",
      message: "Handler: Too large",
      details: expect.stringContaining("fix the template, then deploy again"),
    });
    expect(cause).toMatchObject({ logicalId: "Handler", reason: "Too large" });

    system.simulator.setFailures("api", {});
    expect((await shop.act("retry")).status).toBe(202);
    expect(await shop.end(6)).toEqual({
      status: "deployed",
      stacks: allStacks("skipped", { api: "deployed", monitoring: "deployed" }),
    });
    expect((await failureOf(await shop.act("retry"))).slice(0, 2)).toEqual([409, "INVALID_TRANSITION"]);
  });

  it("destroys, layers backwards", { timeout: PLENTY_MS }, async () => {
    expect((await shop.act("destroy")).status).toBe(202);
    expect(await shop.end(7)).toEqual({ status: "destroyed", stacks: allStacks("deleted") });
    const story = await shop.story(7);
    expect(story.slice(0, 2)).toEqual(["deployment_started", "deployment_destroying"]);
    expect(story.slice(-3)).toEqual([
      "stack_deleting network",
      "stack_deleted network",
      "deployment_destroyed",
    ]);
    expect(SHOP_NAMES.filter((name) => system.simulator.stackStatus(name) !== undefined)).toEqual([]);
    expectNothingSecret(system);
  });
});
