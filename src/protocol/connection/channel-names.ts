/** Names of channels, as both ends spell them. What may be in them is checked in `channel.ts`. */

/** What builds the name of a deployment's channel, for those who check it without schemas. */
export const DEPLOYMENT_ID = /^[A-Za-z0-9][A-Za-z0-9-]{0,63}$/;
export const ENVIRONMENT = /^[a-z0-9][a-z0-9-]{0,31}$/;

/** CloudFormation's own rule for names of stacks; a region's is in `partitions.ts`. */
export const STACK_NAME = /^[A-Za-z][-A-Za-z0-9]{0,127}$/;

/** A deployment in one environment: what a channel `deployments/<deploymentId>-<environment>` tells of. */
export type DeploymentAddress = Readonly<{ deploymentId: string; environment: string }>;

/** Two pairs may spell the same channel, `a-b` + `c` and `a` + `b-c`: the second to come is refused. */
export const deploymentChannelOf = ({ deploymentId, environment }: DeploymentAddress): string =>
  `deployments/${deploymentId}-${environment}`;

/** The stack that a channel of the form `stacks/<region>/<stackName>` tells of. */
export type StackAddress = Readonly<{ region: string; stackName: string }>;

export const stackChannelOf = ({ region, stackName }: StackAddress): string =>
  `stacks/${region}/${stackName}`;
