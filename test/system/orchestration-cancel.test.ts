/** A deployment is cancelled in the middle of an update, and what it had done by then is rolled back on request. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Shop } from "../support/shop.ts";
import { startSystem, type System } from "../support/system.ts";

const PLENTY_MS = 180_000;

/** So many alarms, made one after the other, that there is time to think. */
const MANY = 40;

const alarm = (threshold: number, after?: string) => ({
  Type: "AWS::CloudWatch::Alarm",
  Properties: { Threshold: threshold },
  ...(after !== undefined && { DependsOn: after }),
});

const stacksOf = (version: number) => {
  const many = Array.from({ length: version === 1 ? 0 : MANY }, (_, index) => [
    `Alarm${index + 1}`,
    alarm(version, index === 0 ? "First" : `Alarm${index}`),
  ]);
  const templateOf = (resources: object) => JSON.stringify({ Resources: resources });
  return [
    { name: "base", templateBody: templateOf({ First: alarm(version) }) },
    {
      name: "slow",
      dependsOn: ["base"],
      templateBody: templateOf({ First: alarm(version), ...Object.fromEntries(many) }),
    },
    { name: "last", dependsOn: ["slow"], templateBody: templateOf({ First: alarm(version) }) },
  ];
};

describe("A deployment is cancelled", () => {
  let system: System;
  let shop: Shop;

  beforeAll(async () => {
    system = await startSystem({ simulator: { speed: 2, seed: 1 } });
    shop = new Shop(system, "halt");
  });

  afterAll(() => system?.stop());

  it(
    "the update in flight is taken back, nothing more is begun, and the rest on request",
    {
      timeout: PLENTY_MS,
    },
    async () => {
      await shop.deploy({ stacks: stacksOf(1) });
      expect((await shop.end(1)).status).toBe("deployed");
      const before = await Promise.all(["base", "slow", "last"].map((name) => shop.picture(name)));

      await shop.deploy({ stacks: stacksOf(2) });
      await shop.when("an update in flight", ({ stacks }) => (stacks["slow"]?.resources.created ?? 0) > 1);
      expect((await shop.act("cancel")).status).toBe(202);
      expect((await shop.act("destroy")).status).toBe(409);
      expect(await shop.end(2)).toEqual({
        status: "cancelled",
        stacks: { base: "deployed", slow: "failed", last: "pending" },
      });
      expect((await shop.history("slow")).at(-1)).toBe("UPDATE_ROLLBACK_COMPLETE");
      const cancelling = (await shop.events(2)).find(({ type }) => type === "deployment_cancelling");
      expect(cancelling?.data).toMatchObject({ user: "tester" });

      expect((await shop.act("rollback")).status).toBe(202);
      expect(await shop.end(2)).toEqual({
        status: "rolled_back",
        stacks: { base: "rolled_back", slow: "failed", last: "pending" },
      });
      expect(await Promise.all(["base", "slow", "last"].map((name) => shop.picture(name)))).toEqual(before);
    },
  );
});
