/** The power goes, again and again, while Stackcast deploys a shop of twelve stacks in five layers. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PowerCuts } from "../support/power-cuts.ts";
import { expectNothingSecret } from "../support/secrets.ts";
import { allStacks, expectOrder, orderOf, Shop, SHOP_NAMES, shopStacks } from "../support/shop.ts";
import { startSystem, type System } from "../support/system.ts";

const CUTS = 10;
const SEED = 20261122;
const ORDER = orderOf(SEED);
const PLENTY_MS = 600_000;

describe("Everything is killed while Stackcast deploys", () => {
  let system: System;

  beforeAll(async () => {
    system = await startSystem({ simulator: { speed: 40, seed: 3 } });
  });

  afterAll(() => system?.stop());

  it(
    "deploys all the same, tells it in order, and creates no stack twice",
    { timeout: PLENTY_MS },
    async () => {
      const shop = new Shop(system, "storm");
      const power = new PowerCuts(system, SEED);
      await shop.deploy({ stacks: shopStacks(), order: ORDER });
      await power.during(shop, 1, CUTS);
      expect(await shop.end(1, 300_000)).toEqual({ status: "deployed", stacks: allStacks("deployed") });
      for (const name of SHOP_NAMES)
        expect([name, await shop.history(name)]).toEqual([
          name,
          ["REVIEW_IN_PROGRESS", "CREATE_IN_PROGRESS", "CREATE_COMPLETE"],
        ]);
      const story = await shop.story(1);
      expectOrder(story, ORDER);
      expect(story.at(-1)).toBe("deployment_complete");
      for (const name of SHOP_NAMES)
        expect(story.filter((line) => line.endsWith(` ${name}`))).toEqual([
          `stack_deploying ${name}`,
          `stack_deployed ${name}`,
        ]);
      const offsets = (await shop.events(1)).map(({ offset }) => offset);
      expect(offsets).toEqual(offsets.map((_, index) => index + 1));
      await power.rest(CUTS);
      expect((await shop.status()).status).toBe("deployed");
      expectNothingSecret(system);
    },
  );
});
