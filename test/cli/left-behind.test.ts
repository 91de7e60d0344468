/** What was left behind, as the terminal tells it, and what that means for the exit code. */
import { describe, expect, test } from "vitest";
import { leftTexts, orphanWarning } from "../../src/cli/display/left-behind.ts";
import { causeTexts, nextStepText } from "../../src/cli/display/cause-block.ts";
import { reportLines } from "../../src/cli/display/report.ts";
import { exitOfEnding, type FollowingEnd } from "../../src/cli/following/ending.ts";
import { deploymentProgressOf } from "../../src/domain/deployment/estimated-progress.ts";
import type { DeploymentEvent } from "../../src/protocol/deployment/deployment-events.ts";
import type { DeploymentProgress } from "../../src/protocol/deployment/deployment-progress.ts";
import { at, begun, planned, stateOf, reported } from "../domain/deployment/reported.ts";
import { causeAt, left } from "../domain/deployment/stack-channel.ts";

const progressAfter = (...events: readonly DeploymentEvent[]): DeploymentProgress =>
  deploymentProgressOf(
    stateOf(begun([planned("shop", 1)]), reported("stack_deploying", 1, { stack: "shop" }), ...events),
    at(9),
  );

const alarm = left("Alarm", "DELETE_FAILED", "not authorized");
const table = left("Table", "DELETE_SKIPPED");

const ended = (data: object): FollowingEnd => ({
  kind: "deployment",
  progress: progressAfter(reported("stack_deployed", 2, { stack: "shop", ...data })),
});

describe("what was deployed", () => {
  const orphaned = ended({ outcome: "deployed_with_orphans", orphans: [alarm] });

  test("and left something behind ends with 0, and with 1 for whoever is strict", () => {
    expect([exitOfEnding(orphaned), exitOfEnding(orphaned, true)]).toEqual([0, 1]);
    expect(exitOfEnding(ended({ retained: [table] }), true)).toBe(0);
    expect(exitOfEnding(ended({}), true)).toBe(0);
  });

  test("warns of what could not be deleted, and of nothing else", () => {
    const progress = (orphaned as { progress: DeploymentProgress }).progress;
    expect(orphanWarning(progress)).toEqual([
      "warning: a resource could not be deleted, and still exists",
      "  shop › Alarm (AWS::Test::Alarm Alarm-id): not authorized",
    ]);
    expect(orphanWarning({ retained: [table] })).toEqual([]);
    expect(reportLines(progress)).toEqual(
      expect.arrayContaining([
        "Deployment D1BRV40 to dev environment completed, but 1 resource could not be deleted.",
        "Could not be deleted, and still there:",
        "  shop › Alarm (AWS::Test::Alarm Alarm-id): not authorized",
      ]),
    );
  });

  test("lists what was retained, and which stacks are not quite there", () => {
    expect(leftTexts({ retained: [table], stabilising: ["db"] })).toEqual([
      "Retained as the template says, and still there:",
      "  Table (AWS::Test::Table Table-id)",
      "Express mode: resources may still be becoming available in db",
    ]);
  });
});

describe("what fails", () => {
  const cause = causeAt(3, "Web", "UPDATE_FAILED", "the task cannot start");

  test("is known while CloudFormation rolls it back", () => {
    const progress = progressAfter(reported("stack_rolling_back", 4, { stack: "shop", cause }));
    expect(causeTexts(progress)).toEqual([
      "Cause: shop › Web (AWS::Test::Web UPDATE_FAILED)",
      "  the task cannot start",
      "Next:  CloudFormation is rolling the stack back: fix the cause meanwhile",
    ]);
  });

  test("names what blocks its rollback", () => {
    const rollbackCause = causeAt(5, "Key", "UPDATE_FAILED", "no rights");
    const error = { code: "UPDATE_ROLLBACK_FAILED", message: "Web" };
    const texts = causeTexts(
      progressAfter(reported("stack_failed", 6, { stack: "shop", error, cause, rollbackCause })),
    );
    expect(texts).toEqual(
      expect.arrayContaining([
        "Rollback blocked by: shop › Key (AWS::Test::Key UPDATE_FAILED)",
        "  no rights",
      ]),
    );
  });

  test("asks for no fix where its user cancelled it", () => {
    const error = { code: "UPDATE_ROLLBACK_COMPLETE", message: "cancelled" };
    const progress = progressAfter(reported("stack_failed", 6, { stack: "shop", error, cancelled: true }));
    expect(nextStepText(progress)).toBeUndefined();
    expect(exitOfEnding({ kind: "deployment", progress })).toBe(1);
  });
});

test("a run that has failed and is taken back next has no exit code of its own", () => {
  const progress = { ...progressAfter(), status: "failed" as const, willRollBack: true };
  expect(nextStepText(progress)).toBe(
    "Everything that this run changed is being rolled back: fix the cause meanwhile, and wait for the end",
  );
});
