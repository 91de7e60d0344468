/** The work of one `advance`: a stack's state copied, filled event by event, and told in frames. */
import type { StackCounts, StackFrame } from "../protocol/stack-frames.ts";
import { keptOutputs } from "../protocol/bounds.ts";
import { beginsAttempt, operationStart } from "./attempt.ts";
import { attemptAfterEvent, attemptAfterOwnEvent, attemptBegunBy } from "./attempt-fold.ts";
import { countsOf, resourceUpdateOf, stackCompleteOf } from "./frames.ts";
import { untold } from "./operation-view.ts";
import { isNestedStackEvent, isOwnEvent, isOwnStatusEvent, type StackEvent } from "./stack-event.ts";
import { ownStatusAfter, UNKNOWN_STATUS } from "./own-status.ts";
import { resourceAfter } from "./resource-fold.ts";
import {
  resourceKeyOf,
  type Attempt,
  type FollowedStack,
  type StackState,
  type TrackedResource,
} from "./stack-state.ts";
import { isAtRest, isUnderWay, isWhole, operationBegunBy, outcomeOf, standingOf } from "./statuses.ts";
import { operationOf, operationOfState, type OperationView } from "./summary.ts";
import { count, percentOf, tallyOf, unstartedOf, type Tally } from "./tally.ts";
import { advanceCursor } from "./unseen.ts";

import type { Advance, Findings } from "./findings.ts";
/**
 * How many polls a resting stack is given to show late events, its nested stacks to be read, and DescribeStacks to
 * agree or to be denied.
 */
const PATIENCE = { lateEvents: 3, unreadNested: 10, disagreement: 10, denial: 2 } as const;

/** Used once, for one poll. */
export class Fold {
  private root: FollowedStack;
  private attempt: Attempt | undefined;
  private readonly followed: Map<string, FollowedStack>;
  private readonly resources: Map<string, TrackedResource>;
  private tally: Tally;
  private offset: number;
  private renewed = false;
  private readonly frames: StackFrame[] = [];
  private readonly touchedResources = new Set<string>();
  private readonly touchedStacks = new Set<string>();
  /** Events of the attempt that were taken, by their stack: what its cursor advances by. */
  private readonly taken = new Map<string, StackEvent[]>();
  /** Events of parents on nested stacks, by the nested stack's ARN: they tell where it hangs. */
  private readonly parents = new Map<string, StackEvent>();
  private readonly newestStart: StackEvent | undefined;
  /** The root's status before its first own event; absent: as it is known. */
  private previousStatus: string | undefined;
  /** What the readers of the channel know of the operation. */
  private told: OperationView | undefined;
  private readonly findings: Findings;
  private readonly channel: string;

  constructor(
    before: StackState,
    findings: Findings,
    { channel, offset }: Readonly<{ channel: string; offset: number }>,
  ) {
    this.findings = findings;
    this.channel = channel;
    this.offset = offset;
    this.previousStatus = findings.previousStatus;
    this.told = operationOfState(before);
    this.attempt = before.attempt;
    this.followed = new Map(before.followed);
    this.resources = new Map(before.resources);
    this.tally = { unstarted: 0, begun: 0, completed: 0, inProgress: 0, failed: 0, finished: 0 };
    this.root = this.followed.get(findings.rootId) ?? this.newStack(findings.rootId, findings.rootName, "");
    // Of the same name, but another stack: the one that was tracked is gone.
    if (before.rootId !== undefined && before.rootId !== findings.rootId) this.forget();
    for (const [stackId, planned] of findings.plans) {
      const nested = this.followed.get(stackId);
      if (nested && stackId !== findings.rootId) this.keepStack({ ...nested, planned });
    }
    this.tally = tallyOf(this.resources, this.followed, this.root.phase);
    for (const event of findings.events) {
      if (isNestedStackEvent(event)) this.parents.set(event.physicalId, event);
    }
    this.newestStart = operationStart(
      this.root,
      findings.events.filter((event) => this.isRootEvent(event)),
    );
  }

  take(event: StackEvent): void {
    const ofRoot = this.isRootEvent(event);
    const previousStatus = ofRoot ? this.statusBefore(event) : undefined;
    if (ofRoot && beginsAttempt(this.root, event)) this.begin(event);
    let attempt = this.attempt ?? attemptBegunBy(event, this.offset + 1);
    const before = this.stackOf(event);
    const own = isOwnEvent(event);
    const stack = {
      ...before,
      ...(isOwnStatusEvent(event) && ownStatusAfter(before, event)),
      ...(event === this.newestStart && { planned: this.findings.plans.get(event.stackId) ?? {} }),
    };
    this.keepStack(stack);
    const taken = this.taken.get(stack.stackId);
    if (taken) taken.push(event);
    else this.taken.set(stack.stackId, [event]);
    const path = stack.prefix + event.logicalId;
    const phase = this.phaseOf(stack, event);
    attempt = attemptAfterEvent(attempt, event, path, phase);
    if (ofRoot) attempt = attemptAfterOwnEvent(attempt, event, before, stack);
    if (ofRoot && (before.phase !== stack.phase || before.planned !== stack.planned))
      this.tally = tallyOf(this.resources, this.followed, this.root.phase);
    const superseded = !own && event.logicalId !== "" && !this.takeResource(event, path, phase, stack);
    const counts = this.progressed(attempt);
    this.tell(resourceUpdateOf(event, path, counts, this.next(), { previousStatus, superseded }));
  }

  /** Tells a frame, with all that its readers need to know the operation as it is known here now. */
  private tell(frame: StackFrame): void {
    const { root, attempt, told } = this;
    this.told = operationOf(root, attempt!, frame.stack);
    if (frame.type === "stack_complete") {
      this.frames.push(frame);
      return;
    }
    const operation = untold(told, frame, this.told, attempt!.firstOffset === frame.offset);
    this.frames.push(operation ? { ...frame, operation } : frame);
  }

  finish(before: StackState): Advance {
    for (const [stackId, events] of this.taken) {
      const stack = this.followed.get(stackId);
      if (stack) this.keepStack({ ...stack, cursor: advanceCursor(stack.cursor, events) });
    }
    for (const id of this.findings.read) {
      const stack = this.followed.get(id);
      // Read after its parent said that it rests: all that it had to tell is told.
      if (stack?.due && !stack.parentRunning) this.keepStack({ ...stack, due: false });
    }
    this.settle();
    return {
      state: {
        rootId: this.findings.rootId,
        ...(this.attempt && { attempt: this.attempt }),
        followed: this.followed,
        resources: this.resources,
      },
      frames: this.frames,
      renewed: this.renewed,
      touchedResources: this.touchedResources,
      touchedStacks: this.touchedStacks,
      changed: this.frames.length > 0 || this.touchedStacks.size > 0 || this.attempt !== before.attempt,
    };
  }

  /**
   * What the event's resource goes through. A nested stack is deleted or taken back by an operation of its own, which
   * is part of what the outermost stack around it was doing then: by AWS's time, as its events may be read late.
   */
  private phaseOf(stack: FollowedStack, event: StackEvent): FollowedStack["phase"] {
    let deciding = stack;
    for (const around of this.followed.values()) {
      const outer = around.prefix.length < deciding.prefix.length && stack.prefix.startsWith(around.prefix);
      if (outer && around.phase !== "forward" && around.phaseAt <= event.timestamp) deciding = around;
    }
    return deciding.phase;
  }

  private isRootEvent(event: StackEvent): boolean {
    return event.stackId === this.findings.rootId && isOwnEvent(event);
  }

  /** The root's status before its deletion, which tells what is deleted; of no interest before anything else. */
  private statusBefore(own: StackEvent): string | undefined {
    const status = this.previousStatus ?? this.root.status;
    this.previousStatus = undefined;
    return operationBegunBy(own.status) === "delete" ? status : undefined;
  }

  private begin(start: StackEvent): void {
    // The start of a newer attempt proves the end of the one before, whatever DescribeStacks would have said.
    if (this.attempt && !this.attempt.outputs) this.complete(this.attempt, {});
    this.forget();
    this.attempt = attemptBegunBy(start, this.offset + 1);
    // What lies below the start is the past: a walk over several attempts may have left events of it unread.
    this.keepStack({ ...this.root, ...UNKNOWN_STATUS, cursor: [], planned: {} });
    this.tally = tallyOf(this.resources, this.followed, "forward");
  }

  /** Empties everything of the attempt before; the channel goes on. */
  private forget(): void {
    this.renewed = true;
    this.attempt = undefined;
    this.followed.clear();
    this.resources.clear();
    this.touchedResources.clear();
    this.touchedStacks.clear();
    this.taken.clear();
    this.keepStack(this.root);
  }

  /** Whether the event changes how its resource stands. */
  private takeResource(
    event: StackEvent,
    path: string,
    phase: FollowedStack["phase"],
    stack: FollowedStack,
  ): boolean {
    const key = resourceKeyOf(event.stackId, event.logicalId);
    const known = this.resources.get(key);
    const resource = resourceAfter(known, event, path, phase, this.root.phase === "rollback");
    if (known) count(this.tally, known, this.root.phase, -1);
    else if (Object.hasOwn(stack.planned, event.logicalId)) this.tally.unstarted--;
    count(this.tally, resource, this.root.phase, 1);
    this.resources.set(key, resource);
    this.touchedResources.add(key);
    if (isNestedStackEvent(event)) {
      const nested = this.nestedStack(event.physicalId);
      this.keepStack({ ...nested, due: true, parentRunning: standingOf(event.status) === "running" });
    }
    return resource !== known;
  }

  /** Tells the end, once nothing more is to be expected and DescribeStacks agrees. */
  private settle(): void {
    const { attempt, root, findings } = this;
    if (!attempt || attempt.outputs || !isAtRest(root.status) || !findings.read.has(root.stackId)) return;
    const polls = attempt.settlingPolls;
    const nested = [...this.followed.values()].filter((stack) => stack !== root);
    const late =
      (polls < PATIENCE.lateEvents && (this.tally.inProgress > 0 || nested.some(isUnderWay))) ||
      (polls < PATIENCE.unreadNested && nested.some(({ due, parentRunning }) => due && !parentRunning));
    const said = findings.description;
    const outputs = said === "denied" ? {} : said?.outputs;
    const agreed =
      said === "denied"
        ? polls >= PATIENCE.denial
        : said?.status === root.status || polls >= PATIENCE.disagreement;
    if (outputs && agreed && !late) this.complete(attempt, outputs);
    else this.attempt = { ...attempt, settlingPolls: polls + 1 };
  }

  private complete(attempt: Attempt, outputs: Readonly<Record<string, string>>): void {
    const outcome = outcomeOf(this.root.status, attempt.orphans);
    if (!outcome) return;
    const counts = this.progressed({ ...attempt, ...keptOutputs(outputs) });
    this.tell(stackCompleteOf(this.root, this.attempt!, outcome, counts, this.next()));
  }

  /** Keeps the attempt with its percentage brought up to date, and tells the counts. */
  private progressed(attempt: Attempt): StackCounts {
    const outcome = outcomeOf(this.root.status, false);
    const whole = outcome !== undefined && isWhole(outcome);
    const progress = percentOf(this.tally, this.root.phase, attempt.progress, whole);
    this.attempt = { ...attempt, progress };
    return countsOf(this.root, this.attempt, this.tally);
  }

  private stackOf(event: StackEvent): FollowedStack {
    return event.stackId === this.root.stackId ? this.root : this.nestedStack(event.stackId);
  }

  /** The nested stack with this ARN, followed from now on. */
  private nestedStack(stackId: string): FollowedStack {
    const known = this.followed.get(stackId);
    if (known) return known;
    const name = stackId.split("/")[1] ?? stackId;
    const parent = this.parents.get(stackId);
    // Asked for once: stacks that hold each other, as only a broken emulator tells, must not be followed round and round.
    this.parents.delete(stackId);
    const prefix = parent ? `${this.stackOf(parent).prefix}${parent.logicalId}/` : `${name}/`;
    const stack = this.newStack(stackId, name, prefix);
    this.keepStack(stack);
    this.tally.unstarted += unstartedOf(stack, this.resources);
    return stack;
  }

  private newStack(stackId: string, name: string, prefix: string): FollowedStack {
    const nested = prefix !== "";
    const planned = this.findings.plans.get(stackId) ?? {};
    return {
      ...UNKNOWN_STATUS,
      stackId,
      name,
      prefix,
      cursor: [],
      due: nested,
      parentRunning: nested,
      planned,
    };
  }

  private keepStack(stack: FollowedStack): void {
    if (stack.stackId === this.findings.rootId) this.root = stack;
    this.followed.set(stack.stackId, stack);
    this.touchedStacks.add(stack.stackId);
  }

  private next() {
    return { channel: this.channel, offset: ++this.offset };
  }
}
