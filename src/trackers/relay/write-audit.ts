/**
 * What was passed on to change something, as rows of the audit table: who asked for what with which key, and what AWS
 * answered. A row's key follows from the call, so that it is there once however often it is written.
 */
import { batchWriteItem } from "../../aws/services/dynamodb.ts";
import type { AwsSession } from "../../aws/identity/session.ts";
import type { AuditItem } from "../../domain/words/audit-item.ts";
import type { LookupFailure } from "../../domain/failure/lookup-failure.ts";
import type { Result } from "../../protocol/result.ts";
import type { JournalEntry } from "./write-journal.ts";

/** Stands where a call is of no environment, or of no stack. */
const NONE = "-";

/** `channel`: of the stack that was changed, or the place of what is of no stack. */
export type Audited = Readonly<{ channel: string; stackName: string | undefined }>;

/** An entry of the journal, which is of no log: its digest takes the place of an offset. */
export const writeItemOf = (
  id: string,
  { at, subject, token, call, answer }: JournalEntry,
  { channel, stackName = NONE }: Audited,
): AuditItem => ({
  deploymentId: channel,
  timestamp: `${new Date(at).toISOString()}#${NONE}#${id.slice(0, 16)}`,
  type: "endpoint_write",
  environment: NONE,
  stack: stackName,
  data: { ...call, token, ...(answer && { status: answer.status }) },
  user: subject,
  offset: 0,
});

/** Writes one call; without a table there is nothing to write. */
export const auditWrite = async (
  item: AuditItem,
  { session, table }: Readonly<{ session: AwsSession; table: string | undefined }>,
): Promise<Result<void, LookupFailure> | undefined> =>
  table === undefined ? undefined : batchWriteItem(session, table, [item]);
