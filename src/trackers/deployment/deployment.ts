/**
 * A deployment's channel: takes the events of its stacks' trackers or of an orchestrator, numbers and keeps them, and
 * tells the gateways. A thin shell: what follows from an event is decided in `domain/deployment`.
 */
import { emptyDeployment, hasEnded } from "../../domain/deployment/deployment-state.ts";
import { deploymentProgressOf } from "../../domain/deployment/estimated-progress.ts";
import { stackProgressOf } from "../../domain/deployment/deployment-view.ts";
import { fittedProgress, STATUS_PART } from "../../domain/deployment/fitted-progress.ts";
import { withLostSight, withLostStacks } from "../../domain/run/out-of-sight.ts";
import { runSummaryOf } from "../../domain/deployment/totals/run-summary.ts";
import type {
  Caller,
  Fact,
  Holder,
  RunLease,
  PlanFault,
  Start,
  TurnAnswer,
} from "../../domain/run/run-calls.ts";
import type { DeploymentAddress } from "../../protocol/connection/channel-names.ts";
import type { Join, JoinRequest, Missed } from "../../protocol/rpc/channel-owner.ts";
import type {
  AuditPage,
  AuditQuery,
  DeploymentAction,
  DeploymentAnswer,
  DeploymentEvents,
  IngestEnvelope,
  IngestReport,
  Registration,
  RollbackRequest,
  Runs,
  StackAnswer,
} from "../../protocol/deployment/deployment-requests.ts";
import type { Estimates } from "../../protocol/estimates.ts";
import type { Failure } from "../../protocol/failure.ts";
import { failed, success, type Result } from "../../protocol/result.ts";
import type { Session } from "../../protocol/connection/session.ts";
import type { GroupRequest } from "../../protocol/rpc/group-request.ts";
import type { FeedDelivery, FeedReceipt } from "../../protocol/rpc/stack-feed.ts";
import { auditPage } from "./audit-reader.ts";
import { actOnDeployment } from "./actions/deployment-actions.ts";
import { register } from "./actions/deployment-begin.ts";
import { ingest } from "./ingest.ts";
import { eventsAfter, eventsOfRun, noRun } from "./kept-events.ts";
import { GatheredFrames } from "./gathered-frames.ts";
import { joinGroup } from "./taken-frames.ts";
import { DeploymentObject, NOT_FOUND } from "./deployment-object.ts";
import type { DeploymentRpc } from "./deployment-rpc.ts";

/** Two that tell of one run would contradict each other. */
const followedHere = (run: number): Failure => ({
  code: "INVALID_TRANSITION",
  message: `Stackcast runs run ${run} and reports its events itself`,
});

export class Deployment extends DeploymentObject implements DeploymentRpc {
  private readonly gathered = new GatheredFrames();

  /** Begins a run, the first one or a new one after the end of the one before. */
  async register(
    registration: Registration,
    user: string,
    channels?: Session["channels"],
  ): Promise<Result<DeploymentAnswer, Failure>> {
    const { deploymentId, environment } = registration;
    const taken = this.refusal({ deploymentId, environment });
    if (taken) return failed(taken);
    const begun = await register(this.deployment, registration, user, channels);
    if (!begun.ok) return begun;
    return this.progress({ deploymentId, environment });
  }

  /** Does something to a deployment that Stackcast deploys. */
  async act(
    address: DeploymentAddress,
    action: DeploymentAction | "dequeue",
    user: string,
    channels?: Session["channels"],
    request?: RollbackRequest,
  ): Promise<Result<DeploymentAnswer, Failure>> {
    if (!this.knows(address)) return failed(NOT_FOUND);
    const done = await actOnDeployment(this.deployment, address, action, user, channels, request);
    return done.ok ? this.progress(address) : done;
  }

  /** Takes an orchestrator's events; `deployment_started` of an unknown pair registers it. */
  async ingest(
    address: DeploymentAddress,
    envelopes: readonly IngestEnvelope[],
    user: string,
  ): Promise<Result<IngestReport, Failure>> {
    const taken = this.refusal(address);
    if (taken) return failed(taken);
    const { store, run, commits } = this.deployment;
    if (store.state.run === 0 && envelopes[0]?.type !== "deployment_started") return failed(NOT_FOUND);
    if (run.isInCharge && !hasEnded(store.state)) return failed(followedHere(store.state.run));
    const before =
      store.state.run === 0 ? emptyDeployment(address.deploymentId, address.environment) : store.state;
    const seen = store.seenAmong(envelopes.flatMap(({ id }) => id ?? []));
    const { state, events, ids, report } = ingest(before, address, envelopes, {
      now: Date.now(),
      user,
      isSeen: (id) => seen.has(id),
      forgottenUntil: store.forgottenUntil,
    });
    if (events.length > 0 || ids.length > 0) await commits.commit(address, { state, events, ids });
    return success(report);
  }

  /** Where the deployment stands; `run`: how an earlier run ended. */
  async progress(address: DeploymentAddress, run?: number): Promise<Result<DeploymentAnswer, Failure>> {
    const { store, following, lostStacks } = this.deployment;
    if (!this.knows(address)) return failed(NOT_FOUND);
    await this.deployment.channel.alarm.ensure();
    const earlier = run === undefined || run === store.state.run ? undefined : store.earlierRun(run);
    if (run !== undefined && run !== store.state.run && !earlier) return failed(noRun(run));
    const progress =
      earlier ?? withLostStacks(deploymentProgressOf(store.state, new Date().toISOString()), lostStacks);
    return success({
      ...fittedProgress(progress, STATUS_PART),
      ...this.deployment.channel.position,
      ...(earlier ? {} : following.reported),
    });
  }

  async stackProgress(address: DeploymentAddress, name: string): Promise<Result<StackAnswer, Failure>> {
    const { store, lostStacks } = this.deployment;
    if (!this.knows(address)) return failed(NOT_FOUND);
    const stack = store.state.stacks.get(name);
    if (!stack) return failed({ code: "STACK_NOT_FOUND", message: "The deployment has no such stack" });
    return success({
      ...withLostSight(stackProgressOf(store.state, stack, new Date().toISOString()), lostStacks.get(name)),
      ...this.deployment.channel.position,
    });
  }

  /** All runs, newest first. */
  async runs(address: DeploymentAddress): Promise<Result<Runs, Failure>> {
    const { store } = this.deployment;
    if (!this.knows(address)) return failed(NOT_FOUND);
    const newest = deploymentProgressOf(store.state, new Date().toISOString());
    const runs = [...store.earlierRuns(), newest].reverse().map(runSummaryOf);
    return success({ ...this.deployment.channel.position, runs });
  }

  /** What was predicted of its runs so far, and what came. */
  async estimates(address: DeploymentAddress): Promise<Result<Estimates, Failure>> {
    return this.knows(address) ? success(this.deployment.estimates.view) : failed(NOT_FOUND);
  }

  /** At most `limit` durable events after an offset. */
  async eventsAfter(
    address: DeploymentAddress,
    after: number,
    limit: number,
  ): Promise<Result<DeploymentEvents, Failure>> {
    return this.knows(address) ? success(eventsAfter(this.deployment, after, limit)) : failed(NOT_FOUND);
  }

  /** The same of one run alone, as long as its events are kept. */
  async eventsOfRun(
    address: DeploymentAddress,
    run: number,
    after: number,
    limit: number,
  ): Promise<Result<DeploymentEvents, Failure>> {
    return this.knows(address) ? eventsOfRun(this.deployment, run, after, limit) : failed(NOT_FOUND);
  }

  /** What was written to the audit table. */
  async audit(address: DeploymentAddress, query: AuditQuery): Promise<Result<AuditPage, Failure>> {
    return this.knows(address) ? auditPage(this.deployment.trail, address, query) : failed(NOT_FOUND);
  }

  /** A gateway has a viewer: what it is to be sent first, and pushes from now on. */
  async join(request: JoinRequest): Promise<Result<Join, Failure>> {
    return success(this.deployment.join(request));
  }

  /** A gateway's last viewer has left. */
  async leave(gateway: string): Promise<void> {
    await this.deployment.leave(gateway);
  }

  /** For a gateway that missed a push. */
  async since(epoch: string, offset: number): Promise<Missed | undefined> {
    return this.deployment.store.log.since(epoch, offset);
  }

  /** A rule puts a stack that has begun something into the deployment; false: it stays out. */
  async joinGroup(request: GroupRequest): Promise<boolean> {
    return this.refusal(request.address) === undefined && joinGroup(this.deployment, request);
  }

  /** Events of a stack, from its tracker: in order, and again if the tracker is not sure that they came. */
  async stackFrames(delivery: FeedDelivery): Promise<FeedReceipt> {
    if (this.removal.isUnderWay) return { offset: delivery.from, wanted: false };
    const receipt = await this.gathered.take(this.deployment, delivery);
    return this.deployment.isWatched ? { ...receipt, watched: true } : receipt;
  }

  /** For the workflow that carries a run out: what it is to do next, see `RunReporter`. */
  async turn(caller: Caller, doubt: boolean, spent: boolean): Promise<TurnAnswer> {
    return this.deployment.reporter.turn(caller, doubt, spent);
  }

  async order(caller: Caller, stack: string): Promise<RunLease | undefined> {
    return this.deployment.reporter.lease(caller, stack);
  }

  async stacks(caller: Caller): Promise<readonly string[]> {
    return this.deployment.reporter.stacks(caller);
  }

  async start(holder: Holder, stack: string, start: Start): Promise<boolean> {
    return this.deployment.reporter.start(holder, stack, start);
  }

  async note(holder: Holder, stack: string, fact: Fact): Promise<void> {
    await this.deployment.reporter.note(holder, stack, fact);
  }

  async validated(caller: Caller, faults: readonly PlanFault[]): Promise<void> {
    await this.deployment.reporter.validated(caller, faults);
  }
}
