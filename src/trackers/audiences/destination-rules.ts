/**
 * Which destinations a channel's events go to. The rules are asked for again after a moment, so that a change of the
 * destinations counts within seconds, and all events between cost nothing.
 */
import type { DestinationRule } from "../../protocol/rpc/destination-feed.ts";
import type { Env } from "../../env.ts";
import { call, destinationsOf } from "../../objects.ts";
import type { FedChannel } from "./destination-pieces.ts";

/** Whether a rule asks for events of a type. */
export const isFor = ({ events }: Pick<DestinationRule, "events">, type: string): boolean =>
  events.includes("*") || events.includes(type);

export class DestinationRules {
  private readonly env: Env;
  private readonly channel: Pick<FedChannel, "covers" | "rulesMs">;
  private version: string | undefined;
  private asked = -Infinity;
  private rules: readonly DestinationRule[] = [];

  constructor(env: Env, channel: Pick<FedChannel, "covers" | "rulesMs">) {
    this.env = env;
    this.channel = channel;
  }

  /** Whether, as far as is known, somebody waits for one of these events. */
  areFor(types: readonly string[]): boolean {
    return this.version === undefined || this.rules.some((rule) => types.some((type) => isFor(rule, type)));
  }

  /** Whether nobody waits for anything of the channel, as far as is known. */
  get isEmpty(): boolean {
    return this.version !== undefined && this.rules.length === 0;
  }

  /** Milliseconds since the rules were asked for. */
  ageMs(now: number): number {
    return now - this.asked;
  }

  /** Those of the channel. Throws if the directory cannot be reached. */
  async at(now: number): Promise<readonly DestinationRule[]> {
    if (now - this.asked >= this.channel.rulesMs || now < this.asked) {
      const { version, rules } = await call(
        () => destinationsOf(this.env),
        (directory) => directory.rules(this.version),
      );
      this.version = version;
      this.asked = now;
      if (rules) this.rules = rules.filter((rule) => this.channel.covers(rule));
    }
    return this.rules;
  }
}
