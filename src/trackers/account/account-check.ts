/** Tries what Stackcast needs in an account, and says of each thing what was seen and what to do. */
import { callerIdentity } from "../../aws/identity/caller-identity.ts";
import { regionGate } from "../../aws/identity/region-gate.ts";
import { awsSession, gatedSession, type AwsSession } from "../../aws/identity/session.ts";
import { workerSession } from "../../aws/identity/worker-session.ts";
import { tryExplaining, tryRights, type TriedRight } from "../../aws/install/rights-check.ts";
import type { LookupFailure } from "../../domain/failure/lookup-failure.ts";
import type { AccountFinding } from "../../protocol/accounts.ts";
import { DEFAULT_ACCOUNT } from "../../protocol/connection/channel-names.ts";
import { success, type Result } from "../../protocol/result.ts";
import { roleArnOf } from "../../protocol/role-arn.ts";
import type { Env } from "../../env.ts";
import type { Settings } from "../../settings.ts";
import type { Purpose } from "./account-credentials-rpc.ts";
import { openRole, ownRegions, type Opened } from "./account-roles.ts";
import { optionalFinding, problem, reasonOf } from "./finding.ts";
import { installFindings } from "./install-check.ts";
import { roleRemedy } from "./role-remedy.ts";

/** For a check a role is held no longer than it takes. */
const CHECK_SECONDS = 900;

/** Sessions in any region. */
type Sessions = (region: string) => AwsSession;

const roleSessions = async (
  env: Env,
  settings: Settings,
  account: Opened,
  purpose: Purpose,
): Promise<Result<Sessions, LookupFailure>> => {
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

/** Keys that AWS knows elsewhere and not there: the account as a whole is not known there. */
const rightFinding = (region: string, { right, failure }: TriedRight): AccountFinding => {
  const name = `${region} ${right}`;
  if (failure === undefined) return { name, ok: true, evidence: "AWS answers" };
  if (failure.kind !== "credentials")
    return problem(name, failure, `give the role the right ${right}: the account's template has it`);
  return {
    name,
    ok: false,
    evidence: `RegionNotEnabled: the region ${region} is not enabled for the account (${reasonOf(failure)})`,
    mend: `enable the region ${region} for the account, or take it off its list`,
  };
};

const lookingFindings = async (
  sessions: Sessions,
  regions: readonly string[],
): Promise<readonly AccountFinding[]> => {
  const [home = ""] = regions;
  const [explaining, ...looking] = await Promise.all([
    tryExplaining(sessions(home)),
    ...regions.map(async (region) =>
      (await tryRights(sessions(region), "observe")).map((tried) => rightFinding(region, tried)),
    ),
  ]);
  const without = "failures are shown without what other services say of them";
  return [...looking.flat(), optionalFinding("reasons of failures", explaining, without)];
};

const FOLLOWS_ONLY = "Stackcast follows stacks and does not deploy them";

/** The Worker's own credentials, whatever they are. */
const ownFindings = async (env: Env, settings: Settings): Promise<readonly AccountFinding[]> => {
  const { aws } = settings;
  const sessions: Sessions = (region) => workerSession(env, aws, { region });
  const identity = await identityFinding("credentials", sessions(aws.region), undefined);
  // Keys that STS does not know say nothing of any region.
  if (!identity.ok) return [identity];
  return [
    identity,
    ...(await lookingFindings(sessions, ownRegions(settings))),
    optionalFinding("deploying", await tryRights(sessions(aws.region), "deploy"), FOLLOWS_ONLY),
  ];
};

const roleFindings = async (
  env: Env,
  settings: Settings,
  account: Opened,
): Promise<readonly AccountFinding[]> => {
  const observing = await roleSessions(env, settings, account, "observe");
  if (!observing.ok) return [problem("role", observing.failure, await roleRemedy(env, settings, account))];
  const [home = settings.aws.region] = account.regions;
  const expected = roleArnOf(account.roleArn)?.accountId;
  const findings = [
    await identityFinding("role", observing.value(home), expected),
    ...(await lookingFindings(observing.value, account.regions)),
  ];
  if (account.deployRoleArn === undefined) return findings;
  // One role for both need not be able to do both.
  if (account.deployRoleArn === account.roleArn)
    return [
      ...findings,
      optionalFinding("deploying", await tryRights(observing.value(home), "deploy"), FOLLOWS_ONLY),
    ];
  const deploying = await roleSessions(env, settings, account, "deploy");
  if (!deploying.ok)
    return [
      ...findings,
      problem("deploying role", deploying.failure, await roleRemedy(env, settings, account)),
    ];
  const session = deploying.value(home);
  return [
    ...findings,
    await identityFinding("deploying role", session, expected),
    ...(await tryRights(session, "deploy")).map((tried) => rightFinding(home, tried)),
  ];
};

/** `account` absent: the Worker's own credentials. */
export const accountFindings = async (
  env: Env,
  settings: Settings,
  account?: Opened,
): Promise<readonly AccountFinding[]> => {
  const findings = account ? await roleFindings(env, settings, account) : await ownFindings(env, settings);
  const isOwn = account === undefined || account.alias === DEFAULT_ACCOUNT;
  return isOwn ? [...findings, ...(await installFindings(env, settings))] : findings;
};
