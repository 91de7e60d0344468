/** What a stack's own channel tells, reported to its deployment: CloudFormation's words in, the seeds' words out. */
import { describe, expect, test } from "vitest";
import { reasonHintOf } from "../../../src/aws/cloudformation/reason-hint.ts";
import { foldDeployment } from "../../../src/domain/deployment/fold-deployment.ts";
import { deploymentProgressOf } from "../../../src/domain/deployment/estimated-progress.ts";
import { translated } from "../../../src/domain/deployment/stack-translation.ts";
import type { StackEvent } from "../../../src/domain/stack/stack-event.ts";
import {
  deploymentEventSchema,
  type DeploymentEvent,
} from "../../../src/protocol/deployment/deployment-events.ts";
import type { StackFrame } from "../../../src/protocol/stack/stack-frames.ts";
import { FakeCloudFormation } from "../../support/fake-cloudformation.ts";
import {
  traceEvents,
  tracesFolder,
  wholeTraces,
  whyNoTraces,
  type WholeTrace,
} from "../../support/traces.ts";
import { CHILD, nested, own, resource, timed } from "../events.ts";
import { Follower } from "../follower.ts";
import { ADDRESS, begun, heard, NOTHING, planned } from "./reported.ts";

const BELONGING = { ...ADDRESS, stack: "shop" };

const framesOf = async (events: readonly StackEvent[], stackName?: string): Promise<StackFrame[]> => {
  const cloudFormation = new FakeCloudFormation();
  const follower = new Follower(cloudFormation, stackName);
  for (const event of events) {
    cloudFormation.show(event);
    await follower.poll();
  }
  await follower.pollToEnd();
  return follower.frames;
};

const translatedAll = (frames: readonly StackFrame[]): DeploymentEvent[] =>
  frames.map((frame) => translated(frame, BELONGING)).filter((event) => event !== undefined);

/** A deployment of this one stack, to which the frames are reported. */
const deploymentOf = (frames: readonly StackFrame[]) => {
  const events = translatedAll(frames);
  const start = { ...begun([planned("shop", 1)]), timestamp: frames[0]?.timestamp ?? "" };
  const fold = foldDeployment(NOTHING, [start, ...events]);
  const view = deploymentProgressOf(fold.state, fold.state.lastEventTime);
  return { events, fold, view, stack: view.stacks["shop"]! };
};

describe("a translated stack", () => {
  test("gives no more outputs than a stack may have, also of a frame that was kept before they had a bound", async () => {
    const frames = await framesOf(timed(own("CREATE_IN_PROGRESS"), own("CREATE_COMPLETE")));
    const end = frames.at(-1);
    if (end?.type !== "stack_complete") return expect.unreachable();
    const outputs = { Url: "https://example.com", Large: "x".repeat(1_000_000), Last: "y" };
    expect(translated({ ...end, outputs }, BELONGING)).toMatchObject({
      type: "stack_deployed",
      data: { outputs: { Url: "https://example.com" }, outputsOmitted: 2 },
    });
    expect(translated(end, BELONGING)).not.toHaveProperty("data.outputsOmitted");
  });

  test("tells its beginning, its resources by path, those of nested stacks, and its end", async () => {
    const frames = await framesOf(
      timed(
        own("REVIEW_IN_PROGRESS"),
        own("CREATE_IN_PROGRESS"),
        nested("Data", "CREATE_IN_PROGRESS"),
        own("CREATE_IN_PROGRESS", {}, CHILD),
        resource("Table", "CREATE_IN_PROGRESS", { physicalId: "" }, CHILD),
        resource("Table", "CREATE_COMPLETE", {}, CHILD),
        own("CREATE_COMPLETE", {}, CHILD),
        nested("Data", "CREATE_COMPLETE"),
        own("CREATE_COMPLETE"),
      ),
    );
    const { fold, stack, view } = deploymentOf(frames);
    expect(heard(fold)).toEqual([
      "deployment_started",
      "layer_started 1",
      "stack_deploying shop",
      "resource_creating shop",
      "resource_creating shop",
      "resource_created shop",
      "resource_created shop",
      "stack_deployed shop",
      "layer_complete 1",
      "deployment_complete",
    ]);
    expect(fold.events[5]).toEqual({
      type: "resource_created",
      timestamp: frames[5]?.timestamp,
      data: {
        ...BELONGING,
        resource: {
          urn: "Data/Table",
          type: "AWS::SNS::Topic",
          name: "Table",
          id: "physical-Table",
        },
        durationSeconds: 1,
        estimate: frames[5]?.stack.estimate,
        progressPercent: 50,
        totalResources: 2,
        completedResources: 1,
        failedResources: 0,
      },
    });
    expect(fold.events[2]?.data).toMatchObject({ layer: 1, dependencies: [] });
    expect(stack).toMatchObject({
      status: "deployed",
      progressPercent: 100,
      resources: { total: 2, created: 2, failed: 0 },
      outputs: { Url: "https://example.com" },
    });
    expect(view.status).toBe("deployed");
  });

  test("that CloudFormation rolls back has failed, when it has come to rest, and its percentage stays", async () => {
    const frames = await framesOf(
      timed(
        own("CREATE_IN_PROGRESS"),
        ...["A", "B", "C", "D"].map((id) => resource(id, "CREATE_IN_PROGRESS")),
        resource("A", "CREATE_COMPLETE"),
        resource("B", "CREATE_COMPLETE"),
        resource("C", "CREATE_FAILED", { reason: "You have no rights" }),
        resource("D", "CREATE_FAILED", { reason: "Resource creation cancelled", hint: "cancelled" }),
        own("ROLLBACK_IN_PROGRESS"),
        ...["A", "B", "C", "D"].map((id) => resource(id, "DELETE_IN_PROGRESS")),
        ...["A", "B", "C", "D"].map((id) => resource(id, "DELETE_COMPLETE")),
        own("ROLLBACK_COMPLETE"),
      ),
    );
    const { view, stack, fold } = deploymentOf(frames);
    expect(heard(fold).slice(-3)).toEqual(["stack_failed shop", "layer_complete 1", "deployment_failed"]);
    expect(stack).toMatchObject({
      status: "failed",
      progressPercent: 50,
      error: { code: "ROLLBACK_COMPLETE", message: "C: You have no rights" },
      cause: { path: "C", status: "CREATE_FAILED" },
      resources: { total: 4, created: 0, failed: 2 },
    });
    expect(view).toMatchObject({ status: "failed", summary: { failedStacks: 1, progressPercent: 50 } });
  });

  test("that CloudFormation deletes as it could not be created has failed, too", async () => {
    const frames = await framesOf(
      timed(
        own("CREATE_IN_PROGRESS", { clientRequestToken: "one" }),
        resource("A", "CREATE_IN_PROGRESS"),
        resource("A", "CREATE_FAILED", { reason: "no" }),
        own("DELETE_IN_PROGRESS", { clientRequestToken: "one" }),
        resource("A", "DELETE_IN_PROGRESS"),
        resource("A", "DELETE_COMPLETE"),
        own("DELETE_COMPLETE", { clientRequestToken: "one" }),
      ),
    );
    expect(deploymentOf(frames).view).toMatchObject({ status: "failed", cause: { path: "A" } });
  });

  test("says nothing of hooks: what comes of them is told by the resource itself", async () => {
    const hook = {
      type: "Private::Guard::Hook",
      reason: "not allowed",
      invocationPoint: "PRE_PROVISION",
      failureMode: "WARN",
    };
    const frames = await framesOf(
      timed(
        own("CREATE_IN_PROGRESS"),
        resource("A", "CREATE_IN_PROGRESS", { hook: { ...hook, status: "HOOK_IN_PROGRESS" } }),
        resource("A", "", { hook: { ...hook, status: "HOOK_COMPLETE_FAILED" } }),
        resource("A", "CREATE_IN_PROGRESS"),
        resource("A", "CREATE_COMPLETE"),
        own("CREATE_COMPLETE"),
      ),
    );
    expect(heard({ events: translatedAll(frames) })).toEqual([
      "stack_deploying shop",
      "resource_creating shop",
      "resource_created shop",
      "stack_deployed shop",
    ]);
  });

  test("takes imported and restored resources for updated ones", async () => {
    const frames = await framesOf(
      timed(
        own("IMPORT_IN_PROGRESS"),
        resource("A", "IMPORT_IN_PROGRESS"),
        resource("A", "IMPORT_COMPLETE"),
        own("IMPORT_COMPLETE"),
      ),
    );
    expect(heard({ events: translatedAll(frames) })).toEqual([
      "stack_deploying shop",
      "resource_updating shop",
      "resource_updated shop",
      "stack_deployed shop",
    ]);
    expect(deploymentOf(frames).view.status).toBe("deployed");
  });

  test("that is deleted destroys its deployment", async () => {
    const frames = await framesOf(
      timed(
        own("DELETE_IN_PROGRESS"),
        resource("A", "DELETE_IN_PROGRESS"),
        resource("A", "DELETE_COMPLETE"),
        own("DELETE_COMPLETE"),
      ),
    );
    expect(deploymentOf(frames).view).toMatchObject({
      status: "destroyed",
      summary: { progressPercent: 100 },
      metrics: { resourcesCreated: 1 },
    });
  });
});

describe("one deployment, told twice", () => {
  const PLAN = [planned("a", 1), planned("b", 2, "a"), planned("c", 2, "a")];

  /** What CloudFormation tells of a stack with two resources, and what becomes of it. */
  const lived = async (stack: string, fails: boolean) => {
    const frames = await framesOf(
      timed(
        own("CREATE_IN_PROGRESS"),
        resource("A", "CREATE_IN_PROGRESS"),
        resource("B", "CREATE_IN_PROGRESS"),
        resource("A", "CREATE_COMPLETE"),
        resource("B", fails ? "CREATE_FAILED" : "CREATE_COMPLETE", { reason: fails ? "no rights" : "" }),
        ...(fails
          ? [
              own("ROLLBACK_IN_PROGRESS"),
              resource("A", "DELETE_IN_PROGRESS"),
              resource("A", "DELETE_COMPLETE"),
              own("ROLLBACK_COMPLETE"),
            ]
          : [own("CREATE_COMPLETE")]),
      ),
    );
    return translatedAll(frames).map((event) =>
      deploymentEventSchema.parse({ ...event, data: { ...event.data, stack } }),
    );
  };

  test.each([
    { fails: false, status: "deployed" },
    { fails: true, status: "failed" },
  ])("by its stacks' channels and by an orchestrator, ends the same: $status", async ({ fails, status }) => {
    const [a, b, c] = await Promise.all([lived("a", false), lived("b", fails), lived("c", false)]);
    const start = (mode: string) => ({ ...begun(PLAN, { mode }), timestamp: a[0]!.timestamp });
    const track = foldDeployment(NOTHING, [start("track"), ...a, ...b, ...c]);
    const zipped = b.flatMap((event, index) => [...c.slice(index, index + 1), event]);
    const ingest = foldDeployment(NOTHING, [start("ingest"), ...a, ...zipped]);
    const [tracked, ingested] = [track, ingest].map((fold) =>
      deploymentProgressOf(fold.state, "2026-12-01T00:00:00.000Z"),
    );
    expect(tracked?.status).toBe(status);
    expect({ ...ingested, mode: "track" }).toEqual(tracked);
    expect(heard(ingest).sort()).toEqual(heard(track).sort());
  });
});

const rootName = (events: readonly StackEvent[]): string => {
  const inner = new Set(
    events.filter(({ stackId, physicalId }) => stackId !== physicalId).map(({ physicalId }) => physicalId),
  );
  return events.find(({ stackId }) => !inner.has(stackId))?.stackName ?? "";
};

/** Frames of each attempt: up to its end, which tells that it is one. */
const attemptsOf = (frames: readonly StackFrame[]): StackFrame[][] => {
  const attempts: StackFrame[][] = [[]];
  for (const frame of frames) {
    attempts.at(-1)?.push(frame);
    if (frame.type === "stack_complete") attempts.push([]);
  }
  return attempts.filter(({ length }) => length > 0);
};

const ENDINGS: Readonly<Record<WholeTrace, readonly string[]>> = {
  "aichatbot-41-updates": ["deployed", "failed", "failed"],
  "amplify-create-495-nested10": ["deployed"],
  "amplify-update-failed-22-nested": ["failed"],
  "demoapp-10-replacement-cleanup": ["deployed"],
  "devenv-179-create-rollback": ["failed"],
  "ebcli-create-failed-waitcondition": ["failed"],
  "ebcli-sam-create": ["deployed"],
  "eksctl-113-rollback-failed": ["failed"],
  "pharmacy-71-update-rollback": ["deployed", "failed"],
  "roomiematcher-11-create-rds": ["deployed"],
};

describe.skipIf(!tracesFolder)(
  tracesFolder
    ? "Recorded deployments of a stack"
    : `Recorded deployments of a stack (skipped: ${whyNoTraces})`,
  () => {
    test.each(wholeTraces)("%s ends as it ended, and nothing that it tells is refused", async (name) => {
      const events = traceEvents(name, reasonHintOf).sort((left, right) =>
        left.timestamp < right.timestamp ? -1 : Number(left.timestamp > right.timestamp),
      );
      const attempts = attemptsOf(await framesOf(events, rootName(events)));
      const ends = attempts.map((frames) => {
        const { fold, view, stack, events: given } = deploymentOf(frames);
        expect(
          fold.verdicts.flatMap((verdict) => (verdict.kind === "refused" ? verdict.message : [])),
        ).toEqual([]);
        expect(deploymentEventSchema.array().parse(given)).toEqual(given);
        const end = frames.at(-1)!;
        if (end.type !== "stack_complete") throw new Error("the attempt has no end");
        expect(stack.status === "deployed").toBe(end.outcome.startsWith("deployed"));
        expect(view.cause).toEqual(end.cause);
        if (stack.status === "deployed") expect(stack.resources.created).toBe(end.stack.completedResources);
        return view.status;
      });
      expect(ends).toEqual(ENDINGS[name]);
    });
  },
);
