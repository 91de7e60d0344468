/** A stack's resources as rows: those that its events told of, and those that are planned and not begun. */
import type { StackSummary } from "../../protocol/stack-summary.ts";
import { keyOfResource, type ShownResource, type ShownStack } from "./stack-fold.ts";

/** By the order of their beginning; what has not begun comes last. `status` of those is empty, as AWS gives it none. */
export const resourceRowsOf = (
  { resources, startedAt }: Pick<ShownStack, "resources" | "startedAt">,
  summary: Pick<StackSummary, "resources" | "startedAt"> | undefined,
): readonly ShownResource[] => {
  const told = [...resources.values()];
  // A summary of another operation than the one that is shown says nothing of it.
  if (!summary || (startedAt !== "" && summary.startedAt !== startedAt)) return told;
  const others = summary.resources
    .filter((resource) => resource.path !== "" && !resources.has(keyOfResource(resource)))
    .map((resource): ShownResource => {
      const { path, type, status, reason, physicalId, startedAt: begun = "", updatedAt = "" } = resource;
      return {
        key: keyOfResource(resource),
        path,
        type,
        status,
        reason,
        physicalId,
        startedAt: begun,
        updatedAt,
      };
    });
  return [...told, ...others];
};
