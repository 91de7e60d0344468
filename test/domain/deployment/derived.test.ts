/** What follows from what is reported: layers begin and end, deployments end, each reported once, whoever else tells it. */
import { describe, expect, test } from "vitest";
import { foldDeployment } from "../../../src/domain/deployment/fold-deployment.ts";
import { deploymentEventSchema } from "../../../src/protocol/deployment/deployment-events.ts";
import { MAX_STACKS } from "../../../src/protocol/deployment/deployment-limits.ts";
import { begun, foldOf, heard, planned, resource, SEEDS_PLAN, stateOf, reported } from "./reported.ts";
import { factsOf, inTime } from "./play.ts";

const PLAN = [planned("a", 1), planned("b", 2, "a"), planned("c", 2, "a")];

const deploying = (stack: string, seconds: number) => reported("stack_deploying", seconds, { stack });
const deployed = (stack: string, seconds: number) => reported("stack_deployed", seconds, { stack });
const failed = (stack: string, seconds: number) =>
  reported("stack_failed", seconds, {
    stack,
    error: { code: "ROLLBACK_COMPLETE", message: `${stack} broke` },
  });

describe("derived events", () => {
  test("say nothing that no event may say: above the highest layer there is none", () => {
    const fold = foldOf(
      begun([], { mode: "ingest" }),
      reported("stack_deploying", 1, { stack: "high", layer: MAX_STACKS }),
      reported("stack_deploying", 2, { stack: "above", dependencies: ["high"] }),
    );
    expect(fold.events.at(-1)?.data).toMatchObject({ stack: "above", layer: MAX_STACKS });
    expect(deploymentEventSchema.array().parse(fold.events)).toEqual(fold.events);
  });

  test("frame the stacks: a layer starts before its first stack, completes after its last, and so does the whole", () => {
    const fold = foldOf(
      begun(PLAN),
      deploying("a", 1),
      deployed("a", 5),
      deploying("b", 6),
      reported("stack_skipped", 7, { stack: "c" }),
      deployed("b", 9),
    );
    expect(heard(fold)).toEqual([
      "deployment_started",
      "layer_started 1",
      "stack_deploying a",
      "stack_deployed a",
      "layer_complete 1",
      "layer_started 2",
      "stack_deploying b",
      "stack_skipped c",
      "stack_deployed b",
      "layer_complete 2",
      "deployment_complete",
    ]);
    const [layerStarted, layerComplete, complete] = [5, 9, 10].map((index) => fold.events[index]);
    expect(layerStarted).toEqual(
      reported("layer_started", 6, { layer: 2, totalLayers: 2, stacks: ["b", "c"] }),
    );
    expect(layerComplete).toEqual(
      reported("layer_complete", 9, { layer: 2, deployedStacks: 1, failedStacks: 0, durationSeconds: 3 }),
    );
    expect(complete).toEqual(
      reported("deployment_complete", 9, {
        status: "deployed",
        totalStacks: 3,
        deployedStacks: 2,
        skippedStacks: 1,
        failedStacks: 0,
        durationSeconds: 9,
      }),
    );
  });

  test("tell the failure of a deployment when nothing more can begin, with its cause and what did not happen", () => {
    const cause = reported("resource_failed", 3, {
      stack: "a",
      ...resource("vpc"),
      error: { code: "CREATE_FAILED", message: "limit" },
    });
    const fold = foldOf(begun(PLAN), deploying("a", 1), cause, failed("a", 5));
    expect(heard(fold).slice(-3)).toEqual(["stack_failed a", "layer_complete 1", "deployment_failed"]);
    expect(fold.events.at(-1)?.data).toMatchObject({
      status: "failed",
      totalStacks: 3,
      failedStacks: 1,
      deployedStacks: 0,
      error: { code: "ROLLBACK_COMPLETE", message: "a broke" },
      cause: { logicalId: "vpc", reason: "limit" },
      blast: { stack: "a", layers: [2], stacks: ["b", "c"] },
    });
  });

  test("wait for stacks that run on while another one fails, and bear the latest time, not the last told", () => {
    const run = [begun(PLAN), deploying("a", 1), deployed("a", 5), deploying("b", 6), deploying("c", 6)];
    const waiting = foldOf(...run, failed("b", 20));
    expect(heard(waiting).at(-1)).toBe("stack_failed b");
    const fold = foldDeployment(waiting.state, [deployed("c", 9)]);
    expect(fold.events.at(-1)).toMatchObject({
      type: "deployment_failed",
      timestamp: failed("b", 20).timestamp,
    });
  });

  test("are not told again after an orchestrator that tells them first, nor before one that tells them later", () => {
    const events = [
      begun(PLAN, { mode: "ingest" }),
      reported("layer_started", 1, { layer: 1, totalLayers: 2, stacks: ["a"] }),
      deploying("a", 1),
      deployed("a", 5),
      reported("layer_complete", 6, { layer: 1 }),
      reported("layer_started", 6, { layer: 2, stacks: ["b", "c"] }),
      deploying("b", 6),
      deploying("c", 6),
      deployed("b", 7),
      deployed("c", 8),
      reported("layer_complete", 9, { layer: 2 }),
      reported("deployment_complete", 9),
    ];
    const fold = foldOf(...events);
    expect(new Set(heard(fold)).size).toBe(fold.events.length);
    expect(fold.events).toHaveLength(events.length);
    expect(fold.verdicts.filter(({ kind }) => kind === "known")).toHaveLength(3);
    expect(fold.verdicts.filter(({ kind }) => kind === "refused")).toEqual([]);
  });

  test("are the same for stacks that join at first mention, if their number was announced", () => {
    const joining = [
      reported("deployment_started", 0, { totalStacks: 3, totalLayers: 2 }),
      reported("stack_deploying", 1, { stack: "a", layer: 1, dependencies: [] }),
      deployed("a", 5),
      reported("stack_deploying", 6, { stack: "b", dependencies: ["a"] }),
      reported("stack_deploying", 6, { stack: "c", layer: 2, dependencies: ["a"] }),
      deployed("b", 7),
      deployed("c", 8),
    ];
    expect(heard(foldOf(...joining))).toEqual([
      "deployment_started",
      "layer_started 1",
      "stack_deploying a",
      "stack_deployed a",
      "layer_started 2",
      "stack_deploying b",
      "stack_deploying c",
      "layer_complete 1",
      "stack_deployed b",
      "stack_deployed c",
      "layer_complete 2",
      "deployment_complete",
    ]);
  });

  test("leave the end to the orchestrator if nobody announced how many stacks there are", () => {
    const fold = foldOf(
      reported("deployment_started", 0),
      deploying("a", 1),
      deployed("a", 5),
      reported("deployment_complete", 7, { note: "a field of tomorrow" }),
    );
    expect(heard(fold)).toEqual([
      "deployment_started",
      "layer_started 1",
      "stack_deploying a",
      "stack_deployed a",
      "layer_complete 1",
      "deployment_complete",
    ]);
    expect(fold.events.at(-1)?.data).toMatchObject({ totalStacks: 1, deployedStacks: 1, durationSeconds: 7 });
  });

  test("tell a deployment destroyed whose stacks are deleted, from the top down", () => {
    const gone = (stack: string, seconds: number) => [
      reported("stack_deleting", seconds, { stack }),
      reported("stack_deleted", seconds + 1, { stack }),
    ];
    const fold = foldOf(begun(PLAN), ...gone("c", 1), ...gone("b", 3), ...gone("a", 5));
    expect(heard(fold)).toEqual([
      "deployment_started",
      "deployment_destroying",
      "stack_deleting c",
      "stack_deleted c",
      "stack_deleting b",
      "stack_deleted b",
      "stack_deleting a",
      "stack_deleted a",
      "deployment_destroyed",
    ]);
  });

  test("tell the failure of a destruction, which goes from the top down: what lies below stays", () => {
    const fold = foldOf(
      begun(PLAN),
      reported("deployment_destroying", 1),
      reported("stack_deleting", 1, { stack: "c" }),
      reported("stack_deleting", 1, { stack: "b" }),
      reported("stack_deleted", 3, { stack: "b" }),
      failed("c", 4),
    );
    expect(fold.events.at(-1)).toMatchObject({
      type: "deployment_failed",
      data: { failedStacks: 1, blast: { stack: "c", layers: [1], stacks: ["a"] } },
    });
  });

  test("do not take the deletion of what others depend on for a destruction: it is created anew", () => {
    const fold = foldOf(
      begun(PLAN),
      reported("stack_deleting", 1, { stack: "a" }),
      reported("stack_deleted", 2, { stack: "a" }),
      deploying("a", 3),
      deployed("a", 5),
      reported("stack_skipped", 6, { stack: "b" }),
      reported("stack_skipped", 6, { stack: "c" }),
    );
    expect(fold.verdicts.every(({ kind }) => kind === "accepted")).toBe(true);
    expect(heard(fold).at(-1)).toBe("deployment_complete");
  });

  test("tell a stack that was deleted while it was created as a failure of the deployment", () => {
    const fold = foldOf(
      begun([planned("a", 1)]),
      deploying("a", 1),
      reported("stack_deleting", 2, { stack: "a" }),
      reported("stack_deleted", 3, { stack: "a" }),
    );
    expect(heard(fold).at(-1)).toBe("deployment_failed");
    expect(fold.events.at(-1)?.data).toMatchObject({ error: { code: "STACK_DELETED" } });
  });

  test("tell a rollback complete when everything is back, and keep the cause of it all", () => {
    const fold = foldOf(
      begun(PLAN),
      deploying("a", 1),
      deployed("a", 5),
      deploying("b", 6),
      failed("b", 7),
      reported("stack_skipped", 7, { stack: "c" }),
      reported("deployment_rolling_back", 8),
      reported("stack_rolled_back", 9, { stack: "b" }),
      reported("stack_deleting", 10, { stack: "a" }),
      reported("stack_deleted", 12, { stack: "a" }),
    );
    expect(heard(fold).slice(-6)).toEqual([
      "deployment_failed",
      "deployment_rolling_back",
      "stack_rolled_back b",
      "stack_deleting a",
      "stack_deleted a",
      "deployment_rolled_back",
    ]);
    expect(fold.events.at(-1)?.data).toMatchObject({ error: { message: "b broke" }, blast: { stack: "b" } });
    expect(fold.state).toMatchObject({ status: "rolled_back", reachedPercent: 100 });
  });

  test("tell a deployment cancelled when no stack is under way any more", () => {
    const fold = foldOf(begun(PLAN), deploying("a", 1), reported("deployment_cancelling", 2), failed("a", 4));
    expect(heard(fold).slice(-3)).toEqual([
      "deployment_cancelling",
      "stack_failed a",
      "deployment_cancelled",
    ]);
    expect(heard(foldOf(begun(PLAN), reported("deployment_cancelling", 2))).at(-1)).toBe(
      "deployment_cancelled",
    );
  });

  test("begin a new run with nothing of the one before but its number", () => {
    const first = foldOf(begun(PLAN), deploying("a", 1), failed("a", 5));
    const again = reported("deployment_started", 60, { mode: "track", stacks: PLAN });
    const fold = foldDeployment(first.state, [again]);
    expect(fold.state).toEqual({
      ...stateOf(begun(PLAN)),
      run: 2,
      startTime: again.timestamp,
      lastEventTime: again.timestamp,
    });
    expect(fold.events).toEqual([
      { ...again, data: { ...again.data, run: 2, totalStacks: 3, totalLayers: 2 } },
    ]);
  });

  test("survive dependencies that go in a circle, as those that are told may", () => {
    const fold = foldOf(
      reported("deployment_started", 0, { totalStacks: 3 }),
      reported("layer_started", 1, { layer: 1, stacks: ["a", "b", "c"] }),
      reported("stack_deploying", 1, { stack: "a", dependencies: ["b"] }),
      reported("stack_deploying", 1, { stack: "b", dependencies: ["a"] }),
      failed("a", 5),
    );
    expect(fold.state.status).toBe("deploying");
  });

  test("are found in a wide plan of dense dependencies without delay", () => {
    const dense = Array.from({ length: 500 }, (_, index) =>
      planned(
        `s${index}`,
        1 + Math.floor(index / 10),
        ...Array.from(
          { length: index < 10 ? 0 : 10 },
          (_unused, below) => `s${Math.floor(index / 10) * 10 - 10 + below}`,
        ),
      ),
    );
    const begin = performance.now();
    const fold = foldOf(begun(dense), deploying("s0", 1), failed("s0", 2));
    expect(fold.state.status).toBe("deploying");
    expect(performance.now() - begin).toBeLessThan(3_000);
  });

  test("leave the seeds' twelve stacks with five layers, each begun and completed once", () => {
    const fold = foldOf(begun(SEEDS_PLAN), ...inTime(factsOf(SEEDS_PLAN, {}, 7)));
    expect(heard(fold).filter((line) => line.startsWith("layer_"))).toHaveLength(10);
    expect(new Set(heard(fold).filter((line) => line.startsWith("layer_"))).size).toBe(10);
    expect(heard(fold).at(-1)).toBe("deployment_complete");
  });
});
