/** A deployment's channel: its log, its state, and all who are told of it. */
import { DurableObject } from "cloudflare:workers";
import type { DeploymentAddress } from "../protocol/channel.ts";
import type { Join, JoinRequest, Run } from "../protocol/channel-owner.ts";
import type {
  DeploymentAnswer,
  DeploymentEvents,
  IngestEnvelope,
  IngestReport,
  Registration,
  Runs,
  StackAnswer,
} from "../protocol/deployment-requests.ts";
import type { Failure } from "../protocol/failure.ts";
import { failed, type Result } from "../protocol/result.ts";
import type { Env } from "../settings.ts";

const unfinished: Failure = { code: "INTERNAL", message: "Deployments are not built yet" };

export class Deployment extends DurableObject<Env> {
  async register(_registration: Registration, _user: string): Promise<Result<DeploymentAnswer, Failure>> {
    return failed(unfinished);
  }
  async ingest(
    _address: DeploymentAddress,
    _events: readonly IngestEnvelope[],
    _user: string,
  ): Promise<Result<IngestReport, Failure>> {
    return failed(unfinished);
  }
  async progress(_address: DeploymentAddress, _run?: number): Promise<Result<DeploymentAnswer, Failure>> {
    return failed(unfinished);
  }
  async stackProgress(_address: DeploymentAddress, _stack: string): Promise<Result<StackAnswer, Failure>> {
    return failed(unfinished);
  }
  async runs(_address: DeploymentAddress): Promise<Result<Runs, Failure>> {
    return failed(unfinished);
  }
  async eventsAfter(
    _address: DeploymentAddress,
    _after: number,
    _limit: number,
  ): Promise<Result<DeploymentEvents, Failure>> {
    return failed(unfinished);
  }
  async join(_request: JoinRequest): Promise<Result<Join, Failure>> {
    return failed(unfinished);
  }
  async since(_epoch: string, _offset: number): Promise<readonly Run[] | undefined> {
    return undefined;
  }
  async wake(): Promise<boolean> {
    return false;
  }
}
