/** A run's percentage with what it is a percentage of: a rollback that has come to its end is no deployment that has. */
import type { DeploymentStatus } from "../../protocol/deployment-progress.ts";

const OF_WHAT: Partial<Readonly<Record<DeploymentStatus, string>>> = {
  rolling_back: " put back",
  rolled_back: " put back",
  destroying: " deleted",
  destroyed: " deleted",
};

/** `54 %`; of a rollback `54 % put back`. */
export const percentText = (status: DeploymentStatus, percent: number): string =>
  `${percent} %${OF_WHAT[status] ?? ""}`;
