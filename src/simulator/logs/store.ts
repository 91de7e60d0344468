/** Log groups, their streams and what was put into them, with CloudWatch Logs's own rules for what it takes. */
import { Refusal } from "../wire/refusal.ts";

/** A line, when it happened and when it came, in milliseconds since the epoch. */
export type LogEvent = Readonly<{ timestamp: number; message: string; ingestionTime: number }>;

type Stream = Readonly<{ name: string; creationTime: number; events: LogEvent[] }>;

type Group = Readonly<{ name: string; creationTime: number; streams: Map<string, Stream> }>;

/** Of the events of a batch, which were not taken; ends are exclusive. */
type Rejected = Readonly<{ tooOldLogEventEndIndex?: number; tooNewLogEventStartIndex?: number }>;

const HOUR_MS = 3_600_000;
const OLDEST_MS = 14 * 24 * HOUR_MS;
const NEWEST_MS = 2 * HOUR_MS;
const LONGEST_SPAN_MS = 24 * HOUR_MS;
const MOST_BYTES = 1_048_576;
const MOST_EVENTS = 10_000;
/** Counted for each event beside its message. */
const EVENT_BYTES = 26;

const invalid = (message: string): Refusal => new Refusal("InvalidParameterException", message);

const missing = (what: "group" | "stream"): Refusal =>
  new Refusal("ResourceNotFoundException", `The specified log ${what} does not exist.`);

const taken = (what: "group" | "stream"): Refusal =>
  new Refusal("ResourceAlreadyExistsException", `The specified log ${what} already exists`);

/** The logs of one region. */
export class LogStore {
  #groups = new Map<string, Group>();

  createGroup(name: string, now: number): void {
    if (!/^[A-Za-z0-9_\-/.#]{1,512}$/.test(name) || name.startsWith("aws/"))
      throw invalid("1 validation error detected: Value at 'logGroupName' failed to satisfy constraint");
    if (this.#groups.has(name)) throw taken("group");
    this.#groups.set(name, { name, creationTime: now, streams: new Map() });
  }

  createStream(groupName: string, name: string, now: number): void {
    if (!/^[^:*]{1,512}$/.test(name))
      throw invalid("1 validation error detected: Value at 'logStreamName' failed to satisfy constraint");
    const { streams } = this.#group(groupName);
    if (streams.has(name)) throw taken("stream");
    streams.set(name, { name, creationTime: now, events: [] });
  }

  /** Takes a batch, or refuses it whole; some of its events may be too old or too new. */
  put(
    groupName: string,
    streamName: string,
    batch: readonly Readonly<{ timestamp: number; message: string }>[],
    now: number,
  ): Rejected {
    const { events } = this.#stream(groupName, streamName);
    checkBatch(batch, now);
    const firstTaken = batch.findIndex(({ timestamp }) => timestamp >= now - OLDEST_MS);
    const tooOld = firstTaken === -1 ? batch.length : firstTaken;
    const firstNew = batch.findIndex(({ timestamp }) => timestamp > now + NEWEST_MS);
    const tooNew = firstNew === -1 ? batch.length : firstNew;
    for (const { timestamp, message } of batch.slice(tooOld, tooNew))
      events.push({ timestamp, message, ingestionTime: now });
    return {
      ...(tooOld > 0 && { tooOldLogEventEndIndex: tooOld }),
      ...(tooNew < batch.length && { tooNewLogEventStartIndex: tooNew }),
    };
  }

  groups(prefix: string): readonly Group[] {
    return [...this.#groups.values()].filter(({ name }) => name.startsWith(prefix)).sort(byName);
  }

  streams(groupName: string, prefix: string): readonly Stream[] {
    const { streams } = this.#group(groupName);
    return [...streams.values()].filter(({ name }) => name.startsWith(prefix)).sort(byName);
  }

  /** By time; of one time in the order in which they came. */
  events(groupName: string, streamName: string): readonly LogEvent[] {
    return this.#stream(groupName, streamName).events.toSorted(
      (one, other) => one.timestamp - other.timestamp,
    );
  }

  #group(name: string): Group {
    const group = this.#groups.get(name);
    if (!group) throw missing("group");
    return group;
  }

  #stream(groupName: string, name: string): Stream {
    const stream = this.#group(groupName).streams.get(name);
    if (!stream) throw missing("stream");
    return stream;
  }
}

const byName = (one: Readonly<{ name: string }>, other: Readonly<{ name: string }>): number =>
  one.name < other.name ? -1 : 1;

const checkBatch = (
  batch: readonly Readonly<{ timestamp: number; message: string }>[],
  now: number,
): void => {
  if (batch.length === 0 || batch.length > MOST_EVENTS)
    throw invalid(`Member must have length between 1 and ${MOST_EVENTS}, inclusive`);
  let bytes = 0;
  for (const [index, { timestamp, message }] of batch.entries()) {
    const size = Buffer.byteLength(message);
    if (size === 0) throw invalid(`Log event message at index ${index} is empty`);
    if (size > MOST_BYTES - EVENT_BYTES)
      throw invalid(`Log event too large: ${size + EVENT_BYTES} bytes exceeds limit of ${MOST_BYTES}`);
    bytes += size + EVENT_BYTES;
    if (timestamp < (batch[index - 1]?.timestamp ?? 0))
      throw invalid("Log events in a single PutLogEvents request must be in chronological order.");
  }
  if (bytes > MOST_BYTES) throw invalid(`Upload too large: ${bytes} bytes exceeds limit of ${MOST_BYTES}`);
  const valid = batch.filter(({ timestamp }) => timestamp >= now - OLDEST_MS && timestamp <= now + NEWEST_MS);
  if ((valid.at(-1)?.timestamp ?? 0) - (valid[0]?.timestamp ?? 0) > LONGEST_SPAN_MS)
    throw invalid("The batch of log events in a single PutLogEvents request cannot span more than 24 hours.");
};
