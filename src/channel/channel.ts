/**
 * A channel whatever it is about: its log, its gateways, the consumers of its log, and the one alarm that sees to all of
 * them. The object that owns it adds what the channel is about.
 */
import type { AskedPosition } from "../protocol/connection/position.ts";
import type { Env } from "../env.ts";
import { Alarm, type AlarmTask, type Consumer } from "./alarm.ts";
import { HEAD, type ChannelLog } from "./channel-log.ts";
import { GatewayPushes } from "./gateway-pushes.ts";
import type { Row } from "./rows.ts";
import { WatchdogEntry } from "./watchdog-entry.ts";

/** A row that is of no use once nobody looks for what the channel is about. */
type Trace = Pick<Row<unknown>, "key" | "delete">;

type Options = Readonly<{
  /** See `Alarm`. */
  graceMs: number;
  isActive?: () => boolean;
}>;

export class Channel<Kept extends object = object> {
  readonly name: string;
  readonly log: ChannelLog<Kept>;
  readonly gateways: GatewayPushes;
  readonly alarm: Alarm;
  private consumers: readonly Consumer[] = [];
  private traces: readonly Trace[] = [];
  private readonly ctx: DurableObjectState;

  constructor(ctx: DurableObjectState, env: Env, name: string, log: ChannelLog<Kept>, options: Options) {
    this.ctx = ctx;
    this.name = name;
    this.log = log;
    this.gateways = new GatewayPushes(ctx, env, name, log);
    this.alarm = new Alarm(ctx, new WatchdogEntry(ctx, env), {
      name,
      ...options,
      prepare: () => log.create(),
      idle: (now) => this.giveUp(now),
    });
  }

  /** Sees to these from now on. `traces`: rows that do not keep the object in being. `lead`: see `Alarm`. */
  serve(
    consumers: readonly Consumer[],
    tasks: readonly AlarmTask[],
    { lead, traces = [] }: Readonly<{ lead?: AlarmTask; traces?: readonly Trace[] }> = {},
  ): void {
    this.consumers = consumers;
    this.traces = traces;
    this.alarm.serve([...consumers, this.gateways, ...tasks], lead);
  }

  get position() {
    return { channel: this.name, ...this.log.position };
  }

  /** Offset up to which all consumers have all; Infinity: there are none. */
  get handedOn(): number {
    return Math.min(Infinity, ...this.consumers.map(({ offset }) => offset));
  }

  /** A gateway has a viewer: what it has not yet, or else all from `from` on; undefined: none. */
  join(gateway: string, asked: AskedPosition, from: number | undefined) {
    this.gateways.add(gateway);
    return this.log.joined(asked, from);
  }

  /** Nothing is kept or begun from now on. Resolves when nothing goes on any more. */
  async close(): Promise<void> {
    this.log.close();
    await this.alarm.halt();
  }

  /** Gives up all storage if it holds nothing but traces, and nobody waits: an object that keeps nothing is none. */
  async giveUp(now: number): Promise<void> {
    const { log, ctx } = this;
    if (!log.isKept || log.offset > 0 || this.alarm.isNeeded(now)) return;
    const traces = new Set([HEAD, ...this.traces.map(({ key }) => key)]);
    for (const [key] of ctx.storage.kv.list()) if (!traces.has(key)) return;
    log.clear();
    for (const trace of this.traces) trace.delete();
    this.alarm.rest();
    await ctx.storage.deleteAll();
  }
}
