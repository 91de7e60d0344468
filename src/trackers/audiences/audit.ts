/** The audit table as the far end of a channel's log: every event is written, at least once, for as long as it takes. */
import { batchWriteItem, isWritable } from "../../aws/services/dynamodb.ts";
import type { AwsSession } from "../../aws/identity/session.ts";
import type { AuditItem } from "../../domain/words/audit-item.ts";
import type { LookupFailure } from "../../domain/failure/lookup-failure.ts";
import { fitting } from "./item-size.ts";
import type { Sink } from "../../channel/log-consumer.ts";

/** What DynamoDB says of an item itself: too large, or holding what is no text. */
const REFUSED_ITEM: readonly string[] = ["ValidationException", "SerializationException"];

/** Of JSON text. DynamoDB takes 400 KB, and counts short numbers and empty lists by up to half more than their text. */
const MOST_BYTES = 256 * 1024;

/** `itemOf`: a frame, as JSON text, and its offset, as a row of the table. */
export const auditSink = (
  itemOf: (frame: string, offset: number) => AuditItem,
  { session, table }: Readonly<{ session: AwsSession; table: string }>,
): Sink<AuditItem> => ({
  key: "audit",
  title: "Audit",
  // Four calls.
  stride: 100,
  slowestRetryMs: 300_000,
  itemOf: (frame, offset) => {
    const item = fitting(itemOf(frame, offset), MOST_BYTES);
    return isWritable(item) ? item : undefined;
  },
  write: (items) => batchWriteItem(session, table, items),
  isRefusal: (failure: LookupFailure) => failure.kind === "rejected" && REFUSED_ITEM.includes(failure.code),
});
