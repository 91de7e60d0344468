/** A stack's summary that fits into one call between objects, however long AWS's reasons are. */
import { boundedText } from "../../protocol/bounds.ts";
import type { StateSummary } from "./summary.ts";

/** Characters of all reasons, each of up to two bytes. */
const REASONS_LENGTH = 4 * 1024 * 1024;

export const fittedSummary = (summary: StateSummary): StateSummary => {
  const { resources } = summary;
  const length = resources.reduce((sum, { reason }) => sum + reason.length, 0);
  if (length <= REASONS_LENGTH) return summary;
  const most = Math.floor(REASONS_LENGTH / resources.length);
  return {
    ...summary,
    resources: resources.map((resource) => ({ ...resource, reason: boundedText(resource.reason, most) })),
  };
};
