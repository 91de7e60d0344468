/** IAM policies, made of the list of the actions that the code can send. */
import { ACTIONS, IMPLIED, type Use } from "../transport/actions.ts";

/** A value of a policy: text, or one of CloudFormation's functions. */
type PolicyText = string | Readonly<Record<string, unknown>>;

export type Statement = Readonly<{
  Sid: string;
  Effect: "Allow";
  Action: readonly string[];
  Resource: PolicyText | readonly PolicyText[];
  Condition?: Readonly<Record<string, unknown>>;
}>;

export type Policy = Readonly<{ Version: "2012-10-17"; Statement: readonly Statement[] }>;

/** The rights of a use, as policies spell them, in order. */
export const rightsFor = (use: Use): readonly string[] => [
  ...Object.entries(ACTIONS).flatMap(([service, actions]) =>
    Object.entries(actions)
      .filter(([, one]) => one === use)
      .map(([action]) => `${service}:${action}`),
  ),
  ...IMPLIED.filter((one) => one.use === use).map(({ right }) => right),
];

export const policyOf = (...Statement: readonly Statement[]): Policy => ({
  Version: "2012-10-17",
  Statement,
});

/** To look at stacks. */
export const observing = (): Statement => ({
  Sid: "Observe",
  Effect: "Allow",
  Action: rightsFor("observe"),
  Resource: "*",
});

/** To find out why something failed before a rollback destroys it: each right can be left out by itself. */
export const explaining = (): Statement => ({
  Sid: "Explain",
  Effect: "Allow",
  Action: rightsFor("explain"),
  Resource: "*",
});

/** To deploy stacks, roll them back and delete them. */
export const deploying = (): Statement => ({
  Sid: "Deploy",
  Effect: "Allow",
  Action: rightsFor("deploy"),
  Resource: "*",
});

/** To give CloudFormation one role, and nobody else. */
export const passing = (role: PolicyText): Statement => ({
  Sid: "PassExecutionRole",
  Effect: "Allow",
  Action: ["iam:PassRole"],
  Resource: role,
  Condition: { StringEquals: { "iam:PassedToService": "cloudformation.amazonaws.com" } },
});

/** To write the audit table and read it. */
export const auditing = (table: PolicyText): Statement => ({
  Sid: "Audit",
  Effect: "Allow",
  Action: rightsFor("audit"),
  Resource: table,
});

/** To ship logs to groups whose names begin so. */
export const logging = (groups: PolicyText): Statement => ({
  Sid: "ShipLogs",
  Effect: "Allow",
  Action: rightsFor("logs"),
  Resource: groups,
});

/** To send mail. */
export const mailing = (): Statement => ({
  Sid: "SendMail",
  Effect: "Allow",
  Action: rightsFor("mail"),
  Resource: "*",
});

/** To be the roles that other accounts' templates make. */
export const assuming = (): Statement => ({
  Sid: "OtherAccounts",
  Effect: "Allow",
  Action: ["sts:AssumeRole"],
  Resource: "arn:*:iam::*:role/stackcast-*",
});
