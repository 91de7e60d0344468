/** The audit table behind its gate. */
import { AwsClient } from "aws4fetch";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { AuditGate } from "../../src/simulator/dynamodb.ts";
import type { Simulator } from "../../src/simulator/options.ts";
import { createSimulator } from "../../src/simulator/simulator.ts";
import { credentials } from "./client.ts";

let simulator: Simulator;

beforeAll(async () => {
  simulator = await createSimulator();
  await simulator.createAuditTable();
});

afterAll(() => simulator.close());

const signer = new AwsClient({ ...credentials, service: "dynamodb", region: "us-east-1", retries: 0 });

const call = async (operation: string, body: object): Promise<{ status: number; body: unknown }> => {
  const response = await signer.fetch(`${simulator.dynamodbUrl}/`, {
    method: "POST",
    headers: {
      "content-type": "application/x-amz-json-1.0",
      "x-amz-target": `DynamoDB_20120810.${operation}`,
    },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: await response.json() };
};

const TableName = "cloud-deployment-events";
const Item = { deploymentId: { S: "d1" }, timestamp: { S: "2026-01-01T00:00:00.000Z#prod#00000001" } };
const put = () => call("PutItem", { TableName, Item });
const query = () =>
  call("Query", {
    TableName,
    KeyConditionExpression: "deploymentId = :id",
    ExpressionAttributeValues: { ":id": { S: "d1" } },
  });

it("keeps what is written", async () => {
  expect((await put()).status).toBe(200);
  expect((await query()).body).toMatchObject({ Count: 1, Items: [Item] });
});

it.each([
  ["throttled", 400, "ProvisionedThroughputExceededException"],
  ["unavailable", 500, "InternalServerError"],
  ["absent", 400, "ResourceNotFoundException"],
] satisfies [AuditGate["state"], number, string][])(
  "can be %s, and is as before once the gate opens",
  async (state, status, code) => {
    simulator.setAuditGate({ state, count: 2 });
    expect((await put()).body).toMatchObject({ __type: `com.amazonaws.dynamodb.v20120810#${code}` });
    expect((await query()).status).toBe(status);
    expect((await query()).body).toMatchObject({ Count: 1 });
  },
);

it("can cut the connection", async () => {
  simulator.setAuditGate({ state: "reset", count: 1 });
  await expect(put()).rejects.toThrow();
});

it("can hand back all of a batch", async () => {
  simulator.setAuditGate({ state: "unprocessed", count: 1 });
  const RequestItems = { [TableName]: [{ PutRequest: { Item } }] };
  expect((await call("BatchWriteItem", { RequestItems })).body).toEqual({ UnprocessedItems: RequestItems });
  expect((await call("BatchWriteItem", { RequestItems })).body).toMatchObject({ UnprocessedItems: {} });
});
