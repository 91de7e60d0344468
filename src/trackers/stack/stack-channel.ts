/**
 * A stack's channel: its log, which looks at the stack fill, and those who follow it. Sockets, gateways, deployments and
 * the audit are consumers of one log and never hold it up.
 */
import { cloudFormation } from "../../aws/cloudformation/cloudformation.ts";
import { gatedSession } from "../../aws/identity/session.ts";
import { workerSession } from "../../aws/identity/worker-session.ts";
import { Channel } from "../../channel/channel.ts";
import { isComplete, rootOf } from "../../domain/stack/stack-state.ts";
import { isOperating } from "../../domain/radar/swept-stack.ts";
import type { StackAddress } from "../../protocol/connection/channel-names.ts";
import type { Join, JoinRequest, Missed } from "../../protocol/rpc/channel-owner.ts";
import type { Failure } from "../../protocol/failure.ts";
import type { FarEnd, TriedAgain } from "../../protocol/rpc/far-end.ts";
import type { FeedRequest, StackStanding } from "../../protocol/rpc/stack-feed.ts";
import { regionOf } from "../../objects.ts";
import type { Env } from "../../env.ts";
import type { Settings } from "../../settings.ts";
import { CanvasDeploys } from "../canvas/canvas-deploys.ts";
import { stackForms } from "../audiences/event-forms.ts";
import { DestinationFeed } from "../audiences/destination-feed.ts";
import { fedStack } from "../audiences/fed-channels.ts";
import { LogConsumers } from "../audiences/log-consumers.ts";
import { CallLease } from "../account/call-lease.ts";
import { KeptEstimates } from "../estimates/kept-estimates.ts";
import { DeploymentFeeds } from "./deployment-feeds.ts";
import { FeedAdmission } from "./feed-admission.ts";
import { Feeding } from "./feeding.ts";
import { Schedule } from "./schedule.ts";
import { SharedPage } from "./shared-page.ts";
import type { StoredHead } from "./stack-codec.ts";
import { StackCommits } from "./stack-commits.ts";
import { StackEvidence } from "./stack-evidence.ts";
import { StackExperience } from "./stack-experience.ts";
import { StackInterest } from "./stack-interest.ts";
import { StackPoll } from "./stack-poll.ts";
import { StackReader } from "./stack-reader.ts";
import { whyUndeletable } from "./stack-refusals.ts";
import { StackStorage } from "./stack-store.ts";

/** How often, and how many milliseconds apart, one looks for an operation that has just begun. */
const LOOKS_FOR_BEGUN = 6;
const BETWEEN_LOOKS_MS = 500;

/** Pushes have the stack looked at at most so often, in milliseconds. */
const PUSHED_MS = 1_000;

/** Who follows what the radar has seen. */
const RADAR = "radar";

/** Who comes to a stack at rest waits so long, in milliseconds, for others to share the look with. */
const ARRIVALS_MS = 1_000;

export class StackChannel {
  readonly channel: Channel<StoredHead>;
  readonly store: StackStorage;
  readonly poll: StackPoll;
  readonly interest: StackInterest;
  readonly evidence: StackEvidence;
  readonly canvas: CanvasDeploys;
  readonly sharedPage: SharedPage;
  readonly reader: StackReader;
  readonly estimates: KeptEstimates;
  /** A look this young, in milliseconds, is as good as a new one. */
  private readonly freshMs: number;
  private readonly ctx: DurableObjectState;
  private readonly consumers: LogConsumers;
  private readonly commits: StackCommits;
  private readonly admission: FeedAdmission;
  readonly feeds: DeploymentFeeds;

  constructor(ctx: DurableObjectState, env: Env, settings: Settings, name: string, address: StackAddress) {
    const { aws, stackWaitSeconds: waitSeconds, pollIntervalSeconds } = settings;
    const { kv } = ctx.storage;
    const session = workerSession(env, aws, address);
    this.ctx = ctx;
    this.freshMs = pollIntervalSeconds * 1000;
    const store = new StackStorage(ctx.storage, () => crypto.randomUUID().slice(0, 8));
    const channel = new Channel(ctx, env, name, store.log, { graceMs: this.freshMs });
    const isOpen = () => !isComplete(store.state);
    const feeds = new DeploymentFeeds(kv, env, store.log, isOpen);
    const interest = new StackInterest(kv, store.log, channel.gateways, feeds);
    const lease = new CallLease(name, (request) => regionOf(env, address).lease(request));
    const schedule = new Schedule({ ctx, env, settings, address, store, interest, lease });
    const home = workerSession(env, aws, { region: aws.region });
    const far = { env, name, session: home, settings, forms: stackForms(address), isOpen };
    const consumers = new LogConsumers(store.log.riding, store.log, far);
    const experience = new StackExperience(env, address);
    const commits = new StackCommits({
      ctx,
      env,
      address,
      channel,
      store,
      interest,
      feeds,
      consumers,
      experience,
      estimates: (this.estimates = new KeptEstimates(kv)),
    });
    const counted = gatedSession(session, {
      turnIn: async () => {
        lease.noteCall();
        return 0;
      },
      noteThrottle: async () => poll.noteThrottle(),
    });
    const evidence = new StackEvidence({
      kv,
      name,
      store,
      cloudFormation: cloudFormation(counted),
      session: counted,
    });
    const poll = new StackPoll({
      kv,
      store,
      address,
      cloudFormation: cloudFormation(counted, (stackId, xml, askedAt) =>
        sharedPage.note(stackId, xml, askedAt),
      ),
      waitSeconds,
      schedule,
      commits,
      experience,
      evidence,
    });
    const sharedPage = new SharedPage({ store, poll, alarm: channel.alarm });
    const destinations = new DestinationFeed(store.log.riding, env, fedStack(address, store.log), isOpen);
    const feeding = new Feeding({ feeds, store, poll, region: address.region, waitMs: waitSeconds * 1000 });
    this.channel = channel;
    this.store = store;
    this.consumers = consumers;
    this.feeds = feeds;
    this.interest = interest;
    this.commits = commits;
    this.poll = poll;
    this.sharedPage = sharedPage;
    this.reader = new StackReader(session, address);
    this.admission = new FeedAdmission({ feeds, store, poll, commits });
    this.evidence = evidence;
    this.canvas = new CanvasDeploys(kv, address, workerSession(env, aws, { ...address, purpose: "deploy" }));
    const traces = [...interest.traces, poll.trace, feeds.trace];
    channel.serve([...consumers.all, feeding, destinations], [this.canvas, evidence], { lead: poll, traces });
  }

  /** What the alarm is for. */
  async work(): Promise<void> {
    // A restart loses sockets without a word.
    this.interest.noteDeparture(Date.now());
    await this.channel.alarm.fire();
  }

  /** Whether the stack is polled. */
  get isPolled(): boolean {
    return this.poll.nextIn(Date.now()) !== undefined;
  }

  /** Looks without beginning to follow; what the look brought may still have to be handed on. */
  async lookOnce(subject?: string): Promise<void> {
    this.poll.noteAsker(subject);
    await this.poll.lookIfOlder(this.freshMs);
    await this.channel.alarm.ensure();
  }

  /** Somebody came: looks at once, and sees to it that looking goes on. */
  async arouse(now: number): Promise<void> {
    await this.renewPatience(now);
    const { poll, store } = this;
    const { alarm } = this.channel;
    const standsAt = await alarm.standsAt(now);
    const complete = isComplete(store.state);
    if (standsAt !== undefined && !complete && standsAt <= now + (poll.nextIn(now) ?? 0))
      return alarm.confirm();
    await alarm.ensure(now);
    await poll.lookAfter(complete ? Math.min(ARRIVALS_MS, this.freshMs) : 0);
    await alarm.renew();
  }

  /** What was given up, or was of a time when nobody asked, is waited for again. */
  private async renewPatience(now: number): Promise<void> {
    const standsAt = await this.channel.alarm.standsAt(now);
    if (standsAt === undefined || this.poll.trouble?.gaveUp) this.poll.forgetTrouble();
  }

  /** Follows the stack for a subject. `token`: of an operation that has just begun, which may take a moment to show. */
  async follow(subject: string, token: string | undefined): Promise<void> {
    this.interest.noteTracking(subject, Date.now());
    await this.arouse(Date.now());
    const isShown = (): boolean =>
      token === undefined || rootOf(this.store.state)?.clientRequestToken === token;
    for (let looks = 0; !isShown() && looks < LOOKS_FOR_BEGUN; looks += 1) {
      if (looks > 0) await scheduler.wait(BETWEEN_LOOKS_MS);
      await this.poll.look();
    }
    if (isShown() && isComplete(this.store.state)) this.interest.noteUntracking();
    await this.channel.alarm.renew();
  }

  /** The radar has seen an operation of the stack, which is followed to its end. */
  async sight(stackId: string): Promise<void> {
    this.poll.noteArn(stackId);
    this.interest.noteTracking(RADAR, Date.now());
    await this.arouse(Date.now());
    if (isComplete(this.store.state)) this.interest.noteUntracking();
    await this.channel.alarm.renew();
  }

  /**
   * AWS is said to have something new: looked at at once, if anybody wants to know. `follows`: an operation that is under way
   * then is followed to its end; `inMs`: when a look is granted. Nothing but the look decides anything.
   */
  async nudge(follows: boolean, inMs?: number): Promise<void> {
    const isWanted = this.isPolled;
    if (!isWanted && !follows) return;
    this.poll.notePush(inMs);
    await this.poll.lookAfter(PUSHED_MS);
    const root = rootOf(this.store.state);
    const isBegun = root !== undefined && isOperating(root.status) && !isComplete(this.store.state);
    if (follows && !isWanted && isBegun) this.interest.noteTracking(RADAR, Date.now());
    await this.channel.alarm.renew();
  }

  /** A gateway has a viewer of the stack. */
  join({ gateway, subject, classic, ...asked }: JoinRequest): Join {
    // Trouble of a time when nobody asked is old news: the look that follows tells how things are.
    const trouble = this.isPolled ? this.poll.troubleFrame() : undefined;
    this.poll.noteAsker(subject);
    const joined = this.channel.join(gateway, asked, this.store.log.floor);
    this.interest.noteArrival();
    this.ctx.waitUntil(this.arouse(Date.now()));
    const transient = [
      ...(trouble ? [JSON.stringify(trouble)] : []),
      ...(classic ? [] : this.commits.samplingFrames),
    ];
    return { ...joined, ...(transient.length > 0 && { transient }) };
  }

  /** Events after an offset, for a gateway that missed a push; that it asks sees to it that the next look is due. */
  since(epoch: string, offset: number): Missed | undefined {
    this.ctx.waitUntil(this.channel.alarm.ensureSometimes(Date.now()));
    return this.store.log.since(epoch, offset);
  }

  /** A gateway has no viewer of the stack any more. */
  async leave(gateway: string): Promise<void> {
    await this.channel.gateways.leave(gateway);
    await this.departed();
  }

  /** Somebody left, perhaps the last. */
  async departed(): Promise<void> {
    const now = Date.now();
    this.interest.noteDeparture(now);
    await this.channel.giveUp(now);
  }

  /** Deployments that somebody registered with the stack. */
  get registeredBy(): readonly string[] {
    return this.feeds.registeredBy;
  }

  /** A deployment waits for the stack, and has its events from now on. */
  async feed(request: FeedRequest): Promise<StackStanding> {
    const { poll, feeds, channel, admission } = this;
    const known = feeds.get(request.deployment);
    const before = feeds.expectation;
    if (!known) await this.renewPatience(Date.now());
    // From now on it is missed if it does not come: the waiting begins again.
    if (request.eager && before !== "eager" && before !== "begun") poll.forgetTrouble();
    let isSeen = false;
    await this.interest.whileArriving(async () => {
      if (!known || request.eager) isSeen = await poll.lookIfOlder(this.freshMs);
    });
    const offset = admission.admit(request, known);
    // What is being handed on needs no alarm, which would be a look, too.
    channel.alarm.runBeside(Date.now());
    if (known || isSeen) await channel.alarm.ensure();
    else await this.arouse(Date.now());
    return admission.standingAt(offset);
  }

  /** Why what is kept of the stack cannot be deleted now; undefined: it can. */
  whyKept(): Failure | undefined {
    return whyUndeletable(this.store.state, this.feeds.isPartOfRun);
  }

  /** Hands on to a far end that has refused before. */
  async handOnAgain(farEnd: FarEnd): Promise<TriedAgain> {
    const answer = await this.consumers.tryAgain(farEnd, Date.now());
    await this.channel.alarm.ensure();
    return answer;
  }

  /** The deployment waits no more. */
  async release(deployment: string): Promise<void> {
    this.feeds.drop(deployment);
    await this.channel.alarm.renew();
  }
}
