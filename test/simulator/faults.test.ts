/** What goes wrong on request, as AWS's own client and a bare fetch see it. */
import {
  CreateStackCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  type CloudFormationClient,
} from "@aws-sdk/client-cloudformation";
import { AwsClient } from "aws4fetch";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Fault } from "../../src/simulator/faults/faults.ts";
import type { Simulator } from "../../src/simulator/options.ts";
import { createSimulator } from "../../src/simulator/simulator.ts";
import { clientOf, credentials, eventsOf, refusalOf } from "./client.ts";

let simulator: Simulator;
let client: CloudFormationClient;

const template = JSON.stringify({
  Resources: { A: { Type: "AWS::SNS::Topic" }, B: { Type: "AWS::SNS::Topic" } },
});

beforeEach(async () => {
  simulator = await createSimulator({ speed: 1_000_000, dynamodbPort: false, pageSize: 3 });
  client = clientOf(simulator);
  await client.send(new CreateStackCommand({ StackName: "shop", TemplateBody: template }));
  await simulator.settled();
  simulator.clearCalls();
});

afterEach(() => simulator.close());

const outcomes = (): readonly string[] => simulator.calls.map(({ outcome }) => outcome);

const signer = new AwsClient({ ...credentials, service: "cloudformation", region: "us-east-1", retries: 0 });

const bare = (signal: AbortSignal | null = null): Promise<Response> =>
  signer.fetch(`${simulator.url}/`, {
    method: "POST",
    body: "Action=DescribeStacks&Version=2010-05-15&StackName=shop",
    signal,
  });

describe("a fault", () => {
  it("throttles as AWS does, and its client takes it for that and tries again", async () => {
    simulator.fault({ kind: "throttle", action: "DescribeStacks", count: 2 });
    const refusal = await refusalOf(client.send(new DescribeStacksCommand({ StackName: "shop" })));
    expect(refusal).toEqual({ name: "Throttling", message: "Rate exceeded", status: 400 });
    const patient = clientOf(simulator, { maxAttempts: 3 });
    await patient.send(new DescribeStacksCommand({ StackName: "shop" }));
    expect(outcomes()).toEqual(["Throttling", "Throttling", "ok"]);
  });

  it.each([
    [
      { kind: "server-error", status: 503 },
      { name: "ServiceUnavailable", status: 503 },
    ],
    [{ kind: "server-error" }, { name: "InternalFailure", status: 500 }],
    [{ kind: "expired-token" }, { name: "ExpiredToken", status: 403 }],
    [
      { kind: "access-denied", action: "DescribeStacks" },
      { name: "AccessDenied", status: 403 },
    ],
  ] satisfies [Fault, object][])("refuses: %o", async (fault, refusal) => {
    simulator.fault({ ...fault, count: 1 });
    expect(await refusalOf(client.send(new DescribeStacksCommand({ StackName: "shop" })))).toMatchObject(
      refusal,
    );
    await client.send(new DescribeStacksCommand({ StackName: "shop" }));
  });

  it("of one service leaves the others alone, and may begin later and end by itself", async () => {
    const sts = new AwsClient({ ...credentials, service: "sts", region: "us-east-1", retries: 0 });
    const identity = (): Promise<Response> =>
      sts.fetch(`${simulator.url}/`, { method: "POST", body: "Action=GetCallerIdentity&Version=2011-06-15" });
    const handle = simulator.fault({ kind: "expired-token", service: "cloudformation" });
    expect([(await bare()).status, (await identity()).status]).toEqual([403, 200]);
    handle.clear();
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() });
    simulator.fault({ kind: "expired-token", startsInMs: 1000, lastsMs: 70_000 });
    const statusAfter = async (milliseconds: number): Promise<number> => {
      vi.setSystemTime(Date.now() + milliseconds);
      return (await bare()).status;
    };
    const statuses = [await statusAfter(0), await statusAfter(1000), await statusAfter(69_000)];
    expect([...statuses, await statusAfter(1000)]).toEqual([200, 403, 403, 200]);
    vi.useRealTimers();
  });

  it("cuts the connection, whole or in the middle of the body", async () => {
    simulator.fault({ kind: "reset", count: 1 });
    await expect(bare()).rejects.toThrow();
    simulator.fault({ kind: "truncate", count: 1 });
    const half = await bare();
    expect(half.status).toBe(200);
    await expect(half.text()).rejects.toThrow();
    expect(outcomes()).toEqual(["reset", "truncate"]);
  });

  it("answers what is no XML, or what no parser should expand", async () => {
    simulator.fault({ kind: "garbage", count: 1 });
    expect(await (await bare()).text()).not.toContain("<");
    simulator.fault({ kind: "doctype", count: 1 });
    expect(await (await bare()).text()).toMatch(/^<!DOCTYPE /);
  });

  it("hangs until the client gives up, and delays", async () => {
    const fault = simulator.fault({ kind: "hang" });
    await expect(bare(AbortSignal.timeout(500))).rejects.toThrow(/timeout/);
    expect(fault.hits()).toBe(1);
    fault.clear();
    simulator.fault({ kind: "latency", milliseconds: 60, count: 1 });
    const before = performance.now();
    await bare();
    expect(performance.now() - before).toBeGreaterThan(50);
  });

  it("strikes the page that it is meant for", async () => {
    simulator.fault({ kind: "throttle", action: "DescribeStackEvents", page: 2, count: 1 });
    expect((await refusalOf(eventsOf(client, "shop"))).name).toBe("Throttling");
    expect(await eventsOf(client, "shop")).toHaveLength(8);
    expect(simulator.calls.map(({ page, outcome }) => [page, outcome])).toEqual([
      [1, "ok"],
      [2, "Throttling"],
      [1, "ok"],
      [2, "ok"],
      [3, "ok"],
    ]);
  });

  it("strikes with a probability that repeats with the seed", async () => {
    simulator.fault({ kind: "throttle", probability: 0.5 });
    for (let index = 0; index < 40; index += 1) {
      await client.send(new DescribeStacksCommand({ StackName: "shop" })).catch(() => undefined);
    }
    const struck = outcomes().filter((outcome) => outcome === "Throttling").length;
    expect(struck).toBeGreaterThan(8);
    expect(struck).toBeLessThan(32);
  });

  it("leaves DescribeStacks behind the events for so many reads", async () => {
    simulator.fault({ kind: "stale-status", stack: "shop", count: 2 });
    const statuses = [];
    for (let index = 0; index < 3; index += 1) {
      const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: "shop" }));
      statuses.push(Stacks?.[0]?.StackStatus);
    }
    expect(statuses).toEqual(["CREATE_IN_PROGRESS", "CREATE_IN_PROGRESS", "CREATE_COMPLETE"]);
  });

  it("makes an event late: newer ones show before it does", async () => {
    await simulator.close();
    simulator = await createSimulator({ dynamodbPort: false });
    client = clientOf(simulator);
    const at = (second: number): string => new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString();
    const event = (LogicalResourceId: string, second: number) => ({
      StackName: "late",
      LogicalResourceId,
      ResourceType: "AWS::SNS::Topic",
      ResourceStatus: "CREATE_COMPLETE",
      Timestamp: at(second),
    });
    const replay = simulator.replay({
      StackEvents: [event("Third", 3), event("Second", 2), event("First", 1)],
    });
    simulator.fault({ kind: "late-events", logicalId: "Second", reads: 2 });
    const seen = async (): Promise<readonly (string | undefined)[]> =>
      (await client.send(new DescribeStackEventsCommand({ StackName: "late" }))).StackEvents?.map(
        ({ LogicalResourceId }) => LogicalResourceId,
      ) ?? [];
    replay.reveal(2);
    expect(await seen()).toEqual(["First"]);
    replay.revealAll();
    expect([await seen(), await seen(), await seen()]).toEqual([
      ["Third", "First"],
      ["Third", "First"],
      ["Third", "Second", "First"],
    ]);
  });
});

describe("the control endpoint", () => {
  const control = (method: string, path: string, body?: unknown): Promise<Response> =>
    fetch(`${simulator.url}/_simulator/${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });

  it("does what the handle does", async () => {
    const faults = [
      { kind: "throttle", count: 1 },
      { kind: "access-denied", action: "GetTemplate" },
    ];
    expect(await (await control("POST", "faults", faults)).json()).toEqual({ faults: 2 });
    expect((await refusalOf(client.send(new DescribeStacksCommand({})))).name).toBe("Throttling");
    await control("DELETE", "faults");
    await client.send(new DescribeStacksCommand({}));
    const calls: unknown = await (await control("GET", "calls")).json();
    expect(calls).toHaveLength(2);
    await control("POST", "failures", { stackName: "next", failures: { A: { reason: "over the wire" } } });
    await client.send(new CreateStackCommand({ StackName: "next", TemplateBody: template }));
    await simulator.settled();
    expect(simulator.stackStatus("next")).toBe("ROLLBACK_COMPLETE");
  });

  it("refuses what it does not understand", async () => {
    expect((await control("POST", "faults", { kind: "earthquake" })).status).toBe(400);
    expect((await control("POST", "weather", {})).status).toBe(404);
  });
});
