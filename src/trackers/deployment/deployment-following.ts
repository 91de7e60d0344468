/**
 * How a deployment that something else deploys is followed, from run to run: tells its stacks' trackers what is expected of
 * them, asks them when nothing comes, and knows whether the next operation begins the next run.
 */
import { hasEnded, type DeploymentState, type StackNode } from "../../domain/deployment/deployment-state.ts";
import {
  DEFAULT_QUIET_SECONDS,
  endOfGroup,
  eventsOfRest,
  type Answer,
} from "../../domain/deployment/following.ts";
import { outOfSightFrame, type LostStacks } from "../../domain/run/out-of-sight.ts";
import type { LostSight } from "../../protocol/deployment/deployment-progress.ts";
import type { DeploymentEvent } from "../../protocol/deployment/deployment-events.ts";
import type { Env } from "../../env.ts";
import * as z from "zod";
import type { Channel } from "../../channel/channel.ts";
import type { Riding, RidingRows } from "../../channel/riding.ts";
import { Row } from "../../channel/rows.ts";
import type { DeploymentCommits } from "./deployment-commits.ts";
import { followingCodec, type Following } from "./deployment-codec.ts";
import type { DeploymentStorage } from "./deployment-store.ts";
import type { FedPositions } from "./fed-positions.ts";
import { StackExpectations, type Expecting } from "./stack-expectations.ts";

/** Kept: since when attempts of the run's stacks count. */
const SINCE = "since";

/** Kept once a run is over: since when an operation begins the next one, or that none does. */
const FOLLOWING = "following";

/** Kept: when the run last heard of a beginning or an end, and when the trackers were last asked, in unix milliseconds. */
const HEARD = "heard";
const ASKED = "asked";

/** Until a tracker that was not reached is asked again, in milliseconds. */
const RETRY_MS = 2_000;

/** Kept if it was asked for: seconds of silence after which a stack at rest is not waited for. */
const QUIET = "quiet";

/** Silence after which the trackers are asked, in milliseconds. */
const SILENCE_MS = 30_000;

/** How often trackers are reminded that the next run is waited for, in milliseconds: one of them may have lost it. */
const REMIND_MS = 900_000;

/** Rounds of telling and hearing in one turn: layers that rest are skipped one after the other. */
const MAX_ROUNDS = 100;

/** Keeps events, and gives how many were accepted. */
type Commits = Pick<DeploymentCommits, "tell">;

/** What its viewers are reached through. */
type Audience = Pick<Channel, "name" | "gateways">;

export class DeploymentFollowing {
  private readonly channel: Audience;
  private readonly begunAt: Row<string>;
  private readonly followed: Row<Following>;
  private readonly heard: Row<number>;
  private readonly asked: Row<number>;
  private readonly quiet: Row<number>;
  private readonly store: DeploymentStorage;
  private readonly expectations: StackExpectations;
  private readonly positions: FedPositions;
  private readonly waitMs: number;
  /** What the trackers answered last; one that is asked again after a restart says so again. */
  private readonly lost = new Map<string, LostSight>();

  constructor(
    kv: SyncKvStorage,
    riding: Riding,
    env: Env,
    channel: Audience,
    store: DeploymentStorage,
    positions: FedPositions,
    waitMs: number,
  ) {
    this.channel = channel;
    this.begunAt = new Row(kv, SINCE, z.string());
    this.followed = new Row(kv, FOLLOWING, followingCodec);
    this.heard = new Row(riding, HEARD, z.number());
    this.asked = new Row(kv, ASKED, z.number());
    this.quiet = new Row(kv, QUIET, z.number());
    this.store = store;
    this.positions = positions;
    this.waitMs = waitMs;
    this.expectations = new StackExpectations(kv, env, channel.name, positions, () => this.state.run);
  }

  /** Whether an operation of one of the stacks begins the next run. */
  get isFollowed(): boolean {
    return hasEnded(this.state) && this.goesOn;
  }

  /** Whether the run that is under way, or was last, is to be followed by another. */
  get goesOn(): boolean {
    return this.state.mode === "track" && this.followed.value?.stopped !== true;
  }

  /** What a status tells of the following. */
  get reported(): Readonly<{ following?: boolean; quietSeconds?: number }> {
    if (this.state.mode !== "track") return {};
    return { following: this.goesOn, quietSeconds: this.quietSeconds };
  }

  /** The stacks of the present run that nobody can see now. */
  get lostStacks(): LostStacks {
    return this.state.mode === "track" && !hasEnded(this.state) ? this.lost : new Map();
  }

  /** A stack's tracker tells of it: it is seen. */
  noteSeen(stack: string): void {
    this.lost.delete(stack);
  }

  /** Whether the deployment has use for a stack's events. */
  wants(stack: StackNode): boolean {
    return hasEnded(this.state) ? this.isFollowed : stack.status === "skipped";
  }

  /** Seconds of silence after which a run does not wait any more for stacks that rest. */
  get quietSeconds(): number {
    return this.quiet.value ?? DEFAULT_QUIET_SECONDS;
  }

  /** Prepares a run that a user begins: what was reported the one before counts no more. */
  begin(since: string, quietSeconds?: number): void {
    if (quietSeconds === undefined) this.quiet.delete();
    else this.quiet.put(quietSeconds);
    this.expectations.forget([...this.state.stacks.values()]);
    this.positions.forget();
    this.followed.delete();
    this.begunAt.put(new Date(since).toISOString());
  }

  /** Prepares a run that an operation begins: all goes on from where it is. */
  goOn(): void {
    this.expectations.forget();
    this.begunAt.put(this.since);
    this.followed.delete();
  }

  /** From now on no operation begins a run. */
  stop(): void {
    this.followed.put({ since: this.since, stopped: true });
  }

  /** Has all trackers forget the deployment, which is to be deleted. Throws if one cannot be reached. */
  leave(): Promise<void> {
    return this.expectations.leave([...this.state.stacks.values()]);
  }

  /** What a commit is to keep of what it brings. */
  rowsOf(state: DeploymentState, events: readonly DeploymentEvent[], now: number): RidingRows {
    return isHeard(state, events) ? { [HEARD]: now } : {};
  }

  /** Notes what a commit changed. To be called in the same turn. */
  note(before: DeploymentState, events: readonly DeploymentEvent[], now: number): void {
    const { state } = this;
    if (state.mode !== "track" || state.run === 0) return;
    if (isHeard(state, events)) this.heard.ride(now);
    const isOver = hasEnded(state) && !(hasEnded(before) && before.run === state.run);
    if (isOver && !this.followed.value) this.followed.put({ since: state.endTime ?? state.lastEventTime });
  }

  /** What the alarm is for: tells the trackers, asks them when it is time, and tells what follows from their answers. */
  async work(commits: Commits): Promise<void> {
    this.adopt();
    await this.expectations.release(this.kept());
    await this.askAll(commits);
    const { address } = this.store;
    const quiet = { now: Date.now(), heardAt: this.heard.value ?? 0, quietMs: this.quietMs };
    const end = endOfGroup(this.state, quiet);
    if (address && end.length > 0) await commits.tell(address, end);
  }

  private async askAll(commits: Commits): Promise<void> {
    for (let round = 0; round < MAX_ROUNDS; round += 1) {
      const { run } = this.state;
      const answers = await this.expectations.tell(this.expecting());
      if (this.askIn(Date.now()) === 0) {
        this.asked.put(Date.now());
        answers.push(...(await this.expectations.ask(this.expecting())));
      }
      if (answers.length === 0 || this.state.run !== run) return;
      if (!(await this.hear(answers, commits))) return;
    }
  }

  /** Milliseconds until there is something to do; undefined: nothing is followed. */
  nextIn(now: number): number | undefined {
    this.adopt();
    if (this.expectations.isBehind(this.state, this.isFollowed)) return RETRY_MS;
    return this.askIn(now);
  }

  /** True if something followed from the answers, which may change what is expected. */
  private async hear(answers: readonly Answer[], commits: Commits): Promise<boolean> {
    const now = Date.now();
    const { address } = this.store;
    for (const { stack, standing, expectation } of answers) {
      this.noteSight(stack, standing.trouble);
      const node = this.state.stacks.get(stack);
      const isUnderway = node?.status === "deploying" || node?.status === "deleting";
      // It rests, and the run has not heard so: its end was sent to nobody, or before its beginning.
      if (isUnderway && standing.isIdle && expectation === "eager")
        await this.expectations.askAgain(node, this.expecting());
    }
    const events = eventsOfRest(this.state, answers, {
      now,
      heardAt: this.heard.value ?? 0,
      quietMs: this.quietMs,
      waitMs: this.waitMs,
    });
    return address !== undefined && events.length > 0 && (await commits.tell(address, events)) > 0;
  }

  private get quietMs(): number {
    return Math.min(this.quietSeconds * 1000, this.waitMs);
  }

  private noteSight(stack: string, trouble: LostSight | undefined): void {
    if (!trouble) return this.noteSeen(stack);
    const isReported = this.lost.has(stack);
    this.lost.set(stack, trouble);
    if (isReported || !this.lostStacks.has(stack)) return;
    const { gateways, name } = this.channel;
    gateways.send([], [outOfSightFrame(name, stack, trouble)]);
  }

  private askIn(now: number): number | undefined {
    const { state } = this;
    if (state.mode !== "track" || state.run === 0 || (hasEnded(state) && !this.isFollowed)) return undefined;
    const askedAt = this.asked.value ?? 0;
    if (hasEnded(state)) return Math.max(0, askedAt + REMIND_MS - now);
    const heardAt = this.heard.value ?? 0;
    const untilAsked = Math.max(askedAt, heardAt) + Math.min(SILENCE_MS, this.quietMs) - now;
    // What is quiet is known by their answers, so that they are asked when it is.
    const quietAt = heardAt + this.quietMs;
    const untilQuiet = askedAt < quietAt ? quietAt - now : Infinity;
    return Math.max(0, Math.min(untilAsked, untilQuiet));
  }

  /** The release before did not follow runs that are over: from now on it counts what begins. */
  private adopt(): void {
    if (!isFollowable(this.state) || this.followed.value) return;
    this.positions.forget();
    this.followed.put({ since: new Date().toISOString() });
  }

  /** Stacks whose trackers are to know of the deployment. Where Stackcast deploys, they hear of it when it is their turn. */
  private kept(): readonly StackNode[] {
    const { state } = this;
    return state.mode !== "track" || (hasEnded(state) && !this.isFollowed) ? [] : [...state.stacks.values()];
  }

  private expecting(): Expecting {
    const { state, isFollowed, since } = this;
    return { state, isFollowed, since, now: Date.now(), isWatched: this.channel.gateways.viewers > 0 };
  }

  private get since(): string {
    const following = hasEnded(this.state) ? this.followed.value?.since : undefined;
    return following ?? this.begunAt.value ?? this.state.startTime;
  }

  private get state(): DeploymentState {
    return this.store.state;
  }
}

/** Whether a run has heard of a beginning or an end. That a stack of a group rests is no news. */
const isHeard = ({ mode, run, grouped }: DeploymentState, events: readonly DeploymentEvent[]): boolean =>
  mode === "track" &&
  run > 0 &&
  events.some(
    ({ type }) =>
      type === "deployment_started" || (type.startsWith("stack_") && !(grouped && type === "stack_skipped")),
  );

const isFollowable = (state: DeploymentState): boolean => state.mode === "track" && hasEnded(state);
