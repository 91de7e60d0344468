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
  rolled_back: "rollback",
  destroyed: "delete",
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

/** What the end of a run makes of what was said before; undefined: it goes on. */
export const estimatedDeploymentOf = (
  forecasts: Forecasts | undefined,
  state: DeploymentState,
): EstimatedRun | undefined => {
  const { run, status, startTime, endTime } = state;
  if (endTime === undefined) return undefined;
  // A run whose events came all at once was never estimated.
  const isOfRun = forecasts !== undefined && forecasts.since >= startTime;
  const known = isOfRun ? forecasts : { phase: PHASE[status] ?? "forward", since: startTime, seen: [] };
  return estimatedRunOf(known, { run, end: endTime, status, counts: COUNTED[known.phase] === status });
};
