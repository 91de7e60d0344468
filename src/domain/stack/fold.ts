/**
 * The work of one `advance`: a stack's state copied, filled event by event, and reported in frames. The state is a function of
 * the set of events in AWS's order: one that became visible late is put in its place, and its frame puts right what was
 * reported before.
 */
import type { StackCounts } from "../../protocol/stack/stack-frames.ts";
import { keptOutputs } from "../../protocol/bounds.ts";
import { causeWith } from "../evidence/cause-evidence.ts";
import { durationsOf } from "../estimate/learned.ts";
import { beginsAttempt } from "./operation/attempt.ts";
import { isBefore, isBeginningOpen, startOfNewer } from "./operation/attempt-bounds.ts";
import {
  attemptAfterOwnEvent,
  attemptBegunBy,
  attemptHeld,
  attemptWithPast,
} from "./operation/attempt-fold.ts";
import { causesOf, mayTellCause } from "./cause.ts";
import { endingOf } from "./operation/ending.ts";
import { Family } from "./operation/family.ts";
import { planFound, type Advance, type Findings } from "./findings.ts";
import { countsOf, resourceUpdateOf, stackCompleteOf } from "./frames.ts";
import { FrameReport, type ChannelPlace } from "./frame-report.ts";
import { isWhole, outcomeOf } from "./operation/outcomes.ts";
import { ownStatusOf, spansOf, withOwnEvent, wordBefore } from "./operation/own-status.ts";
import { lightFrameOf } from "./light-frame.ts";
import { lightsDue, litResource } from "./resources/resource-lights.ts";
import { ResourceSet } from "./resources/resource-set.ts";
import { agrees, isAfterlook, isMissing } from "./operation/settling.ts";
import { isOwnEvent, isOwnStatusEvent, type StackEvent } from "./stack-event.ts";
import type { StackAttempt, OwnMark, StackState } from "./stack-state.ts";
import { isAtRest, isUnderWay, operationBegunBy, REVIEW_STATUS } from "./statuses.ts";
import { comparableEnd } from "./summary.ts";
import { percentOf } from "./resources/tally.ts";
import { operationStart } from "./operation/unseen-operations.ts";
import { without } from "../without.ts";

const isSame = (left: unknown, right: unknown): boolean => JSON.stringify(left) === JSON.stringify(right);

/** What is said with an event beyond the event itself. */
type Remarks = Readonly<{
  superseded: boolean;
  /** An attempt begins with it. */
  begins?: boolean;
  /** Keys of the resources that stand otherwise than their events reported. */
  corrected?: ReadonlySet<string>;
  previousStatus?: string | undefined;
}>;

/** Used once, for one poll. */
export class Fold {
  private attempt: StackAttempt | undefined;
  private readonly family: Family;
  private readonly resources: ResourceSet;
  private renewed = false;
  private readonly newestStart: StackEvent | undefined;
  /** AWS's time of the newest event that the estimate is to know of; undefined: of none that is new. */
  private estimatedAt: string | undefined;
  /** The root's status before its first own event; absent: as it is known. */
  private previousStatus: string | undefined;
  private readonly findings: Findings;
  private readonly report: FrameReport;

  constructor(before: StackState, findings: Findings, place: ChannelPlace) {
    this.findings = findings;
    this.report = new FrameReport(before, place);
    this.previousStatus = findings.previousStatus;
    this.attempt = attemptWithPast(before);
    this.family = new Family(before, findings);
    this.resources = new ResourceSet(before.resources, this.family, findings.learned);
    // Of the same name, but another stack: the one that was tracked is gone.
    if (before.rootId !== undefined && before.rootId !== findings.rootId) this.forget();
    this.newestStart = operationStart(
      before.followed.get(findings.rootId),
      findings.events.filter(({ stackId }) => stackId === findings.rootId),
    );
  }

  take(event: StackEvent): void {
    const { family } = this;
    const ofRoot = event.stackId === this.findings.rootId && isOwnStatusEvent(event);
    const previousStatus = ofRoot ? this.statusBefore(event) : undefined;
    const isOpen = isBeginningOpen(family, this.resources);
    const rank = family.rank(family.stackOf(event), event);
    const { attempt, findings } = this;
    if (!isOpen && attempt && isBefore(family.root, findings.rootId, event, rank)) {
      this.tell(event, { superseded: true });
      return;
    }
    const begins = (ofRoot && this.begin(event)) || this.attempt === undefined;
    this.attempt ??= attemptBegunBy(event, this.report.nextOffset);
    const corrected = new Set<string>();
    let superseded = false;
    let isParted = false;
    if (isOwnStatusEvent(event)) {
      superseded = this.takeWord(event, rank, corrected);
      isParted = ofRoot && this.part(corrected);
    } else if (!isOwnEvent(event) && event.logicalId !== "") {
      superseded = this.resources.take(event, rank, corrected);
    }
    if (mayTellCause(event)) this.findCauses();
    this.explain();
    this.tell(event, { superseded, begins: begins || isParted, corrected, previousStatus });
  }

  finish(before: StackState): Advance {
    const outputs = before.attempt?.outputs;
    const wasEnded = outputs !== undefined && this.attempt?.outputs === outputs;
    this.family.noteReads();
    this.attempt &&= attemptHeld(this.attempt, this.findings.held === true);
    this.settle();
    if (wasEnded) this.putEndRight(before);
    this.light();
    this.estimate();
    this.resources.keepCounted();
    const { touched } = this.family;
    return {
      state: this.state(),
      frames: this.report.frames,
      renewed: this.renewed,
      touchedResources: this.resources.touched,
      touchedStacks: touched,
      changed: this.report.frames.length > 0 || touched.size > 0 || this.attempt !== before.attempt,
    };
  }

  private state(): StackState {
    const { attempt, family, resources } = this;
    const { rootId } = this.findings;
    return { rootId, ...(attempt && { attempt }), followed: family.followed, resources: resources.all };
  }

  /** The root's status before its deletion, which tells what is deleted; of no interest before anything else. */
  private statusBefore(own: StackEvent): string | undefined {
    const status = this.previousStatus ?? this.family.root.status;
    this.previousStatus = undefined;
    return operationBegunBy(own.status) === "delete" ? status : undefined;
  }

  /** Begins an attempt with an own event of the root, if it begins one. */
  private begin(event: StackEvent): boolean {
    // One that AWS showed late began what is known already.
    if (event.precedes !== undefined || !beginsAttempt(wordBefore(this.family.root), event)) return false;
    // Of what goes on already, AWS has yet to show the start, which tells whether the deletion is a part of it.
    if (this.isOwnUnknown() && operationBegunBy(event.status) === "delete") return false;
    // The start of a newer attempt proves the end of the one before, whatever DescribeStacks would have said.
    if (this.attempt && !this.attempt.outputs) this.complete({});
    this.forget();
    this.attempt = attemptBegunBy(event, this.report.nextOffset);
    return true;
  }

  /** Whether something is known of the attempt, but no own event. */
  private isOwnUnknown(): boolean {
    return this.attempt !== undefined && wordBefore(this.family.root) === undefined;
  }

  /** Empties everything of the attempt before; the channel goes on. */
  private forget(): void {
    this.renewed = true;
    this.attempt = undefined;
    this.estimatedAt = undefined;
    this.family.forget();
    this.resources.forget();
  }

  /** Takes a stack's own event; whether it leaves the stack as it stands. */
  private takeWord(event: StackEvent, rank: number, corrected: Set<string>): boolean {
    const before = this.family.stackOf(event);
    const isStart = event === this.newestStart;
    const planned = isStart
      ? { ...without(before, "dependencies", "timeouts"), ...planFound(this.findings, event.stackId) }
      : before;
    const stack = withOwnEvent(planned, event, rank);
    this.family.keep(stack);
    if (stack.stackId === this.findings.rootId && this.attempt)
      this.attempt = attemptAfterOwnEvent(this.attempt, before, stack);
    if (!isSame(spansOf(before), spansOf(stack))) this.resources.refold(corrected);
    else if (isStart || stack.kind !== before.kind) this.resources.recount();
    return stack.marks.at(-1)?.rank !== rank;
  }

  /**
   * Parts two attempts that were taken for one, if an own event of the root that AWS showed late tells them apart: what
   * is older than the start of the newer one is void.
   */
  private part(corrected: Set<string>): boolean {
    const { root, followed } = this.family;
    const start = startOfNewer(root.marks ?? []);
    if (!start || !this.attempt) return false;
    const isNewer = (mark: Pick<OwnMark, "rank" | "timestamp">, stackId: string): boolean =>
      stackId === root.stackId ? mark.rank >= start.rank : mark.timestamp >= start.timestamp;
    for (const { base: _base, ...stack } of followed.values()) {
      const kept = (stack.marks ?? []).filter((mark) => isNewer(mark, stack.stackId));
      this.family.keep({ ...stack, marks: kept, ...ownStatusOf({ marks: kept }) });
    }
    this.resources.filter(isNewer);
    this.renewed = true;
    this.attempt = attemptBegunBy(start, this.attempt.firstOffset);
    this.estimatedAt = undefined;
    this.resources.refold(corrected);
    for (const key of this.resources.all.keys()) {
      this.resources.touched.add(key);
      corrected.add(key);
    }
    return true;
  }

  private findCauses(): void {
    if (!this.attempt) return;
    const { root, followed } = this.family;
    const causes = causesOf(root, followed, this.resources.failed, this.attempt.inherited?.cause);
    this.attempt = { ...without(this.attempt, "cause", "rollbackCause"), ...causes };
  }

  /** What was found out about the cause goes with what is reported next. */
  private explain(): void {
    const { attempt } = this;
    if (!attempt?.cause || attempt.cause.evidence) return;
    const evidence = this.findings.evidence ?? attempt.evidence;
    const cause = causeWith(attempt.cause, evidence);
    if (cause !== attempt.cause) this.attempt = { ...attempt, cause, ...(evidence && { evidence }) };
  }

  /** Tells the end, once nothing more is to be expected and DescribeStacks agrees. */
  private settle(): void {
    const { attempt, findings } = this;
    const { root, followed } = this.family;
    if (!attempt || !isAtRest(root.status) || !findings.read.has(root.stackId)) return;
    const polls = attempt.settlingPolls;
    if (attempt.outputs) {
      if (isAfterlook(this.state())) this.attempt = { ...attempt, settlingPolls: polls + 1 };
      return;
    }
    const nested = [...followed.values()].filter((stack) => stack !== root);
    const outputs = agrees(polls, root, findings.description);
    const { all, tally } = this.resources;
    if (outputs && !isMissing({ polls, root, nested, resources: [...all.values()], tally }))
      this.complete(outputs);
    else this.attempt = { ...attempt, settlingPolls: polls + 1 };
  }

  private complete(outputs: Readonly<Record<string, string>>): void {
    this.explain();
    const ending = endingOf(this.state());
    if (!ending || !this.attempt) return;
    this.attempt = { ...without(this.attempt, "estimate"), ...keptOutputs(outputs), settlingPolls: 0 };
    const counts = this.progressed();
    this.report.push(
      stackCompleteOf(this.family.root, this.attempt, ending, counts, this.report.next()),
      this.state(),
    );
  }

  /** Tells once of each resource that it takes long, and once that it is stuck. */
  private light(): void {
    const { now, learned } = this.findings;
    if (now === undefined || !this.attempt || now < this.resources.lightAt) return;
    const lights = lightsDue(this.state(), durationsOf(learned), now);
    this.resources.lightAt = lights.nextAt;
    for (const lit of lights.due) {
      this.resources.replace(lit.key, litResource(lit));
      this.report.push(lightFrameOf(lit, this.progressed(), this.report.next()), this.state());
    }
  }

  /** Tells the end once more, if what became visible after it makes it another one. */
  private putEndRight(before: StackState): void {
    const outputs = this.attempt?.outputs;
    if (!outputs || this.report.frames.length === 0) return;
    if (!isSame(comparableEnd(this.state()), comparableEnd(before))) this.complete(outputs);
  }

  private tell(event: StackEvent, { superseded, begins, corrected, previousStatus }: Remarks): void {
    const path = this.family.stackOf(event).prefix + event.logicalId;
    if (!superseded) this.noteNews(event.timestamp);
    const shown = this.resources.shown(corrected ?? []);
    const beyond = { superseded, corrected: shown, previousStatus };
    const frame = resourceUpdateOf(event, path, this.progressed(), this.report.next(), beyond);
    this.report.push(frame, this.state(), begins);
  }

  /** Lists of several stacks have no common order: the estimate never goes back in time. */
  private noteNews(timestamp: string): void {
    const known = this.estimatedAt ?? this.attempt?.estimatedAt ?? "";
    this.estimatedAt = known > timestamp ? known : timestamp;
  }

  /** Brings the estimate up to date, once for all that the poll has found: it goes with the newest frame. */
  private estimate(): void {
    const { attempt, estimatedAt } = this;
    if (!attempt) return;
    if (estimatedAt !== undefined) {
      const { status } = this.family.root;
      const isRunning = isUnderWay({ status }) && status !== REVIEW_STATUS;
      const estimate = isRunning ? this.resources.estimateAt(Date.parse(estimatedAt)) : undefined;
      this.attempt = { ...without(attempt, "estimate"), ...(estimate && { estimate }), estimatedAt };
    }
    this.report.estimate(this.attempt?.estimate);
  }

  /** The counts, with the percentage brought up to date. */
  private progressed(): StackCounts {
    const { root } = this.family;
    const { tally } = this.resources;
    const outcome = outcomeOf({ ...root, orphans: false });
    const whole = outcome !== undefined && isWhole(outcome);
    const attempt = this.attempt!;
    const progress = percentOf(tally, root.phase, attempt.progress, whole);
    if (progress !== attempt.progress) this.attempt = { ...attempt, progress };
    return countsOf(root, { progress }, tally);
  }
}
