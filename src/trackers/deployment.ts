/**
 * A deployment's channel: takes the events of its stacks' trackers or of an orchestrator, numbers and keeps them, and
 * tells the gateways. A thin shell: what follows from an event is decided in `domain/deployment`.
 */
import { DurableObject } from "cloudflare:workers";
import { emptyDeployment, hasEnded } from "../domain/deployment/deployment-state.ts";
import { deploymentProgressOf, stackProgressOf } from "../domain/deployment/deployment-view.ts";
import { runSummaryOf } from "../domain/deployment/run-summary.ts";
import { foldDeployment } from "../domain/deployment/fold-deployment.ts";
import { translated } from "../domain/deployment/stack-translation.ts";
import { deploymentChannelOf, type DeploymentAddress } from "../protocol/channel-names.ts";
import type { Join, JoinRequest, Missed } from "../protocol/channel-owner.ts";
import { keptEventSchema, type DeploymentEvent } from "../protocol/deployment-events.ts";
import type {
  AuditPage,
  AuditQuery,
  DeploymentAnswer,
  DeploymentEvents,
  IngestEnvelope,
  IngestReport,
  Registration,
  Runs,
  StackAnswer,
} from "../protocol/deployment-requests.ts";
import type { Failure } from "../protocol/failure.ts";
import { failed, success, type Result } from "../protocol/result.ts";
import type { FeedDelivery, FeedReceipt } from "../protocol/stack-feed.ts";
import { stackFrameSchema } from "../protocol/stack-frames.ts";
import type { Env } from "../settings.ts";
import { auditPage } from "./audit-reader.ts";
import { DeploymentChannel } from "./deployment-channel.ts";
import { ingest } from "./ingest.ts";
import { startOf } from "./registration.ts";

const NOT_FOUND: Failure = { code: "DEPLOYMENT_NOT_FOUND", message: "There is no such deployment" };

export class Deployment extends DurableObject<Env> {
  private readonly channel: DeploymentChannel;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.channel = new DeploymentChannel(ctx, env);
  }

  override async alarm(): Promise<void> {
    await this.channel.work();
  }

  /** Begins a run, the first one or a new one after the end of the one before. */
  async register(registration: Registration, user: string): Promise<Result<DeploymentAnswer, Failure>> {
    const { deploymentId, environment } = registration;
    const taken = this.refusal({ deploymentId, environment });
    if (taken) return failed(taken);
    const { store, settings } = this.channel;
    if (store.state.run > 0 && !hasEnded(store.state)) {
      const message = `Run ${store.state.run} of this deployment is under way`;
      return failed({ code: "RUN_UNDERWAY", message });
    }
    const timestamp = new Date().toISOString();
    const run = store.state.run + 1;
    const start = startOf(registration, { run, user, timestamp, defaultRegion: settings.aws.region });
    if (!start.ok) return start;
    await this.channel.begin(registration.since ?? timestamp);
    await this.take({ deploymentId, environment }, [start.value]);
    return this.progress({ deploymentId, environment });
  }

  /** Takes an orchestrator's events; `deployment_started` of an unknown pair registers it. */
  async ingest(
    address: DeploymentAddress,
    envelopes: readonly IngestEnvelope[],
    user: string,
  ): Promise<Result<IngestReport, Failure>> {
    const taken = this.refusal(address);
    if (taken) return failed(taken);
    const { store } = this.channel;
    if (store.state.run === 0 && envelopes[0]?.type !== "deployment_started") return failed(NOT_FOUND);
    const before =
      store.state.run === 0 ? emptyDeployment(address.deploymentId, address.environment) : store.state;
    const isSeen = (id: string) => store.isSeen(id);
    const { state, events, ids, report } = ingest(before, address, envelopes, {
      now: Date.now(),
      user,
      isSeen,
    });
    if (events.length > 0 || ids.length > 0) await this.channel.commit(address, { state, events, ids });
    return success(report);
  }

  /** Where the deployment stands; `run`: how an earlier run ended. */
  async progress(address: DeploymentAddress, run?: number): Promise<Result<DeploymentAnswer, Failure>> {
    const { store } = this.channel;
    if (!this.knows(address)) return failed(NOT_FOUND);
    const earlier = run === undefined || run === store.state.run ? undefined : store.earlierRun(run);
    if (run !== undefined && run !== store.state.run && !earlier) {
      return failed({ code: "DEPLOYMENT_NOT_FOUND", message: `There was no run ${run}` });
    }
    const progress = earlier ?? deploymentProgressOf(store.state, new Date().toISOString());
    return success({ ...progress, ...this.channel.position() });
  }

  async stackProgress(address: DeploymentAddress, name: string): Promise<Result<StackAnswer, Failure>> {
    const { store } = this.channel;
    if (!this.knows(address)) return failed(NOT_FOUND);
    const stack = store.state.stacks.get(name);
    if (!stack) return failed({ code: "STACK_NOT_FOUND", message: "The deployment has no such stack" });
    return success({
      ...stackProgressOf(store.state, stack, new Date().toISOString()),
      ...this.channel.position(),
    });
  }

  /** All runs, newest first. */
  async runs(address: DeploymentAddress): Promise<Result<Runs, Failure>> {
    const { store } = this.channel;
    if (!this.knows(address)) return failed(NOT_FOUND);
    const newest = deploymentProgressOf(store.state, new Date().toISOString());
    const runs = [...store.earlierRuns(), newest].reverse().map(runSummaryOf);
    return success({ ...this.channel.position(), runs });
  }

  /** At most `limit` durable events after an offset. */
  async eventsAfter(
    address: DeploymentAddress,
    after: number,
    limit: number,
  ): Promise<Result<DeploymentEvents, Failure>> {
    const { store } = this.channel;
    if (!this.knows(address)) return failed(NOT_FOUND);
    const runs = store.log.page(Math.max(after, store.floor - 1), limit);
    const events = runs.flatMap(({ from, frames }) =>
      frames.flatMap((frame, index) => {
        const { data: event } = keptEventSchema.safeParse(JSON.parse(frame));
        return event ? [{ ...event, channel: this.channel.name, offset: from + index }] : [];
      }),
    );
    const last = runs.at(-1)?.to ?? store.offset;
    return success({ ...this.channel.position(), events, more: last < store.offset });
  }

  /** What was written to the audit table. */
  async audit(address: DeploymentAddress, query: AuditQuery): Promise<Result<AuditPage, Failure>> {
    return this.knows(address) ? auditPage(this.channel.trail, address, query) : failed(NOT_FOUND);
  }

  /** A gateway has a viewer: what it is to be told first, and pushes from now on. */
  async join(request: JoinRequest): Promise<Result<Join, Failure>> {
    return success(this.channel.join(request));
  }

  /** A gateway's last viewer has left. */
  async leave(gateway: string): Promise<void> {
    await this.channel.leave(gateway);
  }

  /** For a gateway that missed a push. */
  async since(epoch: string, offset: number): Promise<Missed | undefined> {
    const { store } = this.channel;
    if (epoch !== store.epoch || offset < store.floor - 1) return undefined;
    return { offset: store.offset, runs: store.log.page(offset) };
  }

  /** Events of a stack, from its tracker: in order, and again if the tracker is not sure that they came. */
  async stackFrames({ stack, epoch, from, frames, trouble }: FeedDelivery): Promise<FeedReceipt> {
    const { store } = this.channel;
    const { address } = store;
    if (!address || !this.channel.wants(stack)) return { offset: from + frames.length - 1, wanted: false };
    const taken = this.channel.fed(stack, epoch);
    const last = from + frames.length - 1;
    const belonging = { ...address, stack };
    const events = frames
      .slice(Math.max(0, taken + 1 - from))
      .map((frame) => translated(stackFrameSchema.parse(JSON.parse(frame)), belonging))
      .filter((event) => event !== undefined);
    if (trouble) events.push(troubled(belonging, trouble));
    await this.take(address, events, { stack, epoch, offset: Math.max(taken, last) });
    return { offset: Math.max(taken, last), wanted: this.channel.wants(stack) };
  }

  /** For the watchdog: sees to the alarm, and tells whether there is anything to do. */
  async wake(): Promise<boolean> {
    return this.channel.rearm();
  }

  private async take(
    address: DeploymentAddress,
    given: readonly DeploymentEvent[],
    fed?: Readonly<{ stack: string; epoch: string; offset: number }>,
  ): Promise<void> {
    const { store } = this.channel;
    const before =
      store.state.run === 0 ? emptyDeployment(address.deploymentId, address.environment) : store.state;
    const { state, events } = foldDeployment(before, given);
    await this.channel.commit(address, { state, events, ids: [], ...(fed && { fed }) });
  }

  private knows({ deploymentId, environment }: DeploymentAddress): boolean {
    const known = this.channel.store.address;
    return known?.deploymentId === deploymentId && known.environment === environment;
  }

  /** Why this pair may not use the channel: another one that spells the same came first. */
  private refusal(address: DeploymentAddress): Failure | undefined {
    const known = this.channel.store.address;
    if (deploymentChannelOf(address) === this.channel.name && (known === undefined || this.knows(address)))
      return undefined;
    return { code: "CHANNEL_TAKEN", message: "Another deployment spells the same channel" };
  }
}

/** A stack that never appears, or cannot be read, ends its deployment's waiting. */
const troubled = (
  belonging: Readonly<{ deploymentId: string; environment: string; stack: string }>,
  { code, message }: Readonly<{ code: string; message: string }>,
): DeploymentEvent => ({
  type: "stack_failed",
  timestamp: new Date().toISOString(),
  data: { ...belonging, error: { code, message } },
});
