/** An account as it is kept: made of what was asked for and what follows from that, and changed. */
import {
  accountProblems,
  type Account,
  type AccountChange,
  type AccountRequest,
} from "../../protocol/accounts.ts";
import type { Failure } from "../../protocol/failure.ts";
import { partitionOf } from "../../protocol/partitions.ts";
import { failed, success, type Result } from "../../protocol/result.ts";
import { templateRoleName } from "../../protocol/role-arn.ts";
import type { Settings } from "../../settings.ts";

type Circumstances = Readonly<{
  /** Where Stackcast is for whoever asks. */
  origin: string;
  subject: string;
  /** Unix milliseconds. */
  now: number;
}>;

const checked = (account: Account): Result<Account, Failure> => {
  const details = accountProblems(account);
  if (details.length === 0) return success(account);
  const message = details.map(({ field, message: problem }) => `${field}: ${problem}`).join("; ");
  return failed({ code: "INVALID_REQUEST", message, details });
};

/** Roles that were not named are those of the account's template. */
export const newAccount = (
  { alias, accountId, regions, deployRoleArn, executionRoleArn, ...request }: AccountRequest,
  { aws, publicUrl }: Pick<Settings, "aws" | "publicUrl">,
  { origin, subject, now }: Circumstances,
): Result<Account, Failure> => {
  const { id: partition } = partitionOf(regions[0] ?? "");
  const time = new Date(now).toISOString();
  const usual = (name: string): string => `arn:${partition}:iam::${accountId}:role/${name}`;
  const deployRole = deployRoleArn ?? (executionRoleArn && usual(templateRoleName("deploy", alias)));
  return checked({
    alias,
    accountId,
    roleArn: request.roleArn ?? usual(templateRoleName("observe", alias)),
    externalId: request.externalId ?? crypto.randomUUID(),
    ...(deployRole !== undefined && { deployRoleArn: deployRole }),
    ...(executionRoleArn !== undefined && { executionRoleArn }),
    regions,
    observe: request.observe ?? true,
    trust: request.trust ?? ("accessKeyId" in aws.credentials ? "external-id" : "web-identity"),
    issuer: publicUrl ?? origin,
    createdBy: subject,
    createdAt: time,
    updatedAt: time,
  });
};

/** What is not named stays, and `null` takes a role away. */
export const changedAccount = (
  account: Account,
  change: AccountChange,
  now: number,
): Result<Account, Failure> => {
  const fields = Object.entries({ ...account, ...change, updatedAt: new Date(now).toISOString() });
  const kept = Object.fromEntries(fields.filter(([, value]) => value !== null && value !== undefined));
  return checked(kept as Account);
};
