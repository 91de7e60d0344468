/** The credentials expire in the middle of a run: it ends, says so, and goes on from there once they are mended. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expectNothingSecret } from "../support/secrets.ts";
import { Shop } from "../support/shop.ts";
import { startSystem, type System } from "../support/system.ts";

const PLENTY_MS = 400_000;

const alarm = (threshold: number) => ({
  Type: "AWS::CloudWatch::Alarm",
  Properties: { Threshold: threshold },
});

const stacksOf = (version: number) => [
  { name: "base", templateBody: JSON.stringify({ Resources: { Alarm: alarm(version) } }) },
  {
    name: "app",
    dependsOn: ["base"],
    templateBody: JSON.stringify({ Resources: { Alarm: alarm(version) } }),
  },
];

describe("The credentials expire while Stackcast deploys", () => {
  let system: System;
  let shop: Shop;

  beforeAll(async () => {
    system = await startSystem({ simulator: { speed: 50, seed: 1 } });
    shop = new Shop(system, "lapse");
  });

  afterAll(() => system?.stop());

  it("the run ends, and a retry finishes it once they are mended", { timeout: PLENTY_MS }, async () => {
    await shop.deploy({ stacks: stacksOf(1) });
    expect((await shop.end(1)).status).toBe("deployed");

    // From the moment in which the change has begun nobody sees anything of it.
    const hanging = system.simulator.fault({ kind: "hang", action: "ExecuteChangeSet", stack: "base" });
    await shop.deploy({ stacks: stacksOf(2) });
    await shop.when("the moment before", ({ stacks }) => stacks["base"]?.status === "deploying");
    system.simulator.fault({ kind: "expired-token" });
    hanging.clear();
    expect(await shop.end(2, 200_000)).toEqual({
      status: "failed",
      stacks: { base: "failed", app: "pending" },
    });
    expect((await shop.status()).stacks["base"]?.error).toMatchObject({
      code: "AWS_CREDENTIALS",
      details: expect.stringContaining("may go on in CloudFormation"),
    });
    expect((await shop.act("retry")).status).toBe(202);
    expect((await shop.end(3, 200_000)).status).toBe("failed");
    const { error } = (await shop.status()).stacks["base"]!;
    expect(error?.message).toMatch(
      /^AWS refuses the credentials that Stackcast has: .+ \(ExpiredToken\w*\)$/,
    );

    system.simulator.clearFaults();
    expect((await shop.act("retry")).status).toBe(202);
    expect(await shop.end(4)).toEqual({ status: "deployed", stacks: { base: "deployed", app: "deployed" } });
    expectNothingSecret(system);
  });
});
