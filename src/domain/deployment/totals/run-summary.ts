/** A run in one line, for lists and histories. */
import type { DeploymentProgress } from "../../../protocol/deployment/deployment-progress.ts";
import type { RunSummary } from "../../../protocol/deployment/deployment-requests.ts";

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
}: DeploymentProgress): RunSummary => ({
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
