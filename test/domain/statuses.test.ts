/** What CloudFormation's status words mean, for all that are known and for some that are not. */
import { describe, expect, test } from "vitest";
import {
  isAtRest,
  isCleanupStatus,
  isRollbackStatus,
  operationBegunBy,
  standingOf,
} from "../../src/domain/stack/statuses.ts";

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
  "CREATE_COMPLETE",
  "UPDATE_COMPLETE",
  "IMPORT_COMPLETE",
  "DELETE_COMPLETE",
  "ROLLBACK_COMPLETE",
  "UPDATE_ROLLBACK_COMPLETE",
  "IMPORT_ROLLBACK_COMPLETE",
  "CREATE_FAILED",
  "UPDATE_FAILED",
  "DELETE_FAILED",
  "ROLLBACK_FAILED",
  "UPDATE_ROLLBACK_FAILED",
  "IMPORT_ROLLBACK_FAILED",
];

describe("A stack's status", () => {
  test("is one of 23, of which 13 are rests", () => {
    expect(new Set([...RUNNING, ...ENDS]).size).toBe(23);
    expect([...RUNNING, ...ENDS].filter(isAtRest)).toEqual(ENDS);
  });

  test("begins an operation only if it names one", () => {
    const begun = RUNNING.flatMap((status) => operationBegunBy(status) ?? []);
    expect(begun).toEqual(["create", "update", "delete", "import", "review"]);
    expect(ENDS.map(operationBegunBy)).toEqual(ENDS.map(() => undefined));
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
