/** A deployment's state as its log tells it: what its rows hold too, for when one of them cannot be read. */
import type { ChannelLog } from "../../channel/channel-log.ts";
import { applyEvent } from "../../domain/deployment/apply-event.ts";
import { emptyDeployment, type DeploymentState } from "../../domain/deployment/deployment-state.ts";
import type { Drafts } from "../../domain/deployment/drafts.ts";
import { keptEventSchema } from "../../protocol/deployment/deployment-events.ts";

const STRIDE = 1_000;

/** `runStart`: offset of its newest run's first event. Undefined if no run's beginning is kept. */
export const refolded = (
  log: Pick<ChannelLog, "floor" | "page">,
): Readonly<{ state: DeploymentState; runStart: number }> | undefined => {
  const drafts: Drafts = new WeakMap();
  let state: DeploymentState | undefined;
  let runStart = 0;
  for (let runs = log.page(log.floor - 1, STRIDE); runs.length > 0;) {
    for (const { from, frames } of runs)
      for (const [index, frame] of frames.entries()) {
        const { data: event } = keptEventSchema.safeParse(JSON.parse(frame));
        if (event?.type === "deployment_started") {
          state ??= emptyDeployment(event.data.deploymentId, event.data.environment);
          runStart = from + index;
        }
        if (state && event) state = applyEvent(state, event, drafts);
      }
    runs = log.page(runs.at(-1)!.to, STRIDE);
  }
  return state && { state, runStart };
};
