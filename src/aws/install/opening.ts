/** What an account's owner needs to let Stackcast in: the trust policy, and the template with its parameters filled in. */
import type { Account } from "../../protocol/accounts.ts";
import { partitionOf } from "../../protocol/partitions.ts";
import { AUDIENCE } from "./account-template.ts";

/** What is needed of an account to say how it lets Stackcast in. */
export type Openable = Pick<
  Account,
  "alias" | "accountId" | "regions" | "trust" | "issuer" | "externalId" | "deployRoleArn" | "executionRoleArn"
>;

/** Where Stackcast serves the template. */
const TEMPLATE_PATH = "/install/account-template.json";

const STACK_NAME = "stackcast";

/** The issuer as AWS names identity providers. */
const hostOf = (issuer: string): string => issuer.replace(/^https?:\/\//, "");

/** The trust policy of the account's roles. `principal`: Stackcast's own credentials, for accounts that ask for an external id. */
const trustPolicyOf = (account: Openable, principal: string) => {
  const host = hostOf(account.issuer);
  const { id: partition } = partitionOf(account.regions[0] ?? "");
  const byToken = {
    Principal: { Federated: `arn:${partition}:iam::${account.accountId}:oidc-provider/${host}` },
    Action: "sts:AssumeRoleWithWebIdentity",
    Condition: {
      StringEquals: { [`${host}:aud`]: AUDIENCE, [`${host}:sub`]: `stackcast:account:${account.alias}` },
    },
  };
  const bySignature = {
    Principal: { AWS: principal },
    Action: "sts:AssumeRole",
    Condition: { StringEquals: { "sts:ExternalId": account.externalId } },
  };
  return {
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", ...(account.trust === "web-identity" ? byToken : bySignature) }],
  };
};

const parametersOf = (account: Openable, principal: string): Readonly<Record<string, string>> => ({
  Alias: account.alias,
  ...(account.trust === "web-identity"
    ? { IssuerHost: hostOf(account.issuer) }
    : { TrustedPrincipal: principal, ExternalId: account.externalId }),
  ...(account.deployRoleArn !== undefined && { AllowDeploy: "true" }),
  ...(account.executionRoleArn !== undefined && { ExecutionRoleArn: account.executionRoleArn }),
});

/** The page of the console that makes a stack of the template, by region. */
const quickCreateUrls = (account: Openable, templateUrl: string, principal: string) =>
  Object.fromEntries(
    account.regions.map((region, index) => {
      const { consoleSuffix = "console.aws.amazon.com" } = partitionOf(region);
      const query = new URLSearchParams({ templateURL: templateUrl, stackName: STACK_NAME });
      for (const [name, value] of Object.entries(parametersOf(account, principal)))
        query.set(`param_${name}`, value);
      // Roles are the whole account's; what the other regions have of their own is the rule that wakes Stackcast.
      if (index > 0) query.set("param_CreateRoles", "false");
      const path = `cloudformation/home?region=${region}#/stacks/create/review?${query.toString()}`;
      return [region, `https://${region}.${consoleSuffix}/${path}`];
    }),
  );

const installCommandOf = (account: Openable, templateUrl: string, principal: string): string => {
  const parameters = Object.entries(parametersOf(account, principal)).map(
    ([name, value]) => `${name}=${value}`,
  );
  return [
    `curl -fsS ${templateUrl} -o stackcast-account.json &&`,
    `aws cloudformation deploy --region ${account.regions[0] ?? ""} --stack-name ${STACK_NAME}`,
    "--template-file stackcast-account.json --capabilities CAPABILITY_NAMED_IAM",
    `--parameter-overrides ${parameters.join(" ")}`,
  ].join(" ");
};

/** All of it. `principal` as in `trustPolicyOf`. */
export const openingOf = (account: Openable, principal: string) => {
  const templateUrl = account.issuer + TEMPLATE_PATH;
  return {
    trustPolicy: trustPolicyOf(account, principal),
    templateUrl,
    quickCreateUrl: quickCreateUrls(account, templateUrl, principal),
    installCommand: installCommandOf(account, templateUrl, principal),
  };
};
