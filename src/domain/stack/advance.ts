/**
 * One poll's findings folded into a stack's state: events and state go in, the state after them and the frames of the
 * channel come out. Pure; a log folded in any pieces gives the same state and the same frames.
 */
import { durationsOf } from "../estimate/learned.ts";
import { Fold } from "./fold.ts";
import type { Advance, Findings } from "./findings.ts";
import { isAfterlook } from "./operation/settling.ts";
import { isComplete, isHolding, type StackState } from "./stack-state.ts";
import { lightsDue } from "./resources/resource-lights.ts";
import { isNoneSlowBy } from "./resources/resource-set.ts";
import { isAtRest } from "./statuses.ts";

const NOTHING = {
  frames: [],
  renewed: false,
  touchedResources: new Set<string>(),
  touchedStacks: new Set<string>(),
  changed: false,
} as const;

/** Whether a poll found nothing, and nothing is waited for: most polls do, and may cost nothing. */
const isQuiet = (before: StackState, { rootId, events, plans, read, held }: Findings): boolean => {
  const root = before.followed.get(rootId);
  if (!root || before.rootId !== rootId || events.length > 0 || plans.size > 0) return false;
  if (held || isHolding(before) || isAfterlook(before) || (isAtRest(root.status) && !isComplete(before)))
    return false;
  return ![...before.followed.values()].some(
    ({ stackId, due, parentRunning }) => due && !parentRunning && read.has(stackId),
  );
};

/** Whether a resource has come to take long since the look before. */
const hasLights = (before: StackState, { now, learned }: Findings): boolean =>
  now !== undefined &&
  !isNoneSlowBy(before.resources, learned, now) &&
  lightsDue(before, durationsOf(learned), now).due.length > 0;

/** Folds the findings of one poll; `position` is the channel's head before them. */
export const advance = (
  before: StackState,
  findings: Findings,
  position: Readonly<{ channel: string; offset: number }>,
): Advance => {
  if (isQuiet(before, findings) && !hasLights(before, findings)) return { ...NOTHING, state: before };
  const fold = new Fold(before, findings, position);
  for (const event of findings.events) fold.take(event);
  return fold.finish(before);
};
