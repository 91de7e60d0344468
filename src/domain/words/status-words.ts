/**
 * Every status of deployments, stacks and resources in a word, and the few kinds under which all of them are shown alike:
 * the terminal gives each kind a symbol and a colour, the page a mark and a class.
 */
import type { ResourceWord } from "../deployment/deployment-state.ts";
import { isRollbackStatus, standingOf } from "../stack/statuses.ts";
import type { DeploymentStatus, StackStatus } from "../../protocol/deployment/deployment-progress.ts";
import type { Outcome } from "../../protocol/stack/stack-frames.ts";
import { ownEntry } from "../own-entry.ts";

export type StatusKind = "waiting" | "running" | "done" | "failed" | "reverting" | "reverted" | "skipped";

const DEPLOYMENT: Readonly<Record<DeploymentStatus, StatusKind>> = {
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
};

const STACK: Readonly<Record<StackStatus, StatusKind>> = {
  pending: "waiting",
  deploying: "running",
  deployed: "done",
  failed: "failed",
  skipped: "skipped",
  deleting: "reverting",
  deleted: "reverted",
  rolled_back: "reverted",
};

/** One that has failed stays failed when it is rolled back. */
const RESOURCE: Readonly<Record<ResourceWord, StatusKind>> = {
  creating: "running",
  created: "done",
  updating: "running",
  updated: "done",
  deleting: "reverting",
  deleted: "reverted",
  retained: "skipped",
  failed: "failed",
  failed_rolling_back: "reverting",
  failed_rolled_back: "failed",
  failed_deleted: "failed",
  failed_retained: "failed",
};

/** All words of ours; where deployments, stacks and resources share one, they show it alike. */
const KINDS: Readonly<Record<string, StatusKind>> = { ...RESOURCE, ...STACK, ...DEPLOYMENT };

/** Of a status of ours or of CloudFormation's; one that is not known is judged as AWS forms its words. */
export const kindOfStatus = (status: string): StatusKind => {
  if (status === "") return "waiting";
  const known = ownEntry(KINDS, status);
  if (known !== undefined) return known;
  const standing = standingOf(status);
  if (standing === "failed") return "failed";
  if (status.endsWith("_SKIPPED")) return "skipped";
  if (isRollbackStatus(status) || status.startsWith("DELETE_"))
    return standing === "running" ? "reverting" : "reverted";
  return standing;
};

/** Words that are more than their status with blanks. */
const WORDS: Readonly<Partial<Record<DeploymentStatus | StackStatus | ResourceWord | "", string>>> = {
  "": "waiting",
  initializing: "pending",
  pending: "waiting",
  failed_rolling_back: "failed, rolling back",
  failed_rolled_back: "failed, rolled back",
  failed_deleted: "failed, deleted",
  failed_retained: "failed, retained",
};

/** A status as people read it: `rolling_back` is "rolling back", `CREATE_COMPLETE` stays AWS's own word. */
export const wordOfStatus = (status: string): string =>
  (WORDS as Readonly<Record<string, string>>)[status] ??
  (/^[a-z_]+$/.test(status) ? status.replaceAll("_", " ") : status);

/** At the beginning of a sentence or a table's cell. */
export const capitalised = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** Of what did not start, once it is no longer waited for. */
export const NOT_STARTED = "not started";

/** The word of a stack or a resource in a run that is over or goes on. */
export const wordOfPart = (status: string, isOver: boolean): string =>
  isOver && kindOfStatus(status) === "waiting" ? NOT_STARTED : wordOfStatus(status);

/** How a stack's operation ended. */
export const OUTCOME_WORDS: Readonly<Record<Outcome, string>> = {
  deployed: "deployed",
  deployed_with_orphans: "deployed, with leftovers",
  rolled_back: "failed and rolled back",
  failed: "failed",
  rollback_failed: "failed, and its rollback failed too",
  deleted: "deleted",
};

/** Whether a deployment's run is over. */
export const hasRunEnded = (status: DeploymentStatus): boolean => {
  const kind = DEPLOYMENT[status];
  return kind === "done" || kind === "failed" || kind === "reverted";
};
