/** What is shown of a deployment: the seeds' interfaces with the fields of the seeds' samples. */
import { storedAndRead } from "../stored.ts";
import { describe, expect, test } from "vitest";
import { deploymentProgressOf } from "../../../src/domain/deployment/estimated-progress.ts";
import { stackProgressOf } from "../../../src/domain/deployment/deployment-view.ts";
import { wordOfResource } from "../../../src/domain/deployment/deployment-state.ts";
import { foldDeployment } from "../../../src/domain/deployment/fold-deployment.ts";
import type { DeploymentEvent } from "../../../src/protocol/deployment/deployment-events.ts";
import { ADDRESS, at, begun, planned, SEEDS_PLAN, stateOf, reported } from "./reported.ts";

const whole = (stack: string, from: number, to: number): DeploymentEvent[] => [
  reported("stack_deploying", from, { stack }),
  reported("stack_deployed", to, { stack, resourcesCreated: 8, outputs: { VpcId: "vpc-1" } }),
];

const INSTANCE = { urn: "urn:db::main", type: "aws:rds/instance:Instance", name: "main-database" };

const database = (type: DeploymentEvent["type"], seconds: number, extra: object = {}): DeploymentEvent =>
  reported(type, seconds, { stack: "database-rds", ...extra });

/** The seeds' sample: 12 stacks, 6 deployed, 1 skipped, and the database at 45 %. */
const SAMPLE: readonly DeploymentEvent[] = [
  begun(SEEDS_PLAN, { user: "ada", owner: "ops@example.com" }),
  ...whole("network", 5, 125),
  ...whole("security", 126, 210),
  ...whole("secrets", 126, 170),
  reported("stack_skipped", 130, { stack: "dns", reason: "unchanged" }),
  ...whole("storage", 215, 260),
  ...whole("cache", 215, 262),
  ...whole("queue", 215, 264),
  database("stack_deploying", 260),
  database("resource_creating", 265, {
    resource: { type: "aws:rds/subnetGroup:SubnetGroup", name: "subnets" },
  }),
  database("resource_created", 275, {
    resource: { type: "aws:rds/subnetGroup:SubnetGroup", name: "subnets" },
  }),
  database("resource_creating", 275, { resource: INSTANCE, progressPercent: 45, totalResources: 8 }),
];

describe("the view of a deployment", () => {
  test("is the seeds' sample with the contract's percentage", () => {
    const { stacks, ...view } = deploymentProgressOf(stateOf(...SAMPLE), at(365));
    expect(view).toEqual({
      ...ADDRESS,
      run: 1,
      mode: "track",
      user: "ada",
      owner: "ops@example.com",
      status: "deploying",
      startTime: at(0),
      currentLayer: 3,
      totalLayers: 5,
      currentStack: "database-rds",
      summary: {
        totalStacks: 12,
        deployedStacks: 6,
        failedStacks: 0,
        skippedStacks: 1,
        // (7 × 100 + 45) / 12
        progressPercent: 62,
      },
      metrics: {
        durationSeconds: 365,
        // 105 s for 45 %, then two layers of stacks that take 49 s in the middle
        estimatedTimeRemaining: 226,
        estimate: {
          remainingSeconds: { p50: 226, p90: 299 },
          endsAt: { p50: at(591), p90: at(664) },
          basis: "pace",
          sample: 0,
        },
        resourcesCreated: 1,
        resourcesFailed: 0,
        throughput: 0.16,
        efficiency: 1.35,
      },
    });
    expect(Object.keys(stacks)).toEqual(SEEDS_PLAN.map(({ name }) => name));
  });

  test("of a stack is the seeds' sample", () => {
    const state = stateOf(...SAMPLE);
    expect(stackProgressOf(state, state.stacks.get("database-rds")!, at(365))).toEqual({
      ...ADDRESS,
      name: "database-rds",
      stack: "database-rds",
      status: "deploying",
      layer: 3,
      dependsOn: ["network", "security"],
      startTime: at(260),
      durationSeconds: 105,
      progressPercent: 45,
      currentResource: "aws:rds/instance:Instance",
      resources: { total: 8, created: 1, failed: 0, current: "aws:rds/instance:Instance (main-database)" },
      logs: [
        { timestamp: at(260), level: "info", message: "Deploying" },
        {
          timestamp: at(265),
          level: "info",
          message: "Creating: aws:rds/subnetGroup:SubnetGroup (subnets)",
        },
        {
          timestamp: at(275),
          level: "info",
          message: "Created: aws:rds/subnetGroup:SubnetGroup (subnets) (10s)",
        },
        { timestamp: at(275), level: "info", message: "Creating: aws:rds/instance:Instance (main-database)" },
      ],
    });
    expect(stackProgressOf(state, state.stacks.get("network")!, at(365))).toEqual({
      ...ADDRESS,
      name: "network",
      stack: "network",
      status: "deployed",
      layer: 1,
      dependsOn: [],
      startTime: at(5),
      endTime: at(125),
      durationSeconds: 120,
      progressPercent: 100,
      resources: { total: 0, created: 0, failed: 0 },
      logs: [
        { timestamp: at(5), level: "info", message: "Deploying" },
        { timestamp: at(125), level: "info", message: "Deployed (120s, 8 resources)" },
      ],
      outputs: { VpcId: "vpc-1" },
    });
    expect(stackProgressOf(state, state.stacks.get("frontend")!, at(365))).toEqual({
      ...ADDRESS,
      name: "frontend",
      stack: "frontend",
      status: "pending",
      layer: 5,
      dependsOn: ["compute", "dns"],
      progressPercent: 0,
      resources: { total: 0, created: 0, failed: 0 },
      logs: [],
    });
  });

  test("keeps the last fifty lines of a stack", () => {
    const events = Array.from({ length: 60 }, (_, index) =>
      database("resource_creating", 300 + index, { resource: { type: "T", name: `R${index}` } }),
    );
    const { logs } = stateOf(...SAMPLE, ...events).stacks.get("database-rds")!;
    expect(logs.map(({ message }) => message)).toEqual(
      Array.from({ length: 50 }, (_, index) => `Creating: T (R${index + 10})`),
    );
  });

  test("of a failure has the cause that came first, and the layers and stacks that did not begin", () => {
    const broken = (stack: string, seconds: number) => [
      reported("resource_creating", seconds - 1, { stack, resource: { type: "T", name: `in-${stack}` } }),
      reported("resource_failed", seconds, {
        stack,
        resource: { urn: `Nested/in-${stack}`, type: "T", name: `in-${stack}`, id: "i-1" },
        error: { code: "CREATE_FAILED", message: `${stack} has no rights` },
      }),
    ];
    const end = (stack: string, seconds: number) =>
      reported("stack_failed", seconds, {
        stack,
        error: { code: "ROLLBACK_COMPLETE", message: `${stack} rolled back` },
      });
    const state = stateOf(
      begun(SEEDS_PLAN),
      ...whole("network", 1, 5),
      ...["security", "secrets", "dns"].map((stack) => reported("stack_deploying", 6, { stack })),
      ...broken("security", 20),
      ...broken("secrets", 18),
      // Security is back before secrets: the order of the ends says nothing of the cause.
      end("security", 30),
      end("secrets", 40),
      reported("stack_deployed", 41, { stack: "dns" }),
    );
    const { status, cause, blast, summary } = deploymentProgressOf(state, at(99));
    expect({ status, cause, blast, summary }).toEqual({
      status: "failed",
      cause: {
        logicalId: "in-secrets",
        path: "Nested/in-secrets",
        type: "T",
        physicalId: "i-1",
        stackId: "",
        status: "failed",
        reason: "secrets has no rights",
        timestamp: at(18),
      },
      blast: {
        stack: "secrets",
        layers: [3, 4, 5],
        stacks: ["cache", "compute", "database-rds", "frontend", "monitoring", "queue", "storage", "workers"],
      },
      summary: { totalStacks: 12, deployedStacks: 2, failedStacks: 2, skippedStacks: 0, progressPercent: 16 },
    });
  });

  test("keeps the cause through the rollback, whose percentage begins anew", () => {
    const plan = [planned("a", 1), planned("b", 2, "a")];
    const state = stateOf(
      begun(plan),
      ...whole("a", 1, 5),
      reported("stack_deploying", 6, { stack: "b" }),
      reported("stack_failed", 9, { stack: "b", error: { code: "X", message: "b broke" } }),
      reported("deployment_rolling_back", 10),
    );
    expect(state).toMatchObject({ status: "rolling_back", reachedPercent: 0 });
    expect(state).not.toHaveProperty("endTime");
    const further = foldDeployment(state, [
      reported("stack_rolled_back", 11, { stack: "b" }),
      reported("stack_deleting", 12, { stack: "a" }),
    ]);
    const view = deploymentProgressOf(further.state, at(13));
    expect(view.summary.progressPercent).toBe(50);
    expect(view.stacks["a"]).toMatchObject({ status: "deleting", progressPercent: 0 });
    expect(view.stacks["b"]).toMatchObject({ status: "rolled_back", error: { message: "b broke" } });
    expect(view.blast).toEqual({ stack: "b", layers: [], stacks: [] });
  });

  test("counts what failed as failed while and after it is put back", () => {
    const thing = (name: string) => ({ stack: "a", resource: { type: "T", name } });
    const events = [
      begun([planned("a", 1)]),
      reported("stack_deploying", 1, { stack: "a" }),
      reported("resource_updating", 2, thing("one")),
      reported("resource_creating", 2, thing("two")),
      reported("resource_updating", 2, thing("three")),
      reported("resource_updated", 3, thing("three")),
      reported("resource_failed", 4, thing("one")),
      reported("resource_failed", 4, thing("two")),
      reported("resource_updating", 5, thing("one")),
    ];
    const end = [
      reported("resource_updated", 6, thing("one")),
      reported("resource_deleting", 6, thing("two")),
      reported("resource_deleted", 7, thing("two")),
      reported("stack_failed", 8, {
        stack: "a",
        error: { code: "UPDATE_ROLLBACK_COMPLETE", message: "rolled back" },
      }),
    ];
    const counted = (...seen: readonly DeploymentEvent[]) =>
      deploymentProgressOf(stateOf(...seen), at(60)).stacks["a"]?.resources;
    expect(counted(...events)).toEqual({ total: 3, created: 1, failed: 2, current: "T (one)" });
    expect(counted(...events, ...end)).toEqual({ total: 3, created: 1, failed: 2 });
    expect(deploymentProgressOf(stateOf(...events, ...end), at(60)).metrics).toMatchObject({
      resourcesCreated: 1,
      resourcesFailed: 2,
    });
    const stack = stateOf(...events, ...end).stacks.get("a")!;
    expect([...stack.resources.values()].map((node) => wordOfResource(node, stack))).toEqual([
      "failed_rolled_back",
      "failed_deleted",
      "updated",
    ]);
    // Deployed in the end, it has lost nothing.
    expect(counted(...events, end[0]!, reported("stack_deployed", 8, { stack: "a" }))).toEqual({
      total: 3,
      created: 2,
      failed: 1,
    });
  });

  test("counts what was created and taken back as not created", () => {
    const own = { stack: "a" };
    const thing = (name: string) => ({ ...own, resource: { type: "T", name } });
    const state = stateOf(
      begun([planned("a", 1)]),
      reported("stack_deploying", 1, own),
      reported("resource_creating", 2, thing("one")),
      reported("resource_creating", 2, thing("two")),
      reported("resource_created", 3, thing("one")),
      reported("resource_failed", 4, thing("two")),
      reported("resource_deleting", 5, thing("one")),
      reported("resource_deleted", 6, thing("one")),
    );
    const { stacks, metrics } = deploymentProgressOf(state, at(60));
    expect(stacks["a"]?.resources).toEqual({ total: 2, created: 0, failed: 1 });
    expect(metrics).toEqual({
      durationSeconds: 60,
      resourcesCreated: 0,
      resourcesFailed: 1,
      throughput: 0,
      efficiency: 0.98,
    });
  });

  test("does not fall back when stacks join that nobody announced", () => {
    const percents = [
      reported("deployment_started", 0, { totalStacks: 2 }),
      ...whole("a", 1, 5),
      reported("stack_deploying", 6, { stack: "b" }),
      reported("layer_started", 7, { layer: 2, stacks: ["c", "d"] }),
    ].map((_, index, events) => stateOf(...events.slice(0, index + 1)).reachedPercent);
    expect(percents).toEqual([0, 0, 50, 50, 50]);
  });

  test("stops at the end of the run for what was still under way then", () => {
    const state = stateOf(...SAMPLE, reported("deployment_cancelled", 300));
    const view = deploymentProgressOf(state, at(9_000));
    expect(view).not.toHaveProperty("currentStack");
    expect(view.stacks["database-rds"]).toMatchObject({ status: "deploying", durationSeconds: 40 });
    expect(view.metrics.durationSeconds).toBe(300);
  });

  test("survives storage as it is", () => {
    const state = stateOf(...SAMPLE);
    expect(storedAndRead(state)).toEqual(state);
    expect(deploymentProgressOf(storedAndRead(state), at(400))).toEqual(deploymentProgressOf(state, at(400)));
  });
});

describe("the resources of an updated stack", () => {
  const thing = (name: string, id: string) => ({ stack: "a", resource: { type: "T", name, id } });

  test("do not count what is cleaned up: what was replaced, and what is no longer wanted", () => {
    const state = stateOf(
      begun([planned("a", 1)]),
      reported("stack_deploying", 1, { stack: "a", totalResources: 1 }),
      reported("resource_updating", 2, thing("kept", "old")),
      reported("resource_updated", 3, thing("kept", "new")),
      reported("resource_deleting", 4, thing("kept", "old")),
      reported("resource_deleting", 4, thing("removed", "r-1")),
      reported("resource_deleted", 5, thing("removed", "r-1")),
      reported("resource_failed", 6, thing("kept", "old")),
      reported("stack_deployed", 7, { stack: "a" }),
    );
    const { stacks, metrics, cause } = deploymentProgressOf(state, at(60));
    expect(stacks["a"]?.resources).toEqual({ total: 1, created: 1, failed: 0 });
    expect(metrics).toMatchObject({ resourcesCreated: 1, resourcesFailed: 0 });
    expect(cause).toBeUndefined();
  });
});
