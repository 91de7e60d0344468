/**
 * A deployment's channel: its log, which its stacks or an orchestrator fill, and those who follow it. Gateways, trackers,
 * the directory and the audit never hold it up.
 */
import { outOfSightFrame, type LostStacks } from "../../domain/run/out-of-sight.ts";
import type { AwsSession } from "../../aws/identity/session.ts";
import { workerSession } from "../../aws/identity/worker-session.ts";
import { Channel } from "../../channel/channel.ts";
import { hasEnded, isRunningIn, isSettled } from "../../domain/deployment/deployment-state.ts";
import type { Sampling } from "../../protocol/connection/sampling-frame.ts";
import type { Join, JoinRequest } from "../../protocol/rpc/channel-owner.ts";
import type { FarEnd, TriedAgain } from "../../protocol/rpc/far-end.ts";
import type { Env } from "../../env.ts";
import { settingsOf, type Settings } from "../../settings.ts";
import { deploymentForms } from "../audiences/event-forms.ts";
import { LogConsumers } from "../audiences/log-consumers.ts";
import { PlanStore } from "../run/plan-store.ts";
import { RunController } from "../run/run-controller.ts";
import { RunQueue } from "../run/run-queue.ts";
import { RunReporter } from "../run/run-reporter.ts";
import { RunStore } from "../run/run-store.ts";
import { KeptEstimates } from "../estimates/kept-estimates.ts";
import type { DeploymentHead } from "./deployment-codec.ts";
import { DeploymentCommits } from "./deployment-commits.ts";
import { DeploymentFollowing } from "./deployment-following.ts";
import { DeploymentSnapshot } from "./deployment-snapshot.ts";
import { DeploymentStorage } from "./deployment-store.ts";
import { DestinationFeed } from "../audiences/destination-feed.ts";
import { DeploymentSampling } from "../../channel/deployment-sampling.ts";
import { fedDeployment } from "../audiences/fed-channels.ts";
import { FedPositions } from "./fed-positions.ts";
import { LostRun } from "../run/lost-run.ts";

/** An alarm comes again so soon, in milliseconds, where one of its tasks was begun and did not end. */
const GRACE_MS = 100;

export class DeploymentChannel {
  readonly channel: Channel<DeploymentHead>;
  readonly store: DeploymentStorage;
  readonly settings: Settings;
  readonly commits: DeploymentCommits;
  readonly run: RunStore;
  readonly controller: RunController;
  readonly reporter: RunReporter;
  readonly queue: RunQueue;
  readonly following: DeploymentFollowing;
  readonly estimates: KeptEstimates;
  /** Where the events are audited; absent: nowhere. */
  readonly trail: Readonly<{ session: AwsSession; table: string }> | undefined;
  private readonly ctx: DurableObjectState;
  private readonly consumers: LogConsumers;
  private readonly positions: FedPositions;
  private readonly snapshot: DeploymentSnapshot;
  private readonly sampling: DeploymentSampling;

  /** `beginQueued`: begins the deploy that waits, once nothing is under way any more. */
  constructor(
    ctx: DurableObjectState,
    env: Env,
    beginQueued: (deployment: DeploymentChannel) => Promise<void>,
  ) {
    const settings = settingsOf(env);
    const { name } = ctx.id;
    // The Worker lets nobody in without these; an alarm that comes first fails, and the watchdog wakes it again.
    if (!settings.ok || name === undefined) throw new Error("No deployment can be followed here");
    const { aws, auditTable, stackWaitSeconds } = settings.value;
    const { kv } = ctx.storage;
    const store = new DeploymentStorage(ctx.storage, () => crypto.randomUUID().slice(0, 8));
    const isRunning = () => store.state.run > 0 && !hasEnded(store.state);
    const channel = new Channel(ctx, env, name, store.log, { graceMs: GRACE_MS, isActive: isRunning });
    const plans = new PlanStore(kv);
    const positions = new FedPositions(store.log.riding);
    const destinations = new DestinationFeed(store.log.riding, env, fedDeployment(name, store), isRunning);
    const waitMs = stackWaitSeconds * 1000;
    const following = new DeploymentFollowing(kv, store.log.riding, env, channel, store, positions, waitMs);
    const estimates = new KeptEstimates(kv);
    const parts = { ctx, env, channel, store, plans, positions, following, destinations, estimates };
    const commits = new DeploymentCommits(parts);
    const run = new RunStore(plans, store, name);
    const controller = new RunController({ ...parts, run });
    const queue = new RunQueue(run, commits);
    const session = workerSession(env, aws, { region: aws.region });
    const forms = deploymentForms(name, () => store.state.user);
    const isOpen = () => !hasEnded(store.state);
    const far = { env, name, session, settings: settings.value, forms, isOpen };
    this.consumers = new LogConsumers(store.log.riding, store.log, far);
    channel.serve(
      [...this.consumers.all, destinations],
      [
        new LostRun({ store, plans, commits }),
        { nextIn: (now) => following.nextIn(now), run: () => following.work(commits) },
        { nextIn: (now) => controller.nextIn(now), run: (now) => controller.work(now) },
        { nextIn: () => queue.nextIn(), run: () => beginQueued(this) },
      ],
    );
    this.ctx = ctx;
    this.channel = channel;
    this.store = store;
    this.settings = settings.value;
    this.commits = commits;
    this.run = run;
    this.controller = controller;
    this.queue = queue;
    this.reporter = new RunReporter({ ...parts, commits, run, controller });
    this.following = following;
    this.estimates = estimates;
    this.positions = positions;
    this.snapshot = new DeploymentSnapshot(store);
    this.sampling = new DeploymentSampling(name, (stack) => isRunningIn(store.state, stack));
    this.trail = auditTable ? { session, table: auditTable } : undefined;
  }

  /** The stacks of the run that is under way which nobody can see now. */
  get lostStacks(): LostStacks {
    return this.run.isInCharge ? this.run.lostStacks : this.following.lostStacks;
  }

  /** Whether the run still waits for news of a stack, or the next one begins with them. */
  wants(stack: string): boolean {
    const { state } = this.store;
    const node = state.stacks.get(stack);
    if (this.run.isInCharge) return this.reporter.wants(stack);
    if (state.run === 0 || state.mode === "ingest" || node === undefined) return false;
    return this.following.wants(node) || (!hasEnded(state) && !isSettled(state, node));
  }

  /** Offset up to which a stack's events were taken; 0 for another epoch, which counts again. */
  fed(stack: string, epoch: string): number {
    const fed = this.positions.of(stack);
    return fed?.epoch === epoch ? fed.offset : 0;
  }

  join({ gateway, classic, ...asked }: JoinRequest): Join {
    const { store, channel } = this;
    store.log.create();
    const joined = channel.join(gateway, asked, classic ? store.runStart : undefined);
    this.ctx.waitUntil(channel.alarm.ensure());
    const known = store.address && store.state.run > 0;
    const lost = [...this.lostStacks].map(([stack, sight]) => outOfSightFrame(channel.name, stack, sight));
    const transient = [...lost, ...(classic ? [] : this.sampling.frames)];
    return {
      ...joined,
      ...(known && !joined.recovered && !classic && { snapshot: this.snapshot.text }),
      ...(store.address && { address: store.address }),
      ...(transient.length > 0 && { transient }),
    };
  }

  /** Whether it has viewers, so that its stacks are looked at for them. */
  get isWatched(): boolean {
    return this.channel.gateways.viewers > 0;
  }

  /** A stack's tracker tells how often it is looked at. */
  noteSampling(stack: string, sampling: Sampling): void {
    const frames = this.sampling.note(stack, sampling);
    if (frames.length > 0) this.channel.gateways.send([], [], frames);
  }

  /** A gateway has no viewer any more. */
  async leave(gateway: string): Promise<void> {
    const { channel } = this;
    await channel.gateways.leave(gateway);
    if (!(await channel.alarm.ensure())) await channel.giveUp(Date.now());
  }

  /** Hands on to a far end that has refused before. */
  async handOnAgain(farEnd: FarEnd): Promise<TriedAgain> {
    const answer = await this.consumers.tryAgain(farEnd, Date.now());
    await this.channel.alarm.ensure();
    return answer;
  }
}
