/**
 * CloudWatch Logs's JSON protocol: groups and streams made, lines put and read back.
 * docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference
 */
import { randomUUID } from "node:crypto";
import { z } from "zod";
import { Refusal } from "../wire/refusal.ts";
import type { Answer, Service, SignedRequest } from "../wire/service.ts";
import { LogStore } from "./store.ts";

const PREFIX = "Logs_20140328.";

const group = z.object({ logGroupName: z.string() });
const stream = group.extend({ logStreamName: z.string() });
const page = { nextToken: z.string().optional(), limit: z.number().int().positive().optional() };
const times = { startTime: z.number().optional(), endTime: z.number().optional() };

/** Where a page of a list ends and the next begins. */
const pageOf = <Item>(
  items: readonly Item[],
  { nextToken = "0", limit = 50 }: Readonly<{ nextToken?: string | undefined; limit?: number | undefined }>,
): Readonly<{ items: readonly Item[]; nextToken?: string }> => {
  const from = Number(nextToken);
  if (!Number.isInteger(from) || from < 0)
    throw new Refusal("InvalidParameterException", "The specified nextToken is invalid.");
  const to = from + limit;
  return { items: items.slice(from, to), ...(to < items.length && { nextToken: String(to) }) };
};

const isWithin = (
  timestamp: number,
  {
    startTime = 0,
    endTime = Infinity,
  }: Readonly<{ startTime?: number | undefined; endTime?: number | undefined }>,
): boolean => timestamp >= startTime && timestamp < endTime;

/** An action, given the store of its region. */
type Action = (input: unknown, store: LogStore, now: number) => unknown;

const action =
  <Input>(schema: z.ZodType<Input>, act: (input: Input, store: LogStore, now: number) => unknown): Action =>
  (input, store, now) => {
    const read = schema.safeParse(input);
    if (!read.success) throw new Refusal("InvalidParameterException", z.prettifyError(read.error));
    return act(read.data, store, now);
  };

const ACTIONS: Readonly<Record<string, Action>> = {
  CreateLogGroup: action(group, ({ logGroupName }, store, now) => store.createGroup(logGroupName, now)),
  CreateLogStream: action(stream, ({ logGroupName, logStreamName }, store, now) =>
    store.createStream(logGroupName, logStreamName, now),
  ),
  PutLogEvents: action(
    stream.extend({ logEvents: z.array(z.object({ timestamp: z.number().int(), message: z.string() })) }),
    ({ logGroupName, logStreamName, logEvents }, store, now) => {
      const rejected = store.put(logGroupName, logStreamName, logEvents, now);
      return Object.keys(rejected).length > 0 ? { rejectedLogEventsInfo: rejected } : {};
    },
  ),
  DescribeLogGroups: action(
    z.object({ logGroupNamePrefix: z.string().default(""), ...page }),
    ({ logGroupNamePrefix, ...asked }, store) => {
      const { items, ...next } = pageOf(store.groups(logGroupNamePrefix), asked);
      return {
        logGroups: items.map(({ name, creationTime }) => ({ logGroupName: name, creationTime })),
        ...next,
      };
    },
  ),
  DescribeLogStreams: action(
    group.extend({ logStreamNamePrefix: z.string().default(""), ...page }),
    ({ logGroupName, logStreamNamePrefix, ...asked }, store) => {
      const { items, ...next } = pageOf(store.streams(logGroupName, logStreamNamePrefix), asked);
      const logStreams = items.map(({ name, creationTime }) => {
        const events = store.events(logGroupName, name);
        const [first, last] = [events[0], events.at(-1)];
        return {
          logStreamName: name,
          creationTime,
          ...(first && { firstEventTimestamp: first.timestamp }),
          ...(last && { lastEventTimestamp: last.timestamp, lastIngestionTime: last.ingestionTime }),
          storedBytes: 0,
        };
      });
      return { logStreams, ...next };
    },
  ),
  GetLogEvents: action(
    stream.extend({ startFromHead: z.boolean().default(false), ...times, ...page }),
    ({ logGroupName, logStreamName, startFromHead, nextToken, limit = 10_000, ...asked }, store) => {
      const all = store
        .events(logGroupName, logStreamName)
        .filter(({ timestamp }) => isWithin(timestamp, asked));
      const start = startFromHead ? 0 : Math.max(0, all.length - limit);
      // The token at an end leads to the same end: that is how a reader knows it.
      const from = nextToken === undefined ? start : Number(nextToken.slice(2));
      const events = all.slice(from, from + limit);
      return {
        events,
        nextForwardToken: `f/${from + events.length}`,
        nextBackwardToken: `b/${Math.max(0, from - limit)}`,
      };
    },
  ),
  FilterLogEvents: action(
    group.extend({
      logStreamNames: z.array(z.string()).optional(),
      logStreamNamePrefix: z.string().default(""),
      filterPattern: z.string().default(""),
      ...times,
      ...page,
    }),
    ({ logGroupName, logStreamNames, logStreamNamePrefix, filterPattern, ...asked }, store) => {
      const found = store
        .streams(logGroupName, logStreamNamePrefix)
        .filter(({ name }) => logStreamNames?.includes(name) ?? true)
        .flatMap(({ name }) =>
          store.events(logGroupName, name).map((event, index) => ({
            logStreamName: name,
            ...event,
            eventId: `${name}/${index}`,
          })),
        )
        .filter(({ timestamp, message }) => isWithin(timestamp, asked) && matches(message, filterPattern))
        .sort((one, other) => one.timestamp - other.timestamp);
      const { items, ...next } = pageOf(found, { ...asked, limit: asked.limit ?? 10_000 });
      return { events: items, searchedLogStreams: [], ...next };
    },
  ),
};

/** Terms only, each of which the line must hold, as it is or in quotation marks. */
const matches = (message: string, pattern: string): boolean =>
  (pattern.match(/"[^"]*"|\S+/g) ?? []).every((term) => message.includes(term.replaceAll('"', "")));

const actionNameOf = ({ headers }: SignedRequest): string =>
  String(headers["x-amz-target"] ?? "").replace(PREFIX, "");

const jsonIn = ({ body }: SignedRequest): unknown => {
  try {
    return JSON.parse(body.toString());
  } catch {
    return undefined;
  }
};

/** The service, with nothing in it. */
export const logsService = (): Service => {
  const stores = new Map<string, LogStore>();
  const storeIn = (region: string): LogStore => {
    const store = stores.get(region) ?? new LogStore();
    stores.set(region, store);
    return store;
  };
  const json = (status: number, body: unknown): Answer => ({
    status,
    headers: { "content-type": "application/x-amz-json-1.1", "x-amzn-requestid": randomUUID() },
    body: JSON.stringify(body ?? {}),
  });
  return {
    summaryOf: (request) => ({
      action: actionNameOf(request),
      // What faults are matched by.
      stack: group.safeParse(jsonIn(request)).data?.logGroupName ?? "",
      page: 1,
    }),
    answer: (request) => {
      const name = actionNameOf(request);
      const act = ACTIONS[name];
      if (act === undefined) throw new Refusal("UnknownOperationException", `${name} is not simulated`);
      return json(200, act(jsonIn(request), storeIn(request.region), Date.now()));
    },
    refusalAnswer: ({ code, message, status }) => json(status, { __type: code, message }),
  };
};
