/** Templates that are too large for a request: they go by a bucket, there and back, to the letter. */
import { CloudFormationClient, CreateStackCommand } from "@aws-sdk/client-cloudformation";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { awsSession } from "../../src/aws/identity/session.ts";
import { regionClients } from "../../src/orchestrator/region-clients.ts";
import { deployStack } from "../../src/orchestrator/deploy-stack.ts";
import { revertStack } from "../../src/orchestrator/revert-stack.ts";
import { validateStack } from "../../src/orchestrator/validate-stack.ts";
import { KEYS, orderOf, RememberingController, startWorld, type World } from "./orders.ts";

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

const puts = () => world.simulator.calls.filter(({ action }) => action === "PutObject");

describe("a template of 300 KB", () => {
  test("is deployed, replaced, and put back byte for byte", async () => {
    const clients = { ...world.clients, in: (region: string) => clientsIn(region, "templates-{region}") };
    const large = template(300_000);
    const text = async () => {
      const known = await clientsIn("us-east-1").operations.templateText("large");
      return known.ok ? known.value : undefined;
    };
    const deploy = async (body: string, run: number) => {
      const controller = new RememberingController();
      await deployStack({ lease: orderOf("large", body, { run }), clients, controller });
      await world.simulator.settled();
      return controller.starts[0]?.picture;
    };
    await deploy(large, 1);
    expect(await text()).toBe(large);
    const picture = await deploy(template(100, ["Queue", "Other"]), 2);
    expect(picture?.template).toBe(large);
    expect(await text()).toContain("Other");
    const lease = orderOf("large", "", { run: 2, picture: picture! });
    await revertStack({ lease, clients, controller: new RememberingController() });
    await world.simulator.settled();
    expect(await text()).toBe(large);
  });

  test("that a stack has keeps a plan from being begun that would have to put it back, without a bucket", async () => {
    const url = "https://s3.us-east-1.amazonaws.com/elsewhere/large.json";
    world.simulator.addTemplate(url, template(60_000));
    const client = new CloudFormationClient({
      region: "us-east-1",
      endpoint: world.simulator.url,
      credentials: KEYS,
    });
    await client.send(new CreateStackCommand({ StackName: "stuck", TemplateURL: url }));
    await world.simulator.settled();
    const fits = template(100, ["Queue", "Other"]);
    const clients = { ...world.clients, in: (region: string) => clientsIn(region) };
    const found = (name: string, restores: boolean) =>
      validateStack({ lease: orderOf(name, fits, { ...(restores && { restores }) }), clients });
    expect([await found("stuck", false), await found("new", true)]).toEqual([undefined, undefined]);
    const message = expect.stringMatching(
      /^A failure could not restore the stack as it is\. The template has \d+ bytes\..+ set TEMPLATE_BUCKET/,
    ) as string;
    expect(await found("stuck", true)).toEqual({ stack: "stuck", error: { code: "NO_WAY_BACK", message } });
    const controller = new RememberingController();
    await deployStack({ lease: orderOf("stuck", fits), clients, controller });
    expect(controller.starts).toMatchObject([
      { reason: expect.stringMatching(/^It could not be restored as it is: The template has/) as string },
    ]);
    await world.simulator.settled();
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
    const before = puts().length;
    expect(await clientsIn("us-east-1").operations.validate({ body })).toMatchObject({ ok: true });
    expect(puts()).toHaveLength(before + 1);
  });
});
