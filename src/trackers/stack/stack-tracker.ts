/**
 * One CloudFormation stack. The alarm is the program: set the next alarm, look, commit, push to the gateways. The object
 * itself is a shell: calls and alarms come in here and are answered by the channel.
 */
import { causeWith } from "../../domain/evidence/cause-evidence.ts";
import { estimateAt } from "../../domain/estimate/estimate.ts";
import { isComplete, rootOf } from "../../domain/stack/stack-state.ts";
import { fittedSummary } from "../../domain/stack/fitted-summary.ts";
import { summaryOf } from "../../domain/stack/summary.ts";
import { tellingOf } from "../../domain/failure/trouble.ts";
import type { CanvasDeployed, CanvasChange } from "../../protocol/deployment/canvas-deploy.ts";
import { stackAddressOf } from "../../protocol/connection/channel.ts";
import { inAccount, type StackAddress } from "../../protocol/connection/channel-names.ts";
import type { Join, JoinRequest, Missed } from "../../protocol/rpc/channel-owner.ts";
import type { Estimates } from "../../protocol/estimates.ts";
import type { Failure } from "../../protocol/failure.ts";
import { failed, success, type Result } from "../../protocol/result.ts";
import type { FarEnd, TriedAgain } from "../../protocol/rpc/far-end.ts";
import { decodedText } from "../../channel/codec.ts";
import { StoredObject } from "../../channel/copy/stored-object.ts";
import { EventLog } from "../../channel/event-log.ts";
import { beingDeleted, Removal } from "../../channel/removal.ts";
import type { FeedRequest, StackStanding } from "../../protocol/rpc/stack-feed.ts";
import { stackFrameSchema } from "../../protocol/stack/stack-frames.ts";
import type { StackEvents, StackSummary, Tracking } from "../../protocol/stack/stack-summary.ts";
import type { Env } from "../../env.ts";
import { settingsOf } from "../../settings.ts";
import { StackChannel } from "./stack-channel.ts";
import type { SharedEvents, Sighting, StackTrackerRpc } from "./stack-tracker-rpc.ts";
import { logLine } from "../../log.ts";
import { accountsOf, call, regionOf } from "../../objects.ts";

export class StackTracker extends StoredObject implements StackTrackerRpc {
  protected readonly keptRows = {
    tables: ["log"],
    isWhole: true,
    prepare: (sql: SqlStorage) => new EventLog(sql, false).create(),
    settle: () => this.stack.store.settle(),
  } as const;
  private readonly address: StackAddress;
  private stack: StackChannel;
  private readonly removal: Removal;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    const settings = settingsOf(env);
    const address = stackAddressOf(ctx.id.name ?? "");
    // The Worker lets nobody in without these; an alarm that comes first fails, and the watchdog wakes it again.
    if (!settings.ok || !address || ctx.id.name === undefined)
      throw new Error("No stack can be tracked here");
    this.address = address;
    const { name } = ctx.id;
    const newChannel = () => new StackChannel(ctx, env, settings.value, name, address);
    this.stack = newChannel();
    this.removal = new Removal(ctx, {
      channel: () => this.stack.channel,
      elsewhere: () =>
        call(
          () => regionOf(env, address),
          (region) => region.forgetStack(address.stackName),
        ),
      done: () => (this.stack = newChannel()),
    });
  }

  override async alarm(): Promise<void> {
    if (this.removal.isUnderWay) return void (await this.removal.run());
    await this.stack.work();
  }

  /** Where the stack stands now; looks at AWS unless that was just done. `subject`: who asks. */
  async summary(subject?: string): Promise<Result<StackSummary, Failure>> {
    if (this.removal.isUnderWay) return failed(beingDeleted);
    const { store, poll, channel, feeds } = this.stack;
    await this.stack.lookOnce(subject);
    const summary = summaryOf(store.state);
    if (!summary) return failed(this.stack.poll.whyUnknown);
    const kind = poll.trouble?.kind;
    const { found } = this.stack.evidence;
    return success({
      ...fittedSummary(summary),
      ...(summary.estimate && { estimate: estimateAt(summary.estimate, Date.now()) }),
      ...(summary.cause && { cause: causeWith(summary.cause, found) }),
      ...channel.position,
      ...inAccount(this.address.account),
      region: this.address.region,
      tracking: this.stack.isPolled,
      viewers: channel.gateways.viewers,
      ...(feeds.deployments.length > 0 && { deployments: [...feeds.deployments] }),
      ...(kind && { trouble: tellingOf(kind, this.address.region) }),
    });
  }

  /** What the stack is made from: asked of AWS, and of nothing that is kept. */
  async details() {
    return this.stack.reader.details(this.stack.store.state);
  }

  /** What was done to one resource, by its path. */
  async resource(path: string) {
    return this.stack.reader.resource(this.stack.store.state, path);
  }

  /** At most `limit` of the newest attempt's events after an offset. */
  async eventsAfter(after: number, limit: number, subject?: string): Promise<Result<StackEvents, Failure>> {
    if (this.removal.isUnderWay) return failed(beingDeleted);
    const { store } = this.stack;
    await this.stack.lookOnce(subject);
    if (!store.state.attempt) return failed(this.stack.poll.whyUnknown);
    const { runs, more } = store.log.framesAfter(after, limit);
    const events = runs
      .flatMap(({ frames }) => frames)
      .flatMap((frame) => decodedText(stackFrameSchema, frame, "log") ?? []);
    return success({ ...this.stack.channel.position, events, more });
  }

  /** What was predicted of its operations so far, and what came. */
  async estimates(): Promise<Result<Estimates, Failure>> {
    return this.removal.isUnderWay ? failed(beingDeleted) : success(this.stack.estimates.view);
  }

  /** Deploys the stack; it is followed by the time that the answer is given. */
  async deploy(change: CanvasChange, subject: string): Promise<Result<CanvasDeployed, Failure>> {
    if (this.removal.isUnderWay) return failed(beingDeleted);
    const outcome = await this.stack.canvas.deploy(change, subject, () => this.stack.channel.alarm.ensure());
    if (!outcome.ok) return outcome;
    try {
      await this.stack.follow(subject, outcome.value.token);
    } catch (error) {
      // The answer is the only place where the private keys are.
      logLine("error", "Not followed", { channel: this.stack.channel.name, error: String(error) });
    }
    return success(outcome.value.deployed);
  }

  /** Registers interest: the stack is polled until its operation ends, with or without viewers. */
  async track(subject: string): Promise<Result<Tracking, Failure>> {
    if (this.removal.isUnderWay) return failed(beingDeleted);
    const { interest, store } = this.stack;
    interest.noteTracking(subject, Date.now());
    await this.stack.arouse(Date.now());
    if (isComplete(store.state)) interest.noteUntracking();
    return success(this.tracking());
  }

  /** Withdraws the interest; viewers keep the stack polled. */
  async untrack(): Promise<Result<Tracking, Failure>> {
    if (this.removal.isUnderWay) return failed(beingDeleted);
    this.stack.interest.noteUntracking();
    await this.stack.channel.alarm.renew();
    return success(this.tracking());
  }

  /** The radar has seen the stack begin or end something: it is looked at now, and followed to its end. */
  async sight(stackId: string): Promise<Sighting> {
    await this.stack.sight(stackId);
    const status = rootOf(this.stack.store.state)?.status;
    return {
      tracking: this.stack.isPolled,
      ...(status !== undefined && { status }),
    };
  }

  /** A push has come, see `StackChannel.nudge`. */
  async nudge(follows: boolean, inMs?: number): Promise<void> {
    await this.stack.nudge(follows, inMs);
  }

  /** Something has begun here, with this token: it is looked at now, and followed to its end. */
  async follow(subject: string, token?: string): Promise<void> {
    await this.stack.follow(subject, token);
  }

  /** The newest events of the name or ARN, no older than that; undefined: the stack is not being looked at, see `SharedPage`. */
  async sharedEvents(stack: string, maxAgeMs: number): Promise<SharedEvents | undefined> {
    return this.stack.sharedPage.read(stack, maxAgeMs);
  }

  /** A gateway has a viewer: what it is to be sent first, and pushes from now on. */
  async join(request: JoinRequest): Promise<Result<Join, Failure>> {
    const { account } = this.address;
    if (account !== undefined && !this.stack.store.state.attempt && !(await this.isAccountKnown(account)))
      return failed({ code: "ACCOUNT_NOT_FOUND", message: `There is no account ${account}` });
    return success(this.stack.join(request));
  }

  /** A gateway's last viewer has left. */
  async leave(gateway: string): Promise<void> {
    await this.stack.leave(gateway);
  }

  /** For a gateway that missed a push. */
  async since(epoch: string, offset: number): Promise<Missed | undefined> {
    return this.stack.since(epoch, offset);
  }

  /** Channels of deployments that somebody registered with the stack: no grouping rule takes it. */
  async registeredBy(): Promise<readonly string[]> {
    return this.stack.registeredBy;
  }

  /** A deployment waits for the stack; said again, it changes how. */
  async feed(request: FeedRequest): Promise<StackStanding> {
    return this.stack.feed(request);
  }

  /** The deployment waits no more. */
  async release(deployment: string): Promise<void> {
    await this.stack.release(deployment);
  }

  /** For whoever looks after a far end that has refused. */
  async handOnAgain(farEnd: FarEnd): Promise<TriedAgain> {
    return this.removal.isUnderWay ? "idle" : this.stack.handOnAgain(farEnd);
  }

  /** Deletes what is kept of the stack if it has rested since before a time, ISO 8601. False: nothing is kept. */
  async retain(cutoff: string): Promise<boolean> {
    const { store, interest, feeds } = this.stack;
    if (!store.state.attempt && !this.removal.isUnderWay) return store.log.isKept;
    const isWanted = interest.now.viewers > 0 || interest.now.trackedAt !== undefined || feeds.all.length > 0;
    const isOld = !isWanted && (rootOf(store.state)?.statusAt ?? cutoff) < cutoff;
    if (!isOld || this.stack.whyKept()) return true;
    return !(await this.removal.run()).ok;
  }

  /** Deletes what is kept of the stack, everywhere; the stack itself stays as it is. */
  async remove(): Promise<Result<null, Failure>> {
    const needed = this.removal.isUnderWay ? undefined : this.stack.whyKept();
    return needed ? failed(needed) : this.removal.run();
  }

  /** For the watchdog: sees to the alarm, and tells whether there is anything to do. */
  async wake(): Promise<boolean> {
    if (this.removal.isUnderWay) return !(await this.removal.run()).ok;
    await this.stack.departed();
    return this.stack.channel.alarm.ensure();
  }

  /** Where the list of accounts cannot be asked, the look tells. */
  private async isAccountKnown(alias: string): Promise<boolean> {
    const found = call(
      () => accountsOf(this.env),
      (accounts) => accounts.find(alias),
    );
    return found.then(
      (account) => account !== undefined,
      () => true,
    );
  }

  private tracking(): Tracking {
    return { ...this.stack.channel.position, tracking: this.stack.isPolled };
  }
}
