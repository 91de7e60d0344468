/** The power goes, again and again, while an update of a shop fails and is rolled back, and while the shop is destroyed. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PowerCuts } from "../support/power-cuts.ts";
import { expectNothingSecret } from "../support/secrets.ts";
import { allStacks, orderOf, Shop, SHOP_NAMES, shopStacks } from "../support/shop.ts";
import { startSystem, type System } from "../support/system.ts";

const CUTS = 10;
const SEED = 20261123;
const PLENTY_MS = 600_000;

describe("Everything is killed while Stackcast takes back what it did", () => {
  let system: System;
  let shop: Shop;
  let power: PowerCuts;

  beforeAll(async () => {
    system = await startSystem({ simulator: { speed: 100, seed: 3 } });
    shop = new Shop(system, "storm");
    power = new PowerCuts(system, SEED);
    await shop.deploy({ stacks: shopStacks() });
    expect((await shop.end(1)).status).toBe("deployed");
  }, PLENTY_MS);

  afterAll(() => system?.stop());

  it("puts back what it has changed, to the letter", { timeout: PLENTY_MS }, async () => {
    const frames = async () =>
      Object.fromEntries(
        await Promise.all(SHOP_NAMES.map(async (name) => [name, await shop.picture(name)] as const)),
      );
    const before = await frames();
    system.simulator.setFailures("monitoring", { Errors: { at: "update", reason: "No such metric" } });
    // The power goes between what is kept of a stack and what is done to it.
    const hanging = system.simulator.fault({ kind: "hang", action: "ExecuteChangeSet", stack: "network" });
    const stacks = shopStacks({ network: 2, storage: 2, queue: 2, monitoring: 2 });
    await shop.deploy({ stacks, onFailure: "rollback", order: orderOf(SEED) });
    await shop.when("the moment before", (one) => one.stacks["network"]?.status === "deploying");
    await power.cut();
    hanging.clear();
    await power.during(shop, 2, 6);
    expect(await shop.end(2, 300_000)).toEqual({
      status: "rolled_back",
      stacks: allStacks("skipped", {
        network: "rolled_back",
        storage: "rolled_back",
        queue: "rolled_back",
        monitoring: "failed",
      }),
    });
    expect(await frames()).toEqual(before);
    for (const name of ["network", "storage", "queue"])
      expect((await shop.history(name)).filter((status) => status === "UPDATE_IN_PROGRESS")).toHaveLength(2);
  });

  it("destroys what is left", { timeout: PLENTY_MS }, async () => {
    await shop.act("destroy");
    await power.during(shop, 3, CUTS - power.count);
    expect(await shop.end(3, 300_000)).toEqual({ status: "destroyed", stacks: allStacks("deleted") });
    expect(SHOP_NAMES.filter((name) => system.simulator.stackStatus(name) !== undefined)).toEqual([]);
    await power.rest(CUTS);
    expect((await shop.status()).status).toBe("destroyed");
    expectNothingSecret(system);
  });
});
