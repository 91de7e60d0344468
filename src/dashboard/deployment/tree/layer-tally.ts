/** How far a layer is, in a few words: what failed or was reverted does not count as done. */
import type { StackStatus } from "../../../protocol/deployment/deployment-progress.ts";
import { kindOfStatus } from "../../../domain/words/status-words.ts";

/** `2 of 3 done, 1 failed`; of a run that deletes: `1 of 3 deleted`. */
export const layerTally = (statuses: readonly StackStatus[], isDestroying: boolean): string => {
  const all = statuses.length;
  const failed = statuses.filter((status) => status === "failed").length;
  const failedText = failed > 0 ? `, ${failed} failed` : "";
  if (isDestroying) {
    const deleted = statuses.filter((status) => status === "deleted").length;
    return `${deleted} of ${all} deleted${failedText}`;
  }
  const done = statuses.filter((status) => status === "deployed" || status === "skipped").length;
  const reverted = statuses.filter((status) => kindOfStatus(status) === "reverted").length;
  return `${done} of ${all} done${failedText}${reverted > 0 ? `, ${reverted} rolled back` : ""}`;
};
