/**
 * What CloudFormation's status words mean. Unknown words are judged by their suffix, as the lists have grown
 * before; nothing here throws.
 */
/** Where a resource or a stack stands within what is being done to it. */
export type StatusStanding = "running" | "done" | "failed";

/** `DELETE_SKIPPED` is done: the resource was to be retained. */
export const standingOf = (status: string): StatusStanding => {
  if (status.endsWith("_FAILED")) return "failed";
  if (status.endsWith("_COMPLETE") || status.endsWith("_SKIPPED")) return "done";
  return "running";
};

/** A stack that waits for a change set to be executed: nothing runs, and nothing has ended. */
export const REVIEW_STATUS = "REVIEW_IN_PROGRESS";

/** Whether a stack with this status does nothing more by itself. */
export const isAtRest = (stackStatus: string): boolean => standingOf(stackStatus) !== "running";

/** Whether a stack that has begun something has not ended it; one that was not touched has no status yet. */
export const isUnderWay = ({ status }: Readonly<{ status: string }>): boolean =>
  status !== "" && !isAtRest(status);

/** Whether the status belongs to an undoing, by AWS's own words. */
export const isRollbackStatus = (stackStatus: string): boolean => /(^|_)ROLLBACK_/.test(stackStatus);

/** Whether old and replaced resources are being deleted after the change itself has succeeded. */
export const isCleanupStatus = (stackStatus: string): boolean => stackStatus.endsWith("_CLEANUP_IN_PROGRESS");

/** What an operation does; it names the change, not how it ends. */
export type OperationKind = "create" | "update" | "delete" | "import" | "review" | "unknown";

/** The kind of operation that a stack's own status begins; undefined for statuses that begin none. */
export const operationBegunBy = (stackStatus: string): OperationKind | undefined => {
  switch (stackStatus) {
    case REVIEW_STATUS:
      return "review";
    case "CREATE_IN_PROGRESS":
      return "create";
    case "UPDATE_IN_PROGRESS":
      return "update";
    case "DELETE_IN_PROGRESS":
      return "delete";
    case "IMPORT_IN_PROGRESS":
      return "import";
    default:
      return undefined;
  }
};
