/**
 * Which destinations a deployment's events go to. The rules are asked for again after a moment, so that a change of the
 * destinations counts within seconds, and all events between cost nothing.
 */
import { mayRead } from "../../auth/rights.ts";
import { deploymentChannelOf, type DeploymentAddress } from "../../protocol/connection/channel-names.ts";
import type { DestinationRule } from "../../protocol/rpc/destination-feed.ts";
import type { Env } from "../../env.ts";
import { call, destinationsOf } from "../../objects.ts";

/** How old the rules may be, in milliseconds. */
const LIFETIME_MS = 1_000;

/** Whether a rule is about a deployment; patterns are of `deployments/<id>/<environment>`, or of the channel's name. */
const isAbout = (
  { channels, environments }: Pick<DestinationRule, "channels" | "environments">,
  address: DeploymentAddress,
): boolean => {
  const { deploymentId, environment } = address;
  if (environments && !environments.includes(environment)) return false;
  if (!channels) return true;
  const patterns = { channels: [...channels] };
  return (
    mayRead(patterns, `deployments/${deploymentId}/${environment}`) ||
    mayRead(patterns, deploymentChannelOf(address))
  );
};

/** Whether a rule asks for events of a type. */
export const isFor = ({ events }: Pick<DestinationRule, "events">, type: string): boolean =>
  events.includes("*") || events.includes(type);

export class DestinationRules {
  private readonly env: Env;
  private version: string | undefined;
  private asked = -Infinity;
  private rules: readonly DestinationRule[] = [];

  constructor(env: Env) {
    this.env = env;
  }

  /** Whether, as far as is known, somebody waits for one of these events. */
  areFor(types: readonly string[]): boolean {
    return this.version === undefined || this.rules.some((rule) => types.some((type) => isFor(rule, type)));
  }

  /** Those of a deployment. Throws if the directory cannot be reached. */
  async of(address: DeploymentAddress, now: number): Promise<readonly DestinationRule[]> {
    if (now - this.asked >= LIFETIME_MS || now < this.asked) {
      const { version, rules } = await call(
        () => destinationsOf(this.env),
        (directory) => directory.rules(this.version),
      );
      this.version = version;
      this.asked = now;
      if (rules) this.rules = rules.filter((rule) => isAbout(rule, address));
    }
    return this.rules;
  }
}
