/// <reference path="./dynalite.d.ts" />
/**
 * DynamoDB for the audit trail: dynalite behind a gate that can make it throttle, fail or lack its table on request.
 * The gate stands in front so that what was written before stays, and is there again when it opens.
 */
import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import dynalite from "dynalite";
import { z } from "zod";
import { listen, shutDown } from "./wire/listening.ts";

/** How DynamoDB answers. `unprocessed`: batch writes are accepted with all their items handed back. */
export const auditGateSchema = z.object({
  state: z.enum(["open", "throttled", "unavailable", "absent", "unprocessed", "reset"]),
  /** After so many requests the gate opens by itself. */
  count: z.number().int().positive().optional(),
});

/** A request for how DynamoDB answers. */
export type AuditGate = z.infer<typeof auditGateSchema>;

/** A running DynamoDB. */
export type DynamoDb = Readonly<{
  url: string;
  setGate(gate: AuditGate): void;
  createAuditTable(name: string): Promise<void>;
  close(): Promise<void>;
}>;

const TYPE_PREFIX = "com.amazonaws.dynamodb.v20120810#";

const REFUSALS = {
  throttled: {
    status: 400,
    code: "ProvisionedThroughputExceededException",
    message: "The level of configured provisioned throughput for the table was exceeded.",
  },
  unavailable: { status: 500, code: "InternalServerError", message: "The request processing has failed." },
  absent: { status: 400, code: "ResourceNotFoundException", message: "Requested resource not found" },
} as const;

const answerJson = (response: ServerResponse, status: number, body: unknown): void => {
  response.writeHead(status, { "content-type": "application/x-amz-json-1.0" }).end(JSON.stringify(body));
};

const bodyOf = async (message: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
};

const batchSchema = z.object({ RequestItems: z.record(z.string(), z.array(z.unknown())) });

/** Starts DynamoDB on its own port of the loopback interface. */
export const startDynamoDb = async (port: number): Promise<DynamoDb> => {
  const store: Server = dynalite({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
  const storePort = await listen(store, 0);
  let gate: AuditGate = { state: "open" };

  const passOn = (message: IncomingMessage, response: ServerResponse, body: Buffer): void => {
    const onward = request(
      {
        host: "127.0.0.1",
        port: storePort,
        method: message.method,
        path: message.url,
        headers: message.headers,
      },
      (answer) => {
        response.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(response);
      },
    );
    onward.on("error", () => response.destroy());
    onward.end(body);
  };

  const answer = async (message: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await bodyOf(message);
    const { state, count } = gate;
    if (count !== undefined) gate = count > 1 ? { state, count: count - 1 } : { state: "open" };
    const target = String(message.headers["x-amz-target"] ?? "");
    switch (state) {
      case "open":
        return passOn(message, response, body);
      case "reset":
        return void message.socket.destroy();
      case "unprocessed": {
        if (!target.endsWith(".BatchWriteItem")) return passOn(message, response, body);
        const batch = batchSchema.parse(JSON.parse(body.toString()));
        return answerJson(response, 200, { UnprocessedItems: batch.RequestItems });
      }
      case "throttled":
      case "unavailable":
      case "absent": {
        const { status, code, message: text } = REFUSALS[state];
        return answerJson(response, status, { __type: TYPE_PREFIX + code, message: text });
      }
    }
  };

  const front = createServer((message, response) => {
    answer(message, response).catch(() => response.destroy());
  });
  const frontPort = await listen(front, port);

  return {
    url: `http://127.0.0.1:${frontPort}`,
    setGate: (next) => {
      gate = next;
    },
    createAuditTable: (name) => createAuditTable(storePort, name),
    close: async () => {
      await shutDown(front);
      await shutDown(store);
    },
  };
};

/** dynalite wants the fields of a signature but does not check it. */
const UNCHECKED_SIGNATURE =
  "AWS4-HMAC-SHA256 Credential=simulator/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0";

const createAuditTable = async (port: number, name: string): Promise<void> => {
  const call = (operation: string, body: unknown): Promise<Response> =>
    fetch(`http://127.0.0.1:${port}/`, {
      method: "POST",
      headers: {
        "content-type": "application/x-amz-json-1.0",
        "x-amz-target": `DynamoDB_20120810.${operation}`,
        "x-amz-date": "20260101T000000Z",
        authorization: UNCHECKED_SIGNATURE,
      },
      body: JSON.stringify(body),
    });
  const created = await call("CreateTable", {
    TableName: name,
    BillingMode: "PAY_PER_REQUEST",
    AttributeDefinitions: [
      { AttributeName: "deploymentId", AttributeType: "S" },
      { AttributeName: "timestamp", AttributeType: "S" },
    ],
    KeySchema: [
      { AttributeName: "deploymentId", KeyType: "HASH" },
      { AttributeName: "timestamp", KeyType: "RANGE" },
    ],
  });
  if (!created.ok) throw new Error(`CreateTable ${name}: ${await created.text()}`);
  const statusSchema = z.object({ Table: z.object({ TableStatus: z.string() }) });
  for (;;) {
    const described = await call("DescribeTable", { TableName: name });
    const { Table } = statusSchema.parse(await described.json());
    if (Table.TableStatus === "ACTIVE") return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
};
