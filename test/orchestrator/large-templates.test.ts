/** Templates that are too large for a request: they go by a bucket, there and back, to the letter. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { awsSession } from "../../src/aws/identity/session.ts";
import { regionClients } from "../../src/orchestrator/region-clients.ts";
import { KEYS, startWorld, type World } from "./orders.ts";

const template = (bytes: number, queues = ["Queue"]): string => {
  const Resources = Object.fromEntries(queues.map((name) => [name, { Type: "AWS::SQS::Queue" }]));
  return JSON.stringify({ Description: "large", Resources, Metadata: { Filling: "é".repeat(bytes / 2) } });
};

let world: World;

beforeAll(async () => {
  world = await startWorld();
});

afterAll(() => world.close());

const clientsIn = (region: string, bucket?: string) => {
  const session = awsSession({ ...KEYS, region, endpoints: { all: world.simulator.url } });
  return regionClients(session, bucket);
};

const putKeys = (): number => world.simulator.calls.filter(({ action }) => action === "PutObject").length;

describe("a template of 300 KB", () => {
  test("is deployed, replaced, and deployed again byte for byte", async () => {
    const { operations, changeSets, keep } = clientsIn("us-east-1", "templates-{region}");
    const large = template(300_000);
    expect(await operations.validate({ body: large })).toMatchObject({ ok: true });
    const deploy = async (
      name: string,
      type: "CREATE" | "UPDATE",
      body: string,
    ): Promise<string | undefined> => {
      const made = await changeSets.create({ stack: "large", name, type }, { template: { body } });
      expect(made).toMatchObject({ ok: true });
      await world.simulator.settled();
      await changeSets.execute({ name, stack: "large" }, { token: name });
      await world.simulator.settled();
      const text = await operations.templateText("large");
      return text.ok ? text.value : undefined;
    };
    expect(await deploy("one", "CREATE", large)).toBe(large);
    expect(await keep(large)).toEqual({ ok: true, value: null });
    expect(await deploy("two", "UPDATE", template(100, ["Queue", "Other"]))).toContain("Other");
    expect(await deploy("three", "UPDATE", large)).toBe(large);
    expect(putKeys()).toBe(1);
  });

  test("goes to CDK's bucket where none is named, and is refused by name where there is none", async () => {
    const body = template(60_000);
    expect(await clientsIn("us-east-1").operations.validate({ body })).toEqual({
      ok: false,
      failure: {
        kind: "rejected",
        code: "TEMPLATE_TOO_LARGE",
        message: expect.stringMatching(/set TEMPLATE_BUCKET, or bootstrap CDK in us-east-1$/) as string,
      },
    });
    const Outputs = { BucketName: { Value: "cdk-assets" } };
    await world.create("CDKToolkit", JSON.stringify({ ...JSON.parse(template(10)), Outputs }));
    const before = putKeys();
    expect(await clientsIn("us-east-1").operations.validate({ body })).toMatchObject({ ok: true });
    expect(putKeys()).toBe(before + 1);
  });
});
