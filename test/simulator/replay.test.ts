/** Recorded traces, replayed: whatever a recording lacks, what comes over the wire is whole. */
import {
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  GetTemplateCommand,
} from "@aws-sdk/client-cloudformation";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Simulator } from "../../src/simulator/options.ts";
import { eventsOfTrace } from "../../src/simulator/replay/trace.ts";
import { createSimulator } from "../../src/simulator/simulator.ts";
import { parseTemplate } from "../../src/simulator/template/parse.ts";
import { clientOf, eventsOf, refusalOf } from "./client.ts";
import { isWithoutTraces, needsTraces, traceNames, traceOf } from "./recordings.ts";

let simulator: Simulator;

beforeEach(async () => {
  simulator = await createSimulator({ dynamodbPort: false });
});

afterEach(() => simulator.close());

const bareTrace = {
  StackEvents: [
    {
      LogicalResourceId: "Q",
      ResourceType: "AWS::SQS::Queue",
      ResourceStatus: "CREATE_IN_PROGRESS",
      Timestamp: "timestamp",
    },
    {
      LogicalResourceId: "Q",
      ResourceType: "AWS::SQS::Queue",
      ResourceStatus: "CREATE_COMPLETE",
      Timestamp: "timestamp",
    },
  ],
};

describe("a trace", () => {
  it("without ids, names and times is filled in the same way every time", () => {
    const [first, second] = eventsOfTrace(bareTrace, { stackName: "queue", region: "eu-west-1" });
    expect(eventsOfTrace(bareTrace, { stackName: "queue", region: "eu-west-1" })).toEqual([first, second]);
    expect(first).toMatchObject({
      StackName: "queue",
      ResourceStatus: "CREATE_IN_PROGRESS",
      PhysicalResourceId: "",
    });
    expect(first?.StackId).toMatch(/^arn:aws:cloudformation:eu-west-1:\d{12}:stack\/queue\/[\w-]{36}$/);
    expect(second?.PhysicalResourceId).not.toBe("");
    expect(first?.EventId).not.toBe(second?.EventId);
    expect(Date.parse(first?.Timestamp ?? "")).toBeLessThan(Date.parse(second?.Timestamp ?? ""));
  });

  describe.skipIf(isWithoutTraces)(`of each recording${needsTraces}`, () => {
    it.each(traceNames())("%s loads whole", (name) => {
      const events = eventsOfTrace(traceOf(name));
      const keys = new Set(events.map(({ EventId, HookStatus }) => `${EventId}#${HookStatus ?? ""}`));
      expect(keys.size).toBe(events.length);
      for (const event of events) {
        expect(event.StackId).toMatch(
          /^arn:aws:cloudformation:[a-z]{2}(-[a-z]+)+-\d:\d{12}:stack\/[A-Za-z][-A-Za-z0-9]{0,127}\/[\w-]+$/,
        );
        expect(JSON.stringify(event)).not.toMatch(/<(stack-name|resource|region|partition|uuid)/);
      }
      const times = events.map(({ Timestamp }) => Timestamp);
      expect(times).toEqual([...times].sort());
    });

    it.each(traceNames())("%s comes over the wire as it is", async (name) => {
      const replay = simulator.replay(traceOf(name));
      replay.revealAll();
      for (const stack of new Set(replay.events.map(({ StackId }) => StackId))) {
        const client = clientOf(simulator, { region: replay.region });
        const expected = replay.events.filter(({ StackId }) => StackId === stack);
        const received = await eventsOf(client, stack);
        expect(received.map((event) => ({ ...event, Timestamp: event.Timestamp?.toISOString() }))).toEqual(
          expected.map((event) =>
            Object.fromEntries(Object.entries(event).filter(([, value]) => value !== undefined)),
          ),
        );
      }
    });
  });
});

describe.skipIf(isWithoutTraces)(`a replay${needsTraces}`, () => {
  it("shows nothing before it is told to, then as much as it is told", async () => {
    const replay = simulator.replay(traceOf("pharmacy-71-update-rollback"), { stackName: "pharmacy" });
    const client = clientOf(simulator);
    expect((await refusalOf(eventsOf(client, "pharmacy"))).message).toBe("Stack [pharmacy] does not exist");
    replay.reveal(10);
    expect(await eventsOf(client, "pharmacy")).toHaveLength(10);
    const describeStack = async () =>
      (await client.send(new DescribeStacksCommand({ StackName: "pharmacy" }))).Stacks?.[0];
    expect(await describeStack()).toMatchObject({ StackStatus: "CREATE_IN_PROGRESS" });
    expect((await describeStack())?.Outputs).toBeUndefined();
    replay.revealAll();
    await replay.finished;
    expect(await describeStack()).toMatchObject({ StackStatus: "UPDATE_ROLLBACK_COMPLETE" });
    expect((await describeStack())?.LastOperations?.[0]?.OperationType).toBe("ROLLBACK");
    expect((await describeStack())?.Outputs?.length).toBeGreaterThan(0);
  });

  it("plays by the clock", async () => {
    const replay = simulator.replay(traceOf("roomiematcher-11-create-rds"), { speed: 2000 });
    expect(replay.revealed).toBeLessThan(11);
    await replay.finished;
    expect(simulator.stackStatus(replay.stackId, replay.region)).toBe("CREATE_COMPLETE");
  });

  it("has nested stacks that answer to their ARNs and know their parents", async () => {
    const replay = simulator.replay(traceOf("amplify-create-495-nested10"), {
      region: "eu-west-1",
      stackName: "sandbox",
    });
    replay.revealAll();
    const client = clientOf(simulator, { region: "eu-west-1" });
    const nested = (await eventsOf(client, "sandbox")).filter(
      (event) =>
        event.ResourceType === "AWS::CloudFormation::Stack" &&
        event.PhysicalResourceId !== event.StackId &&
        event.PhysicalResourceId,
    );
    const ids = [...new Set(nested.map(({ PhysicalResourceId }) => PhysicalResourceId))];
    expect(ids).toHaveLength(5);
    for (const id of ids) {
      const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: id }));
      expect(Stacks?.[0]).toMatchObject({
        StackStatus: "CREATE_COMPLETE",
        ParentId: replay.stackId,
        RootId: replay.stackId,
      });
    }
    const { TemplateBody = "" } = await client.send(new GetTemplateCommand({ StackName: "sandbox" }));
    const seen = replay.events.filter(
      ({ StackId, PhysicalResourceId }) => StackId === replay.stackId && PhysicalResourceId !== StackId,
    );
    expect(new Set(Object.keys(parseTemplate(TemplateBody).Resources))).toEqual(
      new Set(seen.map(({ LogicalResourceId }) => LogicalResourceId)),
    );
  });

  it("keeps the EventId that two events of a hook share", async () => {
    const replay = simulator.replay(traceOf("hook-2-guard-failed"));
    replay.revealAll();
    const { StackEvents: events } = await clientOf(simulator).send(
      new DescribeStackEventsCommand({ StackName: replay.stackId }),
    );
    expect(events?.[0]?.EventId).toBe(events?.[1]?.EventId);
    expect(events?.map(({ HookStatus }) => HookStatus)).toEqual(["HOOK_COMPLETE_FAILED", "HOOK_IN_PROGRESS"]);
  });
});
