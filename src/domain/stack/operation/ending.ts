/** How an attempt ended, and what it left behind: reported by `stack_complete` and by REST alike. */
import type { Cause, LeftResource, Outcome } from "../../../protocol/stack/stack-frames.ts";
import { MOST_LEFT_RESOURCES } from "../../../protocol/stack/stack-frames.ts";
import { outcomeOf } from "./outcomes.ts";
import { phasesOf } from "../resources/phases.ts";
import { judged, type JudgedFact } from "../resources/resource-history.ts";
import {
  rootOf,
  type StackAttempt,
  type FollowedStack,
  type StackState,
  type TrackedResource,
} from "../stack-state.ts";

export type Ending = Readonly<{
  outcome: Outcome;
  cause?: Cause;
  rollbackCause?: Cause;
  cancelled?: true;
  orphans?: LeftResource[];
  retained?: LeftResource[];
  stabilising?: true;
}>;

/** Why the attempt is failing; `outcome`: once it ended, as a stack that was deployed has no cause. */
export const reportedCauses = (
  attempt: StackAttempt,
  outcome: Outcome | undefined,
): Readonly<{ cause?: Cause; rollbackCause?: Cause }> => {
  if (outcome === "deployed" || outcome === "deployed_with_orphans" || outcome === "deleted") return {};
  const cause = attempt.cause ?? attempt.ownFailure;
  const { rollbackCause } = attempt;
  const isBlocked = outcome === undefined || outcome === "rollback_failed";
  return { ...(cause && { cause }), ...(isBlocked && rollbackCause && { rollbackCause }) };
};

/** How the state's attempt ended; undefined while its stack has not come to rest. */
export const endingOf = (state: StackState): Ending | undefined => {
  const root = rootOf(state);
  const { attempt } = state;
  if (!root || !attempt || outcomeOf({ ...root, orphans: false }) === undefined) return undefined;
  const { orphans, retained } = leftBy(state, root.status === "DELETE_COMPLETE");
  const last = root.marks?.at(-1);
  const isOrphaned =
    orphans.length > 0 ||
    (attempt.inherited?.orphans ?? attempt.orphans ?? false) ||
    last?.hint === "orphans";
  const outcome = outcomeOf({ ...root, orphans: isOrphaned });
  if (!outcome) return undefined;
  const isDeployed = outcome === "deployed" || outcome === "deployed_with_orphans";
  return {
    outcome,
    ...reportedCauses(attempt, outcome),
    ...(wasCancelled(root) && { cancelled: true as const }),
    ...(orphans.length > 0 && { orphans }),
    ...(retained.length > 0 && { retained }),
    ...(isDeployed && last?.hint === "stabilising" && { stabilising: true as const }),
  };
};

/** Whether the user called the operation off while it ran. What came to rest by itself is rolled back, not cancelled. */
const wasCancelled = ({ marks = [] }: FollowedStack): boolean =>
  marks.some(
    ({ hint, status }, index) =>
      hint === "user-requested" &&
      status.endsWith("ROLLBACK_IN_PROGRESS") &&
      marks[index - 1]?.status.endsWith("_IN_PROGRESS") === true &&
      !marks[index - 1]!.status.includes("ROLLBACK"),
  );

/** What is still there. `isGone`: the stack is, and has let go of all that it could not delete. */
const leftBy = (state: StackState, isGone: boolean) => {
  const phases = phasesOf(state.followed);
  const orphans: LeftResource[] = [];
  const retained: LeftResource[] = [];
  for (const resource of state.resources.values()) {
    const history = resource.history ?? [];
    if (!history.some(({ status }) => LEFT.test(status))) continue;
    const facts = judged(history, (rank, at) => phases(resource.stackId, rank, at));
    for (const fact of lastDeletions(facts)) {
      if (fact.status === "DELETE_SKIPPED") retained.push(leftOf(resource, fact));
      else if (fact.status === "DELETE_FAILED" && (isGone || fact.isCleaning) && fact.hint !== "embedded")
        orphans.push(leftOf(resource, fact));
    }
  }
  return {
    orphans: orphans.slice(0, MOST_LEFT_RESOURCES),
    retained: retained.slice(0, MOST_LEFT_RESOURCES),
  };
};

const LEFT = /^DELETE_(FAILED|SKIPPED)$/;

/** The last word on the deletion of each instance: a resource that was replaced has two. */
const lastDeletions = (facts: readonly JudgedFact[]): JudgedFact[] => {
  const byInstance = new Map<string, JudgedFact>();
  for (const fact of facts) {
    if (fact.status.startsWith("DELETE_") && !fact.hook) byInstance.set(fact.physicalId, fact);
  }
  return [...byInstance.values()];
};

const leftOf = ({ logicalId, path, physicalId }: TrackedResource, fact: JudgedFact): LeftResource => ({
  logicalId,
  path,
  type: fact.type,
  physicalId: fact.physicalId === "" ? physicalId : fact.physicalId,
  status: fact.status,
  reason: fact.reason,
});
