/**
 * Reads a deployment's trail back from the audit table. A partition holds a deployment in all its environments: rows of
 * the others are left out here, as are rows that somebody else wrote in another form.
 */
import * as z from "zod";
import { query, type Item } from "../../aws/services/dynamodb.ts";
import type { AwsSession } from "../../aws/identity/session.ts";
import { shownFailureOf } from "../../domain/failure/aws-failures.ts";
import type { LookupFailure } from "../../domain/failure/lookup-failure.ts";
import type { DeploymentAddress } from "../../protocol/connection/channel-names.ts";
import type { AuditPage, AuditQuery } from "../../protocol/deployment/deployment-requests.ts";
import type { Failure } from "../../protocol/failure.ts";
import { failed, success, type Result } from "../../protocol/result.ts";

/** Rows asked for at once. */
const PAGE = 100;

/** Pages without a row of the environment that one request goes through before it hands on its cursor. */
const EMPTY_PAGES = 5;

/** Stands where there is no stack, and where nobody is known to have acted. */
const NONE = "-";

/** Sorts after every environment, and so after every row of a moment. */
const AFTER_ALL = "#~";

const rowSchema = z.object({
  timestamp: z.string().regex(/^[^#]+#[^#]+#\d{8,}$/),
  type: z.string(),
  environment: z.string(),
  stack: z.string(),
  user: z.string(),
  offset: z.number().int().positive(),
  data: z.record(z.string(), z.unknown()),
});

const notKept: Failure = { code: "NOT_FOUND", message: "No audit is kept: AUDIT_TABLE is empty" };

const badCursor: Failure = {
  code: "INVALID_REQUEST",
  message: "cursor: must be one that an earlier page gave",
  details: [{ field: "cursor", message: "must be one that an earlier page gave" }],
};

const failureOf = (failure: LookupFailure): Failure => {
  if (failure.kind === "rejected" && failure.code === "InvalidCursor") return badCursor;
  if (failure.kind === "rejected" && failure.code === "ResourceNotFoundException")
    return { code: "AWS_REJECTED", message: "There is no audit table of the name that AUDIT_TABLE gives" };
  return shownFailureOf(failure.kind, { service: "DynamoDB", purpose: "read the audit table" });
};

const entriesOf = (items: readonly Item[], environment: string): AuditPage["items"] =>
  items.flatMap((item) => {
    const { data: row } = rowSchema.safeParse(item);
    if (row?.environment !== environment) return [];
    const { timestamp, type, stack, user, offset, data } = row;
    return [
      {
        timestamp: timestamp.slice(0, timestamp.indexOf("#")),
        type,
        environment,
        ...(stack !== NONE && { stack }),
        ...(user !== NONE && { user }),
        offset,
        data: JSON.stringify(data),
      },
    ];
  });

/**
 * One page of the trail, oldest first. It may hold less than there is room for, or nothing, and still have a cursor;
 * the last one has none. `destination`: undefined if no audit is kept.
 */
export const auditPage = async (
  destination: Readonly<{ session: AwsSession; table: string }> | undefined,
  { deploymentId, environment }: DeploymentAddress,
  { from, to, cursor: given }: AuditQuery,
): Promise<Result<AuditPage, Failure>> => {
  if (!destination) return failed(notKept);
  const { session, table } = destination;
  let cursor = given;
  for (let pages = 1; ; pages += 1) {
    const page = await query(session, {
      table,
      partition: { name: "deploymentId", value: deploymentId },
      sort: { name: "timestamp", from, to: to === undefined ? undefined : to + AFTER_ALL },
      limit: PAGE,
      cursor,
    });
    if (!page.ok) return failed(failureOf(page.failure));
    const items = entriesOf(page.value.items, environment);
    cursor = page.value.cursor;
    if (cursor === undefined) return success({ items });
    if (items.length > 0 || pages === EMPTY_PAGES) return success({ items, nextCursor: cursor });
  }
};
