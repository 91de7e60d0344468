/** One resource's history folded into where it stands in the change and in the rollback. */
import type { Phases } from "./phases.ts";
import { entryAfter, type BegunResource } from "./resource-entry.ts";
import { judgedNext, UNBEGUN, type Course, type JudgedFact } from "./resource-history.ts";
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

/** A history's facts folded, as far as they are. */
type Folded = Readonly<{ standing: Standing; course: Course }>;

/** Of histories that may grow by one fact. */
const foldedOf = new WeakMap<readonly StackFact[], Folded>();

/** The resource, and the rank of the fact that it shows. */
type Outcome = Readonly<{ resource: TrackedResource; shown: number }>;

const folded = (
  place: Place,
  history: readonly StackFact[],
  phases: Phases,
  { facts, from }: Readonly<{ facts: readonly StackFact[]; from: Folded }>,
): Outcome => {
  const { stackId, base } = place;
  let { standing, course } = from;
  for (const fact of facts) {
    const next = judgedNext(course, fact, (rank, at) => phases(stackId, rank, at));
    standing = standingAfter(standing, next.fact, place);
    course = next.course;
  }
  foldedOf.set(history, { standing, course });
  return { resource: { ...standing.base!, history, ...(base && { base }) }, shown: standing.shown };
};

/** The resource as its whole history says. */
export const resourceOf = (place: Place, history: readonly StackFact[], phases: Phases): Outcome => {
  const from = { standing: { base: place.base, shown: -Infinity }, course: UNBEGUN };
  return folded(place, history, phases, { facts: history, from });
};

/**
 * The same where the history is the one `before` with its newest fact added. What was folded of the one before counts: who
 * changes what its facts were a part of folds it again.
 */
export const resourceAfter = (
  place: Place,
  history: readonly StackFact[],
  phases: Phases,
  before: readonly StackFact[] | undefined,
): Outcome => {
  const from = before && foldedOf.get(before);
  const last = history.at(-1)!;
  const isAppended = from && history.length === before.length + 1 && before.at(-1) === history.at(-2);
  return isAppended
    ? folded(place, history, phases, { facts: [last], from })
    : resourceOf(place, history, phases);
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
  const entry = entryAfter(
    known,
    { ...fact, stackId: place.stackId, logicalId: place.logicalId },
    place.path,
    fact.isUndoing,
  );
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

/** Fields that only the counting needs. */
const COUNTED: ReadonlySet<string> = new Set<keyof TrackedResource>([
  "forward",
  "undo",
  "history",
  "base",
  "cleaningLight",
]);

/** Whether viewers are shown a field of a resource. */
export const isShown = (field: string): boolean => !COUNTED.has(field);

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
