/**
 * How operations end. An outcome is judged by what the operation meant: a deletion that ends as CREATE_COMPLETE was
 * refused, a create that ends as DELETE_COMPLETE was rolled back. One table says so for each kind of operation and each
 * status that a stack can rest in.
 */
import type { Outcome } from "../../../protocol/stack/stack-frames.ts";
import { isAtRest, isRollbackStatus, standingOf, type OperationKind } from "../statuses.ts";

/** The 13 statuses in which a stack rests; the other 10 of the 23 end nothing. */
export const restingStatuses = [
  "CREATE_COMPLETE",
  "CREATE_FAILED",
  "UPDATE_COMPLETE",
  "UPDATE_FAILED",
  "DELETE_COMPLETE",
  "DELETE_FAILED",
  "IMPORT_COMPLETE",
  "ROLLBACK_COMPLETE",
  "ROLLBACK_FAILED",
  "UPDATE_ROLLBACK_COMPLETE",
  "UPDATE_ROLLBACK_FAILED",
  "IMPORT_ROLLBACK_COMPLETE",
  "IMPORT_ROLLBACK_FAILED",
] as const;

type RestingStatus = (typeof restingStatuses)[number];

/** By the status alone, where it is not known what was meant. */
const BY_STATUS: Readonly<Record<RestingStatus, Outcome>> = {
  CREATE_COMPLETE: "deployed",
  CREATE_FAILED: "failed",
  UPDATE_COMPLETE: "deployed",
  UPDATE_FAILED: "failed",
  DELETE_COMPLETE: "deleted",
  DELETE_FAILED: "failed",
  IMPORT_COMPLETE: "deployed",
  ROLLBACK_COMPLETE: "rolled_back",
  ROLLBACK_FAILED: "rollback_failed",
  UPDATE_ROLLBACK_COMPLETE: "rolled_back",
  UPDATE_ROLLBACK_FAILED: "rollback_failed",
  IMPORT_ROLLBACK_COMPLETE: "rolled_back",
  IMPORT_ROLLBACK_FAILED: "rollback_failed",
};

/** The table. What stands in a row that no real stack goes through says that the operation did not do what it meant. */
export const outcomeTable: Readonly<Record<OperationKind, Readonly<Record<RestingStatus, Outcome>>>> = {
  // Given up as a whole, a create is deleted instead of rolled back.
  create: {
    ...BY_STATUS,
    DELETE_COMPLETE: "rolled_back",
    DELETE_FAILED: "rollback_failed",
  },
  // What another operation left is no success of an update.
  update: {
    ...BY_STATUS,
    CREATE_COMPLETE: "failed",
    IMPORT_COMPLETE: "failed",
    DELETE_COMPLETE: "failed",
  },
  import: {
    ...BY_STATUS,
    CREATE_COMPLETE: "failed",
    UPDATE_COMPLETE: "failed",
    DELETE_COMPLETE: "rolled_back",
    DELETE_FAILED: "rollback_failed",
  },
  // A refused deletion leaves the stack as it was, however that came to be.
  delete: {
    CREATE_COMPLETE: "failed",
    CREATE_FAILED: "failed",
    UPDATE_COMPLETE: "failed",
    UPDATE_FAILED: "failed",
    DELETE_COMPLETE: "deleted",
    DELETE_FAILED: "failed",
    IMPORT_COMPLETE: "failed",
    ROLLBACK_COMPLETE: "failed",
    ROLLBACK_FAILED: "failed",
    UPDATE_ROLLBACK_COMPLETE: "failed",
    UPDATE_ROLLBACK_FAILED: "failed",
    IMPORT_ROLLBACK_COMPLETE: "failed",
    IMPORT_ROLLBACK_FAILED: "failed",
  },
  review: BY_STATUS,
  unknown: BY_STATUS,
};

const isResting = (status: string): status is RestingStatus => Object.hasOwn(BY_STATUS, status);

/**
 * How an operation ended; undefined while it runs. `kind`: of the operation that began the attempt; `orphans`: something
 * that was to be deleted could not be.
 */
export const outcomeOf = ({
  kind,
  status,
  orphans,
}: Readonly<{ kind: OperationKind; status: string; orphans: boolean }>): Outcome | undefined => {
  if (!isAtRest(status)) return undefined;
  const outcome = isResting(status) ? outcomeTable[kind][status] : outcomeBySuffix(kind, status);
  return outcome === "deployed" && orphans ? "deployed_with_orphans" : outcome;
};

/** Of a status that nobody knows. */
const outcomeBySuffix = (kind: OperationKind, status: string): Outcome => {
  const failed = standingOf(status) === "failed";
  const deleted = status.startsWith("DELETE_");
  if (kind === "delete") return deleted && !failed ? "deleted" : "failed";
  if (isRollbackStatus(status)) return failed ? "rollback_failed" : "rolled_back";
  if (failed) return "failed";
  return deleted ? "deleted" : "deployed";
};

/** Whether an outcome means that all that was set out to do was done, so that 100 % is true. */
export const isWhole = (outcome: Outcome): boolean => outcome !== "failed" && outcome !== "rollback_failed";
