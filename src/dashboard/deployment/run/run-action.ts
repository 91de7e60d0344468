/** Which actions a run is open to, and what they are called. */
import type { DeploymentProgress } from "../../../protocol/deployment/deployment-progress.ts";
import type { DeploymentAction } from "../../../protocol/deployment/deployment-requests.ts";
import { hasRunEnded } from "../../../domain/words/status-words.ts";

export const ACTION_WORDS: Readonly<Record<DeploymentAction, string>> = {
  retry: "Retry",
  rollback: "Roll back",
  cancel: "Cancel",
  destroy: "Destroy",
};

/** Only what Stackcast deploys itself can be acted on. */
export const actionsOpenTo = ({
  mode,
  status,
}: Pick<DeploymentProgress, "mode" | "status">): readonly DeploymentAction[] => {
  if (mode !== "deploy") return [];
  if (status === "initializing" || status === "validating" || status === "deploying")
    return status === "deploying" ? ["cancel", "rollback"] : ["cancel"];
  if (status === "failed" || status === "cancelled") return ["retry", "rollback", "destroy"];
  if (status === "rolled_back") return ["retry", "destroy"];
  return hasRunEnded(status) && status !== "destroyed" ? ["destroy"] : [];
};
