import { describe, expect, test } from "vitest";
import { deployabilityOf, keepsWhatItHas } from "../../src/domain/run/deployability.ts";
import { refusalOfStatus } from "../../src/domain/run/deploy-refusal.ts";
import { wayOutOf } from "../../src/domain/run/way-out.ts";

/** Every status that a stack can have, what is done about it, and whether what it has is kept. */
const TABLE = [
  [undefined, "create", false],
  ["DELETE_COMPLETE", "create", false],
  ["REVIEW_IN_PROGRESS", "create", false],
  ["CREATE_COMPLETE", "update", true],
  ["UPDATE_COMPLETE", "update", true],
  ["UPDATE_ROLLBACK_COMPLETE", "update", true],
  ["IMPORT_COMPLETE", "update", true],
  ["IMPORT_ROLLBACK_COMPLETE", "update", true],
  ["CREATE_FAILED", "paused", true],
  ["UPDATE_FAILED", "paused", true],
  ["ROLLBACK_COMPLETE", "delete-first", false],
  ["ROLLBACK_FAILED", "delete-first", false],
  ["UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "wait", true],
  ["UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS", "wait", true],
  ["DELETE_IN_PROGRESS", "wait", false],
  ["CREATE_IN_PROGRESS", "busy", false],
  ["UPDATE_IN_PROGRESS", "busy", false],
  ["ROLLBACK_IN_PROGRESS", "busy", false],
  ["UPDATE_ROLLBACK_IN_PROGRESS", "busy", false],
  ["IMPORT_IN_PROGRESS", "busy", false],
  ["IMPORT_ROLLBACK_IN_PROGRESS", "busy", false],
  ["UPDATE_ROLLBACK_FAILED", "trapped", false],
  ["IMPORT_ROLLBACK_FAILED", "trapped", false],
  ["DELETE_FAILED", "trapped", false],
  ["SOMETHING_NEW_IN_PROGRESS", "busy", false],
  ["SOMETHING_NEW_COMPLETE", "update", true],
] as const;

describe("what a stack's status allows, to plans and canvases alike", () => {
  test.each(TABLE)("%s: %s", (status, how, keeps) => {
    expect(deployabilityOf(status)).toBe(how);
    if (status === undefined) return;
    expect(keepsWhatItHas(status)).toBe(keeps);
    const code =
      how === "trapped" ? "STACK_TRAPPED" : how === "busy" || how === "wait" ? "STACK_BUSY" : undefined;
    expect(refusalOfStatus(status)?.code).toBe(code);
    if (how === "trapped" || how === "paused" || how === "delete-first")
      expect(wayOutOf(status)).toBeDefined();
  });
});
