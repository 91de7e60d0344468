/**
 * Every action that Stackcast can send, and what for. Calls take no other name, and IAM policies are made of this list,
 * so that neither can have one that the other lacks.
 */

/** What a right is for: to look, to deploy, to keep the audit, to ship logs, to send mail, to explain failures; `none`: everybody has it. */
export type Use = "observe" | "deploy" | "audit" | "logs" | "mail" | "explain" | "none";

/** By the service's name in the signature, which is also its prefix in policies. */
export const ACTIONS = {
  cloudformation: {
    DescribeStacks: "observe",
    DescribeStackEvents: "observe",
    DescribeChangeSet: "observe",
    DescribeEvents: "observe",
    GetHookResult: "explain",
    GetTemplate: "observe",
    ListStackResources: "observe",
    ListStacks: "observe",
    ValidateTemplate: "deploy",
    GetStackPolicy: "deploy",
    SetStackPolicy: "deploy",
    UpdateTerminationProtection: "deploy",
    CreateChangeSet: "deploy",
    ExecuteChangeSet: "deploy",
    DeleteChangeSet: "deploy",
    CreateStack: "deploy",
    UpdateStack: "deploy",
    DeleteStack: "deploy",
    CancelUpdateStack: "deploy",
    ContinueUpdateRollback: "deploy",
    RollbackStack: "deploy",
  },
  ec2: { CreateKeyPair: "deploy", DescribeKeyPairs: "deploy", DeleteKeyPair: "deploy" },
  dynamodb: { BatchWriteItem: "audit", Query: "audit" },
  logs: {
    CreateLogGroup: "logs",
    CreateLogStream: "logs",
    PutLogEvents: "logs",
    FilterLogEvents: "explain",
  },
  ecs: { ListTasks: "explain", DescribeTasks: "explain" },
  cloudtrail: { LookupEvents: "explain" },
  s3: { PutObject: "deploy" },
  ses: { SendEmail: "mail" },
  sts: { GetCallerIdentity: "none", AssumeRole: "none", AssumeRoleWithWebIdentity: "none" },
} as const satisfies Record<string, Readonly<Record<string, Use>>>;

export type ActionOf<Service extends keyof typeof ACTIONS> = keyof (typeof ACTIONS)[Service] & string;

/**
 * Rights that AWS asks for beside the action's own: stacks and key pairs are tagged, and `templateUrl` is read as the caller.
 * And those of actions that only clients of the endpoint send.
 */
export const IMPLIED: readonly Readonly<{ right: string; use: Use }>[] = [
  { right: "cloudformation:DescribeStackResource", use: "observe" },
  { right: "cloudformation:DescribeStackResources", use: "observe" },
  { right: "cloudformation:DescribeStackResourceDrifts", use: "observe" },
  { right: "cloudformation:GetTemplateSummary", use: "observe" },
  { right: "cloudformation:ListChangeSets", use: "observe" },
  { right: "cloudformation:ListExports", use: "observe" },
  { right: "cloudformation:ListImports", use: "observe" },
  { right: "cloudformation:DetectStackDrift", use: "deploy" },
  { right: "cloudformation:TagResource", use: "deploy" },
  { right: "cloudformation:UntagResource", use: "deploy" },
  { right: "ec2:CreateTags", use: "deploy" },
  { right: "s3:GetObject", use: "deploy" },
];
