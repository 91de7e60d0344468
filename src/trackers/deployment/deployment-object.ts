/**
 * A deployment's object as such: its alarm, its watchdog, its deletion, and whose name it has. What can be asked of the
 * deployment itself is in `Deployment`.
 */
import { StoredObject } from "../../channel/copy/stored-object.ts";
import { EventLog } from "../../channel/event-log.ts";
import { beingDeleted, Removal } from "../../channel/removal.ts";
import { hasEnded } from "../../domain/deployment/deployment-state.ts";
import type { Env } from "../../env.ts";
import { call, destinationsOf, directoryOf, outboxOf } from "../../objects.ts";
import { deploymentChannelOf, type DeploymentAddress } from "../../protocol/connection/channel-names.ts";
import type { Failure } from "../../protocol/failure.ts";
import { failed, type Result } from "../../protocol/result.ts";
import type { FarEnd, TriedAgain } from "../../protocol/rpc/far-end.ts";
import { underway } from "../run/action-refusals.ts";
import { beginQueued } from "./actions/deployment-begin.ts";
import { DeploymentChannel } from "./deployment-channel.ts";
import { IngestedIds } from "./ingested-ids.ts";

export const NOT_FOUND: Failure = {
  code: "DEPLOYMENT_NOT_FOUND",
  message: "There is no such deployment",
};

/** Outboxes asked at the same time. */
const CONCURRENCY = 10;

/** Why a deployment cannot be deleted now; undefined: it can. */
const stillNeeded = (deployment: DeploymentChannel): Failure | undefined => {
  const { state } = deployment.store;
  if (state.run === 0 || hasEnded(state)) return undefined;
  const failure = underway(state);
  const way = state.mode === "ingest" ? "send the event of its end" : "cancel it";
  return { ...failure, message: `${failure.message}; ${way} first` };
};

/** Has all forget a deployment; again does no harm. Throws if somebody is out of reach. */
const forgetElsewhere = async (env: Env, deployment: DeploymentChannel): Promise<void> => {
  const { store, channel, following, commits } = deployment;
  await following.leave();
  await commits.settled();
  const { address } = store;
  if (address)
    await call(
      () => directoryOf(env),
      (directory) => directory.forgetRun(address),
    );
  const destinations = await call(
    () => destinationsOf(env),
    (directory) => directory.list(),
  );
  const ids = destinations.map(({ id }) => id);
  while (ids.length > 0)
    await Promise.all(
      ids.splice(0, CONCURRENCY).map((id) =>
        call(
          () => outboxOf(env, id),
          (outbox) => outbox.forgetChannel(channel.name),
        ),
      ),
    );
};

export class DeploymentObject extends StoredObject {
  protected readonly keptRows = {
    tables: ["log", "ingested"],
    isWhole: true,
    settle: () => this.deployment.store.settle(),
    prepare: (sql: SqlStorage) => {
      new EventLog(sql, false).create();
      new IngestedIds(sql).create();
    },
  } as const;
  protected deployment: DeploymentChannel;
  protected readonly removal: Removal;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.deployment = new DeploymentChannel(ctx, env, beginQueued);
    this.removal = new Removal(ctx, {
      channel: () => this.deployment.channel,
      elsewhere: () => forgetElsewhere(env, this.deployment),
      done: () => (this.deployment = new DeploymentChannel(ctx, env, beginQueued)),
    });
  }

  override async alarm(): Promise<void> {
    if (this.removal.isUnderWay) return void (await this.removal.run());
    await this.deployment.channel.alarm.fire();
  }

  /** For whoever looks after a far end that has refused. */
  async handOnAgain(farEnd: FarEnd): Promise<TriedAgain> {
    return this.removal.isUnderWay ? "idle" : this.deployment.handOnAgain(farEnd);
  }

  /** Deletes runs that ended before a time, ISO 8601; if none is left and none follows by itself, the deployment. */
  async retain(cutoff: string): Promise<void> {
    const { store, following, channel } = this.deployment;
    const { state } = store;
    if (state.run === 0 || this.removal.isUnderWay) return;
    const isOld = hasEnded(state) && (state.endTime ?? state.lastEventTime) < cutoff;
    if (isOld && !following.isFollowed) return void (await this.removal.run());
    store.forgetRunsBefore(cutoff, channel.handedOn);
  }

  /** Deletes the deployment with all that is kept of it, everywhere. Its name is nobody's then. */
  async remove(address: DeploymentAddress): Promise<Result<null, Failure>> {
    if (!this.removal.isUnderWay) {
      if (!this.knows(address)) return failed(NOT_FOUND);
      const needed = stillNeeded(this.deployment);
      if (needed) return failed(needed);
    }
    return this.removal.run();
  }

  /** For the watchdog: sees to the alarm, and tells whether there is anything to do. */
  async wake(): Promise<boolean> {
    if (!this.removal.isUnderWay) return this.deployment.channel.alarm.ensure();
    return !(await this.removal.run()).ok;
  }

  protected knows({ deploymentId, environment }: DeploymentAddress): boolean {
    const known = this.removal.isUnderWay ? undefined : this.deployment.store.address;
    return known?.deploymentId === deploymentId && known.environment === environment;
  }

  /** Why this pair may not use the channel: another one that spells the same came first. */
  protected refusal(address: DeploymentAddress): Failure | undefined {
    if (this.removal.isUnderWay) return beingDeleted;
    const { store, channel } = this.deployment;
    const isOurs = store.address === undefined || this.knows(address);
    if (isOurs && deploymentChannelOf(address) === channel.name) return undefined;
    return { code: "CHANNEL_TAKEN", message: "Another deployment has the same channel name" };
  }
}
