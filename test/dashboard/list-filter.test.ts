import { describe, expect, test } from "vitest";
import { listedOf } from "../../src/dashboard/deployments/deployment-row.ts";
import { isDeploymentWanted, listKindOf } from "../../src/dashboard/deployments/list-filter.ts";
import {
  countsByKind,
  isStackWanted,
  stackFilterOf,
} from "../../src/dashboard/deployment/tree/stack-filter.ts";
import type { DeploymentProgress } from "../../src/protocol/deployment/deployment-progress.ts";
import type { RunSummary } from "../../src/protocol/deployment/deployment-requests.ts";

const row: RunSummary = {
  deploymentId: "D1BRV40",
  environment: "dev",
  run: 2,
  mode: "track",
  status: "deploying",
  startTime: "2026-01-01T12:00:00.000Z",
  durationSeconds: 10,
  owner: "ada@example.com",
  totalStacks: 3,
  deployedStacks: 1,
  failedStacks: 0,
  skippedStacks: 0,
  progressPercent: 33,
};

const ALL = { text: "", environment: "", kind: undefined };

describe("the list of deployments", () => {
  test.each([
    ["nothing asked", {}, true],
    ["its name, in any case", { text: "d1brv40-DEV" }, true],
    ["its owner", { text: "ada@" }, true],
    ["another name", { text: "billing" }, false],
    ["its environment", { environment: "dev" }, true],
    ["another environment", { environment: "prod" }, false],
    ["what runs", { kind: listKindOf("running") }, true],
    ["what failed", { kind: listKindOf("failed") }, false],
    ["what is over", { kind: listKindOf("ended") }, false],
    ["a kind that is none", { kind: listKindOf("nonsense") }, true],
  ])("is filtered by %s", (_what, filter, isWanted) => {
    expect(isDeploymentWanted(row, { ...ALL, ...filter })).toBe(isWanted);
  });

  test("what runs on though a stack has failed counts as failed, too", () => {
    expect(isDeploymentWanted({ ...row, failedStacks: 1 }, { ...ALL, kind: "failed" })).toBe(true);
  });

  test("a row shows what its channel tells, unless that is of an earlier run", () => {
    const progress = {
      ...row,
      status: "deployed",
      endTime: "2026-01-01T12:01:00.000Z",
      summary: { ...row, deployedStacks: 3, progressPercent: 100 },
      metrics: { durationSeconds: 60, resourcesCreated: 3, resourcesFailed: 0, throughput: 3, efficiency: 1 },
      totalLayers: 1,
      stacks: {},
    } as unknown as DeploymentProgress;
    expect(listedOf(row, progress)).toEqual({
      ...row,
      status: "deployed",
      endTime: "2026-01-01T12:01:00.000Z",
      deployedStacks: 3,
      progressPercent: 100,
      durationSeconds: 60,
      estimatedTimeRemaining: undefined,
    });
    expect(listedOf(row, { ...progress, run: 1 })).toBe(row);
    const pulse = { progressPercent: 66, deployedStacks: 2, estimatedTimeRemaining: 30 };
    expect(listedOf(row, { ...progress, status: "deploying" }, pulse)).toMatchObject(pulse);
    expect(listedOf(row, progress, pulse), "what has ended has no pulse").toMatchObject({
      progressPercent: 100,
    });
  });
});

describe("the stacks of a deployment", () => {
  const resources = { total: 1, created: 0, failed: 0, current: "AWS::S3::Bucket (Uploads)" };
  const stack = { name: "storage", status: "deploying", resources } as const;

  test.each([
    ["", "", true],
    ["STOR", "", true],
    ["uploads", "", true],
    ["network", "", false],
    ["", "running", true],
    ["", "failed", false],
    ["stor", "nonsense", true],
  ])("are filtered by the text %j and the kind %j", (text, kind, isWanted) => {
    expect(isStackWanted(stack, stackFilterOf(text, kind))).toBe(isWanted);
  });

  test("are counted by kind; what is being taken back runs", () => {
    const statuses = [
      "deploying",
      "deleting",
      "failed",
      "deployed",
      "skipped",
      "rolled_back",
      "pending",
    ] as const;
    expect(countsByKind(statuses.map((status) => ({ status })))).toEqual({
      running: 2,
      failed: 1,
      waiting: 1,
      done: 1,
      skipped: 1,
      reverted: 1,
    });
  });
});
