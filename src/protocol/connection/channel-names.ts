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

/** The alias of the Worker's own credentials, which stands in no channel's name. */
export const DEFAULT_ACCOUNT = "default";

/** An account's alias; that it looks like no region is checked beside it. */
export const ALIAS = /^[a-z][a-z0-9-]{0,31}$/;

/** Where in AWS something is. Without an account: where the Worker's own credentials are. */
export type AwsPlace = Readonly<{ account?: string | undefined; region: string }>;

/**
 * The stack that a channel `stacks/<region>/<stackName>`, or `stacks/<account>/<region>/<stackName>`, tells of. What an
 * address is compared by is its channel.
 */
export type StackAddress = AwsPlace & Readonly<{ stackName: string }>;

/** The account as an address holds it: the default one is left out, so that each place has one address. */
export const inAccount = (account: string | undefined): Readonly<{ account?: string }> =>
  account === undefined || account === DEFAULT_ACCOUNT ? {} : { account };

/** `<region>`, or `<account>/<region>`. */
export const placeTextOf = ({ account, region }: AwsPlace): string =>
  [inAccount(account).account, region].filter((part) => part !== undefined).join("/");

export const stackChannelOf = ({ stackName, ...place }: StackAddress): string =>
  `stacks/${placeTextOf(place)}/${stackName}`;
