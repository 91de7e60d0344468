/** The runs that are over because events begin the next: an orchestrator may tell the end of one and another at once. */
import type { DeploymentEvent } from "../../protocol/deployment/deployment-events.ts";
import type { DeploymentProgress } from "../../protocol/deployment/deployment-progress.ts";
import { applyEvent } from "./apply-event.ts";
import type { DeploymentState } from "./deployment-state.ts";
import { deploymentProgressOf } from "./estimated-progress.ts";
import type { Drafts } from "./drafts.ts";

/** How each of them ended, oldest first; `events` are those that a fold gave for the state before them. */
export const endedRunsOf = (
  before: DeploymentState,
  events: readonly DeploymentEvent[],
): readonly DeploymentProgress[] => {
  const last = events.findLastIndex(({ type }) => type === "deployment_started");
  const ended: DeploymentProgress[] = [];
  const drafts: Drafts = new WeakMap();
  let state = before;
  for (const event of events.slice(0, last + 1)) {
    if (event.type === "deployment_started" && state.run > 0)
      ended.push(deploymentProgressOf(state, state.endTime ?? state.lastEventTime));
    state = applyEvent(state, event, drafts);
  }
  return ended;
};
