/** The name of a role, in any partition; and those that the account's template gives to its roles. */

/** Partition, account, and the role's name with its path. */
export const ROLE_ARN = /^arn:(aws[a-z-]*):iam::(\d{12}):role\/((?:[\x21-\x7e]{1,510}\/)?[\w+=,.@-]{1,64})$/;

/** As the account's template names its roles, one to look and one to deploy. */
export const templateRoleName = (purpose: "observe" | "deploy", alias: string): string =>
  `stackcast-${purpose}-${alias}`;

export type RoleArn = Readonly<{ partition: string; accountId: string; name: string }>;

/** The parts of a role's ARN; undefined if it is none. */
export const roleArnOf = (text: string): RoleArn | undefined => {
  const [, partition, accountId, name] = ROLE_ARN.exec(text) ?? [];
  return partition && accountId && name ? { partition, accountId, name } : undefined;
};
