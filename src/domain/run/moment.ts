/** Times of what is reported here, beside times of AWS's clock: an event that seems older than what it follows is not taken. */
import type { DeploymentState } from "../deployment/deployment-state.ts";

/** `now`, or the latest time that the run's state holds. */
export const momentAfter = (state: DeploymentState, now: string): string => {
  let latest = now;
  const times = [state.lastEventTime, state.endTime, ...[...state.stacks.values()].map((one) => one.endTime)];
  for (const time of times) if (time !== undefined && time > latest) latest = time;
  return latest;
};

/** `now`, or a moment later than all that the run's state holds: when the next run begins, later than this one did. */
export const beginningAfter = (state: DeploymentState, now: string): string => {
  const moment = momentAfter(state, now);
  return moment > state.startTime ? moment : new Date(Date.parse(state.startTime) + 1).toISOString();
};
