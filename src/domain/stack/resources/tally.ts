/**
 * Counts of an attempt's resources in the phase that it is in, kept up event by event: a replaced resource's clean-up
 * never counts against it, and every resource is in one class at most.
 */
import type { FollowedStack, Phase, TrackedResource } from "../stack-state.ts";
import { resourceKeyOf } from "../stack-state.ts";

export type Tally = {
  /** Planned, but not started. */
  unstarted: number;
  /** Begun, so far as this phase is concerned with them. */
  begun: number;
  completed: number;
  inProgress: number;
  failed: number;
  /** Resources that this phase has nothing more to do with. */
  finished: number;
};

export const EMPTY_TALLY: Readonly<Tally> = {
  unstarted: 0,
  begun: 0,
  completed: 0,
  inProgress: 0,
  failed: 0,
  finished: 0,
};

/** Adds (`sign` 1) or takes away (-1) one resource. */
export const count = (tally: Tally, resource: TrackedResource, phase: Phase, sign: 1 | -1): void => {
  const undoing = phase === "rollback";
  if (resource.forward === undefined && !(undoing && resource.undo !== undefined)) return;
  const standing = undoing ? resource.undo : resource.forward;
  tally.begun += sign;
  if (resource.forward === "failed" || standing === "failed") tally.failed += sign;
  else if (standing === "running") tally.inProgress += sign;
  else if (standing === "done") tally.completed += sign;
  if (standing === "done" || (undoing && standing === "failed")) tally.finished += sign;
};

export const tallyOf = (
  resources: ReadonlyMap<string, TrackedResource>,
  followed: ReadonlyMap<string, FollowedStack>,
  phase: Phase,
): Tally => {
  const tally: Tally = { ...EMPTY_TALLY };
  for (const resource of resources.values()) count(tally, resource, phase, 1);
  for (const stack of followed.values()) tally.unstarted += unstartedOf(stack, resources);
  return tally;
};

/** How many planned resources of a stack no event has reported yet. */
const unstartedOf = (stack: FollowedStack, resources: ReadonlyMap<string, TrackedResource>): number =>
  Object.keys(stack.planned).filter((id) => !resources.has(resourceKeyOf(stack.stackId, id))).length;

/** What is to be done in the phase: a rollback undoes what was begun, and begins nothing new. */
export const totalOf = (tally: Tally, phase: Phase): number =>
  phase === "rollback" ? tally.begun : tally.begun + tally.unstarted;

/** Percent of the phase, never below `reached`, and 100 only if `whole`: everything has come to its end. */
export const percentOf = (tally: Tally, phase: Phase, reached: number, whole: boolean): number => {
  if (whole) return 100;
  const total = totalOf(tally, phase);
  const percent = total === 0 ? 0 : Math.floor((100 * tally.finished) / total);
  return Math.max(reached, Math.min(percent, 99));
};
