/** Every status word of deployments, stacks and resources, brought under the few kinds that are drawn alike. */
import type { DeploymentStatus, StackStatus } from "../../protocol/deployment/deployment-progress.ts";
import { isRollbackStatus, standingOf } from "../../domain/stack/statuses.ts";

/** How something is drawn: by mark, word and colour. */
export type Standing = "waiting" | "running" | "done" | "failed" | "undoing" | "undone" | "skipped";

const DEPLOYMENT: Readonly<Record<DeploymentStatus, Standing>> = {
  initializing: "running",
  validating: "running",
  deploying: "running",
  deployed: "done",
  failed: "failed",
  rolling_back: "undoing",
  rolled_back: "undone",
  cancelling: "undoing",
  cancelled: "undone",
  destroying: "undoing",
  destroyed: "undone",
};

const STACK: Readonly<Record<StackStatus, Standing>> = {
  pending: "waiting",
  deploying: "running",
  deployed: "done",
  failed: "failed",
  skipped: "skipped",
  deleting: "undoing",
  deleted: "undone",
  rolled_back: "undone",
};

/** A failed one stays failed when it is put back. */
const RESOURCE: Readonly<Record<string, Standing>> = {
  creating: "running",
  created: "done",
  updating: "running",
  updated: "done",
  retained: "skipped",
  putting_back: "undoing",
  put_back: "failed",
  cleared_away: "failed",
  left_as_is: "failed",
};

/** All words of ours; where deployments and stacks share one, they draw it alike. */
const WORDS: Readonly<Record<string, Standing>> = { ...RESOURCE, ...STACK, ...DEPLOYMENT };

/** Of a status of ours or of CloudFormation's; one that is not known is judged as AWS forms its words. */
export const standingOfStatus = (status: string): Standing => {
  if (status === "") return "waiting";
  const known = WORDS[status];
  if (known !== undefined) return known;
  const standing = standingOf(status);
  if (standing === "failed") return "failed";
  if (isRollbackStatus(status) || status.startsWith("DELETE_"))
    return standing === "running" ? "undoing" : "undone";
  return standing === "running" ? "running" : "done";
};

const OWN_WORDS: Readonly<Record<string, string>> = {
  put_back: "failed, put back",
  cleared_away: "failed, deleted",
  left_as_is: "failed, retained",
};

/** A status as people read it: `rolling_back` is "rolling back", `CREATE_COMPLETE` stays AWS's own word. */
export const wordOfStatus = (status: string): string =>
  OWN_WORDS[status] ??
  (status === "" ? "waiting" : /^[a-z_]+$/.test(status) ? status.replaceAll("_", " ") : status);

/** Whether a deployment's run is over. */
export const hasRunEnded = (status: DeploymentStatus): boolean => {
  const standing = DEPLOYMENT[status];
  return standing === "done" || standing === "failed" || standing === "undone";
};
