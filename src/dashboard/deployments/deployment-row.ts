/** A deployment in the list: as the list's answer reported it, moved on by what its channel tells since. */
import type { DeploymentProgress } from "../../protocol/deployment/deployment-progress.ts";
import type { RunSummary } from "../../protocol/deployment/deployment-requests.ts";
import { hasRunEnded } from "../../domain/words/status-words.ts";
import type { Pulse } from "./listed-channel.ts";

/** A row of the list. */
export type ListedDeployment = RunSummary & Readonly<{ estimatedTimeRemaining?: number | undefined }>;

/** The row as the run stands now. */
export const listedOf = (
  row: RunSummary,
  progress: DeploymentProgress | undefined,
  pulse?: Pulse,
): ListedDeployment => {
  if (!progress || progress.run < row.run)
    return pulse && !hasRunEnded(row.status) ? { ...row, ...pulse } : row;
  const { run, status, startTime, endTime, summary, metrics, owner, user } = progress;
  const { totalStacks, deployedStacks, failedStacks, skippedStacks, progressPercent } = summary;
  const { endTime: _before, ...begun } = row;
  return {
    ...begun,
    run,
    status,
    startTime,
    totalStacks,
    deployedStacks,
    failedStacks,
    skippedStacks,
    progressPercent,
    ...(endTime !== undefined && { endTime }),
    ...(owner !== undefined && { owner }),
    ...(user !== undefined && { user }),
    durationSeconds: metrics.durationSeconds,
    estimatedTimeRemaining: metrics.estimatedTimeRemaining,
    ...(pulse && !hasRunEnded(status) && pulse),
  };
};
