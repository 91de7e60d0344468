/** How operations end: each kind of operation with each status that its stack can rest in. */
import { describe, expect, test } from "vitest";
import {
  isWhole,
  outcomeOf,
  outcomeTable,
  restingStatuses,
} from "../../src/domain/stack/operation/outcomes.ts";
import type { OperationKind } from "../../src/domain/stack/statuses.ts";
import { outcomes } from "../../src/protocol/stack/stack-frames.ts";

const ended = (kind: OperationKind, status: string, orphans = false) => outcomeOf({ kind, status, orphans });

describe("An operation's outcome", () => {
  test.each<[OperationKind, string, string]>([
    ["create", "CREATE_COMPLETE", "deployed"],
    ["create", "CREATE_FAILED", "failed"],
    ["create", "ROLLBACK_COMPLETE", "rolled_back"],
    ["create", "ROLLBACK_FAILED", "rollback_failed"],
    ["create", "DELETE_COMPLETE", "rolled_back"],
    ["create", "DELETE_FAILED", "rollback_failed"],
    ["update", "UPDATE_COMPLETE", "deployed"],
    ["update", "UPDATE_FAILED", "failed"],
    ["update", "UPDATE_ROLLBACK_COMPLETE", "rolled_back"],
    ["update", "UPDATE_ROLLBACK_FAILED", "rollback_failed"],
    ["import", "IMPORT_COMPLETE", "deployed"],
    ["import", "IMPORT_ROLLBACK_COMPLETE", "rolled_back"],
    ["import", "IMPORT_ROLLBACK_FAILED", "rollback_failed"],
    ["delete", "DELETE_COMPLETE", "deleted"],
    ["delete", "DELETE_FAILED", "failed"],
    // A deletion that was refused leaves the stack as it was.
    ["delete", "CREATE_COMPLETE", "failed"],
    ["delete", "UPDATE_COMPLETE", "failed"],
    ["delete", "ROLLBACK_COMPLETE", "failed"],
    ["delete", "UPDATE_ROLLBACK_COMPLETE", "failed"],
  ])("of a %s that rests at %s is %s", (kind, status, outcome) => {
    expect(ended(kind, status)).toBe(outcome);
  });

  test("is one of the six for every kind and every status, and a deletion is never called deployed", () => {
    for (const row of Object.values(outcomeTable)) {
      expect(Object.keys(row).toSorted()).toEqual(restingStatuses.toSorted());
      expect(outcomes).toEqual(expect.arrayContaining(Object.values(row)));
    }
    expect(new Set(Object.values(outcomeTable.delete))).toEqual(new Set(["deleted", "failed"]));
  });

  test.each([
    ["REFACTOR_COMPLETE", "deployed", "failed"],
    ["REFACTOR_FAILED", "failed", "failed"],
    ["REFACTOR_ROLLBACK_COMPLETE", "rolled_back", "failed"],
    ["REFACTOR_ROLLBACK_FAILED", "rollback_failed", "failed"],
    ["DELETE_SKIPPED", "deleted", "deleted"],
    ["REFACTOR_IN_PROGRESS", undefined, undefined],
    ["", undefined, undefined],
  ])("of a status that nobody knows is judged by its suffix: %j", (status, outcome, ofDelete) => {
    expect([ended("update", status), ended("delete", status)]).toEqual([outcome, ofDelete]);
  });

  test("tells of orphans only where the change succeeded", () => {
    expect([
      ended("update", "UPDATE_COMPLETE", true),
      ended("update", "UPDATE_ROLLBACK_COMPLETE", true),
      ended("delete", "DELETE_COMPLETE", true),
    ]).toEqual(["deployed_with_orphans", "rolled_back", "deleted"]);
  });

  test("lets 100 % be true only where the operation did what it meant, or was taken back whole", () => {
    expect(outcomes.filter(isWhole)).toEqual(["deployed", "deployed_with_orphans", "rolled_back", "deleted"]);
  });
});
