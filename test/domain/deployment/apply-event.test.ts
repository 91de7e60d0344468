/** One event at a time: what each changes of the state, whole; and the seeds' samples as they stand there. */
import { storedAndRead } from "../stored.ts";
import { describe, expect, test } from "vitest";
import { applyEvent } from "../../../src/domain/deployment/apply-event.ts";
import type { DeploymentState, StackNode } from "../../../src/domain/deployment/deployment-state.ts";
import { logLineOf } from "../../../src/domain/words/event-words.ts";
import { foldDeployment } from "../../../src/domain/deployment/fold-deployment.ts";
import {
  deploymentEventSchema,
  type DeploymentEvent,
} from "../../../src/protocol/deployment/deployment-events.ts";
import { ADDRESS, at, begun, heard, NOTHING, planned, reported } from "./reported.ts";

const STARTED = applyEvent(NOTHING, begun([planned("a", 1), planned("b", 2, "a")]));
const A: StackNode = STARTED.stacks.get("a")!;
const EVENT_TIME = 50;

const withA = (state: DeploymentState, changes: Partial<StackNode>): DeploymentState => ({
  ...state,
  stacks: new Map(state.stacks).set("a", { ...A, ...changes }),
});

const DEPLOYING = withA(
  { ...STARTED, status: "deploying" },
  { status: "deploying", operation: "deploy", startTime: at(1) },
);
const NODE = { type: "T", name: "r", id: "i", startTime: at(2), updatedAt: at(2) } as const;
const BUSY = withA(DEPLOYING, {
  status: "deploying",
  operation: "deploy",
  startTime: at(1),
  totalResources: 4,
  resources: new Map([["u", { ...NODE, status: "creating" }]]),
});
const RESOURCE = { stack: "a", resource: { urn: "u", type: "T", name: "r", id: "i" } };
const error = { code: "X", message: "broke" };
const CAUSE = {
  logicalId: "r",
  path: "u",
  type: "T",
  physicalId: "i",
  stackId: "",
  status: "CREATE_FAILED",
  reason: "no rights",
  timestamp: at(3),
};

type Change = Readonly<{
  before: DeploymentState;
  event: DeploymentEvent;
  state?: Partial<DeploymentState>;
  /** `undefined`: the field goes away. */
  stack?: { readonly [Field in Exclude<keyof StackNode, "logs">]?: StackNode[Field] | undefined };
}>;

const now = (type: DeploymentEvent["type"], data: object = {}) => reported(type, EVENT_TIME, data);

const ended = { endTime: at(EVENT_TIME) };

const CHANGES: readonly Change[] = [
  { before: STARTED, event: now("deployment_validating"), state: { status: "validating" } },
  {
    before: DEPLOYING,
    event: now("deployment_complete"),
    state: { ...ended, status: "deployed", reachedPercent: 100 },
  },
  { before: DEPLOYING, event: now("deployment_failed"), state: { ...ended, status: "failed" } },
  {
    before: DEPLOYING,
    event: now("deployment_rolling_back"),
    state: { status: "rolling_back", reachedPercent: 50 },
  },
  {
    before: { ...DEPLOYING, status: "rolling_back" },
    event: now("deployment_rolled_back"),
    state: { ...ended, status: "rolled_back", reachedPercent: 100 },
  },
  { before: DEPLOYING, event: now("deployment_cancelling"), state: { status: "cancelling" } },
  {
    before: DEPLOYING,
    event: now("deployment_queued", { id: "q1", user: "ada", totalStacks: 2 }),
    state: { queued: { id: "q1", since: at(EVENT_TIME), user: "ada", totalStacks: 2 } },
  },
  {
    before: { ...DEPLOYING, queued: { id: "q1", since: at(1) } },
    event: now("deployment_dequeued", { id: "q1", reason: "cancelled" }),
    state: { queued: undefined },
  },
  { before: DEPLOYING, event: now("deployment_cancelled"), state: { ...ended, status: "cancelled" } },
  { before: STARTED, event: now("deployment_destroying"), state: { status: "destroying" } },
  {
    before: { ...STARTED, status: "destroying" },
    event: now("deployment_destroyed"),
    state: { ...ended, status: "destroyed", reachedPercent: 100 },
  },
  {
    before: STARTED,
    event: now("layer_started", { layer: 1, totalLayers: 7 }),
    state: { status: "deploying", layers: new Map([[1, { startTime: at(EVENT_TIME) }]]), announcedLayers: 7 },
  },
  {
    before: { ...DEPLOYING, layers: new Map([[1, { startTime: at(1) }]]) },
    event: now("layer_complete", { layer: 1 }),
    state: { layers: new Map([[1, { startTime: at(1), endTime: at(EVENT_TIME) }]]) },
  },
  {
    before: STARTED,
    event: now("stack_deploying", { stack: "a", totalResources: 8 }),
    state: { status: "deploying" },
    stack: { status: "deploying", operation: "deploy", startTime: at(EVENT_TIME), totalResources: 8 },
  },
  {
    before: BUSY,
    event: now("stack_deployed", { stack: "a", outputs: { Port: 5432 } }),
    state: { reachedPercent: 50 },
    stack: { ...ended, status: "deployed", reachedPercent: 100, outputs: { Port: 5432 } },
  },
  {
    before: BUSY,
    event: now("stack_failed", { stack: "a", error }),
    stack: { ...ended, status: "failed", error },
  },
  {
    before: DEPLOYING,
    event: now("stack_rolling_back", { stack: "a", cause: CAUSE }),
    stack: { rollingBack: true, cause: CAUSE },
  },
  {
    before: STARTED,
    event: now("stack_skipped", { stack: "a" }),
    state: { status: "deploying", reachedPercent: 50 },
    stack: { ...ended, status: "skipped", reachedPercent: 100 },
  },
  {
    before: withA(DEPLOYING, {
      status: "failed",
      startTime: at(1),
      endTime: at(9),
      error,
      resources: BUSY.stacks.get("a")!.resources,
    }),
    event: now("stack_deleting", { stack: "a" }),
    stack: { status: "deleting", operation: "delete", startTime: at(1), error },
  },
  {
    before: withA(
      { ...STARTED, status: "destroying" },
      { status: "deleting", operation: "delete", startTime: at(1) },
    ),
    event: now("stack_deleted", { stack: "a" }),
    state: { reachedPercent: 50 },
    stack: { ...ended, status: "deleted", operation: "delete", startTime: at(1), reachedPercent: 100 },
  },
  {
    before: { ...DEPLOYING, status: "rolling_back" },
    event: now("stack_rolled_back", { stack: "a" }),
    state: { reachedPercent: 99 },
    stack: { ...ended, status: "rolled_back", operation: "deploy", startTime: at(1), reachedPercent: 100 },
  },
  ...(["creating", "updating", "deleting"] as const).map((status): Change => ({
    before: DEPLOYING,
    event: now(`resource_${status}`, { ...RESOURCE, progressPercent: 31.7, totalResources: 5 }),
    state: { reachedPercent: 15 },
    stack: {
      reachedPercent: 31,
      totalResources: 5,
      resources: new Map([["u", { ...NODE, status, startTime: at(EVENT_TIME), updatedAt: at(EVENT_TIME) }]]),
    },
  })),
  ...(["created", "updated", "deleted", "retained"] as const).map((status): Change => ({
    before: BUSY,
    event: now(`resource_${status}`, RESOURCE),
    state: { reachedPercent: 12 },
    stack: {
      reachedPercent: 25,
      resources: new Map([
        [
          "u",
          {
            ...NODE,
            status,
            startTime: status === "created" ? at(2) : at(EVENT_TIME),
            updatedAt: at(EVENT_TIME),
          },
        ],
      ]),
    },
  })),
  ...(["slow", "stuck"] as const).map((kind): Change => {
    const facts = { elapsedSeconds: 90, typicalSeconds: { p50: 10, p90: 20 } };
    const light = { kind, at: at(EVENT_TIME), ...facts };
    return {
      before: BUSY,
      event: now(`resource_${kind}`, { ...RESOURCE, ...facts }),
      stack: { resources: new Map([["u", { ...NODE, status: "creating", light }]]) },
    };
  }),
  {
    before: BUSY,
    event: now("resource_failed", { ...RESOURCE, error }),
    stack: {
      resources: new Map([["u", { ...NODE, status: "failed", updatedAt: at(EVENT_TIME) }]]),
      cause: {
        logicalId: "r",
        path: "u",
        type: "T",
        physicalId: "i",
        stackId: "",
        status: "failed",
        reason: "broke",
        timestamp: at(EVENT_TIME),
      },
    },
  },
];

/** The stack after the event: what was known of it, but for what an operation begins again. */
const stackAfter = ({ before, event, stack }: Change): object => {
  const { endTime: _end, ...known } = before.stacks.get("a")!;
  const isBeginning = event.type === "stack_deploying" || event.type === "stack_deleting";
  const again = isBeginning && { resources: new Map(), totalResources: 0, reachedPercent: 0 };
  return { ...known, ...again, logs: [logLineOf(event)], ...stack };
};

describe("an event", () => {
  test.each(CHANGES.map((change) => [change.event.type, change] as const))(
    "%s changes this",
    (_type, change) => {
      const { before, event, state, stack } = change;
      const stacks = stack
        ? new Map<string, object>(before.stacks).set("a", stackAfter(change))
        : before.stacks;
      const copy = storedAndRead(before);
      expect(applyEvent(before, event)).toEqual({
        ...before,
        lastEventTime: at(EVENT_TIME),
        stacks,
        ...state,
      });
      expect(before).toEqual(copy);
    },
  );

  test("is tried for every type", () => {
    const types = new Set([...CHANGES.map(({ event }) => event.type), "deployment_started"]);
    expect(types.size).toBe(deploymentEventSchema.options.length);
  });
});

describe("long texts", () => {
  const long = "x".repeat(60_000);
  const short = "x".repeat(8_000);

  test("are kept in part, and told whole", () => {
    const own = { code: "X", message: long, details: long };
    const { state, events } = foldDeployment(BUSY, [
      now("resource_failed", { ...RESOURCE, error: own }),
      now("stack_failed", { stack: "a", error: own }),
    ]);
    const { error: kept, cause, logs } = state.stacks.get("a")!;
    expect(kept).toEqual({ code: "X", message: short, details: short });
    expect(cause?.reason).toBe(short);
    expect(logs.map(({ message }) => message.length)).toEqual([8_000, 8_000]);
    expect(events.slice(0, 2)).toMatchObject([{ data: { error: own } }, { data: { error: own } }]);
  });

  test("are not cut amid a character", () => {
    const message = `${"x".repeat(7_999)}\u{1F600}`;
    const { stacks } = applyEvent(BUSY, now("stack_failed", { stack: "a", error: { code: "X", message } }));
    expect(stacks.get("a")?.error?.message).toBe("x".repeat(7_999));
  });
});

/** The samples of the seeds, letter by letter, and the words of a Pulumi program that knows no others. */
const SEEDS: readonly unknown[] = [
  {
    type: "deployment_started",
    timestamp: "2025-10-09T14:30:00Z",
    data: { ...ADDRESS, totalStacks: 12, totalLayers: 5, estimatedDuration: 1200 },
  },
  {
    type: "layer_started",
    timestamp: "2025-10-09T14:32:00Z",
    data: { ...ADDRESS, layer: 2, totalLayers: 5, stacks: ["security", "secrets", "dns"] },
  },
  {
    type: "stack_deploying",
    timestamp: "2025-10-09T14:35:00Z",
    data: { ...ADDRESS, stack: "database-rds", layer: 2, dependencies: ["network", "security"] },
  },
  {
    type: "resource_creating",
    timestamp: "2025-10-09T14:36:15Z",
    data: {
      ...ADDRESS,
      stack: "database-rds",
      resource: {
        urn: "urn:pulumi:D1BRV40-dev::database-rds::aws:rds/instance:Instance::main-database",
        type: "aws:rds/instance:Instance",
        name: "main-database",
      },
    },
  },
  {
    type: "resource_created",
    timestamp: "2025-10-09T14:37:45Z",
    data: {
      ...ADDRESS,
      stack: "database-rds",
      resource: {
        urn: "urn:pulumi:D1BRV40-dev::database-rds::aws:rds/instance:Instance::main-database",
        type: "aws:rds/instance:Instance",
        name: "main-database",
        id: "db-abc123",
      },
      durationSeconds: 90,
    },
  },
  {
    type: "stack_deployed",
    timestamp: "2025-10-09T14:38:00Z",
    data: {
      ...ADDRESS,
      stack: "database-rds",
      status: "deployed",
      resourcesCreated: 8,
      durationSeconds: 180,
      outputs: { endpoint: "db.abc123.us-east-1.rds.amazonaws.com", port: 5432 },
    },
  },
  {
    type: "stack_failed",
    timestamp: "2025-10-09T14:37:00Z",
    data: {
      ...ADDRESS,
      stack: "security",
      error: {
        code: "INSUFFICIENT_PERMISSIONS",
        message: "Unable to create RDS instance: Access Denied",
        details: "IAM role lacks rds:CreateDBInstance permission",
      },
    },
  },
  {
    type: "layer_complete",
    timestamp: "2025-10-09T14:38:00Z",
    data: { ...ADDRESS, layer: 2, deployedStacks: 3, failedStacks: 0, durationSeconds: 360 },
  },
  {
    type: "deployment_complete",
    timestamp: "2025-10-09T14:50:00Z",
    data: {
      ...ADDRESS,
      status: "deployed",
      totalStacks: 12,
      deployedStacks: 11,
      skippedStacks: 1,
      failedStacks: 0,
      durationSeconds: 1200,
    },
  },
];

describe("the seeds' samples", () => {
  test("are taken as they stand there, and told with nothing changed but the milliseconds", () => {
    const events = deploymentEventSchema.array().parse(SEEDS);
    const fold = foldDeployment(NOTHING, events);
    expect(fold.verdicts.map(({ kind }) => kind)).toEqual(SEEDS.map(() => "accepted"));
    expect(heard(fold)).toEqual(heard({ events }));
    expect(fold.events).toMatchObject(events);
    expect(fold.state.status).toBe("deployed");
  });

  test("may hold fields of tomorrow, which are not kept", () => {
    const [first] = SEEDS;
    const tomorrow = { ...Object(first), mood: "calm", data: { ...Object(first).data, weather: "fair" } };
    expect(deploymentEventSchema.parse(tomorrow)).toEqual(deploymentEventSchema.parse(first));
  });
});
