/** What became of one resource in each run, as far as the channel still has the runs' events. */
import { nodeKeyOf, statusAfterEvent } from "../../domain/deployment/resource-node.ts";
import { secondsBetween } from "../../domain/elapsed.ts";
import { wordOfStatus } from "../../domain/words/status-words.ts";
import type { DeploymentFrame } from "../../protocol/deployment/deployment-events.ts";

/** The resource in one run: what it came to, and why. */
export type ResourceMoment = Readonly<{
  /** `run 3`, or the status that an event tells. */
  name: string;
  word: string;
  at: string;
  seconds: number | undefined;
  reason: string;
}>;

type ResourceFrame = Extract<DeploymentFrame, { type: `resource_${string}` }>;
type StatusFrame = Exclude<ResourceFrame, { type: "resource_slow" | "resource_stuck" }>;

const isStatusFrame = (frame: DeploymentFrame): frame is StatusFrame =>
  frame.type.startsWith("resource_") && frame.type !== "resource_slow" && frame.type !== "resource_stuck";

const reasonOf = ({ data }: StatusFrame): string =>
  ("error" in data ? data.error?.message : undefined) ?? ("reason" in data ? data.reason : undefined) ?? "";

/** Newest run first. `id`: its key within the stack. */
export const runsOfResource = (
  frames: readonly DeploymentFrame[],
  stack: string,
  id: string,
): readonly ResourceMoment[] => {
  const runs: ResourceMoment[] = [];
  let run = 0;
  let open: ResourceMoment | undefined;
  for (const frame of frames) {
    if (frame.type === "deployment_started") {
      run = frame.data.run ?? run + 1;
      open = undefined;
    }
    if (!isStatusFrame(frame) || frame.data.stack !== stack || nodeKeyOf(frame.data.resource) !== id)
      continue;
    const at = open?.at ?? frame.timestamp;
    const reason = reasonOf(frame);
    const next = {
      name: run === 0 ? "an earlier run" : `run ${run}`,
      word: wordOfStatus(statusAfterEvent(frame)),
      at,
      seconds: secondsBetween(at, frame.timestamp),
      reason: reason === "" ? (open?.reason ?? "") : reason,
    };
    if (open) runs.pop();
    runs.push(next);
    open = next;
  }
  return runs.toReversed();
};
