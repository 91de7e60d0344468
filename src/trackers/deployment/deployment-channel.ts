/**
 * The workings of a deployment's object: what is kept, who is told of a commit, and what the alarm has to see to. One
 * commit is one transaction; gateways, trackers, the directory and the audit follow it and never hold it up.
 */
import { outOfSightFrame, type LostStacks } from "../../domain/run/out-of-sight.ts";
import type { AwsSession } from "../../aws/identity/session.ts";
import { workerSession } from "../../aws/identity/worker-session.ts";
import {
  emptyDeployment,
  hasEnded,
  isSettled,
  type DeploymentState,
} from "../../domain/deployment/deployment-state.ts";
import { deploymentProgressOf } from "../../domain/deployment/deployment-view.ts";
import { foldDeployment } from "../../domain/deployment/fold-deployment.ts";
import { endedRunsOf } from "../../domain/deployment/ended-runs.ts";
import { fittedProgress, SNAPSHOT_PART } from "../../domain/deployment/fitted-progress.ts";
import { momentAfter } from "../../domain/run/moment.ts";
import { runSummaryOf } from "../../domain/deployment/totals/run-summary.ts";
import type { DeploymentAddress } from "../../protocol/connection/channel-names.ts";
import type { Join, JoinRequest } from "../../protocol/rpc/channel-owner.ts";
import type { FarEnd, TriedAgain } from "../../protocol/rpc/far-end.ts";
import type { DeploymentEvent } from "../../protocol/deployment/deployment-events.ts";
import type { Env } from "../../env.ts";
import { settingsOf, type Settings } from "../../settings.ts";
import { DeploymentFollowing } from "./deployment-following.ts";
import { HEAD } from "../../channel/channel-log.ts";
import { DeploymentStore, type Change } from "./deployment-store.ts";
import { DestinationFeed } from "./destination-feed.ts";
import { Enrolment } from "../directory/enrolment.ts";
import { deploymentForms } from "../audiences/event-forms.ts";
import { tellOfEvents } from "../audiences/event-lines.ts";
import { FedPositions, type Fed } from "./fed-positions.ts";
import { GatewayPushes } from "../audiences/gateway-pushes.ts";
import { LogConsumers } from "../audiences/log-consumers.ts";
import { OrchestrationDesk } from "../run/orchestration-desk.ts";
import { ProgressFrames } from "./progress-frames.ts";
import { call, directoryOf } from "../../objects.ts";

const OVERDUE_MS = 30_000;

/** A table or a log that takes longer is not waited for: it would hold up the next alarm, and all else that it is for. */
const HANGING_MS = 1_000;

/**
 * Lines of each stack's log in a snapshot: enough to show what is going on. All of them would be most of it, and every
 * late joiner would pay for what REST and the history have.
 */
const SNAPSHOT_LINES = 5;

export class DeploymentChannel {
  readonly name: string;
  readonly store: DeploymentStore;
  readonly settings: Settings;
  readonly desk: OrchestrationDesk;
  readonly following: DeploymentFollowing;
  /** Where the events are audited; absent: nowhere. */
  readonly trail: Readonly<{ session: AwsSession; table: string }> | undefined;
  private readonly ctx: DurableObjectState;
  private readonly env: Env;
  private readonly consumers: LogConsumers;
  private readonly destinations: DestinationFeed;
  private readonly pushes: GatewayPushes;
  private readonly positions: FedPositions;
  private readonly progress = new ProgressFrames();
  private readonly enrolment: Enrolment;
  /** What the directory was told last. */
  private toldDirectory = "";
  /** The run's state for a late joiner, made once for all who come before the next event. */
  private snapshot: Readonly<{ offset: number; text: string }> | undefined;

  constructor(ctx: DurableObjectState, env: Env) {
    const settings = settingsOf(env);
    // The Worker lets nobody in without these; an alarm that comes first fails, and the watchdog wakes it again.
    if (!settings.ok || ctx.id.name === undefined) throw new Error("No deployment can be followed here");
    this.ctx = ctx;
    this.env = env;
    this.name = ctx.id.name;
    this.settings = settings.value;
    const { aws, auditTable } = settings.value;
    const { kv } = ctx.storage;
    this.store = new DeploymentStore(ctx.storage, () => crypto.randomUUID().slice(0, 8));
    this.pushes = new GatewayPushes(ctx, env);
    this.positions = new FedPositions(kv);
    this.enrolment = new Enrolment(ctx, env, this.name);
    this.destinations = new DestinationFeed(kv, env, this);
    const tell = (events: readonly DeploymentEvent[]) => this.tell(this.store.address!, events);
    const waitMs = settings.value.stackWaitSeconds * 1000;
    const say = (frame: string) => this.pushes.send(this.position(), [], [frame]);
    const { name, store, positions } = this;
    this.following = new DeploymentFollowing(kv, env, name, store, positions, waitMs, tell, say);
    this.desk = new OrchestrationDesk(ctx, env, store, name, positions, tell, say);
    const session = workerSession(env, aws, { region: aws.region });
    this.trail = auditTable ? { session, table: auditTable } : undefined;
    const forms = deploymentForms(this.name, () => this.store.state.user);
    this.consumers = new LogConsumers(kv, this.store.log, {
      env,
      name: this.name,
      session,
      settings: settings.value,
      forms,
    });
  }

  position() {
    return { channel: this.name, ...this.store.log.position };
  }

  /** The stacks of the run that is under way which nobody can see now. */
  get lostStacks(): LostStacks {
    return this.desk.isInCharge ? this.desk.lostStacks : this.following.lostStacks;
  }

  /** Whether the run still waits for news of a stack, or the next one begins with them. */
  wants(stack: string): boolean {
    const { state } = this.store;
    const node = state.stacks.get(stack);
    if (this.desk.isInCharge) return this.desk.wants(stack);
    if (state.run === 0 || state.mode === "ingest" || node === undefined) return false;
    return this.following.wants(node) || (!hasEnded(state) && !isSettled(state, node));
  }

  /** Offset up to which a stack's events were taken; 0 for another epoch, which counts anew. */
  fed(stack: string, epoch: string): number {
    const fed = this.positions.of(stack);
    return fed?.epoch === epoch ? fed.offset : 0;
  }

  /** Keeps events as far as they are accepted, with those that follow from them; gives how many these are. */
  async tell(address: DeploymentAddress, given: readonly DeploymentEvent[], fed?: Fed): Promise<number> {
    const { state: known } = this.store;
    const before = known.run === 0 ? emptyDeployment(address.deploymentId, address.environment) : known;
    const { state, events } = foldDeployment(before, given);
    await this.commit(address, { state, events, ids: [], ...(fed && { fed }) });
    if (events.length > 0) this.desk.tidy();
    return events.length;
  }

  /** Keeps a change and tells of it. */
  async commit(address: DeploymentAddress, change: Change & Readonly<{ fed?: Fed }>): Promise<void> {
    const { store, ctx } = this;
    const before = store.state;
    const now = Date.now();
    const ended = endedRunsOf({ ...before, ...address }, change.events);
    const empty = change.events.length === 0 && change.ids.length === 0;
    const needed = Math.min(this.consumers.offset, this.destinations.offset);
    const runs = empty ? [] : store.commit(change, address, this.name, ended, needed, now);
    // In the same turn, and so in the same write: a delivery is taken with its position, or not at all.
    if (change.fed) this.positions.keep(change.fed);
    this.following.note(before, change.events, now);
    if (runs.length > 0) {
      const transient = this.pushes.any ? this.progress.of(before, store.state, this.position(), now) : [];
      this.pushes.send(this.position(), runs, transient);
      this.tellDirectory();
      tellOfEvents(this.name, change.events, store.log.offset);
      const types = change.events.map(({ type }) => type);
      ctx.waitUntil(this.destinations.note(types, now));
    }
    await this.rearm();
  }

  join({ gateway, classic, ...asked }: JoinRequest): Join {
    const { store } = this;
    store.log.create();
    this.pushes.add(gateway);
    this.ctx.waitUntil(this.rearm());
    const known = store.address && store.state.run > 0;
    const transient = [...this.lostStacks].map(([stack, lost]) => outOfSightFrame(this.name, stack, lost));
    const joined = store.log.joined(asked, classic ? store.runStart : undefined);
    return {
      ...joined,
      ...(known && !joined.recovered && !classic && { snapshot: this.snapshotText() }),
      ...(store.address && { address: store.address }),
      ...(transient.length > 0 && { transient }),
    };
  }

  /** A gateway has no viewer any more. */
  async leave(gateway: string): Promise<void> {
    await this.pushes.leave(gateway, this.position());
    if (!(await this.rearm())) await this.giveUp();
  }

  /** Hands on to a far end that has refused before. */
  async handOnAgain(farEnd: FarEnd): Promise<TriedAgain> {
    const answer = await this.consumers.tryAgain(farEnd, Date.now());
    await this.rearm();
    return answer;
  }

  /** What the alarm is for: calls that have to be made, or made again. */
  async work(): Promise<void> {
    const { store, ctx } = this;
    const now = Date.now();
    // First of all, so that a call that hangs costs one period and nothing else.
    await this.rearm();
    if (this.isLost) await this.tell(store.address!, [lostRun(store.state)]);
    ctx.waitUntil(this.destinations.run(now));
    const handedOn = this.consumers.run(now, !hasEnded(store.state));
    ctx.waitUntil(handedOn);
    await Promise.all([
      this.pushes.catchUp(this.position(), now),
      this.following.work(),
      Promise.race([handedOn, scheduler.wait(HANGING_MS)]),
      this.desk.work(now),
    ]);
    await this.schedule();
  }

  /** Sets the alarm where it is missing, lost or too far off. True if there is something to do. */
  async rearm(): Promise<boolean> {
    const now = Date.now();
    const dueIn = this.dueIn(now);
    if (dueIn === undefined) return this.isRunning();
    const alarm = await this.ctx.storage.getAlarm();
    if (alarm === null || alarm < now - OVERDUE_MS || alarm > now + dueIn) await this.setAlarm(now + dueIn);
    return true;
  }

  private async schedule(): Promise<void> {
    const dueIn = this.dueIn(Date.now());
    if (dueIn !== undefined) return this.setAlarm(Date.now() + Math.max(dueIn, 100));
    await this.ctx.storage.deleteAlarm();
    if (this.isRunning()) return;
    this.enrolment.say(false);
    await this.giveUp();
  }

  /** Gives up all storage, if nobody has registered anything and nobody waits for it: an object that keeps nothing is none. */
  private async giveUp(): Promise<void> {
    const { store, ctx } = this;
    if (!store.log.isKept || store.log.offset > 0 || this.dueIn(Date.now()) !== undefined) return;
    for (const [key] of ctx.storage.kv.list()) if (key !== HEAD) return;
    store.log.clear();
    await ctx.storage.deleteAll();
  }

  private async setAlarm(at: number): Promise<void> {
    this.enrolment.say(true);
    await this.ctx.storage.setAlarm(at);
  }

  private dueIn(now: number): number | undefined {
    const dues = [
      this.isLost ? 0 : undefined,
      this.following.nextIn(now),
      this.pushes.nextIn(),
      this.consumers.nextIn(now),
      this.destinations.nextIn(now),
      this.desk.nextIn(now),
    ];
    const known = dues.filter((due) => due !== undefined);
    return known.length === 0 ? undefined : Math.min(...known);
  }

  /** Whether what the run was to do cannot be read any more: nobody would carry it on. */
  private get isLost(): boolean {
    return this.desk.isInCharge && this.isRunning() && this.desk.plans.orchestration === undefined;
  }

  private isRunning(): boolean {
    return this.store.state.run > 0 && !hasEnded(this.store.state);
  }

  private snapshotText(): string {
    const { store } = this;
    if (this.snapshot?.offset === store.log.offset) return this.snapshot.text;
    const progress = deploymentProgressOf(store.state, new Date().toISOString());
    const stacks = Object.entries(progress.stacks).map(([name, stack]) => [
      name,
      { ...stack, logs: stack.logs.slice(-SNAPSHOT_LINES) },
    ]);
    const short = { ...progress, stacks: Object.fromEntries(stacks) };
    const text = JSON.stringify(fittedProgress(short, SNAPSHOT_PART));
    this.snapshot = { offset: store.log.offset, text };
    return text;
  }

  private tellDirectory(): void {
    const { state, log } = this.store;
    const summary = runSummaryOf(deploymentProgressOf(state, state.lastEventTime));
    // The list shows no more than this: what changes nothing of it need not be told to the one object that keeps it.
    const news = JSON.stringify({ ...summary, durationSeconds: 0 });
    if (news === this.toldDirectory) return;
    this.toldDirectory = news;
    const told = call(
      () => directoryOf(this.env),
      (directory) => directory.noteRun(summary, log.offset),
    );
    this.ctx.waitUntil(told.catch(() => void (this.toldDirectory = "")));
  }
}

const lostRun = (state: DeploymentState): DeploymentEvent => {
  const { deploymentId, environment } = state;
  const message = "The run's plan could not be read. Check its stacks, then deploy again";
  const timestamp = momentAfter(state, new Date().toISOString());
  const data = { deploymentId, environment, error: { code: "INTERNAL", message } };
  return { type: "deployment_failed", timestamp, data };
};
