import { describe, expect, test } from "vitest";
import { listedOf } from "../../src/dashboard/deployments/deployment-row.ts";
import { filtersIn } from "../../src/dashboard/deployments/kept-filters.ts";
import { runKindOf } from "../../src/dashboard/deployments/list-words.ts";
import {
  countsByKind,
  isStackWanted,
  stackFilterOf,
} from "../../src/dashboard/deployment/tree/stack-filter.ts";
import { isRunWanted } from "../../src/domain/deployment/run-filter.ts";
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
  source: { name: "Deploy #12", branch: "main", commit: "4f1c9a20", actor: "kim" },
  totalStacks: 3,
  deployedStacks: 1,
  failedStacks: 0,
  skippedStacks: 0,
  progressPercent: 33,
};

describe("the list of deployments", () => {
  test.each([
    ["nothing asked", {}, true],
    ["its name, in any case", { q: "d1brv40-DEV" }, true],
    ["its owner", { q: "ada@" }, true],
    ["its commit, with blanks around", { q: " 4F1C " }, true],
    ["another name", { q: "billing" }, false],
    ["its environment", { environment: "dev" }, true],
    ["another environment", { environment: "prod" }, false],
    ["what runs", { is: runKindOf("running") }, true],
    ["what failed", { is: runKindOf("failed") }, false],
    ["what is over", { is: runKindOf("ended") }, false],
    ["a kind that is none", { is: runKindOf("nonsense") }, true],
  ])("is filtered by %s", (_what, filter, isWanted) => {
    expect(isRunWanted(row, filter)).toBe(isWanted);
  });

  test("what runs on though a stack has failed counts as failed, too", () => {
    expect(isRunWanted({ ...row, failedStacks: 1 }, { is: "failed" })).toBe(true);
  });

  test.each([
    [null, []],
    ["{", []],
    ['"text"', []],
    ['[{"name":"mine","query":"is=failed"},{"name":1},null]', [{ name: "mine", query: "is=failed" }]],
  ])("saved filters are read from %j as far as they are filters", (text, filters) => {
    expect(filtersIn(text)).toEqual(filters);
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
