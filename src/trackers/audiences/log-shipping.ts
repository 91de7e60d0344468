/**
 * CloudWatch Logs as the far end of a channel's log: every event as a line in the stream of its day. A far end that takes
 * nothing for as long as it would take old events, because it may not or will not, is given up.
 */
import { putLogEvents, type LogStream } from "../../aws/services/cloudwatch-logs.ts";
import type { AwsSession } from "../../aws/identity/session.ts";
import type { LookupFailure } from "../../domain/failure/lookup-failure.ts";
import type { LinePlace, ShippedLine } from "../../domain/words/shipped-line.ts";
import { success, type Result } from "../../protocol/result.ts";
import { fitting } from "./item-size.ts";
import type { Sink } from "../../channel/log-consumer.ts";
import { logLine } from "../../log.ts";

/** A line on its way. */
type LineItem = Readonly<{ offset: number; place: LogStream; timestamp: number; message: string }>;

/** A frame as a line, and where that goes. */
export type Shipped = Readonly<{ line: ShippedLine; place: LinePlace }>;

const DAY_MS = 24 * 3_600_000;

/** CloudWatch takes lines of up to 14 days ago and 2 hours ahead; the margins are for the way. */
const OLDEST_MS = 14 * DAY_MS - 3_600_000;
const NEWEST_MS = 3_600_000;

/** CloudWatch has taken up to 256 KiB a line for long, of which the line's other fields need little. */
const MOST_DATA_BYTES = 200 * 1024;

const REFUSED: readonly string[] = ["InvalidParameterException", "SerializationException"];

/** `prefix`: of the names of all groups. */
export const logSink = (
  shippedOf: (frame: string, offset: number) => Shipped,
  { session, prefix }: Readonly<{ session: AwsSession; prefix: string }>,
): Sink<LineItem> => ({
  key: "log-shipping",
  title: "Log shipping",
  // One call, if all are of one day.
  stride: 200,
  slowestRetryMs: 3_600_000,
  patienceMs: 14 * DAY_MS,
  itemOf: (frame, offset) => {
    const { line, place } = shippedOf(frame, offset);
    return {
      offset,
      place: { group: prefix + place.group, stream: place.stream },
      timestamp: Date.parse(line.timestamp),
      message: JSON.stringify(fitting(line, MOST_DATA_BYTES)),
    };
  },
  write: (items) => written(session, items),
  isRefusal: (failure: LookupFailure) => failure.kind === "rejected" && REFUSED.includes(failure.code),
});

const written = async (
  session: AwsSession,
  items: readonly LineItem[],
): Promise<Result<void, LookupFailure>> => {
  const now = session.clock();
  const streams = Map.groupBy(items, ({ place }) => `${place.group} ${place.stream}`);
  for (const lines of streams.values()) {
    const events = lines.map(({ timestamp, message }) => ({
      // A run may be reported long after it happened. The line itself holds when; here it gets the nearest time that is taken.
      timestamp: Math.min(Math.max(timestamp, now - OLDEST_MS), now + NEWEST_MS),
      message,
    }));
    const { place } = lines[0]!;
    const put = await putLogEvents(session, place, events);
    if (!put.ok) return put;
    if (put.value.rejected > 0) {
      const { rejected } = put.value;
      logLine("warn", "Log lines rejected", { ...place, rejected });
    }
  }
  return success(undefined);
};
