/** A deployment as a late joiner receives it, as JSON text: made once for all who come before the next event. */
import { deploymentProgressOf } from "../../domain/deployment/estimated-progress.ts";
import { fittedProgress, SNAPSHOT_PART } from "../../domain/deployment/fitted-progress.ts";
import type { DeploymentStorage } from "./deployment-store.ts";

/**
 * Lines of each stack's log in a snapshot: enough to show what is going on. All of them would be most of it, and every
 * late joiner would pay for what REST and the history have.
 */
const SNAPSHOT_LINES = 5;

export class DeploymentSnapshot {
  private made: Readonly<{ offset: number; text: string }> | undefined;
  private readonly store: DeploymentStorage;

  constructor(store: DeploymentStorage) {
    this.store = store;
  }

  get text(): string {
    const { state, log } = this.store;
    if (this.made?.offset === log.offset) return this.made.text;
    const progress = deploymentProgressOf(state, new Date().toISOString());
    const stacks = Object.entries(progress.stacks).map(([name, stack]) => [
      name,
      { ...stack, logs: stack.logs.slice(-SNAPSHOT_LINES) },
    ]);
    const short = { ...progress, stacks: Object.fromEntries(stacks) };
    const text = JSON.stringify(fittedProgress(short, SNAPSHOT_PART));
    this.made = { offset: log.offset, text };
    return text;
  }
}
