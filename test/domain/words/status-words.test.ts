import { describe, expect, test } from "vitest";
import { hasRunEnded, kindOfStatus, wordOfStatus } from "../../../src/domain/words/status-words.ts";
import { deploymentStates, stackStates } from "../../../src/protocol/deployment/deployment-progress.ts";

describe("statuses", () => {
  test("of deployments and stacks are all drawn, and none by chance", () => {
    const drawn = Object.fromEntries(
      [...deploymentStates, ...stackStates].map((status) => [status, kindOfStatus(status)]),
    );
    expect(drawn).toEqual({
      initializing: "running",
      validating: "running",
      deploying: "running",
      deployed: "done",
      failed: "failed",
      rolling_back: "reverting",
      rolled_back: "reverted",
      cancelling: "reverting",
      cancelled: "reverted",
      destroying: "reverting",
      destroyed: "reverted",
      pending: "waiting",
      skipped: "skipped",
      deleting: "reverting",
      deleted: "reverted",
    });
  });

  test.each([
    ["", "waiting"],
    ["CREATE_IN_PROGRESS", "running"],
    ["UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "running"],
    ["UPDATE_COMPLETE", "done"],
    ["UPDATE_ROLLBACK_IN_PROGRESS", "reverting"],
    ["ROLLBACK_COMPLETE", "reverted"],
    ["DELETE_IN_PROGRESS", "reverting"],
    ["DELETE_COMPLETE", "reverted"],
    ["DELETE_SKIPPED", "skipped"],
    ["UPDATE_ROLLBACK_FAILED", "failed"],
    ["creating", "running"],
    ["updated", "done"],
  ])("CloudFormation's %s is drawn as %s", (status, standing) => {
    expect(kindOfStatus(status)).toBe(standing);
  });

  test("ours are read as words, AWS's stay as AWS writes them", () => {
    expect([wordOfStatus("rolling_back"), wordOfStatus("CREATE_COMPLETE"), wordOfStatus("pending")]).toEqual([
      "rolling back",
      "CREATE_COMPLETE",
      "waiting",
    ]);
  });

  test("a run is over when it has deployed, failed or been reverted", () => {
    expect(deploymentStates.filter(hasRunEnded)).toEqual([
      "deployed",
      "failed",
      "rolled_back",
      "cancelled",
      "destroyed",
    ]);
  });
});
