/** The routes before the real objects: what one request tells, the next one shows. */
import { reset } from "cloudflare:test";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Deployment } from "../../src/trackers/deployment/deployment.ts";
import * as z from "zod";
import {
  auditListSchema,
  deploymentAnswerSchema,
  deploymentEventsSchema,
  deploymentListSchema,
  ingestReportSchema,
  runsSchema,
  stackAnswerSchema,
} from "../../src/protocol/deployment/deployment-requests.ts";
import { WireDynamoDB } from "../support/wire-dynamodb.ts";
import { tokenOf } from "../support/token.ts";
import { ask, askAs, failure, jsonOf, type Asking } from "./ask.ts";

let dynamoDB = new WireDynamoDB();

/** All items of the one table: a test writes to one partition only. */
const itemsOfTable = (): Response => Response.json({ Items: dynamoDB.items("cloud-deployment-events") });

beforeEach(() => {
  dynamoDB = new WireDynamoDB();
  vi.spyOn(console, "info").mockReturnValue();
  vi.spyOn(globalThis, "fetch").mockImplementation(async (input, init) => {
    const request = new Request(input, init);
    const reads = request.headers.get("X-Amz-Target")?.endsWith(".Query");
    return reads ? itemsOfTable() : dynamoDB.answer(request);
  });
});
afterEach(async () => {
  // What an object does beside its answers ends before it is wiped out.
  await new Promise((resolve) => setTimeout(resolve, 50));
  await reset();
  vi.restoreAllMocks();
});

const root = "/api/v1/deployments";
const path = `${root}/D1BRV40`;

const envelope = z.object({ success: z.literal(true), data: z.unknown() });

const read = async <Schema extends z.ZodType>(schema: Schema, answer: Response): Promise<z.infer<Schema>> => {
  expect([answer.status, answer.ok]).toEqual([answer.status, true]);
  return schema.parse(envelope.parse(await answer.json()).data);
};

const get = (address: string, asking: Asking = {}) => askAs("viewer", address, asking);

const post = (address: string, body: unknown) =>
  askAs("deployer", address, {
    method: "POST",
    body: JSON.stringify(body),
    headers: { "Content-Type": "application/json" },
  });

const belonging = { deploymentId: "D1BRV40", environment: "dev" };

const event = (id: string, type: string, seconds: number, more: object = {}) => ({
  id,
  type,
  timestamp: new Date(Date.parse("2025-10-09T14:30:00Z") + seconds * 1000).toISOString(),
  data: { ...belonging, ...more },
});

const story = [
  event("1", "deployment_started", 0, { totalStacks: 2, totalLayers: 2 }),
  event("2", "stack_deploying", 1, { stack: "network", layer: 1 }),
  event("3", "stack_deployed", 60, {
    stack: "network",
    outputs: { vpc: { ids: [{ id: "vpc-1", tags: { a: 1 } }] } },
  }),
  event("4", "stack_skipped", 61, { stack: "dns" }),
];

test("an orchestrator's story is told by events, status, stacks, runs and list alike", async () => {
  const report = await read(ingestReportSchema, await post(`${path}/events?environment=dev`, story));
  expect(report.results.map(({ outcome, error }) => [outcome, error])).toEqual(
    story.map(() => ["accepted", undefined]),
  );
  const again = await read(ingestReportSchema, await post(`${path}/events?environment=dev`, story));
  expect(again.results.map(({ outcome }) => outcome)).toEqual(story.map(() => "known"));

  const { events, offset, epoch } = await read(
    deploymentEventsSchema,
    await get(`${path}/events?environment=dev`),
  );
  expect(events.map((one) => one.offset)).toEqual(Array.from({ length: offset }, (_, n) => n + 1));
  expect(events.map(({ type }) => type)).toEqual(expect.arrayContaining(story.map(({ type }) => type)));

  const progress = await read(deploymentAnswerSchema, await get(`${path}/status?environment=dev`));
  expect(progress).toMatchObject({ ...belonging, epoch, offset, mode: "ingest", user: "tester", run: 1 });
  expect(Object.keys(progress.stacks)).toEqual(["network", "dns"]);

  const stack = await read(stackAnswerSchema, await get(`${path}/stacks/network/progress?environment=dev`));
  expect(stack).toMatchObject({ status: "deployed", epoch, offset });
  expect(stack.outputs).toEqual({ vpc: { ids: [{ id: "vpc-1", tags: { a: 1 } }] } });

  const { runs } = await read(runsSchema, await get(`${path}/runs?environment=dev`));
  expect(runs).toMatchObject([{ ...belonging, run: 1, status: progress.status }]);
  await expect
    .poll(async () => (await read(deploymentListSchema, await get(root))).items)
    .toMatchObject([{ ...belonging, status: progress.status }]);
});

test("a run that has ended is not sent twice to who has it", async () => {
  await post(`${path}/events?environment=dev`, [...story, event("5", "deployment_complete", 90)]);
  const first = await get(`${path}/status?environment=dev`);
  const { status, metrics } = await read(deploymentAnswerSchema, first.clone());
  expect([status, metrics.durationSeconds]).toEqual(["deployed", expect.any(Number)]);
  const headers = { "If-None-Match": first.headers.get("ETag") ?? "" };
  expect((await get(`${path}/status?environment=dev`, { headers })).status).toBe(304);
});

test("a stream goes on where another left off", async () => {
  await post(`${path}/events?environment=dev`, story.slice(0, 2));
  const { epoch, events } = await read(deploymentEventsSchema, await get(`${path}/events?environment=dev`));
  const last = events.at(-1)!.offset;
  const answer = await get(`${path}/events?environment=dev`, {
    headers: { Accept: "text/event-stream", "Last-Event-ID": `${epoch}:${last}` },
  });
  await post(`${path}/events?environment=dev`, story.slice(2));
  const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  while (!text.includes("stack_deployed")) text += (await reader.read()).value ?? "";
  await reader.cancel();
  expect(text).toMatch(new RegExp(`^retry: 1000\n\nid: ${epoch}:${last + 1}\ndata: \\{"type":`));
});

test("streams wait at a gateway: their deployment is asked once, and nothing while nothing happens", async () => {
  await post(`${path}/events?environment=dev`, story.slice(0, 2));
  const asked = vi.spyOn(Deployment.prototype, "eventsAfter");
  const streams = await Promise.all(
    [1, 2, 3].map(() => get(`${path}/events?environment=dev`, { headers: { Accept: "text/event-stream" } })),
  );
  const readers = streams.map((stream) => stream.body!.pipeThrough(new TextDecoderStream()).getReader());
  const texts = ["", "", ""];
  const readUntil = (word: string) =>
    Promise.all(
      readers.map(async (reader, index) => {
        while (!texts[index]!.includes(word)) texts[index] += (await reader.read()).value ?? "";
      }),
    );
  await readUntil("deployment_started");
  const more = readUntil("stack_deployed");
  await scheduler.wait(300);
  await post(`${path}/events?environment=dev`, story.slice(2));
  await more;
  expect(asked.mock.calls.map(([, after]) => after)).toEqual([0, 0, 0]);
  asked.mockRestore();
  await Promise.all(readers.map((reader) => reader.cancel()));
  expect(new Set(texts).size).toBe(1);
});

test("what is registered is followed, and is not registered twice while it runs", async () => {
  const registration = {
    ...belonging,
    mode: "ingest",
    stacks: [{ name: "a" }, { name: "b", dependsOn: ["a"] }],
  };
  const answer = await post(root, registration);
  expect(answer.status).toBe(201);
  expect(await jsonOf(answer)).toMatchObject({ data: { layers: [["a"], ["b"]], run: 1, offset: 1 } });
  const second = await post(root, registration);
  expect([second.status, await jsonOf(second)]).toEqual([409, failure("RUN_UNDERWAY")]);
});

test("a pair that spells another's channel is 409, and sees nothing of it", async () => {
  await post(`${root}/a-b/events?environment=c`, [
    { ...story[0], data: { deploymentId: "a-b", environment: "c" } },
  ]);
  const registered = await post(root, { deploymentId: "a", environment: "b-c", mode: "ingest", stacks: [] });
  expect([registered.status, await jsonOf(registered)]).toEqual([409, failure("CHANNEL_TAKEN")]);
  const shown = await get(`${root}/a/status?environment=b-c`);
  expect([shown.status, await jsonOf(shown)]).toEqual([404, failure("DEPLOYMENT_NOT_FOUND")]);
});

test.each([
  [
    "a cycle",
    {
      stacks: [
        { name: "a", dependsOn: ["b"] },
        { name: "b", dependsOn: ["a"] },
      ],
    },
    422,
    "CYCLIC_DEPENDENCIES",
  ],
  ["an unknown dependency", { stacks: [{ name: "a", dependsOn: ["x"] }] }, 400, "INVALID_REQUEST"],
  ["nothing to track", { mode: "track", stacks: [] }, 400, "INVALID_REQUEST"],
])("%s is refused", async (_, wrong, status, code) => {
  const answer = await post(root, {
    deploymentId: "refused",
    environment: "dev",
    mode: "ingest",
    ...wrong,
  });
  expect([answer.status, await jsonOf(answer)]).toEqual([status, failure(code)]);
});

test("events of a deployment that nobody began are 404, from the future 422, impossible ones 409", async () => {
  const address = `${path}/events?environment=dev`;
  expect((await post(address, [story[1]])).status).toBe(404);
  await post(address, story);
  const future = await post(address, [
    { ...event("6", "stack_deploying", 0, { stack: "x" }), timestamp: "2999-01-01T00:00:00Z" },
  ]);
  expect([future.status, await jsonOf(future)]).toEqual([
    422,
    expect.objectContaining({ ...failure("EVENT_FROM_FUTURE"), data: expect.anything() }),
  ]);
  const back = await post(address, [event("7", "stack_deploying", 70, { stack: "network" })]);
  expect(back.status).toBe(409);
  const elsewhere = await post(address, [
    { ...event("8", "stack_skipped", 70, { stack: "y" }), data: { stack: "y", environment: "prod" } },
  ]);
  expect(elsewhere.status).toBe(400);
});

test("the list shows a token only what it covers", async () => {
  await post(`${path}/events?environment=dev`, story);
  await expect.poll(async () => (await read(deploymentListSchema, await get(root))).items).toHaveLength(1);
  const token = await tokenOf({ channels: ["deployments/*/prod"] });
  expect(await read(deploymentListSchema, await ask(root, { token }))).toEqual({ items: [] });
});

test("a damaged cursor is 400", async () => {
  const answer = await get(`${root}?cursor=x`);
  expect([answer.status, await jsonOf(answer)]).toEqual([400, failure("INVALID_REQUEST")]);
});

test("the trail shows what was written", async () => {
  await post(`${path}/events?environment=dev`, [...story, event("5", "deployment_complete", 90)]);
  const { events } = await read(deploymentEventsSchema, await get(`${path}/events?environment=dev`));
  await expect.poll(() => dynamoDB.items("cloud-deployment-events").length).toBe(events.length);
  const { items } = await read(auditListSchema, await get(`${path}/audit?environment=dev`));
  const reported = events.map(({ type, timestamp, offset, data }) => ({ type, timestamp, offset, data }));
  expect(items.map(({ type, timestamp, offset, data }) => ({ type, timestamp, offset, data }))).toEqual(
    reported,
  );
  expect((await get(`${root}/other/audit?environment=dev`)).status).toBe(404);
});
