/** The same flow against an AWS that others have written: what Stackcast asks is what they understand, too. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { motoPath, startMoto, type Moto } from "../support/moto.ts";
import { Shop } from "../support/shop.ts";
import { startSystem, type System } from "../support/system.ts";

const path = motoPath();
if (path === undefined) console.warn("SKIPPED: no moto_server here, nothing is deployed against it");

const PLENTY_MS = 180_000;

const queue = (delay: number) => ({
  name: "orders",
  templateBody: JSON.stringify({
    Resources: { Queue: { Type: "AWS::SQS::Queue", Properties: { DelaySeconds: delay } } },
  }),
});

const topic = {
  name: "news",
  dependsOn: ["orders"],
  templateBody: JSON.stringify({
    Parameters: { Label: { Type: "String" } },
    Resources: {
      Topic: { Type: "AWS::SNS::Topic", Properties: { DisplayName: { Ref: "Label" } } },
    },
  }),
  // moto gives no outputs of stacks that a change set has made, so that none can be taken here.
  parameters: { Label: "Orders" },
};

describe.skipIf(path === undefined)("Stackcast deploys to moto", () => {
  let moto: Moto | undefined;
  let system: System;
  let shop: Shop;

  beforeAll(async () => {
    moto = await startMoto(path!);
    system = await startSystem({ variables: { AWS_ENDPOINT_URL: moto.url, LOG_GROUP_PREFIX: "" } });
    shop = new Shop(system, "moto", moto.url);
  }, PLENTY_MS);

  afterAll(async () => {
    await system?.stop();
    moto?.stop();
  });

  it("creates, skips, updates and destroys", { timeout: PLENTY_MS }, async () => {
    expect((await shop.deploy({ stacks: [queue(0), topic] })).status).toBe(201);
    expect(await shop.end(1)).toEqual({
      status: "deployed",
      stacks: { orders: "deployed", news: "deployed" },
    });
    const { parameters } = await shop.picture("news");
    expect(parameters).toMatchObject([{ ParameterKey: "Label", ParameterValue: "Orders" }]);

    await shop.deploy();
    expect(await shop.end(2)).toEqual({ status: "deployed", stacks: { orders: "skipped", news: "skipped" } });

    await shop.deploy({ stacks: [queue(5), topic] });
    expect(await shop.end(3)).toMatchObject({ status: "deployed", stacks: { orders: "deployed" } });
    expect((await shop.picture("orders")).template).toContain('"DelaySeconds"');

    await shop.act("destroy");
    expect(await shop.end(4)).toEqual({
      status: "destroyed",
      stacks: { orders: "deleted", news: "deleted" },
    });
  });
});
