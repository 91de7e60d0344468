/**
 * How a deployment's channel moves: one commit is one transaction, and then gateways, the directory, the Worker's own log
 * and the destinations hear of it, none of whom holds it up.
 */
import { estimatedDeploymentOf } from "../../domain/deployment/deployment-forecasts.ts";
import { emptyDeployment, hasEnded } from "../../domain/deployment/deployment-state.ts";
import { endedRunsOf } from "../../domain/deployment/ended-runs.ts";
import { foldDeployment } from "../../domain/deployment/fold-deployment.ts";
import { newestRunOf } from "../../domain/deployment/totals/run-summary.ts";
import type { Channel } from "../../channel/channel.ts";
import type { DeploymentAddress } from "../../protocol/connection/channel-names.ts";
import type { DeploymentEvent } from "../../protocol/deployment/deployment-events.ts";
import type { Env } from "../../env.ts";
import { call, directoryOf } from "../../objects.ts";
import { tellOfEvents } from "../audiences/event-lines.ts";
import type { PlanStore } from "../run/plan-store.ts";
import type { DeploymentHead } from "./deployment-codec.ts";
import type { KeptEstimates } from "../estimates/kept-estimates.ts";
import type { DeploymentFollowing } from "./deployment-following.ts";
import type { DeploymentChange, DeploymentStorage } from "./deployment-store.ts";
import type { DestinationFeed } from "../audiences/destination-feed.ts";
import type { Fed, FedPositions } from "./fed-positions.ts";
import { ProgressFrames } from "./progress-frames.ts";

type Parts = Readonly<{
  ctx: DurableObjectState;
  env: Env;
  channel: Channel<DeploymentHead>;
  store: DeploymentStorage;
  plans: PlanStore;
  positions: FedPositions;
  following: DeploymentFollowing;
  destinations: DestinationFeed;
  estimates: KeptEstimates;
}>;

/** The directory hears of mere progress so often, in milliseconds. */
const PROGRESS_MS = 5_000;

export class DeploymentCommits {
  private readonly parts: Parts;
  private readonly progress = new ProgressFrames();
  /** What the directory received last, when, and what of it is more than progress. */
  private listed = { news: "", turn: "", at: -Infinity };
  private telling: Promise<unknown> = Promise.resolve();

  constructor(parts: Parts) {
    this.parts = parts;
  }

  /** Keeps events as far as they are accepted, with those that follow from them; gives how many these are. */
  async tell(
    address: DeploymentAddress,
    given: readonly DeploymentEvent[],
    fed: readonly Fed[] = [],
  ): Promise<number> {
    const { store, plans } = this.parts;
    const { state: known } = store;
    const before = known.run === 0 ? emptyDeployment(address.deploymentId, address.environment) : known;
    const { state, events } = foldDeployment(before, given);
    await this.commit(address, { state, events, ids: [], fed });
    if (events.length > 0) plans.tidy(store.state);
    return events.length;
  }

  /** Keeps a change and tells of it. */
  async commit(
    address: DeploymentAddress,
    { fed = [], ...change }: Omit<DeploymentChange, "rows"> & Readonly<{ fed?: readonly Fed[] }>,
  ): Promise<void> {
    const { ctx, channel, store, positions, following, destinations, estimates } = this.parts;
    const { gateways } = channel;
    const before = store.state;
    const now = Date.now();
    const ended = endedRunsOf({ ...before, ...address }, change.events);
    const empty = change.events.length === 0 && change.ids.length === 0;
    // In the same row: a delivery is taken with its position, or not at all.
    const rows = { ...positions.rowsOf(fed), ...following.rowsOf(change.state, change.events, now) };
    const runs = empty
      ? []
      : store.commit({ ...change, rows }, address, channel.name, ended, channel.handedOn, now);
    for (const position of fed) {
      if (empty && hasEnded(before)) positions.keep(position);
      else positions.move(position);
    }
    following.note(before, change.events, now);
    const isOver = runs.length > 0 && hasEnded(store.state);
    const estimated = isOver ? estimatedDeploymentOf(store.log.kept.forecasts, store.state) : undefined;
    if (estimated && !hasEnded(before)) estimates.note(estimated);
    if (runs.length > 0) {
      gateways.send(runs, gateways.any ? this.progress.of(before, store.state, channel.position, now) : []);
      this.tellDirectory();
      tellOfEvents(channel.name, change.events, store.log.offset);
      const types = change.events.map(({ type }) => type);
      ctx.waitUntil(destinations.note(types, now));
    }
    await channel.alarm.ensure();
  }

  /** Resolves when the directory has heard what it was reported last. */
  async settled(): Promise<void> {
    await this.telling;
  }

  private tellDirectory(): void {
    const { ctx, env, store } = this.parts;
    const { state, log } = store;
    const summary = newestRunOf(state);
    // The list shows no more than this: what changes nothing of it need not be sent to the one object that keeps it.
    const now = Date.now();
    const news = JSON.stringify({ ...summary, durationSeconds: 0 });
    if (news === this.listed.news) return;
    // How far it is moves with each event: the one object that keeps all deployments hears of it now and then.
    const turn = JSON.stringify({ ...summary, durationSeconds: 0, progressPercent: 0 });
    if (turn === this.listed.turn && now - this.listed.at < PROGRESS_MS) return;
    this.listed = { news, turn, at: now };
    const reported = call(
      () => directoryOf(env),
      (directory) => directory.noteRun(summary, log.offset),
    );
    this.telling = reported.catch(() => void (this.listed = { ...this.listed, news: "", turn: "" }));
    ctx.waitUntil(this.telling);
  }
}
