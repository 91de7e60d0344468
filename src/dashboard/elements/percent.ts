/** A percentage with what it is a percentage of: a rollback that has come to its end is no deployment that has. */
import { isRollbackStatus } from "../../domain/stack/statuses.ts";
import type { DeploymentStatus } from "../../protocol/deployment/deployment-progress.ts";

const OF_WHAT: Partial<Readonly<Record<DeploymentStatus, string>>> = {
  rolling_back: " rolled back",
  rolled_back: " rolled back",
  destroying: " deleted",
  destroyed: " deleted",
};

/** Of a run: `54 %`; of a rollback `54 % rolled back`. */
export const percentText = (status: DeploymentStatus, percent: number): string =>
  `${percent} %${OF_WHAT[status] ?? ""}`;

/** In a column of percentages: empty where nothing is on its way or done, as 100 % of what was rolled back would read like it. */
export const doneShare = (status: string, percent: number): string =>
  status === "pending" || status === "rolled_back" || status === "deleted" || status === "destroyed"
    ? ""
    : `${percent} %`;

/** What `percentText` says, of a stack on its own, by CloudFormation's status. */
export const stackPercentText = (status: string, percent: number): string => {
  if (isRollbackStatus(status)) return `${percent} % rolled back`;
  return `${percent} %${status.startsWith("DELETE_") ? " deleted" : ""}`;
};
