/** Tries what Stackcast needs in an account, and says of each thing what was seen and what to do. */
import { callerIdentity } from "../../aws/identity/caller-identity.ts";
import { regionGate } from "../../aws/identity/region-gate.ts";
import { awsSession, gatedSession, type AwsSession } from "../../aws/identity/session.ts";
import { workerSession } from "../../aws/identity/worker-session.ts";
import { tryRights } from "../../aws/install/rights-check.ts";
import { passesByItself } from "../../domain/failure/aws-failures.ts";
import type { LookupFailure } from "../../domain/failure/lookup-failure.ts";
import type { AccountFinding } from "../../protocol/accounts.ts";
import { success, type Result } from "../../protocol/result.ts";
import { roleArnOf } from "../../protocol/role-arn.ts";
import type { Env } from "../../env.ts";
import type { Settings } from "../../settings.ts";
import { installFindings } from "./install-check.ts";
import type { Purpose } from "./account-credentials-rpc.ts";
import { openRole, type Opened } from "./account-roles.ts";

/** For a check a role is held no longer than it takes. */
const CHECK_SECONDS = 900;

const reasonOf = (failure: LookupFailure): string => {
  if ("message" in failure)
    return "code" in failure ? `${failure.code}: ${failure.message}` : failure.message;
  return "code" in failure ? failure.code : `HTTP ${failure.status}`;
};

const problem = (name: string, failure: LookupFailure, remedy: string): AccountFinding => ({
  name,
  ok: false,
  evidence: reasonOf(failure),
  mend: passesByItself(failure.kind) ? "try again when AWS answers" : remedy,
});

const roleRemedy = ({ trust, issuer, alias }: Opened): string =>
  trust === "external-id"
    ? `deploy the account's template with this ExternalId, and see that its TrustedPrincipal is Stackcast's own`
    : `deploy the account's template with this IssuerHost, and see that AWS can read ${issuer}/.well-known/openid-configuration; the subject is stackcast:account:${alias}`;

/** Sessions of a role in any region, if it lets itself be opened. */
type Sessions = Result<(region: string) => AwsSession, LookupFailure>;

const roleSessions = async (
  env: Env,
  settings: Settings,
  account: Opened,
  purpose: Purpose,
): Promise<Sessions> => {
  const keys = await openRole(env, settings, account, purpose, CHECK_SECONDS);
  if (!keys.ok) return keys;
  const { endpoints } = settings.aws;
  return success((region) =>
    gatedSession(
      awsSession({ ...keys.value, region, endpoints }),
      regionGate(env, { account: account.alias, region }, "running"),
    ),
  );
};

const identityFinding = async (
  name: string,
  session: AwsSession,
  expected: string | undefined,
): Promise<AccountFinding> => {
  const identity = await callerIdentity(session);
  if (!identity.ok) return problem(name, identity.failure, "give Stackcast credentials that AWS accepts");
  const { account, arn } = identity.value;
  if (expected === undefined || account === expected) return { name, ok: true, evidence: arn };
  return { name, ok: false, evidence: arn, mend: `this is account ${account} and not ${expected}` };
};

const regionFindings = async (session: AwsSession): Promise<readonly AccountFinding[]> =>
  (await tryRights(session)).map(({ right, failure }): AccountFinding => {
    const name = `${session.region} ${right}`;
    if (failure === undefined) return { name, ok: true, evidence: "AWS answers" };
    // The role has been assumed: what AWS does not know there is the account as a whole.
    if (failure.kind === "credentials")
      return {
        name,
        ok: false,
        evidence: `RegionNotEnabled: the region ${session.region} is not enabled for the account (${reasonOf(failure)})`,
        mend: `enable the region ${session.region} for the account, or take it off its list`,
      };
    return problem(name, failure, `give the role the right ${right}: the account's template has it`);
  });

/** `account` absent: the Worker's own credentials. */
export const accountFindings = async (
  env: Env,
  settings: Settings,
  account?: Opened,
): Promise<readonly AccountFinding[]> => {
  const { aws } = settings;
  if (!account) {
    const session = workerSession(env, aws, { region: aws.region });
    return [
      await identityFinding("credentials", session, undefined),
      ...(await regionFindings(session)),
      ...(await installFindings(env, settings)),
    ];
  }
  const observing = await roleSessions(env, settings, account, "observe");
  if (!observing.ok) return [problem("role", observing.failure, roleRemedy(account))];
  const [home = aws.region] = account.regions;
  const expected = roleArnOf(account.roleArn)?.accountId;
  const findings = [await identityFinding("role", observing.value(home), expected)];
  for (const region of account.regions) findings.push(...(await regionFindings(observing.value(region))));
  if (account.deployRoleArn === undefined) return findings;
  const deploying = await roleSessions(env, settings, account, "deploy");
  findings.push(
    deploying.ok
      ? await identityFinding("deploying role", deploying.value(home), expected)
      : problem("deploying role", deploying.failure, roleRemedy(account)),
  );
  return findings;
};
