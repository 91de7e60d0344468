/** The credentials expire in the middle of a run: it says so, and goes on from there once they are fixed. */
import { once } from "node:events";
import { WebSocket } from "ws";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SUBPROTOCOL } from "../../src/protocol/connection/connection.ts";
import { eventually } from "../support/eventually.ts";
import { expectNothingSecret } from "../support/secrets.ts";
import { Shop } from "../support/shop.ts";
import { startSystem, type System } from "../support/system.ts";

const PLENTY_MS = 400_000;

const CHANNEL = "deployments/lapse-dev";

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

  /** What viewers of the deployment are reported trouble with AWS. */
  const troubles = async (): Promise<readonly string[]> => {
    const codes: string[] = [];
    const socket = new WebSocket(`${system.worker().url.replace("http", "ws")}/ws`, [
      SUBPROTOCOL,
      `bearer.${system.token}`,
    ]);
    socket.on("message", (data: Buffer) => {
      const frame = JSON.parse(data.toString()) as {
        type: string;
        channel?: string;
        error?: { code: string };
      };
      if (frame.type === "error" && frame.channel === CHANNEL && frame.error) codes.push(frame.error.code);
    });
    await once(socket, "open");
    socket.send(JSON.stringify({ action: "subscribe", id: 1, channel: CHANNEL }));
    return codes;
  };

  it("the run waits until they are mended, and ends well", { timeout: PLENTY_MS }, async () => {
    await shop.deploy({ stacks: stacksOf(1) });
    expect((await shop.end(1)).status).toBe("deployed");

    // From the moment in which the change has begun nobody sees anything of it.
    const hanging = system.simulator.fault({ kind: "hang", action: "ExecuteChangeSet", stack: "base" });
    await shop.deploy({ stacks: stacksOf(2) });
    await shop.when("the moment before", ({ stacks }) => stacks["base"]?.status === "deploying");
    const reported = await troubles();
    system.simulator.fault({ kind: "expired-token" });
    hanging.clear();
    await eventually(() => reported.length > 0, "that the run is out of sight", 200_000);
    expect(reported).toEqual(["AWS_CREDENTIALS"]);
    expect(await shop.status()).toMatchObject({
      status: "deploying",
      stacks: { base: { status: "deploying" }, app: { status: "pending" } },
    });
    system.simulator.clearFaults();
    expect(await shop.end(2, 200_000)).toEqual({
      status: "deployed",
      stacks: { base: "deployed", app: "deployed" },
    });
    expectNothingSecret(system);
  });

  it("a run that could begin nothing ends, and can be retried", { timeout: PLENTY_MS }, async () => {
    system.simulator.fault({ kind: "expired-token" });
    await shop.deploy({ stacks: stacksOf(3) });
    expect((await shop.end(3, 200_000)).status).toBe("failed");
    const { error } = (await shop.status()).stacks["base"]!;
    expect(error?.message).toMatch(/^AWS refuses Stackcast's credentials: .+ \(ExpiredToken\w*\)$/);
    system.simulator.clearFaults();
    expect((await shop.act("retry")).status).toBe(202);
    expect(await shop.end(4)).toEqual({ status: "deployed", stacks: { base: "deployed", app: "deployed" } });
    expectNothingSecret(system);
  });
});
