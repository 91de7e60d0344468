/** An earlier run's state, with its resources and layers, out of the events that the channel still has of it. */
import { applyEvent } from "../../../domain/deployment/apply-event.ts";
import { emptyDeployment, type DeploymentState } from "../../../domain/deployment/deployment-state.ts";
import type { Drafts } from "../../../domain/deployment/drafts.ts";
import type { LogLine } from "../event-log.ts";
import { rangeOfRun } from "./run-range.ts";

/** Undefined if its beginning is not kept, or its end has not come yet; `lines` are the channel's, oldest first. */
export const stateOfEndedRun = (lines: readonly LogLine[], run: number): DeploymentState | undefined => {
  const range = rangeOfRun(lines, run);
  const begun = lines.find(({ offset }) => offset === range?.[0]);
  if (!range || !begun || !Number.isFinite(range[1])) return undefined;
  const { deploymentId, environment } = begun.frame.data;
  const drafts: Drafts = new WeakMap();
  // Its beginning counts the run.
  let state: DeploymentState = { ...emptyDeployment(deploymentId, environment), run: run - 1 };
  for (const { offset, frame } of lines)
    if (offset >= range[0] && offset <= range[1]) state = applyEvent(state, frame, drafts);
  return state;
};
