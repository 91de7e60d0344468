import { describe, expect, test } from "vitest";
import { actionConsequenceOf } from "../../src/dashboard/deployment/run/consequence.ts";
import { actionsOpenTo } from "../../src/dashboard/deployment/run/run-action.ts";
import type { DeploymentProgress, StackStatus } from "../../src/protocol/deployment/deployment-progress.ts";

const stacksOf = (statuses: Readonly<Record<string, StackStatus>>): DeploymentProgress["stacks"] =>
  Object.fromEntries(
    Object.entries(statuses).map(([name, status], index) => [
      name,
      {
        name,
        stack: name,
        deploymentId: "shop",
        environment: "dev",
        status,
        layer: index + 1,
        dependsOn: [],
        progressPercent: 0,
        resources: { total: 0, created: 0, failed: 0 },
        logs: [],
        ...(status !== "pending" && { startTime: "2026-01-01T12:00:00.000Z" }),
      },
    ]),
  );

const failed = {
  deploymentId: "shop",
  environment: "dev",
  run: 3,
  status: "failed",
  stacks: stacksOf({ network: "deployed", dns: "skipped", database: "failed", web: "pending" }),
} as const;

describe("what can be done to a deployment", () => {
  test("depends on where its run stands", () => {
    const open = (status: DeploymentProgress["status"]) => actionsOpenTo({ mode: "deploy", status });
    expect(open("validating")).toEqual(["cancel"]);
    expect(open("deploying")).toEqual(["cancel", "rollback"]);
    expect(open("failed")).toEqual(["retry", "rollback", "destroy"]);
    expect(open("cancelled")).toEqual(["retry", "rollback", "destroy"]);
    expect(open("rolled_back")).toEqual(["retry", "destroy"]);
    expect(open("deployed")).toEqual(["destroy"]);
    for (const status of ["rolling_back", "cancelling", "destroying", "destroyed"] as const)
      expect(open(status)).toEqual([]);
  });

  test("is nothing where Stackcast does not deploy", () => {
    expect(actionsOpenTo({ mode: "track", status: "failed" })).toEqual([]);
    expect(actionsOpenTo({ mode: "ingest", status: "failed" })).toEqual([]);
  });
});

describe("what will happen is named", () => {
  test("a retry goes on with what is not deployed", () => {
    expect(actionConsequenceOf("retry", failed)).toEqual({
      intro: "Run 4 deploys 2 stacks that are not deployed yet:",
      stacks: ["database", "web"],
      outro: "Stacks that are deployed stay unchanged.",
    });
  });

  test("a rollback takes back what the run has touched, the last layer first", () => {
    expect(actionConsequenceOf("rollback", failed).stacks).toEqual(["database", "network"]);
  });

  test("a cancellation names what is in flight", () => {
    const stacks = stacksOf({ network: "deployed", database: "deploying", web: "pending" });
    expect(actionConsequenceOf("cancel", { ...failed, status: "deploying", stacks })).toMatchObject({
      intro: "No further stack starts. In progress is 1 stack:",
      stacks: ["database"],
    });
    expect(actionConsequenceOf("cancel", failed).intro).toBe("No further stack starts.");
  });

  test("a destruction names every stack, the last layer first", () => {
    expect(actionConsequenceOf("destroy", failed)).toEqual({
      intro: "All 4 stacks of shop-dev are deleted with their resources, the last layer first:",
      stacks: ["web", "database", "dns", "network"],
      outro: "A deletion is final.",
    });
  });

  test("a retry of a destruction goes on deleting", () => {
    const stacks = stacksOf({ network: "pending", database: "failed", web: "deleted" });
    expect(actionConsequenceOf("retry", { ...failed, stacks })).toEqual({
      intro: "Run 4 continues to delete 2 stacks:",
      stacks: ["database", "network"],
      outro: "A deletion is final.",
    });
  });
});
