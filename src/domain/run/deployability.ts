/**
 * What CloudFormation lets be done about a stack, by its status: the one list by which plans and `/canvas/deploy` go.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html
 */
import { isAtRest, REVIEW_STATUS } from "../stack/statuses.ts";
import { ownEntry } from "../own-entry.ts";

/**
 * How a stack is deployed:
 * - `create`: there is none, or an empty one that waits for a change set;
 * - `update`: it is changed;
 * - `paused`: an operation failed with rollback disabled: it is changed with DisableRollback, or rolled back first;
 * - `delete-first`: it has never worked, and is deleted to be created again;
 * - `wait`: CloudFormation is clearing up after an operation, and lets it be changed when that has ended;
 * - `busy`: CloudFormation is at work on it for somebody else;
 * - `trapped`: it takes no change before its owner has acted.
 */
export type Deployability = "create" | "update" | "paused" | "delete-first" | "wait" | "busy" | "trapped";

const BY_STATUS: Readonly<Record<string, Deployability>> = {
  DELETE_COMPLETE: "create",
  [REVIEW_STATUS]: "create",
  CREATE_COMPLETE: "update",
  UPDATE_COMPLETE: "update",
  UPDATE_ROLLBACK_COMPLETE: "update",
  IMPORT_COMPLETE: "update",
  IMPORT_ROLLBACK_COMPLETE: "update",
  CREATE_FAILED: "paused",
  UPDATE_FAILED: "paused",
  ROLLBACK_COMPLETE: "delete-first",
  ROLLBACK_FAILED: "delete-first",
  UPDATE_COMPLETE_CLEANUP_IN_PROGRESS: "wait",
  UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS: "wait",
  DELETE_IN_PROGRESS: "wait",
  UPDATE_ROLLBACK_FAILED: "trapped",
  IMPORT_ROLLBACK_FAILED: "trapped",
  DELETE_FAILED: "trapped",
};

/** Status undefined: there is no such stack. A status that is not known here is judged by its suffix. */
export const deployabilityOf = (status: string | undefined): Deployability => {
  if (status === undefined) return "create";
  return ownEntry(BY_STATUS, status) ?? (isAtRest(status) ? "update" : "busy");
};

/** Whether what a deployment makes of the stack begins with what the stack has: its parameters and its tags. */
export const keepsWhatItHas = (status: string): boolean => {
  const how = deployabilityOf(status);
  return how === "update" || how === "paused" || (how === "wait" && status !== "DELETE_IN_PROGRESS");
};
