/**
 * CloudWatch Logs as log shipping uses it: lines put into a stream, in batches that it takes, with the stream and its
 * group made when they are first needed.
 * https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html
 */
import * as z from "zod";
import type { LookupFailure } from "../../domain/failure/lookup-failure.ts";
import { success } from "../../protocol/result.ts";
import type { Result } from "../../protocol/result.ts";
import type { ActionOf } from "../transport/actions.ts";
import { jsonCall } from "../transport/json-call.ts";
import type { AwsSession } from "../identity/session.ts";
import type { CallBudget } from "../transport/signed-call.ts";

/** A line, and when it happened, in milliseconds since 1970. */
export type LogEvent = Readonly<{ timestamp: number; message: string }>;

/** Where lines go. */
export type LogStream = Readonly<{ group: string; stream: string }>;

/** Nobody waits for the logs. */
const BUDGET: CallBudget = { attempts: 3, totalMs: 10_000 };

const MOST_EVENTS = 10_000;
const MOST_BYTES = 1_048_576;
/** Counted for each event beside its message. */
const EVENT_BYTES = 26;
const LONGEST_SPAN_MS = 24 * 3_600_000;

const encoder = new TextEncoder();

/** Cut so that each part fits into one call; the events have to be in the order of their times. */
const batches = (events: readonly LogEvent[]): LogEvent[][] => {
  const parts: LogEvent[][] = [];
  let part: LogEvent[] = [];
  let bytes = 0;
  for (const event of events) {
    const size = encoder.encode(event.message).length + EVENT_BYTES;
    const [first = event] = part;
    const fits =
      part.length < MOST_EVENTS &&
      bytes + size <= MOST_BYTES &&
      event.timestamp - first.timestamp <= LONGEST_SPAN_MS;
    if (!fits && part.length > 0) {
      parts.push(part);
      part = [];
      bytes = 0;
    }
    part.push(event);
    bytes += size;
  }
  return part.length > 0 ? [...parts, part] : parts;
};

const call = <Value>(
  session: AwsSession,
  action: ActionOf<"logs">,
  input: unknown,
  schema: z.ZodType<Value>,
) => jsonCall(session, { service: "logs", target: `Logs_20140328.${action}`, input, budget: BUDGET }, schema);

const rejectedSchema = z.object({
  rejectedLogEventsInfo: z
    .object({
      tooOldLogEventEndIndex: z.number().optional(),
      tooNewLogEventStartIndex: z.number().optional(),
      expiredLogEventEndIndex: z.number().optional(),
    })
    .optional(),
});

/** How many of a batch CloudWatch will never take: too old, too new, or older than what the group keeps. */
const rejectedOf = (
  { rejectedLogEventsInfo: info }: z.infer<typeof rejectedSchema>,
  count: number,
): number => {
  const old = Math.max(info?.tooOldLogEventEndIndex ?? 0, info?.expiredLogEventEndIndex ?? 0);
  const young = info?.tooNewLogEventStartIndex ?? count;
  return count - Math.max(0, young - old);
};

const putBatch = async (
  session: AwsSession,
  { group, stream }: LogStream,
  logEvents: readonly LogEvent[],
): Promise<Result<number, LookupFailure>> => {
  const input = { logGroupName: group, logStreamName: stream, logEvents };
  const put = await call(session, "PutLogEvents", input, rejectedSchema);
  return put.ok ? success(rejectedOf(put.value, logEvents.length)) : put;
};

const isCode = (failure: LookupFailure, code: string): boolean =>
  failure.kind === "rejected" && failure.code === code;

const isMissing = (failure: LookupFailure): boolean => isCode(failure, "ResourceNotFoundException");

/** Somebody else may have made it in the meantime. */
const made = (answer: Result<unknown, LookupFailure>): Result<unknown, LookupFailure> =>
  answer.ok || isCode(answer.failure, "ResourceAlreadyExistsException") ? success(undefined) : answer;

/** The stream first: who may not create groups may have been given one. */
const makeStream = async (
  session: AwsSession,
  { group, stream }: LogStream,
): Promise<Result<unknown, LookupFailure>> => {
  const createStream = () =>
    call(session, "CreateLogStream", { logGroupName: group, logStreamName: stream }, z.object({}));
  const created = made(await createStream());
  if (created.ok || !isMissing(created.failure)) return created;
  const grouped = made(await call(session, "CreateLogGroup", { logGroupName: group }, z.object({})));
  return grouped.ok ? made(await createStream()) : grouped;
};

/**
 * Puts events of any order into a stream. After a failure any of them may have been put: give all of them again, which
 * CloudWatch cannot tell from new ones. `rejected`: how many it will never take.
 */
export const putLogEvents = async (
  session: AwsSession,
  place: LogStream,
  events: readonly LogEvent[],
): Promise<Result<Readonly<{ rejected: number }>, LookupFailure>> => {
  const sorted = events.toSorted((one, other) => one.timestamp - other.timestamp);
  let rejected = 0;
  for (const batch of batches(sorted)) {
    let put = await putBatch(session, place, batch);
    if (!put.ok && isMissing(put.failure)) {
      const there = await makeStream(session, place);
      if (!there.ok) return there;
      put = await putBatch(session, place, batch);
    }
    if (!put.ok) return put;
    rejected += put.value;
  }
  return success({ rejected });
};
