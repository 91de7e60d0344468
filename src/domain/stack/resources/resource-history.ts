/**
 * What happened to one resource in an attempt, in AWS's order: from it follows where the resource stands, whenever its
 * events became visible.
 */
import type { Span } from "../operation/own-status.ts";
import { MOST_REASON } from "../operation/own-status.ts";
import type { HookReport, ReasonHint, StackEvent } from "../stack-event.ts";
import type { StackFact } from "../stack-state.ts";
import { standingOf } from "../statuses.ts";

const cut = (text: string): string => text.slice(0, MOST_REASON);

export const factOf = (event: StackEvent, rank: number): StackFact => ({
  rank,
  // A hook's report may say nothing of the resource.
  status: event.status,
  timestamp: event.timestamp,
  type: event.type,
  physicalId: event.physicalId,
  reason: cut(event.reason),
  ...(event.hint && { hint: event.hint }),
  ...(event.sign && { sign: event.sign }),
  ...(event.hook && { hook: { ...event.hook, reason: cut(event.hook.reason) } }),
  ...(event.hookInvocationId && { hookInvocationId: event.hookInvocationId }),
});

/** Whether a hook's report keeps the resource from being provisioned. */
const blocks = ({ status, failureMode }: HookReport): boolean =>
  (status === "HOOK_COMPLETE_FAILED" || status === "HOOK_FAILED") && failureMode !== "WARN";

/** Facts that are kept of one resource, and by how many more they are let grow: folding what is left again costs as much as all of it. */
const MOST_FACTS = 40;
const OVERHANG = 10;

/** The history with one more fact in its place. A resource that reports its progress again and again keeps its newest. */
export const withFact = (history: readonly StackFact[], fact: StackFact): StackFact[] => {
  const facts = [...history, fact];
  if ((history.at(-1)?.rank ?? -Infinity) > fact.rank) facts.sort((left, right) => left.rank - right.rank);
  if (facts.length <= MOST_FACTS + OVERHANG) return facts;
  while (facts.length > MOST_FACTS) {
    const needless = facts.findIndex(
      ({ status, hook }, index) =>
        index > 0 && !hook && standingOf(status) === "running" && facts[index + 1]?.status === status,
    );
    facts.splice(needless === -1 ? 1 : needless, 1);
  }
  return facts;
};

/** A fact and what it was a part of. */
export type JudgedFact = StackFact &
  Readonly<{
    part: Span["phase"];
    isCleaning: boolean;
    /** The whole operation is being rolled back, and not just the stack that holds the resource. */
    isUndoing: boolean;
  }>;

const verbOf = (status: string): string => status.slice(0, status.indexOf("_"));

/** How far a history has been judged. `running`: the verb of what the change has begun and not ended. */
export type Course = Readonly<{ running: string | undefined; hasBacked: boolean }>;

export const UNBEGUN: Course = { running: undefined, hasBacked: false };

type PartAt = (
  rank: number,
  timestamp: string,
) => Pick<Span, "phase" | "isCleaning"> & Readonly<{ isUndoing: boolean }>;

/**
 * The next fact with the part of the operation that it belongs to. What the change had begun may end when the rollback has
 * begun already: that is still the change's end.
 */
export const judgedNext = (
  { running, hasBacked }: Course,
  fact: StackFact,
  partAt: PartAt,
): Readonly<{ fact: JudgedFact; course: Course }> => {
  const { phase, isCleaning, isUndoing } = partAt(fact.rank, fact.timestamp);
  const isEnd = fact.status !== "" && standingOf(fact.status) !== "running";
  const endsChange = phase === "rollback" && !hasBacked && isEnd && running === verbOf(fact.status);
  const part = endsChange ? "forward" : phase;
  const isNews = part === "forward" && fact.status !== "";
  return {
    fact: { ...fact, part, isCleaning, isUndoing },
    course: {
      running: isNews ? (isEnd ? undefined : verbOf(fact.status)) : running,
      hasBacked: hasBacked || part === "rollback",
    },
  };
};

/** Each fact of a history. */
export const judged = (history: readonly StackFact[], partAt: PartAt): JudgedFact[] => {
  let course = UNBEGUN;
  return history.map((each) => {
    const next = judgedNext(course, each, partAt);
    course = next.course;
    return next.fact;
  });
};

/** Whether a fact tells a failure that is not the consequence of another one, and of which kind it is. */
export const failureIn = (fact: StackFact): "own" | "embedded" | undefined => {
  if (fact.hook) return blocks(fact.hook) ? "own" : undefined;
  if (standingOf(fact.status) !== "failed") return undefined;
  const hint: ReasonHint | undefined = fact.hint;
  if (hint === "cancelled") return undefined;
  return hint === "embedded" ? "embedded" : "own";
};
