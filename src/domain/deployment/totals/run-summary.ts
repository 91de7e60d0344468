/** A run in one line, for lists and histories. */
import type { DeploymentProgress } from "../../../protocol/deployment/deployment-progress.ts";
import { secondsBetween } from "../../elapsed.ts";
import type { DeploymentState } from "../deployment-state.ts";
import { stackTotalsOf } from "./counts.ts";
import type { RunSummary } from "../../../protocol/deployment/deployment-requests.ts";

type Run = Pick<
  DeploymentProgress,
  | "deploymentId"
  | "environment"
  | "run"
  | "mode"
  | "status"
  | "startTime"
  | "endTime"
  | "owner"
  | "user"
  | "source"
  | "summary"
> &
  Readonly<{ metrics: Pick<DeploymentProgress["metrics"], "durationSeconds"> }>;

export const runSummaryOf = ({
  deploymentId,
  environment,
  run,
  mode,
  status,
  startTime,
  endTime,
  owner,
  user,
  source,
  summary,
  metrics,
}: Run): RunSummary => ({
  deploymentId,
  environment,
  run,
  mode,
  status,
  startTime,
  ...(endTime !== undefined && { endTime }),
  durationSeconds: metrics.durationSeconds,
  ...(owner !== undefined && { owner }),
  ...(user !== undefined && { user }),
  ...(source && { source }),
  totalStacks: summary.totalStacks,
  deployedStacks: summary.deployedStacks,
  failedStacks: summary.failedStacks,
  skippedStacks: summary.skippedStacks,
  progressPercent: summary.progressPercent,
});

/** The newest run, as of its last event: without all that a line does not show. */
export const newestRunOf = (state: DeploymentState): RunSummary => {
  const { startTime, endTime = state.lastEventTime } = state;
  const durationSeconds = startTime === "" ? 0 : secondsBetween(startTime, endTime);
  return runSummaryOf({ ...state, summary: stackTotalsOf(state), metrics: { durationSeconds } });
};
