/// <reference path="../../src/simulator/dynalite.d.ts" />
import dynalite from "dynalite";
import { afterAll, beforeAll, expect, it } from "vitest";
import * as z from "zod";
import { batchWriteItem, isWritable, query } from "../../src/aws/services/dynamodb.ts";
import { jsonCall } from "../../src/aws/transport/json-call.ts";
import { awsSession } from "../../src/aws/identity/session.ts";
import type { AwsSession } from "../../src/aws/identity/session.ts";
import { fakeAws } from "./fake-session.ts";

const TABLE = "cloud-deployment-events";
const server = dynalite({ createTableMs: 0 });
let session: AwsSession;

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("not listening on a port");
  session = awsSession({
    accessKeyId: "AKIDTEST",
    secretAccessKey: "test-secret-key",
    region: "us-east-1",
    endpoints: { dynamodb: `http://127.0.0.1:${address.port}` },
  });
  const input = {
    TableName: TABLE,
    AttributeDefinitions: [
      { AttributeName: "deploymentId", AttributeType: "S" },
      { AttributeName: "timestamp", AttributeType: "S" },
    ],
    KeySchema: [
      { AttributeName: "deploymentId", KeyType: "HASH" },
      { AttributeName: "timestamp", KeyType: "RANGE" },
    ],
    BillingMode: "PAY_PER_REQUEST",
  };
  const created = await jsonCall(
    session,
    { service: "dynamodb", target: "DynamoDB_20120810.CreateTable", input },
    z.object({}),
  );
  expect(created.ok).toBe(true);
});

afterAll(() => {
  server.close();
});

const timestamp = (offset: number) => `2026-11-01T12:00:00.000Z#prod#${String(offset).padStart(8, "0")}`;

const itemOf = (deploymentId: string, offset: number) => ({
  deploymentId,
  timestamp: timestamp(offset),
  type: "resource_created",
  offset,
  data: {
    reason: "😀 <b>",
    tags: ["a"],
    none: null,
    big: 2 ** 60,
    nothing: undefined,
    deep: { ok: true, empty: "" },
  },
});

const readItem = (deploymentId: string, offset: number) => {
  const item = itemOf(deploymentId, offset);
  const { nothing: _, ...data } = item.data;
  return { ...item, data };
};

const ask = (deploymentId: string, more: Partial<Parameters<typeof query>[1]> = {}) =>
  query(session, {
    table: TABLE,
    partition: { name: "deploymentId", value: deploymentId },
    sort: { name: "timestamp" },
    ...more,
  });

const offsets = async (answer: ReturnType<typeof query>) => {
  const page = await answer;
  return page.ok ? page.value.items.map(({ offset }) => offset) : page.failure;
};

it("more items than a call takes are written, writing them again changes nothing, and they read as they were", async () => {
  const items = Array.from({ length: 60 }, (_, index) => itemOf("many", index + 1));
  expect(await batchWriteItem(session, TABLE, items)).toEqual({ ok: true, value: undefined });
  expect(await batchWriteItem(session, TABLE, items)).toEqual({ ok: true, value: undefined });
  expect(await ask("many")).toEqual({
    ok: true,
    value: { items: items.map(({ offset }) => readItem("many", offset)) },
  });
});

it("a field may have any name that JSON allows, also one that objects have by themselves", async () => {
  const item = { ...itemOf("names", 1), data: { outputs: { constructor: "text", toString: "1" } } };
  expect(isWritable(item)).toBe(true);
  expect(await batchWriteItem(session, TABLE, [item])).toEqual({ ok: true, value: undefined });
  expect(await ask("names")).toEqual({ ok: true, value: { items: [item] } });
});

it("what has no form in DynamoDB is told beforehand", () => {
  expect(isWritable({ deploymentId: Symbol("none") })).toBe(false);
});

it("a partition is read between bounds, newest first, a page at a time", async () => {
  await batchWriteItem(
    session,
    TABLE,
    [1, 2, 3, 4, 5].map((offset) => itemOf("pages", offset)),
  );
  const sort = { name: "timestamp", from: timestamp(2), to: timestamp(4) };
  expect(await offsets(ask("pages", { sort }))).toEqual([2, 3, 4]);
  expect(await offsets(ask("pages", { sort: { name: "timestamp", from: timestamp(4) } }))).toEqual([4, 5]);
  expect(await offsets(ask("pages", { sort: { name: "timestamp", to: timestamp(2) } }))).toEqual([1, 2]);
  const backwards = { name: "timestamp", from: timestamp(4), to: timestamp(2) };
  expect(await offsets(ask("pages", { sort: backwards }))).toEqual([]);
  const seen: unknown[] = [];
  let cursor: string | undefined;
  do {
    const page = await ask("pages", { descending: true, limit: 2, cursor });
    if (!page.ok) throw new Error(JSON.stringify(page.failure));
    seen.push(page.value.items.map(({ offset }) => offset));
    cursor = page.value.cursor;
    if (cursor !== undefined) expect(encodeURIComponent(cursor)).toBe(cursor);
  } while (cursor !== undefined);
  expect(seen).toEqual([[5, 4], [3, 2], [1]]);
});

it("a cursor that is damaged or of another partition is rejected", async () => {
  const page = await ask("many", { limit: 1 });
  const cursor = page.ok ? page.value.cursor : undefined;
  const rejected = { ok: false, failure: { kind: "rejected", code: "InvalidCursor" } };
  expect(await ask("pages", { cursor })).toMatchObject(rejected);
  expect(await ask("many", { cursor: "%%%" })).toMatchObject(rejected);
  expect(await ask("many", { cursor: btoa("[]") })).toMatchObject(rejected);
  expect(await ask("many", { cursor })).toMatchObject({ ok: true });
});

it("a table that is not there is a refusal with DynamoDB's own code", async () => {
  expect(await batchWriteItem(session, "no-such-table", [itemOf("a", 1)])).toMatchObject({
    ok: false,
    failure: { kind: "rejected", code: "ResourceNotFoundException" },
  });
});

it("nothing to write is no call", async () => {
  const aws = fakeAws({ answer: () => new Response("{}") });
  expect(await batchWriteItem(aws.session, TABLE, [])).toEqual({ ok: true, value: undefined });
  expect(aws.requests).toEqual([]);
});

const written = z.object({ RequestItems: z.record(z.string(), z.array(z.unknown())) });

const requestsIn = async (request: Request) =>
  written.parse(await request.clone().json()).RequestItems[TABLE] ?? [];

it("what DynamoDB leaves undone is sent again, alone, after growing waits", async () => {
  const aws = fakeAws({
    answer: async (request, number) => {
      const left = (await requestsIn(request)).slice(0, 3 - number);
      return Response.json({ UnprocessedItems: left.length > 0 ? { [TABLE]: left } : {} });
    },
  });
  const items = Array.from({ length: 25 }, (_, index) => itemOf("a", index));
  expect(await batchWriteItem(aws.session, TABLE, items)).toEqual({ ok: true, value: undefined });
  expect((await Promise.all(aws.requests.map(requestsIn))).map(({ length }) => length)).toEqual([25, 2, 1]);
  expect(aws.waits).toEqual([200, 400]);
});

it("a table that never takes the rest is throttling, after a bounded number of rounds", async () => {
  const aws = fakeAws({
    answer: async (request) => Response.json({ UnprocessedItems: { [TABLE]: await requestsIn(request) } }),
  });
  expect(await batchWriteItem(aws.session, TABLE, [itemOf("a", 1)])).toEqual({
    ok: false,
    failure: { kind: "throttled", code: "UnprocessedItems" },
  });
  expect(aws.requests.length).toBe(5);
});

it("a batch throttled as a whole is throttled", async () => {
  const code = "ProvisionedThroughputExceededException";
  const aws = fakeAws({
    answer: () => Response.json({ __type: `com.amazonaws.dynamodb.v20120810#${code}` }, { status: 400 }),
  });
  expect(await batchWriteItem(aws.session, TABLE, [itemOf("a", 1)])).toEqual({
    ok: false,
    failure: { kind: "throttled", code },
  });
});

it.each(["", "<R/>", "[]", '{"Items":[{"a":"b"}]}', '{"Items":[{"a":{"X":"b"}}]}'])(
  "the answer “%s” to a query is a bad answer",
  async (body) => {
    const aws = fakeAws({ answer: () => new Response(body) });
    expect(
      await query(aws.session, {
        table: TABLE,
        partition: { name: "deploymentId", value: "a" },
        sort: { name: "timestamp" },
      }),
    ).toMatchObject({ ok: false, failure: { kind: "bad-answer" } });
  },
);
