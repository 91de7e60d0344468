/** What the object of a deployment can be asked. What each call does stands with its implementation, `Deployment`. */
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
import type { Session } from "../../protocol/connection/session.ts";
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
import type { Result } from "../../protocol/result.ts";
import type { KeptObject } from "../../protocol/rpc/kept-object.ts";
import type { ChannelOwner } from "../../protocol/rpc/channel-owner.ts";
import type { FarEnd, TriedAgain } from "../../protocol/rpc/far-end.ts";
import type { GroupRequest } from "../../protocol/rpc/group-request.ts";
import type { FeedDelivery, FeedReceipt } from "../../protocol/rpc/stack-feed.ts";

type Address = DeploymentAddress;
type Channels = Session["channels"];

/** For the workflow that carries a run out. */
interface RunRpc {
  turn(caller: Caller, doubt: boolean, spent: boolean): Promise<TurnAnswer>;
  order(caller: Caller, stack: string): Promise<RunLease | undefined>;
  stacks(caller: Caller): Promise<readonly string[]>;
  start(holder: Holder, stack: string, start: Start): Promise<boolean>;
  note(holder: Holder, stack: string, fact: Fact): Promise<void>;
  validated(caller: Caller, faults: readonly PlanFault[]): Promise<void>;
}

export interface DeploymentRpc extends ChannelOwner, KeptObject, RunRpc {
  register(
    asked: Registration,
    user: string,
    channels?: Channels,
  ): Promise<Result<DeploymentAnswer, Failure>>;
  act(
    address: Address,
    action: DeploymentAction | "dequeue",
    user: string,
    channels?: Channels,
    request?: RollbackRequest,
  ): Promise<Result<DeploymentAnswer, Failure>>;
  ingest(
    address: Address,
    envelopes: readonly IngestEnvelope[],
    user: string,
  ): Promise<Result<IngestReport, Failure>>;
  progress(address: Address, run?: number): Promise<Result<DeploymentAnswer, Failure>>;
  stackProgress(address: Address, name: string): Promise<Result<StackAnswer, Failure>>;
  runs(address: Address): Promise<Result<Runs, Failure>>;
  estimates(address: Address): Promise<Result<Estimates, Failure>>;
  eventsAfter(address: Address, after: number, limit: number): Promise<Result<DeploymentEvents, Failure>>;
  eventsOfRun(
    address: Address,
    run: number,
    after: number,
    limit: number,
  ): Promise<Result<DeploymentEvents, Failure>>;
  audit(address: Address, query: AuditQuery): Promise<Result<AuditPage, Failure>>;
  joinGroup(request: GroupRequest): Promise<boolean>;
  stackFrames(delivery: FeedDelivery): Promise<FeedReceipt>;
  handOnAgain(farEnd: FarEnd): Promise<TriedAgain>;
  retain(cutoff: string): Promise<void>;
  remove(address: Address): Promise<Result<null, Failure>>;
  wake(): Promise<boolean>;
}
