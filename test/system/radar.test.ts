/**
 * Operations that nobody announced, in a region of two hundred stacks: on the board with the next list of all, or at once by a
 * push, and followed to their ends over two power cuts. What rests costs the list and nothing else.
 */
import {
  CloudFormationClient,
  CreateStackCommand,
  DescribeStackEventsCommand,
  UpdateStackCommand,
} from "@aws-sdk/client-cloudformation";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { BoardStack } from "../../src/protocol/stack/board.ts";
import type { StackFrame } from "../../src/protocol/stack/stack-frames.ts";
import { eventually } from "../support/eventually.ts";
import { expectDense, listedStory, reportedStory, type ListedEvent } from "../support/story.ts";
import { KEYS, startSystem, type System } from "../support/system.ts";
import { tokenOf } from "../support/token.ts";

const STACKS = 200;
/** On the machine of a build all takes its time. */
const PATIENCE_MS = 90_000;

const names = Array.from({ length: STACKS }, (_, at) => `team-${at % 7}-stack-${at}`);
const polled = names.filter((_, at) => at % 33 === 1).slice(0, 6);
const pushed = names.filter((_, at) => at % 33 === 2).slice(0, 6);

/** Resources that are created one after the other. */
const chainOf = (...types: string[]): string => {
  const entries = types.map((type, at) => [
    `Part${at}`,
    { Type: `AWS::${type}`, ...(at > 0 && { DependsOn: `Part${at - 1}` }) },
  ]);
  return JSON.stringify({ Resources: Object.fromEntries(entries) as object });
};

const TOPIC = "SNS::Topic";
const LONG = chainOf(TOPIC, "EC2::NatGateway", TOPIC, "EC2::NatGateway", TOPIC, "EC2::NatGateway", TOPIC);
const SHORT = chainOf(TOPIC, "EC2::NatGateway", TOPIC, TOPIC);

let system: System;
let client: CloudFormationClient;

beforeAll(async () => {
  system = await startSystem({ simulator: { speed: 10 }, variables: { OBSERVE_REGIONS: "us-east-1" } });
  client = new CloudFormationClient({
    region: "us-east-1",
    endpoint: system.simulator.url,
    credentials: KEYS,
  });
});

afterAll(() => system?.stop());

const dataOf = async <Data>(path: string): Promise<Data> => {
  const { data } = (await (await system.ask(path)).json()) as Readonly<{ data: Data }>;
  return data;
};

const board = async (): Promise<ReadonlyMap<string, BoardStack>> => {
  const { items } = await dataOf<{ items: BoardStack[] }>("/api/v1/stacks?limit=1000");
  return new Map(items.map((stack) => [stack.stackName, stack]));
};

const areAll = async (stacks: readonly string[], are: (status: string) => boolean): Promise<boolean> => {
  const known = await board();
  return stacks.every((name) => are(known.get(name)?.status ?? "CREATE_COMPLETE"));
};

/** Answers the stacks' ARNs. */
const update = async (stacks: readonly string[], TemplateBody: string): Promise<readonly string[]> => {
  const arns: string[] = [];
  for (const StackName of stacks) {
    const { StackId = "" } = await client.send(new UpdateStackCommand({ StackName, TemplateBody }));
    arns.push(StackId);
  }
  return arns;
};

/** What Stackcast asked, as the client's own calls are of other kinds. */
const lists = () =>
  system.simulator.calls.filter(({ action, stack }) => action === "DescribeStacks" && stack === "");
const looks = () => system.simulator.calls.filter(({ action }) => action === "DescribeStackEvents");
const nameIn = (stack: string): string => (stack.startsWith("arn:") ? (stack.split("/")[1] ?? "") : stack);

/** A whole list has been answered after those that were before. */
const nextList = (before = lists().length): Promise<unknown> =>
  eventually(() => lists().length > before && lists().at(-1)?.page === 2, "the next list", PATIENCE_MS);

const cutPower = async (stacks: readonly string[]): Promise<void> => {
  await system.worker().kill();
  const [listed, looked] = [lists().length, looks().length];
  await system.restart();
  // No request has reached the new one: what it asks of AWS it asks because its alarms said so.
  for (const name of stacks)
    await eventually(
      () =>
        looks()
          .slice(looked)
          .some(({ stack }) => nameIn(stack) === name),
      `a look at ${name} of the Worker's own accord`,
      PATIENCE_MS,
    );
  await nextList(listed);
  await system.worker().ready();
};

/** The newest operation of a stack, as AWS lists it. */
const operationOf = async (StackName: string): Promise<readonly ListedEvent[]> => {
  const { StackEvents = [] } = await client.send(new DescribeStackEventsCommand({ StackName }));
  const begin = StackEvents.findIndex(
    ({ PhysicalResourceId, StackId, ResourceStatus }) =>
      PhysicalResourceId === StackId && ResourceStatus === "UPDATE_IN_PROGRESS",
  );
  return StackEvents.slice(0, begin + 1)
    .reverse()
    .map((event) => ({
      StackId: event.StackId ?? "",
      LogicalResourceId: event.LogicalResourceId ?? "",
      PhysicalResourceId: event.PhysicalResourceId ?? "",
      ResourceType: event.ResourceType ?? "",
      Timestamp: event.Timestamp?.toISOString() ?? "",
      ResourceStatus: event.ResourceStatus,
      ResourceStatusReason: event.ResourceStatusReason,
    }));
};

it("shows and follows what begins among two hundred stacks, to the end, and asks little of those at rest", async () => {
  const key = await fetch(`${system.worker().url}/api/v1/ingest-keys`, {
    method: "POST",
    headers: {
      Authorization: `Bearer ${await tokenOf({ role: "admin" })}`,
      "Content-Type": "application/json",
    },
    body: "{}",
  });
  const { data } = (await key.json()) as { data: { key: string } };

  for (const StackName of names)
    await client.send(new CreateStackCommand({ StackName, TemplateBody: chainOf(TOPIC) }));
  await system.simulator.settled();
  await eventually(async () => (await board()).size === STACKS, "all stacks on the board", PATIENCE_MS);

  // At rest: from one list to the next, in calls a second.
  await nextList();
  const [one, two] = lists()
    .filter(({ page }) => page === 1)
    .slice(-2);
  const between = system.simulator.calls.filter(({ at }) => at >= one!.at && at < two!.at);
  expect(between.map(({ action }) => action)).toEqual(["DescribeStacks", "DescribeStacks"]);
  expect((1000 * between.length) / (two!.at - one!.at)).toBeLessThanOrEqual(0.15);

  // By the list alone: the next one shows them.
  const isBegun = (status: string): boolean => status !== "CREATE_COMPLETE";
  const before = lists().length;
  await update(polled, LONG);
  await eventually(() => areAll(polled, isBegun), "what has begun, on the board", PATIENCE_MS);
  expect(lists().length).toBe(before + 2);
  await cutPower(polled);

  // By a push: looked at before any list.
  await nextList();
  const asked = system.simulator.calls.length;
  const arns = await update(pushed, SHORT);
  const pushing = await fetch(`${system.worker().url}/ingest/aws`, {
    method: "POST",
    headers: { "X-Api-Key": data.key, "Content-Type": "application/json" },
    body: JSON.stringify(arns.map((arn) => ({ source: "aws.cloudformation", detail: { "stack-id": arn } }))),
  });
  expect(pushing.status).toBe(202);
  await eventually(() => areAll(pushed, isBegun), "what was pushed, on the board", PATIENCE_MS);
  const since = system.simulator.calls.slice(asked).filter(({ action }) => action.startsWith("Describe"));
  const list = since.findIndex(({ action, stack }) => action === "DescribeStacks" && stack === "");
  const first = since.slice(0, list === -1 ? undefined : list).map(({ stack }) => nameIn(stack));
  expect(new Set(first)).toEqual(new Set([...first, ...pushed]));
  await cutPower(pushed);

  const all = [...polled, ...pushed];
  await eventually(() => areAll(all, (status) => status === "UPDATE_COMPLETE"), "all ends", PATIENCE_MS);
  const rows = await board();
  expect(rows.size).toBe(STACKS);
  expect(
    [...rows.values()]
      .filter(({ status }) => isBegun(status))
      .map(({ stackName }) => stackName)
      .sort(),
  ).toEqual(all.toSorted());
  expect(new Set(looks().map(({ stack }) => nameIn(stack)))).toEqual(new Set(all));
  // Nothing is missed, and nothing is told twice or made up.
  for (const name of all) {
    const { events } = await dataOf<{ events: StackFrame[] }>(`/api/v1/stacks/${name}/events?limit=500`);
    expect(reportedStory(events)).toEqual(listedStory(await operationOf(name)));
    expectDense(events, 1);
    expect(events.at(-1)).toMatchObject({ type: "stack_complete", outcome: "deployed" });
  }
}, 240_000);
