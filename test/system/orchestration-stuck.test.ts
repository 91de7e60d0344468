/** An update fails, and so does CloudFormation's own way back from it: rolled back once more, the deployment gets through. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Shop } from "../support/shop.ts";
import { startSystem, type System } from "../support/system.ts";

const PLENTY_MS = 300_000;

const alarm = (threshold: number, after?: string) => ({
  Type: "AWS::CloudWatch::Alarm",
  Properties: { Threshold: threshold },
  ...(after !== undefined && { DependsOn: after }),
});

const stacksOf = (version: number) => [
  { name: "base", templateBody: JSON.stringify({ Resources: { First: alarm(version) } }) },
  {
    name: "app",
    dependsOn: ["base"],
    templateBody: JSON.stringify({
      Resources: { First: alarm(version), Second: alarm(version, "First") },
    }),
  },
];

describe("A stack is stuck on CloudFormation's way back", () => {
  let system: System;
  let shop: Shop;

  beforeAll(async () => {
    system = await startSystem({ simulator: { speed: 100, seed: 1 } });
    shop = new Shop(system, "stuck");
  });

  afterAll(() => system?.stop());

  it("it goes on once it is mended, and all is as it was", { timeout: PLENTY_MS }, async () => {
    await shop.deploy({ stacks: stacksOf(1) });
    expect((await shop.end(1)).status).toBe("deployed");
    const frames = () => Promise.all(["base", "app"].map((name) => shop.picture(name)));
    const before = await frames();

    system.simulator.setFailures("app", {
      First: { at: "rollback", reason: "Somebody deleted it" },
      Second: { at: "update", reason: "No such metric" },
    });
    await shop.deploy({ stacks: stacksOf(2) });
    expect(await shop.end(2)).toEqual({ status: "failed", stacks: { base: "deployed", app: "failed" } });
    expect((await shop.status()).stacks["app"]?.error).toMatchObject({
      code: "UPDATE_ROLLBACK_FAILED",
      details: expect.stringContaining("then roll the deployment back, which continues it"),
    });

    // As long as nothing is fixed, nothing gets through, and what the stack depends on is left as it is.
    expect((await shop.act("rollback")).status).toBe(202);
    expect(await shop.end(2)).toEqual({ status: "failed", stacks: { base: "deployed", app: "failed" } });
    expect((await shop.events(2)).at(-1)?.data).toMatchObject({
      error: {
        code: "ROLLBACK_FAILED",
        message: "Not rolled back: app; left unchanged, because these depend on them: base",
      },
    });

    system.simulator.setFailures("app", {});
    expect((await shop.act("rollback")).status).toBe(202);
    await shop.when("the end of the way back", ({ status }) => status === "rolled_back");
    expect(await shop.end(2)).toEqual({
      status: "rolled_back",
      stacks: { base: "rolled_back", app: "rolled_back" },
    });
    expect(await frames()).toEqual(before);
    expect((await shop.history("app")).slice(-2)).toEqual([
      "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS",
      "UPDATE_ROLLBACK_COMPLETE",
    ]);
  });
});
