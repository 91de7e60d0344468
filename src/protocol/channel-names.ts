/** Names of channels, as both ends spell them. What may be in them is checked in `channel.ts`. */

/** A deployment in one environment: what a channel `deployments/<deploymentId>-<environment>` tells of. */
export type DeploymentAddress = Readonly<{ deploymentId: string; environment: string }>;

/** Two pairs may spell the same channel, `a-b` + `c` and `a` + `b-c`: the second to come is refused. */
export const deploymentChannelOf = ({ deploymentId, environment }: DeploymentAddress): string =>
  `deployments/${deploymentId}-${environment}`;

/** The stack that a channel of the form `stacks/<region>/<stackName>` tells of. */
export type StackAddress = Readonly<{ region: string; stackName: string }>;

export const stackChannelOf = ({ region, stackName }: StackAddress): string =>
  `stacks/${region}/${stackName}`;
