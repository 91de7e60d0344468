/** Recorded deployments of others, shown in steps of several sizes and followed from their beginning. */
import { describe, expect, test } from "vitest";
import { reasonHintOf } from "../../src/aws/cloudformation/reason-hint.ts";
import type { StackEvent } from "../../src/domain/stack/stack-event.ts";
import type { StackState } from "../../src/domain/stack/stack-state.ts";
import { FakeCloudFormation } from "../support/fake-cloudformation.ts";
import { traceEvents, tracesFolder, wholeTraces, whyNoTraces, type WholeTrace } from "../support/traces.ts";
import { expectReported } from "./expect-reported.ts";
import { Follower } from "./follower.ts";
import { expectInvariants } from "./invariants.ts";

type Ending = Readonly<{ outcome: string; counts: readonly number[]; cause?: string }>;

const deployed = (total: number): Ending => ({ outcome: "deployed", counts: [total, total, 0, 0, 100] });

/** How each attempt of a trace ends: counts are total, completed, in progress, failed, percent; the cause is a path. */
const ENDINGS: Readonly<Record<WholeTrace, readonly Ending[]>> = {
  "aichatbot-41-updates": [
    deployed(4),
    { outcome: "rolled_back", counts: [3, 0, 0, 3, 100], cause: "ChatSessionsTable" },
    { outcome: "rolled_back", counts: [3, 0, 0, 3, 100], cause: "ChatSessionsTable" },
  ],
  "amplify-create-495-nested10": [deployed(161)],
  "amplify-update-failed-22-nested": [
    {
      outcome: "rolled_back",
      counts: [3, 1, 0, 2, 100],
      cause: "auth179371D7/amplifyAuthUserPool4BA7F805",
    },
  ],
  "demoapp-10-replacement-cleanup": [deployed(2)],
  // No resource failed: an output could not be had.
  "devenv-179-create-rollback": [
    { outcome: "rolled_back", counts: [33, 33, 0, 0, 100], cause: "DevEnvStack" },
  ],
  "ebcli-create-failed-waitcondition": [
    { outcome: "failed", counts: [14, 13, 0, 1, 99], cause: "AWSEBInstanceLaunchWaitCondition" },
  ],
  "ebcli-sam-create": [deployed(7)],
  "eksctl-113-rollback-failed": [
    { outcome: "rollback_failed", counts: [21, 14, 0, 7, 99], cause: "ControlPlane" },
  ],
  "pharmacy-71-update-rollback": [
    deployed(17),
    { outcome: "rolled_back", counts: [3, 0, 0, 3, 100], cause: "ProcessLowStockAlertFunction" },
  ],
  "roomiematcher-11-create-rds": [deployed(3)],
};

const recorded = (name: WholeTrace): StackEvent[] =>
  // Recorded stack by stack: within one, equal times keep their order.
  traceEvents(name, reasonHintOf).sort((left, right) =>
    left.timestamp < right.timestamp ? -1 : Number(left.timestamp > right.timestamp),
  );

/** The stack that is nowhere nested. */
const rootName = (events: readonly StackEvent[]): string => {
  const others = events.filter(({ stackId, physicalId }) => stackId !== physicalId);
  const nested = new Set(others.map(({ physicalId }) => physicalId));
  return events.find(({ stackId }) => !nested.has(stackId))?.stackName ?? "";
};

const follow = async (events: readonly StackEvent[], step: number): Promise<Follower> => {
  const cloudFormation = new FakeCloudFormation();
  const follower = new Follower(cloudFormation, rootName(events));
  for (let shown = 0; shown < events.length; shown += step) {
    cloudFormation.show(...events.slice(shown, shown + step));
    await follower.poll();
  }
  await follower.pollToEnd();
  return follower;
};

const endingsOf = ({ ends }: Follower): Ending[] =>
  ends.map(({ outcome, stack, cause }) => ({
    outcome,
    counts: [
      stack.totalResources,
      stack.completedResources,
      stack.inProgressResources,
      stack.failedResources,
      stack.progress,
    ],
    ...(cause && { cause: cause.path }),
  }));

/** What a frame tells of an event, enough to know it by. */
const reported = (stackId: string, logicalId: string, status: string, timestamp: string): string =>
  [stackId, logicalId, status, timestamp].join(" ");

const reportedByStack = (tellings: readonly (readonly [stackId: string, telling: string])[]) =>
  Map.groupBy(tellings, ([stackId]) => stackId);

const shown = (events: readonly StackEvent[]) =>
  reportedByStack(
    events.map((event) => [
      event.stackId,
      reported(event.stackId, event.logicalId, event.status, event.timestamp),
    ]),
  );

const heard = ({ frames }: Follower) =>
  reportedByStack(
    frames.flatMap((frame) => {
      if (frame.type !== "resource_update") return [];
      const { stackId, logicalId, status } = frame.resource;
      return [[stackId, reported(stackId, logicalId, status, frame.timestamp)] as const];
    }),
  );

/** The state without how often it was looked at and where in the channel it began. */
const stateOf = ({ attempt, ...state }: StackState) => ({
  ...state,
  attempt: attempt && { ...attempt, settlingPolls: 0, firstOffset: 0 },
});

/** The events of the newest attempt. */
const newestOf = (events: readonly StackEvent[], follower: Follower): StackEvent[] =>
  events.filter(({ timestamp }) => timestamp >= (follower.state.attempt?.startedAt ?? ""));

describe.skipIf(!tracesFolder)(
  tracesFolder ? "Recorded deployments" : `Recorded deployments (skipped: ${whyNoTraces})`,
  () => {
    describe.each(wholeTraces)("%s", (name) => {
      test.each([1, 7])("is told whole and in order, %i events a poll", async (step) => {
        const events = recorded(name);
        const follower = await follow(events, step);
        expect(heard(follower)).toEqual(shown(events));
        expect(endingsOf(follower)).toEqual(ENDINGS[name]);
        expectInvariants(follower.frames);
      });

      test("is told from its newest attempt on, if it is first looked at when all is over", async () => {
        const events = recorded(name);
        const follower = await follow(events, events.length);
        const attempts = ENDINGS[name];
        if (attempts.length === 1) expect(heard(follower)).toEqual(shown(events));
        else expect(heard(follower)).toEqual(shown(newestOf(events, follower)));
        expect(endingsOf(follower)).toEqual(attempts.slice(-1));
        expectInvariants(follower.frames);
      });

      test("is known to whoever folds its frames as the server knows it", async () => {
        const events = recorded(name);
        expectReported((await follow(events, 3)).steps);
      });

      test("leads to the same state, however it is cut into polls", async () => {
        const events = recorded(name);
        const [one, seven, all] = await Promise.all(
          [1, 7, events.length].map((step) => follow(events, step)),
        );
        expect(stateOf(seven!.state)).toEqual(stateOf(one!.state));
        expect(stateOf(all!.state)).toEqual(stateOf(one!.state));
      });
    });
  },
);
