/** The Durable Objects as the routes reach them. */
import {
  deploymentChannelOf,
  stackChannelOf,
  type DeploymentAddress,
  type StackAddress,
} from "../protocol/connection/channel-names.ts";
import type { Env } from "../settings.ts";
import { placedNear } from "../protocol/rpc/location-hint.ts";

/** The object of a stack, near the region where its CloudFormation is. */
export const stackTrackerOf = (env: Env, address: StackAddress) =>
  env.STACKS.get(env.STACKS.idFromName(stackChannelOf(address)), placedNear(address.region));

/** The one object that keeps all tickets. */
export const ticketsOf = (env: Env) => env.TICKETS.get(env.TICKETS.idFromName("tickets"));

/** The object of a deployment, near the Worker's own AWS region: most of its stacks are there. */
export const deploymentOf = (env: Env, address: DeploymentAddress, region: string) =>
  env.DEPLOYMENTS.get(env.DEPLOYMENTS.idFromName(deploymentChannelOf(address)), placedNear(region));

/** The one object that knows all deployments. */
export const directoryOf = (env: Env) => env.DIRECTORY.get(env.DIRECTORY.idFromName("directory"));

/** A gateway, near the viewers of a part of the world. */
export const gatewayOf = (env: Env, locationHint: DurableObjectLocationHint, shard: number) =>
  env.GATEWAYS.get(env.GATEWAYS.idFromName(`gateway/${locationHint}/${shard}`), { locationHint });
