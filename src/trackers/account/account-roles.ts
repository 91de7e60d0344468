/** How an account's roles are opened: which role, by what proof, and where STS is asked. */
import { assumeRole, assumeRoleWithWebIdentity, type AssumedKeys } from "../../aws/identity/assumed-role.ts";
import { callerIdentity } from "../../aws/identity/caller-identity.ts";
import { anonymousSession } from "../../aws/identity/session.ts";
import { workerSession } from "../../aws/identity/worker-session.ts";
import type { LookupFailure } from "../../domain/failure/lookup-failure.ts";
import type { Account } from "../../protocol/accounts.ts";
import { DEFAULT_ACCOUNT } from "../../protocol/connection/channel-names.ts";
import { partitionOf } from "../../protocol/partitions.ts";
import { failed, success, type Result } from "../../protocol/result.ts";
import type { Env } from "../../env.ts";
import { issuerOf } from "../../objects.ts";
import type { Settings } from "../../settings.ts";
import type { Purpose } from "./account-credentials-rpc.ts";

/** What is needed of an account to be one of its roles. */
export type Opened = Pick<
  Account,
  "alias" | "roleArn" | "externalId" | "deployRoleArn" | "executionRoleArn" | "regions" | "trust" | "issuer"
>;

const refused = (code: string, message: string): LookupFailure => ({ kind: "credentials", code, message });

/** Regions of the Worker's own account in which it works, its home first. */
export const ownRegions = ({ aws, observeRegions }: Settings): string[] => [
  ...new Set([aws.region, ...observeRegions]),
];

/** The account of the Worker's own credentials, if they are a role that trusts Stackcast's tokens. */
export const ownAccount = (settings: Settings): Opened | undefined => {
  const { aws, publicUrl } = settings;
  if (!("roleArn" in aws.credentials) || publicUrl === undefined) return undefined;
  const { roleArn } = aws.credentials;
  return {
    alias: DEFAULT_ACCOUNT,
    roleArn,
    deployRoleArn: roleArn,
    externalId: "",
    regions: ownRegions(settings),
    trust: "web-identity",
    issuer: publicUrl,
  };
};

/** Whom a trust policy names: of an assumed role not the session, which ends, but the role. */
const principalOf = (arn: string): string =>
  arn.replace(/^(arn:[^:]+):sts::(\d+):assumed-role\/([^/]+)\/.*$/, "$1:iam::$2:role/$3");

/** Which principal an account trusts that asks for an external id, only AWS can tell. */
export const ownPrincipal = async (env: Env, { aws }: Settings): Promise<Result<string, LookupFailure>> => {
  const identity = await callerIdentity(workerSession(env, aws, { region: aws.region }));
  return identity.ok ? success(principalOf(identity.value.arn)) : identity;
};

/** The role for a purpose; an account without one for deploying is only looked at. */
const roleFor = (account: Opened, purpose: Purpose): Result<string, LookupFailure> => {
  const role = purpose === "observe" ? account.roleArn : account.deployRoleArn;
  return role === undefined
    ? failed(
        refused("NoDeployRole", `the account ${account.alias} has no role to deploy with: it is read-only`),
      )
    : success(role);
};

/** STS of the Worker's own region, unless that is of another partition. */
const stsRegionOf = ({ regions }: Opened, own: string): string => {
  const [first = own] = regions;
  return partitionOf(first).id === partitionOf(own).id ? own : first;
};

const tokenOf = async (env: Env, { issuer, alias }: Opened): Promise<Result<string, LookupFailure>> => {
  try {
    return success(await issuerOf(env).token(issuer, alias));
  } catch {
    return failed({ kind: "network", message: "the issuer of tokens cannot be asked" });
  }
};

/** Keys of one of the account's roles, asked for once. */
export const openRole = async (
  env: Env,
  { aws }: Settings,
  account: Opened,
  purpose: Purpose,
  durationSeconds: number,
): AssumedKeys => {
  const role = roleFor(account, purpose);
  if (!role.ok) return role;
  const region = stsRegionOf(account, aws.region);
  const request = { roleArn: role.value, sessionName: `stackcast-${account.alias}`, durationSeconds };
  if (account.trust === "external-id")
    return assumeRole(workerSession(env, aws, { region }), { ...request, externalId: account.externalId });
  const token = await tokenOf(env, account);
  if (!token.ok) return token;
  const session = anonymousSession({ region, endpoints: aws.endpoints });
  return assumeRoleWithWebIdentity(session, { ...request, token: token.value });
};
