/** The known ways of being stuck, each as a stack that hangs in it: what is reported, when, and only once. */
import { describe, expect, test } from "vitest";
import { reasonHintOf } from "../../../src/aws/cloudformation/reason-hint.ts";
import { reasonSignOf } from "../../../src/aws/cloudformation/reason-sign.ts";
import { advance } from "../../../src/domain/stack/advance.ts";
import { stackViewAfter } from "../../../src/domain/stack/stack-view.ts";
import { summaryOf } from "../../../src/domain/stack/summary.ts";
import type { StackEvent } from "../../../src/domain/stack/stack-event.ts";
import { EMPTY_STATE, type StackState } from "../../../src/domain/stack/stack-state.ts";
import type { Learned } from "../../../src/domain/estimate/learned.ts";
import type { ResourceLight, StackFrame } from "../../../src/protocol/stack/stack-frames.ts";

const ROOT = "arn:aws:cloudformation:us-east-1:111122223333:stack/shop/1";
const START = Date.parse("2026-03-01T10:00:00.000Z");
const LOOK_SECONDS = 30;

type Step = Readonly<{
  status: string;
  type?: string;
  id?: string;
  reason?: string;
  at?: number;
  physicalId?: string;
}>;

const eventsOf = (steps: readonly Step[]): StackEvent[] =>
  steps.map(({ status, type, id, reason = "", at = 0, physicalId }, index) => {
    const hint = reasonHintOf(reason, status);
    const sign = reasonSignOf(reason);
    return {
      eventId: `event-${index}`,
      stackId: ROOT,
      stackName: "shop",
      logicalId: id ?? "shop",
      physicalId: type === undefined ? ROOT : (physicalId ?? ""),
      type: type ?? "AWS::CloudFormation::Stack",
      status,
      reason,
      timestamp: new Date(START + at * 1000).toISOString(),
      ...(hint && { hint }),
      ...(sign && { sign }),
    };
  });

type Hang = Readonly<{
  steps: readonly Step[];
  /** What the template grants the resource, in seconds. */
  timeout?: number;
  learned?: Learned;
  /** How long it is watched. */
  hours?: number;
}>;

/** What is reported of a stack that shows these events and then nothing, looked at each half a minute. */
const reportedOf = ({ steps, timeout, learned, hours = 3.5 }: Hang): readonly ResourceLight[] => {
  const events = eventsOf(steps);
  let state: StackState = EMPTY_STATE;
  const frames: StackFrame[] = [];
  for (let seconds = 0; seconds <= hours * 3600; seconds += LOOK_SECONDS) {
    const now = START + seconds * 1000;
    const until = new Date(now).toISOString();
    const since = new Date(now - LOOK_SECONDS * 1000).toISOString();
    const fresh = events.filter(({ timestamp }) => timestamp <= until && timestamp > since);
    const change = advance(
      state,
      {
        rootId: ROOT,
        rootName: "shop",
        events: fresh,
        read: new Set([ROOT]),
        plans: new Map(),
        ...(timeout !== undefined && {
          schedules: new Map([[ROOT, { dependencies: {}, timeouts: { Slow: timeout } }]]),
        }),
        learned,
        now,
      },
      { channel: "stacks/us-east-1/shop", offset: frames.length },
    );
    state = change.state;
    frames.push(...change.frames);
  }
  const summary = summaryOf(state)!;
  const view = stackViewAfter(undefined, frames)!;
  expect([...view.resources.values()]).toEqual(summary.resources);
  return frames.filter(
    (frame): frame is ResourceLight => frame.type === "resource_slow" || frame.type === "resource_stuck",
  );
};

const create = (type: string, reason?: string): readonly Step[] => [
  { status: "CREATE_IN_PROGRESS" },
  { status: "CREATE_IN_PROGRESS", type, id: "Slow", ...(reason !== undefined && { reason }) },
];

const remove = (type: string, reason?: string): readonly Step[] => [
  { status: "DELETE_IN_PROGRESS", reason: "User Initiated" },
  {
    status: "DELETE_IN_PROGRESS",
    type,
    id: "Slow",
    physicalId: "x-1",
    ...(reason !== undefined && { reason }),
  },
];

const HANGS: Readonly<
  Record<
    string,
    Hang & Readonly<{ lights: "both" | "slow" | "stuck" | "none"; advice?: string; failsAfter?: number }>
  >
> = {
  "a resource of which nothing is known but its type": {
    steps: create("AWS::EC2::NatGateway"),
    lights: "both",
    advice: "no_progress",
    failsAfter: 7200,
  },
  "a custom resource without an answer": {
    steps: create("Custom::Seed"),
    lights: "both",
    advice: "custom_resource",
    failsAfter: 3600,
  },
  "a custom resource with a time-out of its own": {
    steps: create("AWS::CloudFormation::CustomResource"),
    timeout: 600,
    lights: "both",
    advice: "custom_resource",
    failsAfter: 600,
  },
  "an ECS service that does not become steady": {
    steps: create("AWS::ECS::Service", "Eventual consistency check initiated"),
    lights: "both",
    advice: "ecs_service",
    failsAfter: 10_800,
  },
  "an ECS service that CloudFormation is done with": {
    steps: [
      ...create("AWS::ECS::Service"),
      { status: "CREATE_COMPLETE", type: "AWS::ECS::Service", id: "Slow", at: 90 },
    ],
    lights: "none",
  },
  "a certificate that waits for DNS": {
    steps: create(
      "AWS::CertificateManager::Certificate",
      "Content of DNS Record is: {Name: _a.example.com.,Type: CNAME,Value: _b.acm.aws.}",
    ),
    lights: "both",
    advice: "certificate_dns",
    failsAfter: 7200,
  },
  "a security group with interfaces of functions": {
    steps: remove("AWS::EC2::SecurityGroup"),
    lights: "both",
    advice: "lambda_interfaces",
    failsAfter: 7200,
  },
  "a gateway with mapped addresses": {
    steps: remove("AWS::EC2::VPCGatewayAttachment"),
    lights: "both",
    advice: "mapped_addresses",
  },
  "a clean-up after a good update": {
    steps: [
      { status: "UPDATE_IN_PROGRESS" },
      { status: "UPDATE_IN_PROGRESS", type: "AWS::RDS::DBInstance", id: "Slow", physicalId: "old", at: 1 },
      { status: "UPDATE_COMPLETE", type: "AWS::RDS::DBInstance", id: "Slow", physicalId: "new", at: 20 },
      { status: "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", at: 25 },
      { status: "DELETE_IN_PROGRESS", type: "AWS::RDS::DBInstance", id: "Slow", physicalId: "old", at: 26 },
    ],
    lights: "both",
    advice: "cleanup",
    failsAfter: 129_626,
  },
  "a rollback that does not come to its end": {
    steps: [
      { status: "UPDATE_IN_PROGRESS" },
      { status: "UPDATE_IN_PROGRESS", type: "AWS::RDS::DBProxy", id: "Slow", physicalId: "p", at: 1 },
      { status: "UPDATE_FAILED", type: "AWS::RDS::DBProxy", id: "Slow", physicalId: "p", at: 10 },
      { status: "UPDATE_ROLLBACK_IN_PROGRESS", at: 12 },
      { status: "UPDATE_IN_PROGRESS", type: "AWS::RDS::DBProxy", id: "Slow", physicalId: "p", at: 14 },
    ],
    lights: "both",
    advice: "rollback",
    failsAfter: 7214,
  },
  "instances that send no signal": {
    steps: create("AWS::AutoScaling::AutoScalingGroup"),
    timeout: 1800,
    lights: "both",
    advice: "signal",
    failsAfter: 1800,
  },
  "a wait condition that nobody signals": {
    steps: create("AWS::CloudFormation::WaitCondition"),
    timeout: 3000,
    lights: "both",
    advice: "signal",
    failsAfter: 3000,
  },
  "traffic that is shifted step by step, which is not stuck": {
    steps: [
      { status: "UPDATE_IN_PROGRESS" },
      {
        status: "UPDATE_IN_PROGRESS",
        type: "AWS::Lambda::Alias",
        id: "Slow",
        physicalId: "live",
        reason: "CodeDeploy deployment started: d-ABC",
      },
    ],
    lights: "slow",
    advice: "traffic_shifting",
    failsAfter: 7200,
  },
  "calls that AWS slows down": {
    steps: create("AWS::SNS::Topic", "Rate exceeded (Service: Sns, Status Code: 400)"),
    lights: "both",
    advice: "throttled",
    failsAfter: 7200,
  },
  "a bucket that is not empty": {
    steps: remove("AWS::S3::Bucket"),
    lights: "both",
    advice: "bucket_not_empty",
    failsAfter: 7200,
  },
  "a peering that nobody accepts": {
    steps: create("AWS::EC2::VPCPeeringConnection"),
    lights: "both",
    advice: "awaits_acceptance",
    failsAfter: 7200,
  },
  "a type that nobody has measured": {
    steps: create("Acme::Made::Up"),
    lights: "stuck",
    advice: "no_progress",
  },
};

const KINDS = {
  both: ["resource_slow", "resource_stuck"],
  slow: ["resource_slow"],
  stuck: ["resource_stuck"],
  none: [],
};

describe("A stack that hangs", () => {
  test.each(Object.entries(HANGS))(
    "[S42] in %s is told of once, in time, and with what to do",
    (_name, hang) => {
      const reported = reportedOf(hang);
      expect(reported.map(({ type }) => type)).toEqual(KINDS[hang.lights]);
      for (const light of reported) {
        const limit = light.type === "resource_slow" ? light.typicalSeconds.p90 : light.stuckAfterSeconds!;
        expect(light.elapsedSeconds).toBeGreaterThanOrEqual(limit);
        // A look, and the seconds by which AWS shows an end late.
        expect(light.elapsedSeconds).toBeLessThanOrEqual(limit + LOOK_SECONDS + 10);
        const failsAfter = light.failsAt && (Date.parse(light.failsAt) - START) / 1000;
        expect(failsAfter).toBe(hang.failsAfter);
      }
      expect(reported.at(-1)?.advice?.code).toBe(hang.advice);
    },
  );

  test("is not stuck as long as this account has seen it take longer", () => {
    const seconds = [1500, 1600, 1700, 1800, 1900, 2000, 2100, 2200];
    const learned = { types: {}, resources: { "create Slow": { quantiles: seconds, sample: 9 } } };
    const reported = reportedOf({ steps: create("AWS::EC2::NatGateway"), learned, hours: 1 });
    expect(reported.map(({ type, typicalSeconds }) => [type, typicalSeconds])).toEqual([
      ["resource_slow", { p50: 1800, p90: 2000 }],
    ]);
  });

  test("is told of no more once it goes on, and anew when something else is done to it", () => {
    const type = "AWS::EC2::NatGateway";
    const reported = reportedOf({
      steps: [
        { status: "UPDATE_IN_PROGRESS" },
        { status: "CREATE_IN_PROGRESS", type, id: "Slow", at: 1 },
        { status: "CREATE_IN_PROGRESS", type, id: "Slow", physicalId: "n", at: 700 },
        { status: "CREATE_COMPLETE", type, id: "Slow", physicalId: "n", at: 800 },
        { status: "UPDATE_ROLLBACK_IN_PROGRESS", at: 801 },
        { status: "DELETE_IN_PROGRESS", type, id: "Slow", physicalId: "n", at: 802 },
      ],
      hours: 1,
    });
    expect(reported.map((light) => [light.type, light.resource.status])).toEqual([
      ["resource_slow", "CREATE_IN_PROGRESS"],
      ["resource_stuck", "CREATE_IN_PROGRESS"],
      ["resource_slow", "DELETE_IN_PROGRESS"],
      ["resource_stuck", "DELETE_IN_PROGRESS"],
    ]);
    expect(reported[0]!.rollback).toEqual({ resources: 0 });
  });

  test("with the times of another day tells nothing", () => {
    const [begin, slow] = create("AWS::EC2::NatGateway");
    const steps = [begin!, { ...slow!, at: -200_000 }];
    expect(reportedOf({ steps, hours: 1 })).toEqual([]);
  });
});
