/** Reads the audit table as anybody with AWS's keys could, over DynamoDB's own protocol. */
import { unmarshall } from "@aws-sdk/util-dynamodb";
import { AwsClient } from "aws4fetch";
import * as z from "zod";
import type { Simulator } from "../../src/simulator/options.ts";
import { KEYS } from "./system.ts";

const answerSchema = z.object({ Items: z.array(z.record(z.string(), z.json())) });

const itemSchema = z.strictObject({
  deploymentId: z.string(),
  timestamp: z.string(),
  type: z.string(),
  environment: z.string(),
  stack: z.string(),
  data: z.record(z.string(), z.unknown()),
  user: z.string(),
  offset: z.int(),
});

export type AuditRow = z.infer<typeof itemSchema>;

/** All rows of a channel in the order of their sort key; one page is enough for tests. */
export const auditRows = async (
  { dynamodbUrl }: Simulator,
  table: string,
  deploymentId: string,
): Promise<readonly AuditRow[]> => {
  const client = new AwsClient({ ...KEYS, service: "dynamodb", region: "us-east-1", retries: 0 });
  const answer = await client.fetch(dynamodbUrl, {
    method: "POST",
    headers: {
      "Content-Type": "application/x-amz-json-1.0",
      "X-Amz-Target": "DynamoDB_20120810.Query",
    },
    body: JSON.stringify({
      TableName: table,
      ConsistentRead: true,
      KeyConditionExpression: "deploymentId = :id",
      ExpressionAttributeValues: { ":id": { S: deploymentId } },
    }),
  });
  if (!answer.ok) throw new Error(`Query: ${await answer.text()}`);
  return answerSchema
    .parse(await answer.json())
    .Items.map((item) => itemSchema.parse(unmarshall(JSON.parse(JSON.stringify(item)))));
};
