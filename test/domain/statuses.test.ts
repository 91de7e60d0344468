/** What CloudFormation's status words mean, for all that are known and for some that are not. */
import { describe, expect, test } from "vitest";
import {
  isAtRest,
  isCleanupStatus,
  isRollbackStatus,
  isWhole,
  operationBegunBy,
  outcomeOf,
  standingOf,
} from "../../src/domain/statuses.ts";

const RUNNING = [
  "CREATE_IN_PROGRESS",
  "UPDATE_IN_PROGRESS",
  "DELETE_IN_PROGRESS",
  "ROLLBACK_IN_PROGRESS",
  "UPDATE_ROLLBACK_IN_PROGRESS",
  "IMPORT_IN_PROGRESS",
  "IMPORT_ROLLBACK_IN_PROGRESS",
  "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
  "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS",
  "REVIEW_IN_PROGRESS",
];

const ENDS = [
  ["CREATE_COMPLETE", "deployed", true],
  ["UPDATE_COMPLETE", "deployed", true],
  ["IMPORT_COMPLETE", "deployed", true],
  ["DELETE_COMPLETE", "deleted", true],
  ["ROLLBACK_COMPLETE", "rolled_back", true],
  ["UPDATE_ROLLBACK_COMPLETE", "rolled_back", true],
  ["IMPORT_ROLLBACK_COMPLETE", "rolled_back", true],
  ["CREATE_FAILED", "failed", false],
  ["UPDATE_FAILED", "failed", false],
  ["DELETE_FAILED", "failed", false],
  ["ROLLBACK_FAILED", "rollback_failed", false],
  ["UPDATE_ROLLBACK_FAILED", "rollback_failed", false],
  ["IMPORT_ROLLBACK_FAILED", "rollback_failed", false],
] as const;

describe("A stack's status", () => {
  test.each(RUNNING)("%s ends nothing", (status) => {
    expect([isAtRest(status), outcomeOf(status, true)]).toEqual([false, undefined]);
  });

  test.each(ENDS)("%s ends an operation: %s; all done: %s", (status, outcome, whole) => {
    expect([isAtRest(status), outcomeOf(status, false), isWhole(outcome)]).toEqual([true, outcome, whole]);
  });

  test("is one of 23", () => {
    expect(new Set([...RUNNING, ...ENDS.map(([status]) => status)]).size).toBe(23);
  });

  test.each([
    ["REFACTOR_COMPLETE", "deployed"],
    ["REFACTOR_FAILED", "failed"],
    ["REFACTOR_ROLLBACK_COMPLETE", "rolled_back"],
    ["REFACTOR_ROLLBACK_FAILED", "rollback_failed"],
    ["DELETE_SKIPPED", "deleted"],
    ["REFACTOR_IN_PROGRESS", undefined],
    ["", undefined],
  ])("that nobody knows is judged by its suffix: %j is %s", (status, outcome) => {
    expect(outcomeOf(status, false)).toBe(outcome);
  });

  test("tells of orphans only where the change succeeded", () => {
    const ended = ["UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "DELETE_COMPLETE"];
    expect(ended.map((status) => outcomeOf(status, true))).toEqual([
      "deployed_with_orphans",
      "rolled_back",
      "deleted",
    ]);
  });

  test("begins an operation only if it names one", () => {
    const begun = RUNNING.flatMap((status) => operationBegunBy(status) ?? []);
    expect(begun).toEqual(["create", "update", "delete", "import", "review"]);
    expect(ENDS.map(([status]) => operationBegunBy(status))).toEqual(ENDS.map(() => undefined));
  });

  test("tells a rollback and a clean-up from the change", () => {
    expect(RUNNING.filter(isRollbackStatus)).toEqual([
      "ROLLBACK_IN_PROGRESS",
      "UPDATE_ROLLBACK_IN_PROGRESS",
      "IMPORT_ROLLBACK_IN_PROGRESS",
      "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS",
    ]);
    expect(RUNNING.filter(isCleanupStatus)).toEqual([
      "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
      "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS",
    ]);
  });
});

test("A resource stands where its status's suffix says", () => {
  const verbs = [
    "CREATE",
    "UPDATE",
    "DELETE",
    "IMPORT",
    "EXPORT",
    "ROLLBACK",
    "IMPORT_ROLLBACK",
    "THAT_IS_NEW",
  ];
  const standings = verbs.map((verb) =>
    ["_IN_PROGRESS", "_COMPLETE", "_FAILED", "_SKIPPED"].map((suffix) => standingOf(verb + suffix)),
  );
  expect(standings).toEqual(verbs.map(() => ["running", "done", "failed", "done"]));
});
