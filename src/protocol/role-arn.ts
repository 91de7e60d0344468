/** The name of a role, in any partition. */

/** Partition, account, and the role's name with its path. */
export const ROLE_ARN = /^arn:(aws[a-z-]*):iam::(\d{12}):role\/((?:[\x21-\x7e]{1,510}\/)?[\w+=,.@-]{1,64})$/;

export type RoleArn = Readonly<{ partition: string; accountId: string; name: string }>;

/** The parts of a role's ARN; undefined if it is none. */
export const roleArnOf = (text: string): RoleArn | undefined => {
  const [, partition, accountId, name] = ROLE_ARN.exec(text) ?? [];
  return partition && accountId && name ? { partition, accountId, name } : undefined;
};
