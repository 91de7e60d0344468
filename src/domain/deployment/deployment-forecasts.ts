/** What the estimate of a deployment's run has said so far, and what came of it. */
import type { DeploymentStatus } from "../../protocol/deployment/deployment-progress.ts";
import type { EstimatedRun } from "../../protocol/estimates.ts";
import { estimateOfDeployment } from "../estimate/deployment-estimate.ts";
import {
  estimatedRunOf,
  isForecastDue,
  withForecast,
  type ForecastPart,
  type Forecasts,
} from "../estimate/forecasts.ts";
import { hasEnded, type DeploymentState } from "./deployment-state.ts";

const PHASE: Readonly<Partial<Record<DeploymentStatus, EstimatedRun["phase"]>>> = {
  rolling_back: "rollback",
  cancelling: "rollback",
  destroying: "delete",
};

const partOf = (
  known: Forecasts | undefined,
  { status, startTime, lastEventTime }: DeploymentState,
): ForecastPart => {
  const phase = PHASE[status] ?? "forward";
  if (phase === "forward") return { phase, since: startTime };
  // No event tells later when the run turned.
  const isKnown = known?.phase === phase && known.since >= startTime;
  return { phase, since: isKnown ? known.since : lastEventTime };
};

/** `now`: in milliseconds of the epoch. */
export const deploymentForecastsAfter = (
  known: Forecasts | undefined,
  state: DeploymentState,
  now: number,
): Forecasts | undefined => {
  if (state.run === 0 || hasEnded(state)) return known;
  const part = partOf(known, state);
  if (!isForecastDue(known, part, now)) return known;
  return withForecast(known, part, estimateOfDeployment(state, new Date(now).toISOString()), now);
};

const COUNTED: Readonly<Record<EstimatedRun["phase"], DeploymentStatus>> = {
  forward: "deployed",
  rollback: "rolled_back",
  delete: "destroyed",
};

/** What the end of a run makes of what was said before; undefined: nothing was, or it is of another run. */
export const estimatedDeploymentOf = (
  forecasts: Forecasts | undefined,
  { run, status, startTime, endTime }: DeploymentState,
): EstimatedRun | undefined => {
  if (!forecasts || endTime === undefined || forecasts.since < startTime) return undefined;
  return estimatedRunOf(forecasts, {
    run,
    end: endTime,
    status,
    counts: COUNTED[forecasts.phase] === status,
  });
};
