/**
 * CloudFormation's part in properties: plays operations on stacks as it does, event by event. What it plays is given by
 * plain data, so that a counterexample can be read.
 */
import { STACK_TYPE, type StackEvent } from "../../src/domain/stack/stack-event.ts";
import { at, nameOf, ROOT } from "./events.ts";

/** A resource of a stack and what becomes of it. */
export type Part = Readonly<{
  id: string;
  /** A nested stack, if there are any. */
  parts: readonly Part[];
  /** Its creation or update fails. */
  fails: boolean;
  /** An update replaces it, and its clean-up deletes the one before. */
  replaced: boolean;
  /** A hook is asked before it, twice under one EventId. */
  hooked: boolean;
}>;

export type Operation = Readonly<{
  kind: "create" | "update" | "delete";
  parts: readonly Part[];
  /** A failed create stays as it is. */
  keepsFailed: boolean;
  /** A failed create is deleted by CloudFormation itself, which only the reason of its deletion tells. */
  isGivenUp?: boolean;
  /** What the rollback does to the resource that it comes to last fails, and it stays so. */
  isStuck?: boolean;
  /** AWS tells OperationId and ClientRequestToken. */
  marked: boolean;
}>;

type Fact = Omit<StackEvent, "eventId" | "timestamp">;

/** What one resource goes through, and whether it fails. */
type Course = Readonly<{ facts: readonly Fact[]; fails: boolean; leaf: boolean }>;

const arnOf = (parent: string, id: string): string =>
  `arn:aws:cloudformation:eu-west-1:123456789012:stack/${nameOf(parent)}-${id}/${id}-uuid`;

const ownFact = (stackId: string, status: string, reason = ""): Fact => ({
  stackId,
  stackName: nameOf(stackId),
  logicalId: nameOf(stackId),
  physicalId: stackId,
  type: STACK_TYPE,
  status,
  reason,
});

/** A source of whole numbers below a bound. */
type Random = (below: number) => number;

/** A repeatable one (Numerical Recipes' linear congruential generator). */
const seeded = (seed: number): Random => {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
};

/** The play of one operation on the root stack: facts in AWS's order. */
class Play {
  private readonly kind: Operation["kind"];
  private readonly random: Random;

  constructor(kind: Operation["kind"], random: Random) {
    this.kind = kind;
    this.random = random;
  }

  whole({ parts, keepsFailed, isGivenUp, isStuck }: Operation): Fact[] {
    if (this.kind === "delete") return this.removal(ROOT, parts);
    const { facts, fails } = this.change(ROOT, parts);
    if (!fails) return [...facts, ...this.ending(ROOT, parts)];
    if (this.kind === "create" && keepsFailed) return [...facts, ownFact(ROOT, "CREATE_FAILED", "paused")];
    const begun = begunIn(ROOT, facts);
    if (this.kind === "create" && isGivenUp) {
      const [first, ...rest] = this.removal(
        ROOT,
        parts.filter(({ id }) => begun.has(id)),
      );
      return [...facts, { ...first!, reason: "Delete requested by user.", hint: "given-up" }, ...rest];
    }
    const rollback = this.rollback(ROOT, parts, begun);
    return [...facts, ...(isStuck ? stuck(rollback) : rollback)];
  }

  /** A stack's change, up to where it may have to clean up or to go back. */
  private change(stackId: string, parts: readonly Part[]): Course {
    const verb = this.kind.toUpperCase();
    const courses = parts.map((part) => this.courseOf(stackId, part));
    const { facts, fails } = this.together(courses, verb);
    return { facts: [ownFact(stackId, `${verb}_IN_PROGRESS`), ...facts], fails, leaf: false };
  }

  /** What follows the change of a stack that went well. */
  private ending(stackId: string, parts: readonly Part[]): Fact[] {
    if (this.kind === "create") return [ownFact(stackId, "CREATE_COMPLETE")];
    const cleanups = parts.flatMap((part) => this.cleanupOf(stackId, part));
    return [
      ownFact(stackId, "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"),
      ...this.interleaved(cleanups),
      ownFact(stackId, "UPDATE_COMPLETE"),
    ];
  }

  private cleanupOf(stackId: string, part: Part): Course[] {
    const fact = this.factsOf(stackId, part);
    if (part.parts.length > 0) {
      const child = arnOf(stackId, part.id);
      // Its own clean-up begins with its own event, which its change has reported already.
      const [, ...rest] = this.ending(child, part.parts);
      return [{ facts: [...rest, fact("UPDATE_COMPLETE")], fails: false, leaf: false }];
    }
    if (!part.replaced) return [];
    const old = { physicalId: `old-${part.id}` };
    return [
      { facts: [fact("DELETE_IN_PROGRESS", old), fact("DELETE_COMPLETE", old)], fails: false, leaf: true },
    ];
  }

  private courseOf(stackId: string, part: Part): Course {
    const verb = this.kind.toUpperCase();
    const fact = this.factsOf(stackId, part);
    const before = part.hooked
      ? [
          fact(`${verb}_IN_PROGRESS`, { hook: hookReport("HOOK_IN_PROGRESS") }),
          fact(`${verb}_IN_PROGRESS`, { hook: hookReport("HOOK_COMPLETE_SUCCEEDED") }),
        ]
      : [];
    if (part.parts.length > 0) return this.nestedCourse(stackId, part, before);
    const begun =
      this.kind === "create"
        ? [fact("CREATE_IN_PROGRESS", { physicalId: "" }), fact("CREATE_IN_PROGRESS")]
        : [fact("UPDATE_IN_PROGRESS")];
    const end = part.fails ? fact(`${verb}_FAILED`, { reason: "It did not work" }) : fact(`${verb}_COMPLETE`);
    return { facts: [...before, ...begun, end], fails: part.fails, leaf: true };
  }

  private nestedCourse(stackId: string, part: Part, before: readonly Fact[]): Course {
    const verb = this.kind.toUpperCase();
    const fact = this.factsOf(stackId, part);
    const child = arnOf(stackId, part.id);
    const { facts, fails } = this.change(child, part.parts);
    const within = fails
      ? [...facts, ...this.rollback(child, part.parts, begunIn(child, facts))]
      : [
          ...facts,
          ownFact(child, this.kind === "create" ? "CREATE_COMPLETE" : "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"),
        ];
    const end = fails
      ? fact(`${verb}_FAILED`, { reason: "Embedded stack failed", hint: "embedded" })
      : fact(`${verb}_COMPLETE`);
    const bare = this.kind === "create" ? [fact("CREATE_IN_PROGRESS", { physicalId: "" })] : [];
    return {
      facts: [...before, ...bare, fact(`${verb}_IN_PROGRESS`), ...within, end],
      fails,
      leaf: false,
    };
  }

  private rollback(stackId: string, parts: readonly Part[], begun: ReadonlySet<string>): Fact[] {
    const prefix = this.kind === "create" ? "" : "UPDATE_";
    const undoings = parts
      .filter(({ id }) => begun.has(id))
      .map((part): Course => ({ facts: this.undoingOf(stackId, part), fails: false, leaf: true }));
    const cleanup = this.kind === "create" ? [] : ["UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS"];
    return [
      ownFact(stackId, `${prefix}ROLLBACK_IN_PROGRESS`, "Something failed"),
      ...this.interleaved(undoings),
      ...cleanup.map((status) => ownFact(stackId, status)),
      ownFact(stackId, `${prefix}ROLLBACK_COMPLETE`),
    ];
  }

  private undoingOf(stackId: string, part: Part): Fact[] {
    const fact = this.factsOf(stackId, part);
    const child = arnOf(stackId, part.id);
    if (this.kind === "create") {
      const within = part.parts.length > 0 ? this.removal(child, part.parts) : [];
      return [fact("DELETE_IN_PROGRESS"), ...within, fact("DELETE_COMPLETE")];
    }
    const within =
      part.parts.length > 0 ? this.rollback(child, part.parts, new Set(part.parts.map(({ id }) => id))) : [];
    return [fact("UPDATE_IN_PROGRESS"), ...within, fact("UPDATE_COMPLETE")];
  }

  private removal(stackId: string, parts: readonly Part[]): Fact[] {
    const removals = parts.map((part): Course => {
      const fact = this.factsOf(stackId, part);
      const within = part.parts.length > 0 ? this.removal(arnOf(stackId, part.id), part.parts) : [];
      return {
        facts: [fact("DELETE_IN_PROGRESS"), ...within, fact("DELETE_COMPLETE")],
        fails: false,
        leaf: true,
      };
    });
    return [
      ownFact(stackId, "DELETE_IN_PROGRESS"),
      ...this.interleaved(removals),
      ownFact(stackId, "DELETE_COMPLETE"),
    ];
  }

  private factsOf(stackId: string, part: Part) {
    const nested = part.parts.length > 0;
    return (status: string, extra: Partial<Fact> = {}): Fact => ({
      stackId,
      stackName: nameOf(stackId),
      logicalId: part.id,
      physicalId: nested ? arnOf(stackId, part.id) : `physical-${part.id}`,
      type: nested ? STACK_TYPE : "AWS::SNS::Topic",
      status,
      reason: "",
      ...extra,
    });
  }

  private interleaved(courses: readonly Course[]): Fact[] {
    return [...this.together(courses, "").facts];
  }

  /** Courses at the same time; when one fails, resources that run are cancelled and nothing new begins. */
  private together(courses: readonly Course[], verb: string): Readonly<{ facts: Fact[]; fails: boolean }> {
    const facts: Fact[] = [];
    let running = courses.map((course) => ({ ...course, next: 0 })).filter((course) => course.facts.length);
    let failed = false;
    while (running.length > 0) {
      const course = running[this.random(running.length)];
      const fact = course?.facts[course.next++];
      if (!course || !fact) break;
      facts.push(fact);
      const ended = course.next === course.facts.length;
      if (ended) running = running.filter((other) => other !== course);
      if (!ended || !course.fails || failed) continue;
      failed = true;
      for (const { facts: left, next, leaf } of running) {
        const last = left[next - 1];
        if (!leaf || !last) continue;
        const { hook, ...resource } = last;
        // What only a hook was asked about has not started.
        if (!hook) facts.push({ ...resource, status: `${verb}_FAILED`, hint: "cancelled" });
      }
      running = running.filter(({ leaf, next }) => !leaf && next > 0);
    }
    return { facts, fails: failed };
  }
}

/** The rollback with the undoing of a resource failing, so that the stack rests there. */
const stuck = (rollback: readonly Fact[]): Fact[] => {
  const index = rollback.findLastIndex(
    ({ stackId, type, status }) => stackId === ROOT && type !== STACK_TYPE && status.endsWith("_COMPLETE"),
  );
  const last = rollback[index];
  if (!last) return [...rollback];
  const status = last.status.replace("_COMPLETE", "_FAILED");
  const end = rollback[0]!.status.replace("IN_PROGRESS", "FAILED");
  return [
    ...rollback
      .with(index, { ...last, status, reason: "It cannot be undone" })
      .slice(0, -1)
      .filter((fact) => fact.stackId !== ROOT || !fact.status.endsWith("_CLEANUP_IN_PROGRESS")),
    ownFact(ROOT, end, "The following resource(s) failed"),
  ];
};

const hookReport = (status: string) => ({
  type: "Private::Guard::Hook",
  status,
  reason: "",
  invocationPoint: "PRE_PROVISION",
  failureMode: "FAIL",
});

const begunIn = (stackId: string, facts: readonly Fact[]): ReadonlySet<string> =>
  new Set(facts.filter((fact) => fact.stackId === stackId).map(({ logicalId }) => logicalId));

/** The events of operations, one after the other, in AWS's order; several may bear one time. */
export const playOf = (operations: readonly Operation[], seed: number, betweenMs = 1000): StackEvent[] => {
  const random = seeded(seed);
  let milliseconds = 0;
  let count = 0;
  return operations.flatMap((operation, index) => {
    let operationId = `operation-${index}`;
    milliseconds += betweenMs;
    return new Play(operation.kind, random).whole(operation).map((fact): StackEvent => {
      const root = fact.stackId === ROOT;
      if (root && fact.status.endsWith("ROLLBACK_IN_PROGRESS")) operationId += "-rollback";
      if (random(3) > 0) milliseconds += random(400);
      count++;
      return {
        ...fact,
        ...(operation.marked && root && { operationId, clientRequestToken: `token-${index}` }),
        // A hook's second report bears the id of the first.
        eventId: fact.hook ? `${fact.stackId}-${fact.logicalId}-hook-${index}` : `event-${count}`,
        timestamp: at(milliseconds / 1000),
        // Frames tell no EventId: the reason stands in for it.
        reason: `#${count} ${fact.reason}`,
      };
    });
  });
};
