/** The power goes between a change set's grant and its execution, and somebody else changes the stack meanwhile. */
import { CloudFormationClient, UpdateStackCommand } from "@aws-sdk/client-cloudformation";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Shop } from "../support/shop.ts";
import { KEYS, startSystem, type System } from "../support/system.ts";

const PLENTY_MS = 180_000;

const templateOf = (threshold: number): string =>
  JSON.stringify({
    Resources: { Alarm: { Type: "AWS::CloudWatch::Alarm", Properties: { Threshold: threshold } } },
  });

describe("Somebody else changes a stack while the power is off", () => {
  let system: System;
  let shop: Shop;

  beforeAll(async () => {
    system = await startSystem({ simulator: { speed: 50, seed: 1 } });
    shop = new Shop(system, "guest");
  });

  afterAll(() => system?.stop());

  it("his change is neither told as the run's nor taken back", { timeout: PLENTY_MS }, async () => {
    const stacksOf = (threshold: number) => [{ name: "base", templateBody: templateOf(threshold) }];
    await shop.deploy({ stacks: stacksOf(1) });
    expect((await shop.end(1)).status).toBe("deployed");

    const hanging = system.simulator.fault({ kind: "hang", action: "ExecuteChangeSet", stack: "base" });
    await shop.deploy({ stacks: stacksOf(2), onFailure: "rollback" });
    await shop.when("the moment before", ({ stacks }) => stacks["base"]?.status === "deploying");
    await system.worker().kill();
    const endpoint = system.simulator.url;
    const somebody = new CloudFormationClient({ region: "us-east-1", endpoint, credentials: KEYS });
    await somebody.send(new UpdateStackCommand({ StackName: "base", TemplateBody: templateOf(7) }));
    await system.simulator.settled();
    hanging.clear();
    await system.restart();
    await system.worker().ready();

    expect(await shop.end(2)).toEqual({ status: "failed", stacks: { base: "failed" } });
    expect((await shop.status()).stacks["base"]?.error?.code).toBe("CHANGE_SET_OVERTAKEN");
    expect((await shop.story(2)).filter((line) => line.startsWith("stack_"))).toEqual([
      "stack_deploying base",
      "stack_failed base",
    ]);
    expect((await shop.events(2)).filter(({ type }) => type.startsWith("resource_"))).toEqual([]);
    expect((await shop.picture("base")).template).toBe(templateOf(7));

    expect((await shop.act("retry")).status).toBe(202);
    expect((await shop.end(3)).status).toBe("deployed");
    expect((await shop.picture("base")).template).toBe(templateOf(2));
  });
});
