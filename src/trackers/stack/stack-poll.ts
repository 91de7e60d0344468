/**
 * Looks at a stack and keeps what it sees: observe, advance, commit, then say so. One look at a time, whoever asks;
 * trouble is kept, so that its patience outlives a restart. It is what the stack's alarm is for before all else.
 */
import type { CloudFormation } from "../../aws/cloudformation/cloudformation.ts";
import { advance } from "../../domain/stack/advance.ts";
import type { Advance, Findings } from "../../domain/stack/findings.ts";
import type { LookupFailure } from "../../domain/failure/lookup-failure.ts";
import type { Pace } from "../../domain/stack/pace.ts";
import { ABSENT } from "../../domain/radar/swept-stack.ts";
import { goneSince, isComplete, rootOf } from "../../domain/stack/stack-state.ts";
import { tellingOf, troubleAfter, type Trouble } from "../../domain/failure/trouble.ts";
import { stackChannelOf, type StackAddress } from "../../protocol/connection/channel-names.ts";
import type { TroubleFrame } from "../../protocol/stack/stack-frames.ts";
import type { AlarmTask } from "../../channel/alarm.ts";
import { Row } from "../../channel/rows.ts";
import type { Failure } from "../../protocol/failure.ts";
import { troubleCodec } from "./stack-codec.ts";
import { observe } from "./observe.ts";
import type { Schedule } from "./schedule.ts";
import { Sightings } from "./sightings.ts";
import type { StackCommits } from "./stack-commits.ts";
import type { StackEvidence } from "./stack-evidence.ts";
import type { StackExperience } from "./stack-experience.ts";
import { unknownStack } from "./stack-refusals.ts";
import type { StackStorage } from "./stack-store.ts";
import { logLine } from "../../log.ts";
import { SingleFlight } from "../../domain/single-flight.ts";

const TROUBLE = "trouble";

/** After so many failed looks, one goes on without knowing what the operation plans. */
const PATIENCE_FOR_PLANS = 3;

const ABSENCE: LookupFailure = { kind: "missing", message: "No stack of the region has this name" };

/** How long, in milliseconds, somebody who has come for the stack waits until AWS may be asked. */
const PATIENCE_FOR_TURN_MS = 2_000;

type Parts = Readonly<{
  kv: SyncKvStorage;
  store: StackStorage;
  address: StackAddress;
  cloudFormation: CloudFormation;
  waitSeconds: number;
  schedule: Schedule;
  commits: StackCommits;
  experience: StackExperience;
  evidence: Pick<StackEvidence, "found" | "follow">;
}>;

export class StackPoll implements AlarmTask {
  trouble: Trouble | undefined;
  private readonly flight = new SingleFlight();
  private readonly postponed = new SingleFlight();
  /** Who has come since the newest look began. */
  private asker: string | undefined;
  /** Unix milliseconds of the newest look's beginning. */
  private lookedAt = 0;
  private readonly row: Row<Trouble>;
  private owed = false;
  /** When a push came and a look brought something, last: what the period depends on. */
  pace: Pace = {};
  private readonly sightings: Sightings;
  /** ARN of a stack whose name may not show it any more. */
  private hint: string | undefined;
  private readonly parts: Parts;

  constructor(parts: Parts) {
    this.parts = parts;
    this.row = new Row(parts.kv, TROUBLE, troubleCodec);
    this.trouble = this.row.value;
    this.sightings = new Sightings(parts.kv);
  }

  /** Milliseconds from one look to the next; undefined: nobody wants one. */
  nextIn(now: number): number | undefined {
    return this.parts.schedule.pollIn(this, now);
  }

  run(): Promise<void> {
    return this.look(false);
  }

  get underWay(): Promise<unknown> | undefined {
    return this.flight.underWay;
  }

  /** Whether a look is waiting for its turn. */
  get isOwed(): boolean {
    return this.owed;
  }

  /** The row that is kept of a stack that is looked for. */
  get trace() {
    return this.row;
  }

  /** Somebody comes for the stack: the next look is for this subject. */
  noteAsker(subject: string | undefined): void {
    this.asker = subject;
  }

  /** A push has come. `inMs`: when the region's object grants a look; absent: it does not. */
  notePush(inMs: number | undefined): void {
    this.pace = { ...this.pace, pushedAt: Date.now() };
    if (inMs !== undefined) this.parts.schedule.grant(inMs, this);
  }

  /** AWS has refused a call of a look because of its rate. */
  noteThrottle(): void {
    this.parts.schedule.noteThrottle(this);
  }

  /** The stack has been seen under this ARN. */
  noteArn(stackId: string): void {
    this.hint = stackId;
  }

  /**
   * Looks once, for who has come or because it is time; whoever comes while a look is underway gets that one. Where AWS
   * allows none soon, the look is owed.
   */
  look(isUrgent = true): Promise<void> {
    return this.flight.run(async () => {
      await this.lookOnce(isUrgent);
      const sampling = this.parts.schedule.sampling(this);
      const trouble = this.troubleFrame();
      this.parts.commits.noteSampling(
        sampling && {
          ...sampling,
          ...(trouble && { trouble: { ...trouble.error, since: trouble.timestamp } }),
        },
      );
    });
  }

  /** Looks unless that was done within the last `milliseconds`; false: it was. */
  async lookIfOlder(milliseconds: number): Promise<boolean> {
    const isOlder = this.flight.underWay !== undefined || Date.now() - this.lookedAt >= milliseconds;
    if (isOlder) await this.look();
    return isOlder;
  }

  /**
   * Looks, but not within `milliseconds` of the last look: until then it waits, with all others who came meanwhile. A
   * look from before somebody came does not show what has begun since.
   */
  lookAfter(milliseconds: number): Promise<void> {
    const wait = this.lookedAt + milliseconds - Date.now();
    if (wait <= 0) return this.look();
    return this.postponed.run(() => scheduler.wait(wait).then(() => this.look()));
  }

  /** Begins again after having given up, or after a rest. */
  forgetTrouble(): void {
    if (this.trouble) this.row.delete();
    this.trouble = undefined;
  }

  /** Why nothing is known of the stack, where nothing is. */
  get whyUnknown(): Failure {
    return unknownStack(this.trouble, this.parts.address.region);
  }

  /** What viewers see of the present trouble; undefined if there is none, or none worth a report. */
  troubleFrame(): TroubleFrame | undefined {
    if (!this.trouble?.told) return undefined;
    const timestamp = new Date(this.trouble.since).toISOString();
    return { type: "error", timestamp, error: tellingOf(this.trouble.kind, this.parts.address.region) };
  }

  private async lookOnce(isUrgent: boolean): Promise<void> {
    this.lookedAt = Date.now();
    const { store, schedule } = this.parts;
    const mark = isUrgent ? undefined : await schedule.mark(this.trouble);
    const isServed =
      mark?.ok === false ? mark.failure.kind !== "denied" : mark && this.isServedBy(mark.value);
    if (isServed) {
      this.owed = false;
      if (mark?.ok === false) return this.noteUnlisted(mark.failure);
      return rootOf(store.state) ? undefined : this.note(ABSENCE);
    }
    const absence = rootOf(store.state) || mark ? undefined : await this.absence();
    if (absence) return this.noteUnlisted(absence);
    this.owed = !(await this.hasTurn(isUrgent));
    if (this.owed) return;
    await this.observe();
    if (!mark?.ok) return;
    const { state } = store;
    const root = rootOf(state);
    this.sightings.note(mark.value, root && { ...root, startedAt: state.attempt?.startedAt ?? "" });
  }

  /** Whether there is nothing to be seen that a look has not shown. */
  private isServedBy(mark: string): boolean {
    return rootOf(this.parts.store.state) ? this.sightings.has(mark) : mark === ABSENT;
  }

  /** Whether AWS may be asked now; who has come waits a moment for it. */
  private async hasTurn(isUrgent: boolean): Promise<boolean> {
    const wait = await this.parts.schedule.turn(this, isUrgent);
    if (wait === 0) return true;
    if (!isUrgent || wait > PATIENCE_FOR_TURN_MS) return false;
    await scheduler.wait(wait);
    return (await this.parts.schedule.turn(this, false)) === 0;
  }

  private async observe(): Promise<void> {
    const { store, address, cloudFormation, commits } = this.parts;
    const hasty = (this.trouble?.polls ?? 0) >= PATIENCE_FOR_PLANS;
    const name = rootOf(store.state) ? undefined : this.hint;
    const seen = await observe(store.state, name ?? address.stackName, cloudFormation, hasty);
    if (!seen.ok) return this.note(seen.failure);
    const { trouble } = seen.value;
    const findings = await this.withLearned(seen.value.findings);
    const wasComplete = isComplete(store.state);
    const position = { channel: stackChannelOf(address), offset: store.log.offset };
    const change = await this.explained(findings, position);
    const isRepeated = store.isRestarting;
    if (change.frames.length > 0) this.pace = { ...this.pace, newsAt: Date.now() };
    if (change.changed)
      commits.note(store.commit(change, commits.rowsOf(change.frames.length)), change, isRepeated);
    if (trouble) this.note(trouble);
    else this.forgetTrouble();
    // The name may by now belong to another stack, made after this one was deleted.
    if (goneSince(change.state) !== undefined && !wasComplete) await this.observe();
  }

  /** A failure whose reason only points elsewhere is reported with the one that stands there. */
  private async explained(
    findings: Findings,
    position: Readonly<{ channel: string; offset: number }>,
  ): Promise<Advance> {
    const { store, evidence } = this.parts;
    const change = advance(store.state, findings, position);
    const found = change.changed ? await evidence.follow(change.state) : undefined;
    return found ? advance(store.state, { ...findings, evidence: found }, position) : change;
  }

  private async withLearned(findings: Findings): Promise<Findings> {
    const { store, experience } = this.parts;
    // Of what runs it is reported when it takes long, and that depends on how long it takes usually.
    if (findings.events.length === 0 && isComplete(store.state)) return findings;
    const { found } = this.parts.evidence;
    return {
      ...findings,
      ...(found && { evidence: found }),
      now: Date.now(),
      learned: await experience.learned(),
    };
  }

  /** Why a name that AWS has never shown is not asked for now; undefined: it is. */
  private async absence(): Promise<LookupFailure | undefined> {
    const { asker } = this;
    this.asker = undefined;
    const standing = await this.parts.schedule.standing(asker);
    if (!standing.ok) return standing.failure;
    return standing.value === "absent" ? ABSENCE : undefined;
  }

  /** What the region's object could not find out. It knows of throttles. */
  private noteUnlisted(failure: LookupFailure): void {
    if (failure.kind !== "throttled") this.note(failure);
  }

  private note(failure: LookupFailure): void {
    const before = this.trouble;
    this.trouble = troubleAfter(before, failure, Date.now(), this.parts.waitSeconds);
    // Of a name that no stack has nothing is kept just because somebody asked once.
    if (this.parts.store.log.isKept) this.row.put(this.trouble);
    const frame = this.trouble.told && !before?.told ? this.troubleFrame() : undefined;
    if (frame) this.parts.commits.noteTrouble(frame);
    if (failure.kind === "credentials") this.parts.commits.noteRefusal(Date.now());
    const { since, ...trouble } = this.trouble;
    const channel = stackChannelOf(this.parts.address);
    const evidence = { ...failure, ...trouble, since: new Date(since).toISOString() };
    logLine("warn", "Look failed", { channel, evidence });
  }
}
