/** The simulated CloudWatch Logs, as AWS's own client sees it. */
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  DescribeLogGroupsCommand,
  DescribeLogStreamsCommand,
  FilterLogEventsCommand,
  GetLogEventsCommand,
  PutLogEventsCommand,
  type InputLogEvent,
} from "@aws-sdk/client-cloudwatch-logs";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Simulator } from "../../src/simulator/options.ts";
import { createSimulator } from "../../src/simulator/simulator.ts";
import { credentials, refusalOf } from "./client.ts";

let simulator: Simulator;
let client: CloudWatchLogsClient;

beforeAll(async () => {
  simulator = await createSimulator({ dynamodbPort: false, inboxPort: false });
  client = new CloudWatchLogsClient({
    region: "us-east-1",
    endpoint: simulator.url,
    credentials,
    maxAttempts: 1,
  });
});

afterAll(() => simulator.close());

const logGroupName = "/cloud/deployments/D1BRV40";
const HOUR = 3_600_000;

/** A stream of its own for a test. */
const newStream = async (logStreamName: string) => {
  await client.send(new CreateLogGroupCommand({ logGroupName })).catch(() => undefined);
  await client.send(new CreateLogStreamCommand({ logGroupName, logStreamName }));
  const put = (logEvents: InputLogEvent[]) =>
    client.send(new PutLogEventsCommand({ logGroupName, logStreamName, logEvents }));
  const messages = async () => {
    const { events = [] } = await client.send(
      new GetLogEventsCommand({ logGroupName, logStreamName, startFromHead: true }),
    );
    return events.map(({ message }) => message);
  };
  return { logStreamName, put, messages };
};

it("keeps what is put, and shows its groups and streams", async () => {
  const { logStreamName, put, messages } = await newStream("deploy-dev-1");
  const now = Date.now();
  expect((await put([{ timestamp: now - 1, message: "one" }])).rejectedLogEventsInfo).toBeUndefined();
  await put([
    { timestamp: now - 2, message: "zero" },
    { timestamp: now, message: "two" },
  ]);
  expect(await messages()).toEqual(["zero", "one", "two"]);
  const groups = await client.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: "/cloud/" }));
  expect(groups.logGroups?.map((group) => group.logGroupName)).toEqual([logGroupName]);
  const { logStreams } = await client.send(
    new DescribeLogStreamsCommand({ logGroupName, logStreamNamePrefix: logStreamName }),
  );
  expect(logStreams).toMatchObject([
    { logStreamName, firstEventTimestamp: now - 2, lastEventTimestamp: now },
  ]);
});

it("is read page by page, and found by words and time", async () => {
  const { logStreamName, put } = await newStream("pages");
  const now = Date.now();
  await put(["a red", "b", "c red"].map((message, index) => ({ timestamp: now + index, message })));
  const read: (string | undefined)[] = [];
  let nextToken: string | undefined;
  for (;;) {
    const page = await client.send(
      new GetLogEventsCommand({ logGroupName, logStreamName, startFromHead: true, limit: 2, nextToken }),
    );
    read.push(...(page.events ?? []).map(({ message }) => message));
    if (page.nextForwardToken === nextToken) break;
    nextToken = page.nextForwardToken;
  }
  expect(read).toEqual(["a red", "b", "c red"]);
  const find = async (more: object) => {
    const { events = [] } = await client.send(
      new FilterLogEventsCommand({ logGroupName, logStreamNames: [logStreamName], ...more }),
    );
    return events.map(({ message }) => message);
  };
  expect(await find({ filterPattern: "red" })).toEqual(["a red", "c red"]);
  expect(await find({ startTime: now + 1, endTime: now + 2 })).toEqual(["b"]);
});

it("takes what is neither too old nor too new, and says where the rest begins and ends", async () => {
  const { put, messages } = await newStream("times");
  const now = Date.now();
  const answer = await put([
    { timestamp: now - 15 * 24 * HOUR, message: "too old" },
    { timestamp: now, message: "right" },
    { timestamp: now + 3 * HOUR, message: "too new" },
  ]);
  expect(answer.rejectedLogEventsInfo).toEqual({ tooOldLogEventEndIndex: 1, tooNewLogEventStartIndex: 2 });
  expect(await messages()).toEqual(["right"]);
});

it.each([
  [
    "events out of order",
    [5, 4].map((minutes) => ({ timestamp: Date.now() + minutes * 60_000, message: "x" })),
  ],
  [
    "a span of more than a day",
    [-25, 0].map((hours) => ({ timestamp: Date.now() + hours * HOUR, message: "x" })),
  ],
  [
    "more than 10,000 events",
    Array.from({ length: 10_001 }, () => ({ timestamp: Date.now(), message: "x" })),
  ],
  [
    "more than 1 MiB",
    Array.from({ length: 2 }, () => ({ timestamp: Date.now(), message: "x".repeat(600_000) })),
  ],
  ["an event that is too large by itself", [{ timestamp: Date.now(), message: "é".repeat(524_276) }]],
  ["an empty event", [{ timestamp: Date.now(), message: "" }]],
])("refuses %s", async (name, logEvents) => {
  const { put, messages } = await newStream(`refused ${name}`);
  expect(await refusalOf(put(logEvents))).toMatchObject({ name: "InvalidParameterException", status: 400 });
  expect(await messages()).toEqual([]);
});

it("tells what is not there, and what is there already", async () => {
  await newStream("there");
  const lost = { logGroupName: "/no/such", logStreamName: "x", logEvents: [{ timestamp: 1, message: "x" }] };
  const missing = { name: "ResourceNotFoundException", status: 400 };
  const taken = { name: "ResourceAlreadyExistsException", status: 400 };
  expect(await refusalOf(client.send(new PutLogEventsCommand(lost)))).toMatchObject(missing);
  expect(await refusalOf(client.send(new PutLogEventsCommand({ ...lost, logGroupName })))).toMatchObject(
    missing,
  );
  expect(await refusalOf(client.send(new CreateLogGroupCommand({ logGroupName })))).toMatchObject(taken);
  expect(await refusalOf(newStream("there"))).toMatchObject(taken);
});

it("the regions have nothing in common", async () => {
  const elsewhere = new CloudWatchLogsClient({
    region: "eu-west-1",
    endpoint: simulator.url,
    credentials,
    maxAttempts: 1,
  });
  expect((await elsewhere.send(new DescribeLogGroupsCommand({}))).logGroups).toEqual([]);
});
