/**
 * Why an operation failed: the first failure in AWS's time that is not the consequence of another one. Cancelled
 * resources, the stack itself, and nested stacks that failed by their own resources are consequences; a nested stack of
 * which nothing more can be read is a cause.
 */
import type { Cause } from "../../protocol/stack/stack-frames.ts";
import { adviceForFailed, adviceOf, type Failed } from "../estimate/advice.ts";
import { outcomeOf } from "./operation/outcomes.ts";
import { phasesOf, type Phases } from "./resources/phases.ts";
import { failureIn, judged, type JudgedFact } from "./resources/resource-history.ts";
import { isOwnStatusEvent, STACK_TYPE, type StackEvent } from "./stack-event.ts";
import type { FollowedStack, OwnMark, TrackedResource } from "./stack-state.ts";
import { isAtRest, isRollbackStatus, standingOf } from "./statuses.ts";

export type Causes = Readonly<{ cause?: Cause; rollbackCause?: Cause }>;

/** A failure that may be the cause. `inside`: where the failures lie of which this one would be the consequence. */
type Candidate = Readonly<{ cause: Cause; rank: number; inside?: string }>;

const causeOfFact = (
  { stackId, logicalId, path }: TrackedResource,
  fact: JudgedFact,
  physicalId: string,
): Cause => ({
  logicalId,
  path,
  type: fact.type,
  physicalId: fact.physicalId === "" ? physicalId : fact.physicalId,
  stackId,
  status: fact.hook?.status ?? fact.status,
  reason: fact.hook?.reason ?? fact.reason,
  timestamp: fact.timestamp,
  ...(!fact.hook && adviceIn(fact)),
});

const causeOfMark = (stack: FollowedStack, mark: OwnMark): Cause => ({
  logicalId: stack.name,
  path: stack.prefix + stack.name,
  type: STACK_TYPE,
  physicalId: stack.stackId,
  stackId: stack.stackId,
  status: mark.status,
  reason: mark.reason,
  timestamp: mark.timestamp,
  ...adviceIn({ type: STACK_TYPE, status: mark.status, sign: mark.sign }),
});

const adviceIn = (failed: Failed) => {
  const code = adviceForFailed(failed);
  return code && { advice: adviceOf(code) };
};

/** The candidates of one resource, the first of the change and the first of a rollback that is failing. */
const candidatesOf = (resource: TrackedResource, phases: Phases) => {
  const found: { change?: Candidate; rollback?: Candidate } = {};
  const history = resource.history ?? [];
  for (const fact of judged(history, (rank, at) => phases(resource.stackId, rank, at))) {
    const failure = failureIn(fact);
    // CloudFormation skips what it cannot delete in a clean-up, and the operation goes on.
    if (!failure || fact.part === "cleanup" || fact.isCleaning) continue;
    const candidate = {
      cause: causeOfFact(resource, fact, resource.physicalId),
      rank: fact.rank,
      ...(failure === "embedded" && { inside: `${resource.path}/` }),
    };
    if (fact.part === "forward") found.change ??= candidate;
    else if (resource.undo === "failed") found.rollback ??= candidate;
  }
  return found;
};

/** A nested stack's own word, where it does not just list its resources: "No export named x found". */
const nestedWord = (stack: FollowedStack, phases: Phases) => {
  const mark = stack.marks?.find(
    ({ status, reason, hint }) => saysFailure(status) && reason !== "" && hint === undefined,
  );
  if (!mark || stack.prefix === "") return undefined;
  // What it says as its own rollback begins is why; what it says of a failing rollback is of the rollback.
  const { phase } = phases(stack.stackId, mark.rank, mark.timestamp);
  const candidate = { cause: causeOfMark(stack, mark), rank: mark.rank, inside: stack.prefix };
  return phase === "forward" ? { change: candidate } : {};
};

const saysFailure = (status: string): boolean => standingOf(status) === "failed" || isRollbackStatus(status);

/** The first that is no consequence: of one stack in AWS's order, of several by AWS's time. */
const firstOf = (candidates: readonly Candidate[]): Cause | undefined => {
  const primary = candidates.filter(
    ({ inside, cause }) =>
      inside === undefined ||
      !candidates.some((other) => other.cause !== cause && other.cause.path.startsWith(inside)),
  );
  const heads = new Map<string, Candidate>();
  for (const candidate of primary) {
    const head = heads.get(candidate.cause.stackId);
    if (!head || candidate.rank < head.rank) heads.set(candidate.cause.stackId, candidate);
  }
  return [...heads.values()]
    .map(({ cause }) => cause)
    .sort(
      (left, right) =>
        Number(left.timestamp > right.timestamp) - Number(left.timestamp < right.timestamp) ||
        left.path.localeCompare(right.path, "en"),
    )[0];
};

/** What the stack's own events say went wrong, for operations that fail without a failing resource. */
const ownWord = (root: FollowedStack): Cause | undefined => {
  const marks = root.marks ?? [];
  const mark = marks.find(
    ({ status, reason, hint }, index) =>
      reason !== "" && (saysFailure(status) || (hint === "given-up" && index > 0)),
  );
  if (mark) return causeOfMark(root, mark);
  // A refused deletion ends in a status that reads well; only its reason tells.
  const last = marks.at(-1);
  const isRefused = outcomeOf({ ...root, orphans: false }) === "failed";
  return last && isRefused ? causeOfMark(root, last) : undefined;
};

/**
 * Both causes as all that is known says. `failed`: the resources of which a failure was reported; `inherited`: what a former
 * release had found out.
 */
export const causesOf = (
  root: FollowedStack,
  followed: ReadonlyMap<string, FollowedStack>,
  failed: readonly TrackedResource[],
  inherited?: Cause,
): Causes => {
  const phases = phasesOf(followed);
  const found = [
    ...failed.map((resource) => candidatesOf(resource, phases)),
    ...[...followed.values()].map((stack) => nestedWord(stack, phases) ?? {}),
  ];
  const change = found.flatMap((one) => ("change" in one && one.change ? [one.change] : []));
  const rollback = found.flatMap((one) => ("rollback" in one && one.rollback ? [one.rollback] : []));
  const known = inherited ? [{ cause: inherited, rank: -Infinity }] : [];
  const cause = firstOf([...known, ...change]) ?? ownWord(root);
  const rollbackCause =
    root.phase === "rollback" ? (firstOf(rollback) ?? blockedWord(root, cause)) : undefined;
  return { ...(cause && { cause }), ...(rollbackCause && { rollbackCause }) };
};

/** What the stack itself says of a rollback that failed, where no resource tells. */
const blockedWord = (root: FollowedStack, cause: Cause | undefined): Cause | undefined => {
  const last = root.marks?.at(-1);
  if (!last || !isAtRest(last.status) || last.reason === "" || standingOf(last.status) !== "failed")
    return undefined;
  const said = causeOfMark(root, last);
  return cause?.status === said.status && cause.timestamp === said.timestamp ? undefined : said;
};

/** Whether the event may change why the operation fails: a late one may change what the others were a part of. */
export const mayTellCause = (event: StackEvent): boolean =>
  isOwnStatusEvent(event) ||
  event.hook !== undefined ||
  event.precedes !== undefined ||
  standingOf(event.status) === "failed";
