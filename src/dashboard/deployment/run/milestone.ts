/** Events that are worth telling somebody who does not look: in words, and the end of a run also beyond the page. */
import { eventWordsOf } from "../../../domain/words/event-words.ts";
import { lineOfWords } from "../../../domain/words/worded-event.ts";
import type { DeploymentFrame } from "../../../protocol/deployment/deployment-events.ts";

const MILESTONES: ReadonlySet<DeploymentFrame["type"]> = new Set<DeploymentFrame["type"]>([
  "deployment_started",
  "deployment_rolling_back",
  "deployment_cancelling",
  "deployment_destroying",
  "layer_complete",
  "stack_failed",
  "stack_rolling_back",
]);

const ENDS: ReadonlySet<DeploymentFrame["type"]> = new Set<DeploymentFrame["type"]>([
  "deployment_complete",
  "deployment_failed",
  "deployment_rolled_back",
  "deployment_cancelled",
  "deployment_destroyed",
]);

/** What is said of an event; undefined: nothing. `isEnd`: the run is over. */
export const milestoneOf = (
  frame: DeploymentFrame,
): Readonly<{ text: string; isEnd: boolean }> | undefined => {
  const isMilestone = ENDS.has(frame.type) || MILESTONES.has(frame.type);
  const isEnd = ENDS.has(frame.type) && !("willRollBack" in frame.data && frame.data.willRollBack);
  return isMilestone ? { text: lineOfWords(eventWordsOf(frame)), isEnd } : undefined;
};
