/** One resource's events folded into where it stands in the change and in the rollback. */
import { entryAfter } from "./resource-entry.ts";
import type { StackEvent } from "./stack-event.ts";
import type { Phase, TrackedResource } from "./stack-state.ts";
import { standingOf } from "./statuses.ts";

/**
 * The resource after an event of it in the given phase. In a clean-up the event is about the instance that was
 * replaced, under the same logical id: it changes nothing of the resource that took its place. `undoing`: the whole
 * operation is being rolled back, not just the stack that holds the resource.
 */
export const resourceAfter = (
  known: TrackedResource | undefined,
  event: StackEvent,
  path: string,
  phase: Phase,
  undoing: boolean,
): TrackedResource => {
  // One that became visible late takes nothing back.
  if (known && event.timestamp < known.updatedAt) return known;
  if (known?.forward !== undefined && phase === "cleanup") return known;
  // The same within a rollback: the instance made by the change is deleted once the old one is back.
  if (known?.undo === "done" && phase === "rollback" && event.status.startsWith("DELETE_")) return known;
  const entry = entryAfter(known, event, path, undoing);
  const standing = standingOf(entry.status);
  return {
    ...entry,
    ...(known?.forward && { forward: known.forward }),
    ...(known?.undo && { undo: known.undo }),
    ...(phase === "forward" && { forward: standing }),
    ...(phase === "rollback" && { undo: standing }),
  };
};
