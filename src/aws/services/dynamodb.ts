/**
 * DynamoDB as the audit trail uses it: items written in batches, and read back by partition, a page at a time. Items are
 * plain objects on our side; DynamoDB's own notation ends here.
 */
import { marshall, unmarshall } from "@aws-sdk/util-dynamodb";
import * as z from "zod";
import type { LookupFailure } from "../../domain/failure/lookup-failure.ts";
import { failed, success } from "../../protocol/result.ts";
import type { Result } from "../../protocol/result.ts";
import { tableCursorOf, startKeyOf } from "./dynamodb-cursor.ts";
import type { ActionOf } from "../transport/actions.ts";
import { jsonCall } from "../transport/json-call.ts";
import type { AwsSession } from "../identity/session.ts";
import type { CallBudget } from "../transport/signed-call.ts";
import { backoffMs } from "../../domain/backoff.ts";

/** A plain object; its undefined fields are not written. */
export type Item = Readonly<Record<string, unknown>>;

/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html */
const ITEMS_A_CALL = 25;
const ROUNDS = 5;
const FIRST_WAIT_MS = 100;
const targetOf = (action: ActionOf<"dynamodb">): string => `DynamoDB_20120810.${action}`;

/** Nobody waits for the audit, and it may not miss anything. */
const BUDGET: CallBudget = { attempts: 3, totalMs: 10_000 };

type Attributes = Parameters<typeof unmarshall>[0];

const KINDS: ReadonlySet<string> = new Set(["S", "N", "B", "SS", "NS", "BS", "M", "L", "NULL", "BOOL"]);

const isAttribute = (value: unknown): boolean => {
  const kinds = typeof value === "object" && value !== null ? Object.keys(value) : [];
  return kinds.length === 1 && kinds.every((kind) => KINDS.has(kind));
};

const attributes = z.custom<Attributes>(
  (value) => typeof value === "object" && value !== null && Object.values(value).every(isAttribute),
);

const batchAnswer = z.object({
  UnprocessedItems: z.record(z.string(), z.array(z.unknown())).optional(),
});

const queryAnswer = z.object({
  Items: z.array(attributes),
  LastEvaluatedKey: z.record(z.string(), z.unknown()).optional(),
});

/** A number of any size becomes a JavaScript number: a bigint could not be written as JSON. */
const plainItem = (item: Attributes): Item => unmarshall(item, { wrapNumbers: (value) => Number(value) });

const marshalled = (item: Item) =>
  marshall(item, {
    removeUndefinedValues: true,
    allowImpreciseNumbers: true,
    // An object with a field named `constructor` is taken for an instance of some class.
    convertClassInstanceToMap: true,
  });

/** Whether the item can be put into DynamoDB's form. */
export const isWritable = (item: Item): boolean => {
  try {
    marshalled(item);
    return true;
  } catch {
    return false;
  }
};

/** Sends what DynamoDB left over again and again, with growing waits, until nothing is or the rounds are used up. */
const writeBatch = async (
  session: AwsSession,
  table: string,
  batch: readonly Item[],
): Promise<Result<void, LookupFailure>> => {
  let requests: readonly unknown[] = batch.map((item) => ({ PutRequest: { Item: marshalled(item) } }));
  for (let round = 1; ; round += 1) {
    const answer = await jsonCall(
      session,
      {
        service: "dynamodb",
        target: targetOf("BatchWriteItem"),
        input: { RequestItems: { [table]: requests } },
        budget: BUDGET,
      },
      batchAnswer,
    );
    if (!answer.ok) return answer;
    requests = answer.value.UnprocessedItems?.[table] ?? [];
    if (requests.length === 0) return success(undefined);
    if (round === ROUNDS) return failed({ kind: "throttled", code: "UnprocessedItems" });
    await session.sleep(backoffMs(round, session.random(), { baseMs: FIRST_WAIT_MS, maxMs: Infinity }));
  }
};

/**
 * Puts all items, 25 a call, in order. After a failure any of them may have been written: give all of them again, which
 * writes the same items once more. No two items of a call may have the same key, or DynamoDB refuses them all.
 */
export const batchWriteItem = async (
  session: AwsSession,
  table: string,
  items: readonly Item[],
): Promise<Result<void, LookupFailure>> => {
  for (let from = 0; from < items.length; from += ITEMS_A_CALL) {
    const written = await writeBatch(session, table, items.slice(from, from + ITEMS_A_CALL));
    if (!written.ok) return written;
  }
  return success(undefined);
};

/** Which items of one partition, ordered by their sort key. Bounds are inclusive. */
type ItemQuery = Readonly<{
  table: string;
  partition: Readonly<{ name: string; value: string }>;
  sort: Readonly<{ name: string; from?: string | undefined; to?: string | undefined }>;
  descending?: boolean;
  limit?: number;
  /** Of an earlier page. */
  cursor?: string | undefined;
}>;

/** A page may be empty and still have a cursor; the last one has none. */
type ItemPage = Readonly<{ items: readonly Item[]; cursor?: string }>;

type Condition = Readonly<{ words: string; values: Readonly<Record<string, string>> }>;

/** DynamoDB takes one condition on the sort key: both bounds have to be a BETWEEN. */
const sortCondition = ({ from, to }: ItemQuery["sort"]): Condition => {
  if (from !== undefined && to !== undefined) {
    return { words: " AND #sort BETWEEN :from AND :to", values: { ":from": from, ":to": to } };
  }
  if (from !== undefined) return { words: " AND #sort >= :from", values: { ":from": from } };
  if (to !== undefined) return { words: " AND #sort <= :to", values: { ":to": to } };
  return { words: "", values: {} };
};

/** One page of a partition's items, read consistently; a cursor of another query is rejected as `InvalidCursor`. */
export const query = async (
  session: AwsSession,
  { table, partition, sort, descending = false, limit, cursor }: ItemQuery,
): Promise<Result<ItemPage, LookupFailure>> => {
  const { from, to } = sort;
  if (from !== undefined && to !== undefined && from > to) return success({ items: [] });
  const startKey = cursor === undefined ? undefined : startKeyOf(cursor, partition.name, partition.value);
  if (cursor !== undefined && !startKey) {
    return failed({ kind: "rejected", code: "InvalidCursor", message: "the cursor is not of this query" });
  }
  const condition = sortCondition(sort);
  const input = {
    TableName: table,
    ConsistentRead: true,
    ScanIndexForward: !descending,
    KeyConditionExpression: `#partition = :partition${condition.words}`,
    ExpressionAttributeNames: {
      "#partition": partition.name,
      ...(condition.words !== "" && { "#sort": sort.name }),
    },
    ExpressionAttributeValues: marshalled({ ":partition": partition.value, ...condition.values }),
    ...(limit !== undefined && { Limit: limit }),
    ...(startKey && { ExclusiveStartKey: startKey }),
  };
  const answer = await jsonCall(
    session,
    { service: "dynamodb", target: targetOf("Query"), input, budget: BUDGET },
    queryAnswer,
  );
  if (!answer.ok) return answer;
  const { Items, LastEvaluatedKey } = answer.value;
  return success({
    items: Items.map(plainItem),
    ...(LastEvaluatedKey && { cursor: tableCursorOf(LastEvaluatedKey) }),
  });
};
