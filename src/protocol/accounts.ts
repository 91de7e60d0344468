/** AWS accounts that Stackcast works in beside its own: what is asked for, kept and shown of each. */
import * as z from "zod";
import { aliasSchema, regionSchema } from "./connection/channel.ts";
import { DEFAULT_ACCOUNT } from "./connection/channel-names.ts";
import { partitionOf } from "./partitions.ts";
import { roleArnOf } from "./role-arn.ts";

export const MAX_ACCOUNTS = 500;

/** Beside the accounts' aliases, `default`. */
const newAliasSchema = aliasSchema.refine(
  (alias) => alias !== DEFAULT_ACCOUNT,
  `${DEFAULT_ACCOUNT} is the account of Stackcast's own credentials`,
);

const accountIdSchema = z.string().regex(/^\d{12}$/, "must be twelve digits");

const roleArnSchema = z
  .string()
  .refine((arn) => roleArnOf(arn) !== undefined, "must be the ARN of an IAM role");

/** What opens the account's roles: an external id beside Stackcast's own credentials, or Stackcast as an identity provider. */
const trustSchema = z.enum(["external-id", "web-identity"]);

const settable = {
  roleArn: roleArnSchema.meta({ description: "The role that may read" }),
  externalId: z
    .string()
    .regex(/^[\w+=,.@:/-]{2,1224}$/, "must hold 2 to 1224 letters, digits and any of _+=,.@:/-"),
  deployRoleArn: roleArnSchema.meta({
    description: "The role that may deploy; absent: nothing is deployed there",
  }),
  executionRoleArn: roleArnSchema.meta({
    description: "The role that CloudFormation gets for what it deploys",
  }),
  regions: z
    .array(regionSchema)
    .min(1, "must name a region")
    .max(50)
    .refine((regions) => new Set(regions).size === regions.length, "must name each region once"),
  observe: z.boolean().meta({ description: "Whether all stacks of these regions are looked for" }),
  trust: trustSchema,
};

/** Roles that are not named are those of the account's template. */
export const accountRequestSchema = z.strictObject({
  alias: newAliasSchema,
  accountId: accountIdSchema,
  roleArn: settable.roleArn.optional(),
  externalId: settable.externalId.optional(),
  deployRoleArn: settable.deployRoleArn.optional(),
  executionRoleArn: settable.executionRoleArn.optional(),
  regions: settable.regions,
  observe: settable.observe.optional(),
  trust: settable.trust.optional(),
});

export type AccountRequest = Readonly<z.infer<typeof accountRequestSchema>>;

/** What is not named stays; `null` removes a role. */
export const accountChangeSchema = z.strictObject({
  roleArn: settable.roleArn.optional(),
  externalId: settable.externalId.optional(),
  deployRoleArn: settable.deployRoleArn.nullish(),
  executionRoleArn: settable.executionRoleArn.nullish(),
  regions: settable.regions.optional(),
  observe: settable.observe.optional(),
  trust: settable.trust.optional(),
});

export type AccountChange = Readonly<z.infer<typeof accountChangeSchema>>;

/** An account as it is kept. */
export const accountSchema = z.object({
  alias: z.string(),
  accountId: accountIdSchema,
  roleArn: z.string(),
  externalId: z.string(),
  deployRoleArn: z.string().optional(),
  executionRoleArn: z.string().optional(),
  regions: z.array(z.string()),
  observe: z.boolean(),
  trust: trustSchema,
  /** Base address of Stackcast as the account's identity provider knows it. */
  issuer: z.string(),
  createdBy: z.string(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
});

export type Account = Readonly<z.infer<typeof accountSchema>>;

/** What a viewer sees of it. */
const listedAccountSchema = z.object({
  alias: z.string(),
  accountId: accountIdSchema,
  regions: z.array(z.string()),
  observe: z.boolean(),
  deploys: z.boolean().meta({ description: "Whether Stackcast may deploy there" }),
});

export const accountListSchema = z.object({
  items: z.array(z.union([accountSchema, listedAccountSchema])),
});

const trustPolicySchema = z.object({
  Version: z.string(),
  Statement: z.array(
    z.object({
      Effect: z.string(),
      Principal: z.record(z.string(), z.string()),
      Action: z.string(),
      Condition: z.record(z.string(), z.record(z.string(), z.string())),
    }),
  ),
});

/** With all that is needed to open it. */
export const installableAccountSchema = accountSchema.extend({
  trustPolicy: trustPolicySchema.meta({ description: "The trust policy of its roles" }),
  templateUrl: z.string().meta({ description: "The template that makes its roles" }),
  quickCreateUrl: z
    .record(z.string(), z.string())
    .meta({ description: "By region: the page of the AWS console that makes a stack of the template" }),
  installCommand: z.string().meta({ description: "The same for a terminal with the AWS CLI" }),
});

export type InstallableAccount = Readonly<z.infer<typeof installableAccountSchema>>;

/** One thing that was tried in the account. */
const accountFindingSchema = z.object({
  name: z.string(),
  ok: z.boolean(),
  evidence: z.string(),
  mend: z.string().optional().meta({ description: "What to do; absent: nothing" }),
});

export type AccountFinding = Readonly<z.infer<typeof accountFindingSchema>>;

export const accountCheckSchema = z.object({ ok: z.boolean(), findings: z.array(accountFindingSchema) });

/** What is wrong with an account's parts taken together, by field. */
export const accountProblems = ({
  accountId,
  regions,
  ...roles
}: Pick<
  Account,
  "accountId" | "regions" | "roleArn" | "deployRoleArn" | "executionRoleArn"
>): readonly Readonly<{
  field: string;
  message: string;
}>[] => {
  const partitions = new Set(regions.map((region) => partitionOf(region).id));
  const [partition] = partitions;
  const problems = partitions.size > 1 ? [{ field: "regions", message: "must be of one partition" }] : [];
  for (const field of ["roleArn", "deployRoleArn", "executionRoleArn"] as const) {
    const role = roleArnOf(roles[field] ?? "");
    if (role && role.accountId !== accountId)
      problems.push({ field, message: `is a role of another account than ${accountId}` });
    if (role && partitions.size === 1 && role.partition !== partition)
      problems.push({ field, message: `is of another partition than the regions: ${partition}` });
  }
  if (roles.executionRoleArn !== undefined && roles.deployRoleArn === undefined)
    problems.push({ field: "executionRoleArn", message: "is of no use without deployRoleArn" });
  return problems;
};
