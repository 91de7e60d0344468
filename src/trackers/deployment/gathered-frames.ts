/**
 * What the trackers of many stacks deliver is let gather for a moment, and kept in one commit. A tracker waits for the answer
 * that long, and delivers again what was not answered.
 */
import { hasEnded } from "../../domain/deployment/deployment-state.ts";
import type { FeedDelivery, FeedReceipt } from "../../protocol/rpc/stack-feed.ts";
import type { DeploymentChannel } from "./deployment-channel.ts";
import { takeFrames } from "./taken-frames.ts";

/** Stacks of a run from which on deliveries are let gather, and how long, in milliseconds. */
const MANY = 8;
const GATHER_MS = 1_000;

export class GatheredFrames {
  private waiting: FeedDelivery[] = [];
  private gathering: Promise<readonly FeedReceipt[]> | undefined;

  async take(deployment: DeploymentChannel, delivery: FeedDelivery): Promise<FeedReceipt> {
    const { state } = deployment.store;
    const isMany = state.stacks.size >= MANY && !hasEnded(state);
    const isPlain = delivery.frames.length > 0 && !delivery.trouble && !delivery.sampling;
    // Of one stack the next delivery goes on from the one before.
    if (this.waiting.some(({ stack }) => stack === delivery.stack)) await this.gathering;
    if (!isMany || !isPlain) return (await takeFrames(deployment, [delivery]))[0]!;
    this.waiting.push(delivery);
    const place = this.waiting.length - 1;
    this.gathering ??= scheduler.wait(GATHER_MS).then(() => {
      const gathered = this.waiting;
      this.waiting = [];
      this.gathering = undefined;
      return takeFrames(deployment, gathered);
    });
    return (await this.gathering)[place]!;
  }
}
