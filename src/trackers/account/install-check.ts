/** Tries what the install itself needs beside AWS accounts: its clock, the far ends that it hands on to, its workflow. */
import { query } from "../../aws/services/dynamodb.ts";
import { endpointOf } from "../../aws/transport/endpoints.ts";
import { workerSession } from "../../aws/identity/worker-session.ts";
import type { Env } from "../../env.ts";
import { call, farEndsOf } from "../../objects.ts";
import type { AccountFinding } from "../../protocol/accounts.ts";
import type { FarEnd, Refusing } from "../../protocol/rpc/far-end.ts";
import type { Settings } from "../../settings.ts";

/** AWS refuses signatures of a clock that is off by more than five minutes. */
const MOST_SKEW_MS = 60_000;

const TIMEOUT_MS = 10_000;

/** By the time that AWS puts on its answers, whatever they are. */
const clockFinding = async ({ aws }: Settings): Promise<AccountFinding> => {
  const name = "clock";
  try {
    const { url } = endpointOf("sts", aws.region, aws.endpoints);
    const answer = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS), redirect: "manual" });
    await answer.body?.cancel();
    const there = Date.parse(answer.headers.get("Date") ?? "");
    if (Number.isNaN(there)) return { name, ok: true, evidence: "AWS does not say what time it is" };
    const seconds = Math.round((Date.now() - there) / 1000);
    const evidence = `${Math.abs(seconds)} s ${seconds < 0 ? "behind" : "ahead of"} AWS`;
    if (Math.abs(seconds) * 1000 <= MOST_SKEW_MS) return { name, ok: true, evidence };
    return { name, ok: false, evidence, mend: "set the clock of the machine that runs this Worker" };
  } catch {
    const remedy = "see that AWS can be reached from here, and what AWS_ENDPOINT_URL is set to";
    return { name, ok: false, evidence: "STS cannot be reached", mend: remedy };
  }
};

/** What a far end has said last; `unset`: the setting that turns it on. */
const farEndFinding = (
  [farEnd, name, setting]: readonly [FarEnd, string, string],
  isSet: boolean,
  refusing: readonly Refusing[],
  remedy: string,
): AccountFinding => {
  if (!isSet) return { name, ok: true, evidence: `off: ${setting} is not set` };
  const refusal = refusing.find((one) => one.farEnd === farEnd);
  if (!refusal) return { name, ok: true, evidence: "nothing has been refused" };
  const since = new Date(refusal.since).toISOString();
  return {
    name,
    ok: false,
    evidence: `${refusal.code} since ${since}; ${refusal.waiting} channels or destinations wait`,
    mend: remedy,
  };
};

/** Reading the table tells that it is there, and what it is. */
const tableFinding = async (
  env: Env,
  { aws, auditTable: table }: Settings,
  refusing: readonly Refusing[],
): Promise<AccountFinding> => {
  const remedy =
    "create the table with the partition key deploymentId and the sort key timestamp, both strings, and grant the statement Audit of npm run policy";
  const known = farEndFinding(["audit", "audit table", "AUDIT_TABLE"], table !== undefined, refusing, remedy);
  if (!known.ok || table === undefined) return known;
  const session = workerSession(env, aws, { region: aws.region });
  const read = await query(session, {
    table,
    partition: { name: "deploymentId", value: "stackcast-doctor" },
    sort: { name: "timestamp", from: "0" },
    limit: 1,
  });
  if (read.ok) return { ...known, evidence: `${table} answers` };
  const code = "code" in read.failure ? read.failure.code : read.failure.kind;
  return { name: known.name, ok: false, evidence: `${table}: ${code}`, mend: remedy };
};

/** Whether the Worker has a workflow; an instance is not started for it. */
const workflowFinding = (env: Partial<Env>): AccountFinding => {
  const name = "workflow";
  return env.ORCHESTRATIONS
    ? { name, ok: true, evidence: "the binding ORCHESTRATIONS is there" }
    : {
        name,
        ok: false,
        evidence: "there is no binding ORCHESTRATIONS",
        mend: "deploy with the workflow of wrangler.toml, under a name that no other install of this Cloudflare account has",
      };
};

export const installFindings = async (env: Env, settings: Settings): Promise<readonly AccountFinding[]> => {
  const refusing = await call(
    () => farEndsOf(env),
    (farEnds) => farEnds.refusing(),
  ).catch((): readonly Refusing[] => []);
  const [clock, table] = await Promise.all([clockFinding(settings), tableFinding(env, settings, refusing)]);
  const logs = farEndFinding(
    ["logs", "log groups", "LOG_GROUP_PREFIX"],
    settings.logGroupPrefix !== undefined,
    refusing,
    "grant the statement ShipLogs of npm run policy",
  );
  const mail = farEndFinding(
    ["mail", "mail", "EMAIL_FROM"],
    settings.emailFrom !== undefined,
    refusing,
    "verify EMAIL_FROM in SES, leave its sandbox, and grant the statement SendMail of npm run policy",
  );
  return [clock, table, logs, mail, workflowFinding(env)];
};
