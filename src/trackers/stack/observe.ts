/**
 * One look at a stack and its nested stacks: what AWS shows now that was not seen before. Asks as little as it can,
 * one call for a stack where nothing new has begun or ended, and keeps nothing.
 */
import type { CloudFormation, StackDescription } from "../../aws/cloudformation/cloudformation.ts";
import type { Findings } from "../../domain/stack/findings.ts";
import type { LookupFailure } from "../../domain/failure/lookup-failure.ts";
import type { Plan } from "../../domain/template/plan.ts";
import type { TemplateSchedule } from "../../domain/template/template-schedule.ts";
import { isAfterlook, isUnreported, PATIENCE } from "../../domain/stack/operation/settling.ts";
import { isNestedStackEvent, isOwnStatusEvent, type StackEvent } from "../../domain/stack/stack-event.ts";
import {
  goneSince,
  isComplete,
  rootOf,
  type FollowedStack,
  type StackState,
} from "../../domain/stack/stack-state.ts";
import { operationBegunBy, type OperationKind } from "../../domain/stack/statuses.ts";
import { mergeByTime } from "../../domain/stack/operation/unseen.ts";
import { beginningOfOperation } from "../../domain/stack/operation/beginning.ts";
import { heldBack, operationsIn, operationStart } from "../../domain/stack/operation/unseen-operations.ts";
import { failed, success, type Result } from "../../protocol/result.ts";
import { newestAttempt, notBefore, sinceKnown, unseenEvents, type Slice } from "./event-walk.ts";
import { planOf } from "./operation-plan.ts";

export type Observation = Readonly<{
  findings: Findings;
  /** What kept nested stacks or the end from being read; the findings hold all the same. */
  trouble?: LookupFailure;
}>;

/** How many nested stacks are asked for at the same time; a Worker has six connections. */
const CONCURRENCY = 5;

/** `hasty`: goes on without a plan, if AWS does not give one now. */
export const observe = async (
  state: StackState,
  stackName: string,
  cloudFormation: CloudFormation,
  hasty: boolean,
): Promise<Result<Observation, LookupFailure>> => {
  const look = new Look(state, stackName, cloudFormation, hasty);
  return look.take();
};

/** The work of one `observe`. */
class Look {
  private readonly plans = new Map<string, Plan>();
  private readonly schedules = new Map<string, TemplateSchedule>();
  private readonly read = new Set<string>();
  /** Stacks of which something was reported after they had been read. */
  private readonly overtaken = new Set<string>();
  private readonly lists: (readonly StackEvent[])[] = [];
  private readonly past = new Map<string, readonly string[]>();
  private trouble: LookupFailure | undefined;
  /** AWS's time since which the root rests; undefined while it does something. */
  private restsSince: string | undefined;
  /** What the root's newest operation does. */
  private kind: OperationKind = "unknown";
  private isNewAttempt = false;
  private description: StackDescription | "denied" | undefined;
  private readonly state: StackState;
  private readonly stackName: string;
  private readonly cloudFormation: CloudFormation;
  private readonly hasty: boolean;

  constructor(state: StackState, stackName: string, cloudFormation: CloudFormation, hasty: boolean) {
    this.state = state;
    this.stackName = stackName;
    this.cloudFormation = cloudFormation;
    this.hasty = hasty;
  }

  async take(): Promise<Result<Observation, LookupFailure>> {
    const known = rootOf(this.state);
    if (!known) return this.newestOfName(undefined);
    if (goneSince(this.state) !== undefined) {
      const successor = await this.newestOfName(known);
      if (successor.ok || successor.failure.kind !== "missing") return successor;
      if (!isAfterlook(this.state)) return success(this.nothing(known));
    }
    const cut = isComplete(this.state) ? newestAttempt : sinceKnown;
    const seen = await unseenEvents(this.cloudFormation, known.stackId, known.cursor, cut);
    if (seen.ok) return this.beyondRoot(known.stackId, known, seen.value);
    if (seen.failure.kind === "missing" && goneSince(this.state) !== undefined)
      return success(this.nothing(known));
    return seen.failure.kind === "missing" ? this.newestOfName(known) : seen;
  }

  /**
   * The stack that has the name now, as if nothing had been seen yet, if it is not `former`: a deleted stack answers to
   * its ARN for months, a new one of its name only to the name.
   */
  private async newestOfName(former: FollowedStack | undefined): Promise<Result<Observation, LookupFailure>> {
    const seen = await unseenEvents(this.cloudFormation, this.stackName, [], newestAttempt);
    if (!seen.ok) return seen;
    const rootId = seen.value.events[0]?.stackId;
    if (rootId !== undefined && rootId !== former?.stackId)
      return this.beyondRoot(rootId, undefined, seen.value);
    return failed({ kind: "missing", message: "no stack has the name, or none that shows events" });
  }

  private nothing(known: FollowedStack): Observation {
    return {
      findings: {
        rootId: known.stackId,
        rootName: known.name,
        events: [],
        read: new Set(),
        plans: new Map(),
      },
    };
  }

  private async beyondRoot(
    rootId: string,
    known: FollowedStack | undefined,
    slice: Slice,
  ): Promise<Result<Observation, LookupFailure>> {
    const { events: unseen, past, previousStatus } = slice;
    const held = known ? this.heldBack(known, unseen) : new Set<StackEvent>();
    const events = unseen.filter((event) => !held.has(event));
    this.lists.push(events);
    this.past.set(rootId, past);
    this.read.add(rootId);
    const { start, isNewAttempt, restsSince } = operationsIn(known, events);
    this.isNewAttempt = isNewAttempt;
    this.restsSince = restsSince;
    this.kind = start ? (operationBegunBy(start.status) ?? "unknown") : (known?.kind ?? "unknown");
    if (start) {
      const planned = await this.plan(rootId, start);
      if (!planned.ok) return planned;
    }
    const isNewer = isNewAttempt || known === undefined;
    const since = beginningOfOperation(this.state, known, start, { ...slice, events });
    const own = events.some(isOwnStatusEvent);
    const ended = restsSince !== undefined && (own || !isComplete(this.state));
    const due = known && !isNewer ? this.dueStacks(rootId, ended) : [];
    await this.readNested(due, nestedIn(events, since), since);
    if (ended) await this.describe(rootId);
    return success({
      findings: {
        rootId,
        rootName: known?.name ?? events[0]?.stackName ?? this.stackName,
        events: mergeByTime(this.lists),
        read: this.read.difference(this.overtaken),
        plans: this.plans,
        ...(this.schedules.size > 0 && { schedules: this.schedules }),
        past: this.past,
        ...(held.size > 0 && { held: true }),
        ...(previousStatus !== undefined && { previousStatus }),
        ...(this.description && { description: this.description }),
      },
      ...(this.trouble && { trouble: this.trouble }),
    });
  }

  /** What is not reported yet, as long as there is patience for the start of its operation. */
  private heldBack(known: FollowedStack, unseen: readonly StackEvent[]): ReadonlySet<StackEvent> {
    const isPatient = (this.state.attempt?.heldPolls ?? 0) < PATIENCE.heldEvents;
    return isPatient ? heldBack(this.state, known, unseen) : new Set();
  }

  /** Nested stacks to be read: those that are running, and all of them at the end, for what AWS showed late. */
  private dueStacks(rootId: string, ended: boolean): string[] {
    return [...this.state.followed.values()]
      .filter(
        (stack) =>
          stack.stackId !== rootId &&
          (stack.due || (ended && (isUnreported(stack) || this.isEndNew())) || isAfterlook(this.state)),
      )
      .map(({ stackId }) => stackId);
  }

  private isEndNew(): boolean {
    return !isComplete(this.state) && (this.state.attempt?.settlingPolls ?? 0) === 0;
  }

  /** Reads the nested stacks, level by level as they appear. */
  private async readNested(
    due: readonly string[],
    reported: readonly string[],
    since: string,
  ): Promise<void> {
    let waiting = [...new Set([...due, ...reported])];
    while (waiting.length > 0) {
      const appeared: string[] = [];
      while (waiting.length > 0) {
        const batch = waiting.splice(0, CONCURRENCY);
        const lists = await Promise.all(batch.map((stackId) => this.readOne(stackId, since)));
        for (const events of lists) appeared.push(...nestedIn(events, since));
      }
      waiting = [];
      for (const stackId of new Set(appeared)) {
        if (this.read.has(stackId)) this.overtaken.add(stackId);
        else waiting.push(stackId);
      }
    }
  }

  private async readOne(stackId: string, since: string): Promise<readonly StackEvent[]> {
    this.read.add(stackId);
    const stack = this.state.followed.get(stackId);
    const fresh = stack === undefined || this.isNewAttempt;
    const cursor = fresh ? [] : stack.cursor;
    const cut = cursor.length === 0 ? notBefore(since) : sinceKnown;
    const seen = await unseenEvents(this.cloudFormation, stackId, cursor, cut);
    if (!seen.ok) {
      this.noteUnread(stackId, seen.failure);
      return [];
    }
    const before = fresh ? undefined : stack;
    const events = this.ofThisOperation(before, seen.value.events);
    if (!(await this.planNested(stackId, before, events))) {
      this.read.delete(stackId);
      return [];
    }
    this.lists.push(events);
    if (seen.value.past.length > 0) this.past.set(stackId, seen.value.past);
    return events;
  }

  /** Without what a nested stack shows already of the root's next operation, which is to be reported after its start. */
  private ofThisOperation(
    stack: FollowedStack | undefined,
    events: readonly StackEvent[],
  ): readonly StackEvent[] {
    const next = operationStart(stack, events);
    const early = next && this.restsSince !== undefined && next.timestamp > this.restsSince;
    return early ? events.slice(0, events.indexOf(next)) : events;
  }

  /** What cannot be had is done without, or a nested stack would end the tracking of all; the rest is asked again. */
  private noteUnread(stackId: string, failure: LookupFailure): void {
    if (failure.kind === "denied" || failure.kind === "rejected") return;
    const announcedBefore = this.state.followed.get(stackId)?.due === true;
    // One that was just announced may not be there yet.
    if (failure.kind === "missing" && announcedBefore) return;
    this.read.delete(stackId);
    if (failure.kind !== "missing") this.trouble = failure;
  }

  private async planNested(
    stackId: string,
    stack: FollowedStack | undefined,
    events: readonly StackEvent[],
  ): Promise<boolean> {
    if (stack && Object.keys(stack.planned).length > 0) return true;
    const start = operationStart(stack, events);
    if (!start) return true;
    // What is deleted while its parent changes or is rolled back counts for nothing.
    if (operationBegunBy(start.status) === "delete" && this.kind !== "delete") return true;
    return (await this.plan(stackId, start, true)).ok;
  }

  private async plan(
    stackId: string,
    start: StackEvent,
    nested = false,
  ): Promise<Result<null, LookupFailure>> {
    const kind = operationBegunBy(start.status) ?? "unknown";
    const found = await planOf(this.cloudFormation, stackId, kind, nested);
    if (found.ok) {
      const { plan, schedule } = found.value;
      this.plans.set(stackId, plan);
      if (schedule) this.schedules.set(stackId, schedule);
    } else if (!this.hasty) {
      this.trouble = found.failure;
      return found;
    }
    return success(null);
  }

  private async describe(rootId: string): Promise<void> {
    const described = await this.cloudFormation.describeStack(rootId);
    if (described.ok) this.description = described.value;
    else if (described.failure.kind === "denied" || described.failure.kind === "missing") {
      this.description = "denied";
    } else this.trouble = described.failure;
  }
}

/** ARNs of the nested stacks that events since then are about. */
const nestedIn = (events: readonly StackEvent[], since: string): string[] =>
  events
    .filter((event) => isNestedStackEvent(event) && event.timestamp >= since)
    .map(({ physicalId }) => physicalId);
