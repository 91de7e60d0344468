/** Who wants to know of a stack: viewers, who registered for it, and deployments that wait for it. */
import * as z from "zod";
import type { ChannelLog } from "../../channel/channel-log.ts";
import type { GatewayPushes } from "../../channel/gateway-pushes.ts";
import { Row } from "../../channel/rows.ts";
import { isOnlyWatched, type Interest } from "../../domain/stack/next-poll.ts";
import type { DeploymentFeeds } from "./deployment-feeds.ts";
import { trackedCodec, type Tracked } from "./stack-codec.ts";

/** Kept facts: who registered interest and when, and when the last viewer left, 0 while one is there. */
const TRACKED = "tracked";
const LEFT = "left";

export class StackInterest {
  private readonly tracked: Row<Tracked>;
  private readonly leftAt: Row<number>;
  private arriving = 0;
  private readonly log: Pick<ChannelLog, "create">;
  private readonly gateways: Pick<GatewayPushes, "viewers">;
  private readonly feeds: Pick<DeploymentFeeds, "expectation" | "isShown">;

  constructor(
    kv: SyncKvStorage,
    log: Pick<ChannelLog, "create">,
    gateways: Pick<GatewayPushes, "viewers">,
    feeds: Pick<DeploymentFeeds, "expectation" | "isShown">,
  ) {
    this.tracked = new Row(kv, TRACKED, trackedCodec);
    this.leftAt = new Row(kv, LEFT, z.number());
    this.log = log;
    this.gateways = gateways;
    this.feeds = feeds;
  }

  get now(): Interest {
    const tracked = this.tracked.value;
    const leftAt = this.leftAt.value;
    const awaited = this.feeds.expectation;
    return {
      viewers: this.gateways.viewers,
      ...(leftAt !== undefined && { leftAt }),
      ...(tracked && { trackedAt: tracked.at }),
      ...(awaited && { awaited }),
      ...(this.feeds.isShown && { isShown: true }),
    };
  }

  /** Whether only viewers, or who asks once, want to know of the stack. */
  get isOnlyWatched(): boolean {
    return !this.isArriving && isOnlyWatched(this.now);
  }

  /** Whether a deployment is about to wait for the stack. */
  get isArriving(): boolean {
    return this.arriving > 0;
  }

  /** Rows that are of no use once nobody looks for the stack. */
  get traces() {
    return [this.tracked, this.leftAt];
  }

  /** Waits for what a deployment needs before it is one of those that wait for the stack. */
  async whileArriving(work: () => Promise<void>): Promise<void> {
    this.arriving += 1;
    try {
      await work();
    } finally {
      this.arriving -= 1;
    }
  }

  noteArrival(): void {
    this.log.create();
    if (this.leftAt.value !== 0) this.leftAt.put(0);
  }

  /** Polling goes on for a while after the last viewer left; nothing changes if there was none. */
  noteDeparture(now: number): void {
    if (this.gateways.viewers === 0 && this.leftAt.value === 0) this.leftAt.put(now);
  }

  noteTracking(subject: string, now: number): void {
    this.log.create();
    this.tracked.put({ subject, at: now });
  }

  noteUntracking(): void {
    this.tracked.delete();
  }
}
