/** One resource's history folded into where it stands in the change and in the rollback. */
import type { Phases } from "./phases.ts";
import { entryAfter, type BegunResource } from "./resource-entry.ts";
import { judged, type JudgedFact } from "./resource-history.ts";
import type { StackFact, TrackedResource } from "../stack-state.ts";
import { standingOf } from "../statuses.ts";

type Place = Pick<TrackedResource, "stackId" | "logicalId" | "path" | "base">;

type Standing = Readonly<{ base: TrackedResource["base"]; shown: number }>;

/** Where a resource is, and what a former release kept of it without its history. */
export const placeOf = (
  known: TrackedResource | undefined,
  { stackId, logicalId, path }: Pick<TrackedResource, "stackId" | "logicalId" | "path">,
): Place => {
  const base = known?.history ? known.base : (known?.base ?? known);
  return { stackId, logicalId, path, ...(base && { base }) };
};

/** The resource as its whole history says, and the rank of the fact that it shows. */
export const resourceOf = (
  place: Place,
  history: readonly StackFact[],
  phases: Phases,
): Readonly<{ resource: TrackedResource; shown: number }> => {
  const { stackId, base } = place;
  let known: Standing = { base, shown: -Infinity };
  for (const fact of judged(history, (rank, at) => phases(stackId, rank, at)))
    known = standingAfter(known, fact, place);
  return { resource: { ...known.base!, history, ...(base && { base }) }, shown: known.shown };
};

/**
 * In a clean-up the fact is about the instance that was replaced, under the same logical id: it changes nothing of the
 * resource that took its place.
 */
const standingAfter = (before: Standing, fact: JudgedFact, place: Place): Standing => {
  const { base: known } = before;
  const { part } = fact;
  if (known?.forward !== undefined && part === "cleanup") return before;
  // The same within a rollback: the instance made by the change is deleted once the old one is back.
  if (known?.undo === "done" && part === "rollback" && fact.status.startsWith("DELETE_")) return before;
  const entry = entryAfter(known, { ...fact, ...place }, place.path, fact.isUndoing);
  const standing = standingOf(entry.status);
  return {
    shown: fact.rank,
    base: {
      ...entry,
      ...(known?.forward && { forward: known.forward }),
      ...(known?.undo && { undo: known.undo }),
      ...(part === "forward" && { forward: standing }),
      ...(part === "rollback" && { undo: standing }),
    },
  };
};

/** A resource as viewers are shown it: without what only the counting needs. */
export const shownOf = (resource: TrackedResource): BegunResource => {
  const {
    forward: _forward,
    undo: _undo,
    history: _history,
    base: _base,
    cleaningLight: _light,
    ...shown
  } = resource;
  return shown;
};
