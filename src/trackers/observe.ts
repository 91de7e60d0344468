/**
 * One look at a stack and its nested stacks: what AWS shows now that was not seen before. Asks as little as it can,
 * one call for a stack where nothing new has begun or ended, and keeps nothing.
 */
import type { CloudFormation, StackDescription } from "../aws/cloudformation.ts";
import type { Findings } from "../domain/advance.ts";
import { operationStart } from "../domain/attempt.ts";
import type { LookupFailure } from "../domain/lookup-failure.ts";
import type { Plan } from "../domain/plan.ts";
import { isNestedStackEvent, isOwnStatusEvent, type StackEvent } from "../domain/stack-event.ts";
import { isComplete, rootOf, type FollowedStack, type StackState } from "../domain/stack-state.ts";
import { isAtRest, isUnderWay, operationBegunBy } from "../domain/statuses.ts";
import { mergeByTime } from "../domain/unseen.ts";
import { failed, success, type Result } from "../protocol/result.ts";
import { newestAttempt, notBefore, sinceKnown, unseenEvents } from "./event-walk.ts";
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
  private readonly read = new Set<string>();
  private readonly lists: (readonly StackEvent[])[] = [];
  private trouble: LookupFailure | undefined;
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
    // A deleted stack answers to its ARN for months; a new one of its name only to the name.
    const gone = isComplete(this.state) && known?.status === "DELETE_COMPLETE";
    const target = gone ? this.stackName : (this.state.rootId ?? this.stackName);
    const cursor = gone ? [] : (known?.cursor ?? []);
    const cut = cursor.length === 0 || isComplete(this.state) ? newestAttempt : sinceKnown;
    const seen = await unseenEvents(this.cloudFormation, target, cursor, cut);
    if (!seen.ok) {
      return gone && seen.failure.kind === "missing" ? success(this.nothing(known)) : seen;
    }
    const events = seen.value;
    const rootId = events[0]?.stackId ?? this.state.rootId;
    if (rootId === undefined) return failed({ kind: "missing", message: "the stack has no events" });
    this.lists.push(events);
    this.read.add(rootId);
    return this.beyondRoot(rootId, known?.stackId === rootId ? known : undefined, events);
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
    events: readonly StackEvent[],
  ): Promise<Result<Observation, LookupFailure>> {
    const own = events.filter(isOwnStatusEvent);
    const start = operationStart(known, own);
    if (start) {
      const planned = await this.plan(rootId, start);
      if (!planned.ok) return planned;
    }
    const since = start?.timestamp ?? this.state.attempt?.startedAt ?? events[0]?.timestamp ?? "";
    const ended = this.hasEnded(known, own, start !== undefined);
    await this.readNested(start ? [] : this.dueStacks(rootId, ended), nestedIn(events, since), since);
    if (ended) await this.describe(rootId);
    return success({
      findings: {
        rootId,
        rootName: known?.name ?? events[0]?.stackName ?? this.stackName,
        events: mergeByTime(this.lists),
        read: this.read,
        plans: this.plans,
        ...(this.description && { description: this.description }),
      },
      ...(this.trouble && { trouble: this.trouble }),
    });
  }

  /** Whether the stack rests after these own events, and the end has not been told. */
  private hasEnded(known: FollowedStack | undefined, own: readonly StackEvent[], begun: boolean): boolean {
    const status = own.at(-1)?.status ?? known?.status ?? "";
    return isAtRest(status) && (begun || own.length > 0 || !isComplete(this.state));
  }

  private dueStacks(rootId: string, ended: boolean): string[] {
    return [...this.state.followed.values()]
      .filter((stack) => stack.stackId !== rootId && (stack.due || (ended && isUnderWay(stack))))
      .map(({ stackId }) => stackId);
  }

  /** Reads the nested stacks, level by level as they appear. */
  private async readNested(due: readonly string[], told: readonly string[], since: string): Promise<void> {
    let waiting = [...new Set([...due, ...told])];
    while (waiting.length > 0) {
      const appeared: string[] = [];
      while (waiting.length > 0) {
        const batch = waiting.splice(0, CONCURRENCY);
        const lists = await Promise.all(batch.map((stackId) => this.readOne(stackId, since)));
        for (const events of lists) appeared.push(...nestedIn(events, since));
      }
      waiting = [...new Set(appeared)].filter((stackId) => !this.read.has(stackId));
    }
  }

  private async readOne(stackId: string, since: string): Promise<readonly StackEvent[]> {
    this.read.add(stackId);
    const stack = this.state.followed.get(stackId);
    const fresh = stack === undefined || !this.sameAttempt(since);
    const cursor = fresh ? [] : stack.cursor;
    const cut = cursor.length === 0 ? notBefore(since) : sinceKnown;
    const seen = await unseenEvents(this.cloudFormation, stackId, cursor, cut);
    if (!seen.ok || !(await this.planNested(stackId, fresh ? undefined : stack, seen.value))) {
      this.read.delete(stackId);
      // A stack that is announced, but cannot be asked for yet, is no trouble.
      if (!seen.ok && seen.failure.kind !== "missing") this.trouble = seen.failure;
      return [];
    }
    this.lists.push(seen.value);
    return seen.value;
  }

  private async planNested(
    stackId: string,
    stack: FollowedStack | undefined,
    events: readonly StackEvent[],
  ): Promise<boolean> {
    if (stack && Object.keys(stack.planned).length > 0) return true;
    const start = operationStart(stack, events.filter(isOwnStatusEvent));
    return start === undefined || (await this.plan(stackId, start, true)).ok;
  }

  private sameAttempt(since: string): boolean {
    return this.state.attempt?.startedAt === since;
  }

  private async plan(
    stackId: string,
    start: StackEvent,
    nested = false,
  ): Promise<Result<null, LookupFailure>> {
    const kind = operationBegunBy(start.status) ?? "unknown";
    const found = await planOf(this.cloudFormation, stackId, kind, nested);
    if (found.ok) this.plans.set(stackId, found.value);
    else if (!this.hasty) {
      this.trouble = found.failure;
      return found;
    }
    return success(null);
  }

  private async describe(rootId: string): Promise<void> {
    const described = await this.cloudFormation.describeStack(rootId);
    if (described.ok) this.description = described.value;
    else if (described.failure.kind === "denied") this.description = "denied";
    else this.trouble = described.failure;
  }
}

/** ARNs of the nested stacks that events since then are about. */
const nestedIn = (events: readonly StackEvent[], since: string): string[] =>
  events
    .filter((event) => isNestedStackEvent(event) && event.timestamp >= since)
    .map(({ physicalId }) => physicalId);
