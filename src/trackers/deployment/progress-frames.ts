/**
 * Transient frames that tell how far a deployment and its stacks are, at most one a second for each: without an offset,
 * `asOf` says which events they take into account.
 */
import { deploymentProgressOf } from "../../domain/deployment/estimated-progress.ts";
import { stackProgressOf } from "../../domain/deployment/deployment-view.ts";
import type { DeploymentState } from "../../domain/deployment/deployment-state.ts";

const EVERY_MS = 1_000;

export class ProgressFrames {
  /** When each stack was reported, and the whole under the empty name; unix milliseconds. */
  private readonly sentAt = new Map<string, number>();

  /** Frames for what changed from one state to the next, as JSON text. */
  of(
    before: DeploymentState,
    after: DeploymentState,
    position: Readonly<{ channel: string; offset: number }>,
    now: number,
  ): string[] {
    const timestamp = new Date(now).toISOString();
    const { deploymentId, environment } = after;
    const { channel, offset: asOf } = position;
    const frame = (type: string, data: object): string =>
      JSON.stringify({ type, timestamp, data: { deploymentId, environment, ...data }, channel, asOf });
    const frames: string[] = [];
    for (const [name, stack] of after.stacks) {
      if (stack.status !== "deploying" || before.stacks.get(name) === stack || !this.isDue(name, now))
        continue;
      const { progressPercent, currentResource, logs, estimate } = stackProgressOf(after, stack, timestamp);
      const message = logs.at(-1)?.message;
      frames.push(
        frame("stack_progress", { stack: name, progressPercent, currentResource, message, estimate }),
      );
    }
    if (before === after || !this.isDue("", now)) return frames;
    const { summary, currentLayer, currentStack, metrics } = deploymentProgressOf(after, timestamp);
    const { progressPercent, deployedStacks } = summary;
    const { estimatedTimeRemaining, estimate } = metrics;
    frames.push(
      frame("deployment_progress", {
        progressPercent,
        deployedStacks,
        currentLayer,
        currentStack,
        estimatedTimeRemaining,
        estimate,
      }),
    );
    return frames;
  }

  private isDue(name: string, now: number): boolean {
    if (now - (this.sentAt.get(name) ?? 0) < EVERY_MS) return false;
    this.sentAt.set(name, now);
    return true;
  }
}
