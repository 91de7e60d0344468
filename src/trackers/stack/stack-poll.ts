/**
 * Looks at a stack and keeps what it sees: observe, advance, commit, then say so. One look at a time, whoever asks;
 * trouble is kept, so that its patience outlives a restart.
 */
import type { CloudFormation } from "../../aws/cloudformation/cloudformation.ts";
import { advance } from "../../domain/stack/advance.ts";
import type { Learned } from "../../domain/estimate/learned.ts";
import type { Advance, Findings } from "../../domain/stack/findings.ts";
import type { LookupFailure } from "../../domain/failure/lookup-failure.ts";
import type { NameStanding } from "../../domain/radar/stack-listing.ts";
import type { Pace } from "../../domain/stack/pace.ts";
import { ABSENT } from "../../domain/radar/swept-stack.ts";
import { goneSince, isComplete, rootOf } from "../../domain/stack/stack-state.ts";
import { tellingOf, troubleAfter, type Trouble } from "../../domain/failure/trouble.ts";
import { stackChannelOf, type StackAddress } from "../../protocol/connection/channel-names.ts";
import type { TroubleFrame } from "../../protocol/stack/stack-frames.ts";
import type { Result } from "../../protocol/result.ts";
import type { LogRun } from "../../channel/event-log.ts";
import { Row } from "../../channel/rows.ts";
import { troubleCodec } from "./stack-codec.ts";
import { observe } from "./observe.ts";
import { Sightings } from "./sightings.ts";
import type { StackStore } from "./stack-store.ts";
import { logLine } from "../../log.ts";
import { SingleFlight } from "../../domain/single-flight.ts";

export const TROUBLE = "trouble";

/** After so many failed looks, one goes on without knowing what the operation plans. */
const PATIENCE_FOR_PLANS = 3;

const ABSENCE: LookupFailure = { kind: "missing", message: "No stack of the region has this name" };

/** How long, in milliseconds, somebody who has come for the stack waits until AWS may be asked. */
const PATIENCE_FOR_TURN_MS = 2_000;

/** Who is told of what a look brought. */
export type Audience = Readonly<{
  /** Whether a name that AWS has never shown is worth a look of its own. `asker`: the subject that has just come for it. */
  standing(asker: string | undefined): Promise<Result<NameStanding, LookupFailure>>;
  /**
   * How the stack stands by a list of all stacks that serves instead of a look, see `markOf`; undefined: nothing serves, and
   * the stack itself is to be looked at.
   */
  mark(): Promise<Result<string, LookupFailure> | undefined>;
  /** Milliseconds until AWS may be asked; 0: now. `isUrgent`: somebody has just come for the stack. */
  turn(isUrgent: boolean): Promise<number>;
  throttled(): void;
  /** How long things take here: the same object all through an operation. */
  learned(): Promise<Learned>;
  /** `isRetold`: it was told before, in another epoch. */
  committed(runs: readonly LogRun[], change: Advance, isRetold: boolean): void;
  troubled(frame: TroubleFrame): void;
}>;

export class StackPoll {
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
  private readonly store: StackStore;
  private readonly address: StackAddress;
  private readonly cloudFormation: CloudFormation;
  private readonly waitSeconds: number;
  private readonly audience: Audience;

  constructor(
    kv: SyncKvStorage,
    store: StackStore,
    address: StackAddress,
    cloudFormation: CloudFormation,
    waitSeconds: number,
    audience: Audience,
  ) {
    this.row = new Row(kv, TROUBLE, troubleCodec);
    this.trouble = this.row.value;
    this.sightings = new Sightings(kv);
    this.store = store;
    this.address = address;
    this.cloudFormation = cloudFormation;
    this.waitSeconds = waitSeconds;
    this.audience = audience;
  }

  /** Somebody comes for the stack: the next look is for this subject. */
  noteAsker(subject: string | undefined): void {
    this.asker = subject;
  }

  /** A push has come. */
  notePush(): void {
    this.pace = { ...this.pace, pushedAt: Date.now() };
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
    return this.flight.run(() => this.lookOnce(isUrgent));
  }

  /** Whether a look is waiting for its turn. */
  get isOwed(): boolean {
    return this.owed;
  }

  /** Looks unless that was done within the last `milliseconds`. */
  async lookIfOlder(milliseconds: number): Promise<void> {
    if (this.flight.underWay !== undefined || Date.now() - this.lookedAt >= milliseconds) await this.look();
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

  /** Begins anew after having given up, or after a rest. */
  forgetTrouble(): void {
    if (this.trouble) this.row.delete();
    this.trouble = undefined;
  }

  /** What viewers are told of the present trouble; undefined if there is none, or none worth telling. */
  troubleFrame(): TroubleFrame | undefined {
    if (!this.trouble?.told) return undefined;
    const timestamp = new Date(this.trouble.since).toISOString();
    return { type: "error", timestamp, error: tellingOf(this.trouble.kind, this.address.region) };
  }

  private async lookOnce(isUrgent: boolean): Promise<void> {
    this.lookedAt = Date.now();
    const mark = isUrgent ? undefined : await this.audience.mark();
    const isServed =
      mark?.ok === false ? mark.failure.kind !== "denied" : mark && this.isServedBy(mark.value);
    if (isServed) {
      this.owed = false;
      if (mark?.ok === false) return this.noteUnlisted(mark.failure);
      return rootOf(this.store.state) ? undefined : this.note(ABSENCE);
    }
    const absence = rootOf(this.store.state) || mark ? undefined : await this.absence();
    if (absence) return this.noteUnlisted(absence);
    this.owed = !(await this.hasTurn(isUrgent));
    if (this.owed) return;
    await this.observe();
    if (!mark?.ok) return;
    const { state } = this.store;
    const root = rootOf(state);
    this.sightings.note(mark.value, root && { ...root, startedAt: state.attempt?.startedAt ?? "" });
  }

  /** Whether there is nothing to be seen that a look has not shown. */
  private isServedBy(mark: string): boolean {
    return rootOf(this.store.state) ? this.sightings.has(mark) : mark === ABSENT;
  }

  /** Whether AWS may be asked now; who has come waits a moment for it. */
  private async hasTurn(isUrgent: boolean): Promise<boolean> {
    const wait = await this.audience.turn(isUrgent);
    if (wait === 0) return true;
    if (!isUrgent || wait > PATIENCE_FOR_TURN_MS) return false;
    await scheduler.wait(wait);
    return (await this.audience.turn(false)) === 0;
  }

  private async observe(): Promise<void> {
    const hasty = (this.trouble?.polls ?? 0) >= PATIENCE_FOR_PLANS;
    const name = rootOf(this.store.state) ? undefined : this.hint;
    const seen = await observe(this.store.state, name ?? this.address.stackName, this.cloudFormation, hasty);
    if (!seen.ok) return this.note(seen.failure);
    const { trouble } = seen.value;
    const findings = await this.withLearned(seen.value.findings);
    const wasComplete = isComplete(this.store.state);
    const position = { channel: stackChannelOf(this.address), offset: this.store.log.offset };
    const change = advance(this.store.state, findings, position);
    const isRetold = this.store.isRestarting;
    if (change.frames.length > 0) this.pace = { ...this.pace, newsAt: Date.now() };
    if (change.changed) this.audience.committed(this.store.commit(change), change, isRetold);
    if (trouble) this.note(trouble);
    else this.forgetTrouble();
    // The name may by now belong to another stack, made after this one was deleted.
    if (goneSince(change.state) !== undefined && !wasComplete) await this.observe();
  }

  private async withLearned(findings: Findings): Promise<Findings> {
    return findings.events.length === 0 ? findings : { ...findings, learned: await this.audience.learned() };
  }

  /** Why a name that AWS has never shown is not asked for now; undefined: it is. */
  private async absence(): Promise<LookupFailure | undefined> {
    const { asker } = this;
    this.asker = undefined;
    const standing = await this.audience.standing(asker);
    if (!standing.ok) return standing.failure;
    return standing.value === "absent" ? ABSENCE : undefined;
  }

  /** What the region's object could not find out. It knows of throttles. */
  private noteUnlisted(failure: LookupFailure): void {
    if (failure.kind !== "throttled") this.note(failure);
  }

  private note(failure: LookupFailure): void {
    if (failure.kind === "throttled") this.audience.throttled();
    const before = this.trouble;
    this.trouble = troubleAfter(before, failure, Date.now(), this.waitSeconds);
    // Of a name that no stack has nothing is kept just because somebody asked once.
    if (this.store.log.isKept) this.row.put(this.trouble);
    const frame = this.trouble.told && !before?.told ? this.troubleFrame() : undefined;
    if (frame) this.audience.troubled(frame);
    const { since, ...trouble } = this.trouble;
    const channel = stackChannelOf(this.address);
    const evidence = { ...failure, ...trouble, since: new Date(since).toISOString() };
    logLine("warn", "Look failed", { channel, evidence });
  }
}
