/** Which deployments of a list are wanted: by how they stand, and by what somebody types. The server and the page judge alike. */
import type { RunSummary } from "../../protocol/deployment/deployment-requests.ts";
import type { RunKind } from "../../protocol/deployment/run-kinds.ts";
import { hasRunEnded } from "../words/status-words.ts";

/** What is absent or empty does not matter. */
export type RunFilter = Readonly<{
  /** Part of what tells the run from others. */
  q?: string | undefined;
  environment?: string | undefined;
  is?: RunKind | undefined;
}>;

type Filtered = Pick<
  RunSummary,
  "deploymentId" | "environment" | "status" | "failedStacks" | "owner" | "user" | "source"
>;

const isOfKind = ({ status, failedStacks }: Filtered, kind: RunKind): boolean => {
  if (kind === "running") return !hasRunEnded(status);
  if (kind === "failed") return status === "failed" || failedStacks > 0;
  return hasRunEnded(status);
};

const textsOf = ({ deploymentId, environment, status, owner, user, source }: Filtered) => [
  `${deploymentId}-${environment}`,
  status,
  owner,
  user,
  source?.name,
  source?.branch,
  source?.commit,
  source?.actor,
];

export const isRunWanted = (run: Filtered, { q = "", environment = "", is }: RunFilter): boolean => {
  if (environment !== "" && run.environment !== environment) return false;
  if (is !== undefined && !isOfKind(run, is)) return false;
  const wanted = q.trim().toLowerCase();
  return textsOf(run).some((text) => text?.toLowerCase().includes(wanted));
};
