/**
 * The deploy that waits for the end of the run that is under way: one at most, and the newest wins. It is kept in the same
 * transaction as the event that tells of it, so that it begins, or is said to have been dropped, whatever is cut off.
 */
import { hasEnded } from "../../domain/deployment/deployment-state.ts";
import { momentAfter } from "../../domain/run/moment.ts";
import type { QueuedRun } from "../../domain/run/run-calls.ts";
import type { DeploymentAddress } from "../../protocol/connection/channel-names.ts";
import type { DeploymentEvent, DeploymentEventOf } from "../../protocol/deployment/deployment-events.ts";
import type { DeploymentCommits } from "../deployment/deployment-commits.ts";
import type { RunStore } from "./run-store.ts";

type Drop = Pick<DeploymentEventOf<"deployment_dequeued">["data"], "reason" | "by" | "error">;

export class RunQueue {
  private readonly run: RunStore;
  private readonly commits: DeploymentCommits;

  constructor(run: RunStore, commits: DeploymentCommits) {
    this.run = run;
    this.commits = commits;
  }

  get waiting(): QueuedRun | undefined {
    return this.run.plans.queued;
  }

  /** The one that waits, once nothing is under way any more. */
  get due(): QueuedRun | undefined {
    return hasEnded(this.run.state) ? this.waiting : undefined;
  }

  /** Milliseconds until the one that waits begins, or is dropped because it cannot be read; undefined: none does. */
  nextIn(): number | undefined {
    const { state } = this.run;
    return hasEnded(state) && (this.waiting ?? state.queued) ? 0 : undefined;
  }

  /** Has a deploy wait, in place of one that does. */
  async add(
    address: DeploymentAddress,
    queued: QueuedRun,
    templates: ReadonlyMap<string, string>,
  ): Promise<void> {
    const { id, user, plan } = queued;
    const replaced = this.dropped(address, { reason: "replaced", ...(user !== "" && { by: user }) });
    this.run.plans.keepQueued(queued, templates);
    const data = { ...address, id, ...(user !== "" && { user }), totalStacks: plan.stacks.length };
    await this.commits.tell(address, [
      ...replaced,
      { type: "deployment_queued", timestamp: this.now(), data },
    ]);
  }

  /** Drops the one that waits; false: none does. */
  async drop(address: DeploymentAddress, drop: Drop): Promise<boolean> {
    const events = this.dropped(address, drop);
    if (events.length === 0) return false;
    this.run.plans.dropQueued();
    await this.commits.tell(address, events);
    return true;
  }

  private dropped(address: DeploymentAddress, drop: Drop): DeploymentEvent[] {
    const waiting = this.waiting ?? this.run.state.queued;
    if (!waiting) return [];
    const { id, user } = waiting;
    const data = { ...address, id, ...(user && { user }), ...drop };
    return [{ type: "deployment_dequeued", timestamp: this.now(), data }];
  }

  private now(): string {
    return momentAfter(this.run.state, new Date().toISOString());
  }
}
