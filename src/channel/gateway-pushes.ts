/**
 * Hands a channel's new frames to the gateways that have viewers of it. A push may be lost: the gateway that sees a
 * hole pulls, and one that could not be reached is notified again where the head is.
 */
import type { Push, Run } from "../protocol/rpc/channel-owner.ts";
import type { Env } from "../env.ts";
import { gatewayOf } from "../objects.ts";
import { RPC_VERSION } from "../protocol/rpc/version.ts";
import type { AlarmTask } from "./alarm.ts";
import type { ChannelLog } from "./channel-log.ts";

/** Kept, one row for each gateway: `gateway/<name>`. */
const GATEWAY = "gateway/";

/** Milliseconds until a gateway that could not be reached is notified again. */
const RETRY_MS = 2_000;

/** Milliseconds after which a gateway that heard nothing is asked whether it still has viewers. */
const SILENCE_MS = 60_000;

export class GatewayPushes implements AlarmTask {
  private readonly ctx: DurableObjectState;
  private readonly env: Env;
  private readonly channel: string;
  private readonly log: Pick<ChannelLog, "epoch" | "offset">;
  /** Those that have viewers, and how many each had when it was last heard of. */
  private readonly gateways: Map<string, number>;
  /** Gateways that missed a push. After a restart nobody knows, so all of them. */
  private readonly lagging: Set<string>;
  /** How often each has joined since the object woke. */
  private readonly joins = new Map<string, number>();
  private sentAt = 0;

  constructor(ctx: DurableObjectState, env: Env, channel: string, log: Pick<ChannelLog, "epoch" | "offset">) {
    this.ctx = ctx;
    this.env = env;
    this.channel = channel;
    this.log = log;
    const names = [...ctx.storage.kv.list({ prefix: GATEWAY })].map(([key]) => key.slice(GATEWAY.length));
    this.gateways = new Map(names.map((name) => [name, 1]));
    this.lagging = new Set(names);
  }

  /** Whether any gateway is there to be notified. */
  get any(): boolean {
    return this.gateways.size > 0;
  }

  /** How many watch, as far as their gateways have said. */
  get viewers(): number {
    let count = 0;
    for (const viewers of this.gateways.values()) count += viewers;
    return count;
  }

  /** A gateway has a viewer of the channel from now on. */
  add(name: string): void {
    this.joins.set(name, (this.joins.get(name) ?? 0) + 1);
    this.lagging.delete(name);
    const viewers = this.gateways.get(name);
    this.gateways.set(name, (viewers ?? 0) + 1);
    if (viewers === undefined) this.ctx.storage.kv.put(GATEWAY + name, true);
  }

  /** A gateway says that its last viewer has left: asked whether it is so still, it is forgotten. */
  async leave(name: string): Promise<void> {
    if (this.gateways.has(name)) await this.push(name, this.pushOf([], []));
  }

  /** Sends what a commit brought, or frames without an offset, and does not wait for it. `control`: to who opted in alone. */
  send(runs: readonly Run[], transient: readonly string[], control: readonly string[] = []): void {
    this.sentAt = Date.now();
    const push = { ...this.pushOf(runs, transient), ...(control.length > 0 && { control }) };
    for (const name of this.gateways.keys()) this.ctx.waitUntil(this.push(name, push));
  }

  /** Tells gateways that may have missed something where the head is, and asks silent ones for their viewers. */
  async run(now: number): Promise<void> {
    const silent = now - this.sentAt >= SILENCE_MS;
    if (silent) this.sentAt = now;
    const names = [...(silent ? this.gateways.keys() : this.lagging)];
    await Promise.all(names.map((name) => this.push(name, this.pushOf([], []))));
  }

  /** Milliseconds until gateways have to be notified again; undefined: all of them know. */
  nextIn(): number | undefined {
    return this.lagging.size > 0 ? RETRY_MS : undefined;
  }

  /** The channel is deleted: its viewers are closed. Throws if a gateway cannot be reached. */
  async dismiss(): Promise<void> {
    const push = { ...this.pushOf([], []), deleted: true };
    await Promise.all([...this.gateways.keys()].map((name) => gatewayOf(this.env, name).push(push)));
  }

  private pushOf(runs: readonly Run[], transient: readonly string[]): Push {
    const { epoch, offset } = this.log;
    return { channel: this.channel, epoch, offset, runs, transient, version: RPC_VERSION };
  }

  private async push(name: string, push: Push): Promise<void> {
    const joins = this.joins.get(name);
    try {
      const { viewers } = await gatewayOf(this.env, name).push(push);
      this.lagging.delete(name);
      // It may have joined again while it answered that it has nobody.
      if (this.joins.get(name) !== joins) return;
      if (viewers > 0) return void this.gateways.set(name, viewers);
      this.gateways.delete(name);
      this.ctx.storage.kv.delete(GATEWAY + name);
    } catch {
      this.lagging.add(name);
    }
  }
}
