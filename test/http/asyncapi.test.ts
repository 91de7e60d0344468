import { describe, expect, test } from "vitest";
import * as z from "zod";
import { socketMessages } from "../../src/http/documents/asyncapi-messages.ts";
import { emptyDeployment } from "../../src/domain/deployment/deployment-state.ts";
import { foldDeployment } from "../../src/domain/deployment/fold-deployment.ts";
import { deploymentEventSchema } from "../../src/protocol/deployment/deployment-events.ts";
import { transientFrameSchema } from "../../src/protocol/connection/transient-frames.ts";
import { ProgressFrames } from "../../src/trackers/deployment/progress-frames.ts";
import { ask } from "./ask.ts";

/** What AsyncAPI 3.0 demands of the parts that we use: https://www.asyncapi.com/docs/reference/specification/v3.0.0. */
const reference = z.strictObject({ $ref: z.string().startsWith("#/") });
const name = z.string().regex(/^[A-Za-z0-9_-]+$/);
const jsonSchema = z.record(z.string(), z.json());
const documentSchema = z.strictObject({
  asyncapi: z.literal("3.0.0"),
  info: z.strictObject({
    title: z.string(),
    version: z.string(),
    description: z.string(),
    license: z.strictObject({ name: z.string(), url: z.url() }),
  }),
  defaultContentType: z.literal("application/json"),
  servers: z.record(
    name,
    z.strictObject({ host: z.string(), protocol: z.enum(["ws", "wss"]), security: z.array(reference) }),
  ),
  channels: z.record(
    name,
    z.strictObject({
      address: z.string().startsWith("/"),
      description: z.string().min(1),
      messages: z.record(name, reference),
      parameters: z.record(name, z.strictObject({ description: z.string().min(1) })).optional(),
      bindings: z.strictObject({
        ws: z.strictObject({
          method: z.enum(["GET", "POST"]),
          query: z.looseObject({ type: z.literal("object"), properties: jsonSchema }),
          headers: z.looseObject({ type: z.literal("object"), properties: jsonSchema }),
        }),
      }),
    }),
  ),
  operations: z.record(
    name,
    z.strictObject({
      action: z.enum(["send", "receive"]),
      summary: z.string().min(1),
      channel: reference,
      messages: z.array(reference).min(1),
    }),
  ),
  components: z.strictObject({
    messages: z.record(
      name,
      z.strictObject({
        name: z.string(),
        summary: z.string().min(1),
        payload: reference,
        examples: z.array(z.strictObject({ payload: z.json() })).min(1),
      }),
    ),
    schemas: z.record(name, jsonSchema),
    securitySchemes: z.record(name, z.looseObject({ type: z.enum(["http", "httpApiKey"]) })),
  }),
});

const load = async () => documentSchema.parse(await (await ask("/asyncapi.json")).json());

/** What a reference leads to, as JSON Pointer says. */
const found = (document: unknown, $ref: string): unknown =>
  $ref
    .slice(2)
    .split("/")
    .reduce<unknown>(
      (at, key) => z.record(z.string(), z.unknown()).safeParse(at).data?.[key.replaceAll("~1", "/")],
      document,
    );

describe("the AsyncAPI document", () => {
  test("is of version 3, needs no token, and names the host that was asked", async () => {
    const { servers } = await load();
    expect(servers["worker"]).toMatchObject({ host: "stackcast.test", protocol: "wss" });
  });

  test("holds both sockets, with all that each side says", async () => {
    const { channels, operations } = await load();
    expect(Object.values(channels).map(({ address }) => address)).toEqual([
      "/ws",
      "/canvas/deploy/track/{stackName}",
    ]);
    expect(Object.keys(operations)).toEqual(["gatewayReceive", "gatewaySend", "stackReceive", "stackSend"]);
    for (const { address, parameters = {} } of Object.values(channels))
      expect(Object.keys(parameters)).toEqual([...address.matchAll(/{(\w+)}/g)].map(([, place]) => place));
  });

  test("every reference in it leads somewhere", async () => {
    const document = await load();
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(
      ([, $ref = ""]) => $ref,
    );
    expect(references.length).toBeGreaterThan(50);
    for (const $ref of references) expect([$ref, found(document, $ref)]).toEqual([$ref, expect.anything()]);
  });

  test("an operation's messages are its channel's, and each message is said by one side", async () => {
    const { channels, operations } = await load();
    for (const [channel, { messages }] of Object.entries(channels)) {
      const said = ["Receive", "Send"].flatMap((side) => operations[channel + side]?.messages ?? []);
      expect(said.map(({ $ref }) => $ref).sort()).toEqual(
        Object.keys(messages)
          .map((its) => `#/channels/${channel}/messages/${its}`)
          .sort(),
      );
    }
  });

  test("every example is what its schema says, here and in the document", async () => {
    const { components } = await load();
    expect(Object.keys(components.messages)).toEqual(Object.keys(socketMessages));
    for (const [its, { examples }] of Object.entries(components.messages)) {
      const schema = z.fromJSONSchema(components.schemas[its] ?? false);
      for (const { payload } of examples) {
        expect([its, schema.safeParse(payload).error]).toEqual([its, undefined]);
        expect([its, socketMessages[its]?.schema.safeParse(payload).error]).toEqual([its, undefined]);
      }
      expect([its, schema.safeParse({ type: "nothing of ours" }).success]).toEqual([its, false]);
    }
  });
});

test("the frames of progress are what the document says", () => {
  const belonging = { deploymentId: "D1BRV40", environment: "dev" };
  const events = [
    {
      type: "deployment_started",
      data: { ...belonging, stacks: [{ name: "network", layer: 1, dependsOn: [] }] },
    },
    { type: "stack_deploying", data: { ...belonging, stack: "network" } },
    {
      type: "resource_creating",
      data: { ...belonging, stack: "network", resource: { type: "AWS::EC2::VPC", name: "Vpc" } },
    },
  ].map((event) => deploymentEventSchema.parse({ ...event, timestamp: "2025-10-09T14:30:00Z" }));
  const before = emptyDeployment("D1BRV40", "dev");
  const { state } = foldDeployment(before, events);
  const position = { channel: "deployments/D1BRV40-dev", offset: 4 };
  const frames = new ProgressFrames()
    .of(before, state, position, Date.parse("2025-10-09T14:30:05Z"))
    .map((text) => transientFrameSchema.parse(JSON.parse(text)));
  expect(frames.map(({ type, asOf }) => [type, asOf])).toEqual([
    ["stack_progress", 4],
    ["deployment_progress", 4],
  ]);
});
