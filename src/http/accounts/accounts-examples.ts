/** Accounts as the OpenAPI document shows them. */
import type { Account, InstallableAccount } from "../../protocol/accounts.ts";

export const accountExample: Account = {
  alias: "prod",
  accountId: "210987654321",
  roleArn: "arn:aws:iam::210987654321:role/stackcast-observe-prod",
  externalId: "6f1c2f0e-0f53-4c46-9d5b-3d6f6f2b8a11",
  regions: ["eu-west-1"],
  observe: true,
  trust: "web-identity",
  issuer: "https://stackcast.example.com",
  createdBy: "kim@example.com",
  createdAt: "2025-10-09T14:00:00.000Z",
  updatedAt: "2025-10-09T14:00:00.000Z",
};

const host = "stackcast.example.com";
const templateUrl = `https://${host}/install/account-template.json`;

export const installableExample: InstallableAccount = {
  ...accountExample,
  trustPolicy: {
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Federated: `arn:aws:iam::210987654321:oidc-provider/${host}` },
        Action: "sts:AssumeRoleWithWebIdentity",
        Condition: {
          StringEquals: { [`${host}:aud`]: "sts.amazonaws.com", [`${host}:sub`]: "stackcast:account:prod" },
        },
      },
    ],
  },
  templateUrl,
  quickCreateUrl: {
    "eu-west-1":
      "https://eu-west-1.console.aws.amazon.com/cloudformation/home?region=eu-west-1#/stacks/create/review?…",
  },
  installCommand: `curl -fsS ${templateUrl} -o stackcast-account.json && aws cloudformation deploy …`,
};
