/** A stack that something else deploys, as it is registered to be followed. */
export type TrackedStack = Readonly<{
  name: string;
  /** CloudFormation's name of it; absent: the same. */
  stackName?: string;
  region?: string;
  account?: string;
  dependsOn?: readonly string[];
}>;
