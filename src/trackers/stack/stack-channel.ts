/**
 * The workings of a stack's object: what is kept, who hears of a commit, and what the alarm has to see to. Sockets,
 * gateways, deployments and the audit are consumers of one log and never hold it up.
 */
import { cloudFormation } from "../../aws/cloudformation/cloudformation.ts";
import { countedSession } from "../../aws/identity/session.ts";
import { workerSession } from "../../aws/identity/worker-session.ts";
import type { Advance } from "../../domain/stack/findings.ts";
import type { LookupFailure } from "../../domain/failure/lookup-failure.ts";
import { goneSince, isComplete, isHolding, isPartOf, rootOf } from "../../domain/stack/stack-state.ts";
import { isOperating } from "../../domain/radar/swept-stack.ts";
import type { NameStanding } from "../../domain/radar/stack-listing.ts";
import { tellingOf } from "../../domain/failure/trouble.ts";
import type { StackAddress } from "../../protocol/connection/channel-names.ts";
import type { Join, JoinRequest, Missed } from "../../protocol/rpc/channel-owner.ts";
import { success, type Result } from "../../protocol/result.ts";
import type { FarEnd, TriedAgain } from "../../protocol/rpc/far-end.ts";
import type { FeedDelivery, FeedRequest, StackStanding } from "../../protocol/rpc/stack-feed.ts";
import type { TroubleFrame } from "../../protocol/stack/stack-frames.ts";
import { regionOf } from "../../objects.ts";
import type { Env } from "../../env.ts";
import type { Settings } from "../../settings.ts";
import { CanvasDeploys } from "../canvas/canvas-deploys.ts";
import { DeploymentFeeds, type Feed } from "./deployment-feeds.ts";
import { Enrolment } from "../directory/enrolment.ts";
import { stackForms } from "../audiences/event-forms.ts";
import { tellOfFrames } from "../audiences/event-lines.ts";
import type { LogRun } from "../../channel/event-log.ts";
import { GatewayPushes } from "../audiences/gateway-pushes.ts";
import { LogConsumers } from "../audiences/log-consumers.ts";
import { CallLease } from "../account/call-lease.ts";
import { markIn, standingIn } from "../account/region.ts";
import { Schedule } from "./schedule.ts";
import { StackExperience } from "./stack-experience.ts";
import { StackPoll } from "./stack-poll.ts";
import { StackStore } from "./stack-store.ts";
import { logLine } from "../../log.ts";

/** How often, and how many milliseconds apart, one looks for an operation that has just begun. */
const LOOKS_FOR_BEGUN = 6;
const BETWEEN_LOOKS_MS = 500;

/** Pushes have the stack looked at at most so often, in milliseconds. */
const PUSHED_MS = 1_000;

/** Who follows what the radar has seen. */
const RADAR = "radar";

export class StackChannel {
  readonly name: string;
  readonly store: StackStore;
  readonly poll: StackPoll;
  readonly schedule: Schedule;
  readonly canvas: CanvasDeploys;
  /** A look this young, in milliseconds, is as good as a new one. */
  private readonly freshMs: number;
  /** So long, in milliseconds, is a stack waited for that is not there. */
  private readonly waitMs: number;
  private readonly address: StackAddress;
  /** Deployments that are about to wait for the stack. */
  private arriving = 0;
  /** The stack's own status as its region was told last. */
  private shownStatus: string | undefined;
  private readonly ctx: DurableObjectState;
  private readonly env: Env;
  private readonly consumers: LogConsumers;
  private readonly feeds: DeploymentFeeds;
  private readonly pushes: GatewayPushes;
  private readonly lease: CallLease;
  private readonly experience: StackExperience;

  constructor(ctx: DurableObjectState, env: Env, settings: Settings, name: string, address: StackAddress) {
    const { aws, stackWaitSeconds, pollIntervalSeconds } = settings;
    const { kv } = ctx.storage;
    this.address = address;
    this.ctx = ctx;
    this.env = env;
    this.name = name;
    this.freshMs = pollIntervalSeconds * 1000;
    this.waitMs = stackWaitSeconds * 1000;
    this.store = new StackStore(ctx.storage, () => crypto.randomUUID().slice(0, 8));
    this.feeds = new DeploymentFeeds(kv, env, this.store.log);
    this.pushes = new GatewayPushes(ctx, env);
    this.lease = new CallLease(name, (request) => regionOf(env, address).lease(request));
    const session = workerSession(env, aws, { region: aws.region });
    const forms = stackForms(address);
    this.consumers = new LogConsumers(kv, this.store.log, { env, name, session, settings, forms });
    const deploying = workerSession(env, aws, { ...address, purpose: "deploy" });
    this.canvas = new CanvasDeploys(kv, address, deploying, () => this.schedule.rearm(Date.now()));
    this.experience = new StackExperience(env, address);
    this.poll = new StackPoll(
      kv,
      this.store,
      address,
      cloudFormation(countedSession(workerSession(env, aws, address), () => this.lease.noteCall())),
      stackWaitSeconds,
      {
        standing: (asker) => this.standing(asker),
        mark: () => this.mark(),
        committed: (runs, change, isRetold) => this.committed(runs, change, isRetold),
        troubled: (frame) => this.troubled(frame),
        turn: (isUrgent) => this.turn(isUrgent),
        throttled: () => this.throttled(),
        learned: () => this.experience.learned(),
      },
    );
    this.schedule = new Schedule(ctx.storage, {
      settings,
      store: this.store,
      poll: this.poll,
      turnIn: (now) => this.lease.nextIn(now),
      isFree: () => this.lease.isFree,
      deploymentsIn: (now) => this.feeds.nextIn(now),
      consumers: [
        (now) => this.consumers.nextIn(now),
        () => this.pushes.nextIn(),
        (now) => this.canvas.nextIn(now),
      ],
      enrolment: new Enrolment(ctx, env, name),
      viewerCount: () => this.pushes.viewers,
      awaited: () => this.feeds.expectation,
    });
  }

  position() {
    return { channel: this.name, ...this.store.log.position };
  }

  /** What the alarm is for. The next one is set first of all, so that a look that dies costs one period and no more. */
  async work(): Promise<void> {
    const now = Date.now();
    // A restart loses sockets without a word.
    this.schedule.noteDeparture(now);
    const pollIn = this.schedule.pollIn(now);
    if (pollIn !== undefined) await this.ctx.storage.setAlarm(now + (pollIn || this.freshMs));
    try {
      if (pollIn !== undefined) await this.poll.look(false);
      const served = this.serve(now, pollIn !== undefined);
      if (pollIn === undefined) await served;
      else this.ctx.waitUntil(served);
    } catch (error) {
      logLine("error", "Alarm failed", { channel: this.name, error: String(error) });
    }
    if (pollIn === undefined || this.schedule.pollIn(now) !== pollIn) await this.schedule.renew(Date.now());
  }

  /** Looks without beginning to follow; what the look brought may still have to be handed on. */
  async lookOnce(subject?: string): Promise<void> {
    this.poll.noteAsker(subject);
    await this.poll.lookIfOlder(this.freshMs);
    await this.schedule.rearm(Date.now());
  }

  /** Follows the stack for a subject. `token`: of an operation that has just begun, which may take a moment to show. */
  async follow(subject: string, token: string | undefined): Promise<void> {
    this.schedule.noteTracking(subject, Date.now());
    await this.schedule.arouse(Date.now());
    const isShown = (): boolean =>
      token === undefined || rootOf(this.store.state)?.clientRequestToken === token;
    for (let looks = 0; !isShown() && looks < LOOKS_FOR_BEGUN; looks += 1) {
      if (looks > 0) await scheduler.wait(BETWEEN_LOOKS_MS);
      await this.poll.look();
    }
    if (isShown() && isComplete(this.store.state)) this.schedule.noteUntracking();
    await this.schedule.renew(Date.now());
  }

  /** The radar has seen an operation of the stack, which is followed to its end. */
  async sight(stackId: string): Promise<void> {
    this.poll.noteArn(stackId);
    this.schedule.noteTracking(RADAR, Date.now());
    await this.schedule.arouse(Date.now());
    if (isComplete(this.store.state)) this.schedule.noteUntracking();
    await this.schedule.renew(Date.now());
  }

  /**
   * AWS is said to have something new: looked at at once, if anybody wants to know. `follows`: an operation that is under way
   * then is followed to its end. Nothing but the look decides anything.
   */
  async nudge(follows: boolean): Promise<void> {
    const isWanted = this.schedule.pollIn(Date.now()) !== undefined;
    if (!isWanted && !follows) return;
    this.poll.notePush();
    await this.poll.lookAfter(PUSHED_MS);
    const root = rootOf(this.store.state);
    const isBegun = root !== undefined && isOperating(root.status) && !isComplete(this.store.state);
    if (follows && !isWanted && isBegun) this.schedule.noteTracking(RADAR, Date.now());
    await this.schedule.renew(Date.now());
  }

  /** A gateway has a viewer of the stack. */
  join({ gateway, subject, ...asked }: JoinRequest): Join {
    // Trouble of a time when nobody asked is old news: the look that follows tells how things are.
    const trouble = this.schedule.pollIn(Date.now()) === undefined ? undefined : this.poll.troubleFrame();
    this.poll.noteAsker(subject);
    this.pushes.add(gateway);
    this.schedule.noteArrival();
    this.ctx.waitUntil(this.schedule.arouse(Date.now()));
    const { log } = this.store;
    return { ...log.joined(asked, log.floor), ...(trouble && { transient: [JSON.stringify(trouble)] }) };
  }

  /** Events after an offset, for a gateway that missed a push; that it asks sees to it that the next look is due. */
  since(epoch: string, offset: number): Missed | undefined {
    this.ctx.waitUntil(this.schedule.rearmSometimes(Date.now()));
    return this.store.log.since(epoch, offset);
  }

  /** How many watch, as their gateways said last. */
  get viewers(): number {
    return this.pushes.viewers;
  }

  /** A gateway has no viewer of the stack any more. */
  async leave(gateway: string): Promise<void> {
    await this.pushes.leave(gateway, this.position());
    await this.schedule.departed(Date.now());
  }

  /** A deployment waits for the stack, and has its events from now on. */
  async feed(request: FeedRequest): Promise<StackStanding> {
    const { store, feeds } = this;
    const known = feeds.get(request.deployment);
    this.arriving += 1;
    try {
      if (!known || request.eager) await this.poll.lookIfOlder(this.freshMs);
    } finally {
      this.arriving -= 1;
    }
    const before = feeds.expectation;
    store.log.create();
    store.notice(request.after);
    const { offset } = feeds.keep(request, this.beginningFor(request, known), Date.now());
    if (store.state.attempt && offset < store.log.offset && !request.resting)
      this.consumers.skip(Math.max(store.log.floor, offset + 1));
    // From now on it is missed if it does not come: the waiting begins anew.
    if (request.eager && before !== "eager" && before !== "begun") this.poll.forgetTrouble();
    if (known) await this.schedule.rearm(Date.now());
    else await this.schedule.arouse(Date.now());
    this.ctx.waitUntil(this.serve(Date.now(), true));
    return this.standingFor(offset);
  }

  /** Hands on to a far end that has refused before. */
  async handOnAgain(farEnd: FarEnd): Promise<TriedAgain> {
    const answer = await this.consumers.tryAgain(farEnd, Date.now());
    await this.schedule.rearm(Date.now());
    return answer;
  }

  /** The deployment waits no more. */
  async release(deployment: string): Promise<void> {
    this.feeds.drop(deployment);
    await this.schedule.renew(Date.now());
  }

  /** What viewers alone want to know of a name that AWS has never shown, the region's object finds out for all of them. */
  private async standing(asker: string | undefined): Promise<Result<NameStanding, LookupFailure>> {
    if (this.arriving > 0 || !this.schedule.isOnlyWatched) return success("ask");
    return standingIn(this.env, this.address, asker);
  }

  private async mark(): Promise<Result<string, LookupFailure> | undefined> {
    const ageMs = this.arriving > 0 ? undefined : this.schedule.sweepAgeMs(Date.now());
    return ageMs === undefined ? undefined : markIn(this.env, this.address, ageMs);
  }

  private turn(isUrgent: boolean): Promise<number> {
    const now = Date.now();
    return this.lease.turn(this.schedule.wantedLook(now), isUrgent, now);
  }

  /** Who shares the budget is to ask less from now on, and not from this stack's next turn on. */
  private throttled(): void {
    this.lease.noteThrottle(Date.now());
    this.ctx.waitUntil(
      regionOf(this.env, this.address)
        .noteThrottle()
        // The next question tells it.
        .catch(() => undefined),
    );
  }

  /** The region's board shows the stack as its newest own event does. */
  private tellRegion(): void {
    const root = rootOf(this.store.state);
    if (!root || root.status === this.shownStatus) return;
    this.shownStatus = root.status;
    const { stackId, status, statusAt } = root;
    const startedAt = this.store.state.attempt?.startedAt;
    const told = { stackId, status, statusAt, ...(startedAt !== undefined && { startedAt }) };
    this.ctx.waitUntil(
      regionOf(this.env, this.address)
        .noteStatus(this.address.stackName, told)
        // The next list of all stacks shows it.
        .catch(() => undefined),
    );
  }

  private committed(runs: readonly LogRun[], { renewed, frames }: Advance, isRetold: boolean): void {
    const { store } = this;
    if (!isRetold) this.ctx.waitUntil(this.experience.teach(frames, store.state));
    this.tellRegion();
    // A deployment's stacks are audited there.
    if (this.feeds.isPartOfRun && runs[0]) this.consumers.skip(runs[0].from);
    if (renewed)
      store.log.trimBefore(Math.min(store.log.floor, this.consumers.offset + 1, this.feeds.needed));
    if (isRetold) this.feeds.skipRetold();
    if (isComplete(store.state)) this.schedule.noteUntracking();
    this.pushes.send(this.position(), runs, []);
    if (!this.feeds.isPartOfRun) tellOfFrames(this.name, frames);
    this.ctx.waitUntil(this.feeds.run(Date.now()));
  }

  private troubled(frame: TroubleFrame): void {
    this.pushes.send(this.position(), [], [JSON.stringify(frame)]);
  }

  /** Offset up to which a deployment is not to be told anything. */
  private beginningFor({ after, anew, since, tokens }: FeedRequest, known: Feed | undefined): number {
    const { log, state } = this.store;
    const { attempt } = state;
    // Told once, and whole from where the deployment is, or from the oldest event that is kept.
    if (after?.epoch === log.epoch && after.offset <= log.offset)
      return Math.max(after.offset, log.floor - 1);
    if (known && !after && !anew) return known.offset;
    const isItsOwn = attempt !== undefined && isPartOf(state, since, tokens);
    return isItsOwn ? attempt.firstOffset - 1 : log.offset;
  }

  private standingFor(taken: number): StackStanding {
    const { log, state } = this.store;
    const { epoch, offset } = log;
    const root = rootOf(state);
    const trouble = root && this.poll.troubleFrame();
    return {
      position: { epoch, offset: taken },
      ...(trouble && { trouble: { ...trouble.error, since: trouble.timestamp } }),
      ...(root && root.status !== "" && { status: root.status, since: root.statusAt }),
      isIdle: isComplete(state) && !isHolding(state) && taken >= offset,
    };
  }

  /** Why nothing more is to be expected of the stack: each who waits for it does so from a time of its own. */
  private troubleFor(feed: Feed, now: number): FeedDelivery["trouble"] {
    if (feed.resting) return undefined;
    const { trouble } = this.poll;
    const gone = feed.begun ? undefined : goneSince(this.store.state);
    const missedSince = gone === undefined ? trouble?.kind === "missing" && trouble.since : Date.parse(gone);
    if (typeof missedSince === "number") {
      const waited = now - Math.max(missedSince, feed.eagerSince ?? Infinity);
      return waited >= this.waitMs ? tellingOf("missing") : undefined;
    }
    return trouble?.gaveUp ? tellingOf(trouble.kind, this.address.region) : undefined;
  }

  /** Hands on to those who follow at their own pace. `more`: whether events may come soon. */
  private async serve(now: number, more: boolean): Promise<void> {
    await Promise.all([
      this.consumers.run(now, more),
      this.feeds.run(now, (feed) => this.troubleFor(feed, now)),
      this.pushes.catchUp(this.position(), now),
      this.canvas.clear(now),
    ]);
  }
}
