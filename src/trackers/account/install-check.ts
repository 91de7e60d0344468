/** Tries what the install itself needs beside AWS accounts: its clock, the far ends that it hands on to, its own objects. */
import { query } from "../../aws/services/dynamodb.ts";
import { sendEmail } from "../../aws/services/ses.ts";
import { endpointOf } from "../../aws/transport/endpoints.ts";
import { workerSession } from "../../aws/identity/worker-session.ts";
import type { AwsSession } from "../../aws/identity/session.ts";
import { tryLogging } from "../../aws/install/rights-check.ts";
import type { LookupFailure } from "../../domain/failure/lookup-failure.ts";
import { platformQuotaOf, quotaFailure, quotaRemedy } from "../../domain/failure/platform-quota.ts";
import type { Env } from "../../env.ts";
import { call, destinationsOf, farEndsOf, within } from "../../objects.ts";
import type { AccountFinding } from "../../protocol/accounts.ts";
import type { Destination } from "../../protocol/destinations.ts";
import { success, type Result } from "../../protocol/result.ts";
import type { FarEnd, Refusing } from "../../protocol/rpc/far-end.ts";
import type { Settings } from "../../settings.ts";
import { problem } from "./finding.ts";
import { signInFindings } from "./sign-in-check.ts";

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

/** An end that the install hands on to, once its setting turns it on. */
type Handing = Readonly<{
  farEnd: FarEnd;
  name: string;
  setting: string;
  /** The setting's value; absent: it is off. */
  to: string | undefined;
  /** What was seen, or what stands against it. */
  attempt: (to: string) => Promise<Result<string, LookupFailure>>;
  remedy: string;
}>;

const farEndFinding = async (
  { farEnd, name, setting, to, attempt, remedy }: Handing,
  refusing: readonly Refusing[],
): Promise<AccountFinding> => {
  if (to === undefined) return { name, ok: true, evidence: `off: ${setting} is not set` };
  const refusal = refusing.find((one) => one.farEnd === farEnd);
  if (refusal) {
    const since = new Date(refusal.since).toISOString();
    const evidence = `${refusal.code} since ${since}; ${refusal.waiting} channels or destinations wait`;
    return { name, ok: false, evidence, mend: remedy };
  }
  const tried = await attempt(to);
  return tried.ok ? { name, ok: true, evidence: tried.value } : problem(name, tried.failure, remedy);
};

/** Reading the table tells that it is there, and what its keys are. */
const audit = (session: AwsSession, table: string | undefined): Handing => ({
  farEnd: "audit",
  name: "audit table",
  setting: "AUDIT_TABLE",
  to: table,
  attempt: async (to) => {
    const read = await query(session, {
      table: to,
      partition: { name: "deploymentId", value: "stackcast-doctor" },
      sort: { name: "timestamp", from: "0" },
      limit: 1,
    });
    return read.ok ? success(`${to} answers`) : read;
  },
  remedy:
    "create the table with the partition key deploymentId and the sort key timestamp, both strings, and grant the statement Audit of npm run policy",
});

const logs = (session: AwsSession, prefix: string | undefined): Handing => ({
  farEnd: "logs",
  name: "log groups",
  setting: "LOG_GROUP_PREFIX",
  to: prefix,
  attempt: async (to) => {
    const refused = (await tryLogging(session, to)).find(({ failure }) => failure);
    return refused?.failure ? { ok: false, failure: refused.failure } : success(`lines may go to ${to}…`);
  },
  remedy: "grant the statement ShipLogs of npm run policy",
});

const text = (Data: string) => ({ Data, Charset: "UTF-8" });

/** SES's own address for trying, which takes every mail, also in the sandbox. */
const MAILBOX = "success@simulator.amazonses.com";

const mail = (session: AwsSession, from: string | undefined): Handing => ({
  farEnd: "mail",
  name: "mail",
  setting: "EMAIL_FROM",
  to: from,
  attempt: async (to) => {
    const Body = { Text: text("Stackcast can send mail."), Html: text("Stackcast can send mail.") };
    const Simple = { Subject: text("Stackcast"), Body, Headers: [] };
    const sample = {
      FromEmailAddress: to,
      Destination: { ToAddresses: [MAILBOX] },
      Content: { Simple },
    };
    const sent = await sendEmail(session, sample, TIMEOUT_MS);
    return sent.ok ? success("SES takes mail from EMAIL_FROM") : sent;
  },
  remedy: "verify EMAIL_FROM in SES, leave its sandbox, and grant the statement SendMail of npm run policy",
});

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

/** A Worker does not hear which plan it runs under, until that is used up. */
const quotaFinding = async (env: Env): Promise<AccountFinding> => {
  const name = "quota";
  const quota = await farEndsOf(env).quota().catch(platformQuotaOf);
  if (quota) return { name, ok: false, evidence: quotaFailure(quota).message, mend: quotaRemedy(quota) };
  const evidence =
    "Durable Objects may write; Cloudflare does not tell whether by Workers Paid, which Stackcast needs, or by Workers Free, whose rows last for some hundred deployments of a stack a day";
  return { name, ok: true, evidence };
};

const stateOf = ({ state, failingSince, disabled }: Destination): string =>
  disabled ? `disabled since ${disabled.at}: ${disabled.reason}` : `${state} since ${failingSince ?? "now"}`;

/** Receivers that take nothing, by what the last deliveries came to; nothing is sent for it. */
const destinationFindings = async (env: Env): Promise<readonly AccountFinding[]> => {
  const all = await call(
    () => destinationsOf(env),
    (destinations) => destinations.list(),
  ).catch((): readonly Destination[] => []);
  const wrong = all.filter(({ state }) => state !== "working");
  if (wrong.length === 0)
    return [{ name: "destinations", ok: true, evidence: `${all.length}, none of them fails` }];
  return wrong.map((destination) => ({
    name: `destination ${destination.name ?? destination.id}`,
    ok: false,
    evidence: `${destination.kind} ${stateOf(destination)}`,
    mend: `see why: stackcast destinations deliveries ${destination.id}; then enable it`,
  }));
};

export const installFindings = async (env: Env, settings: Settings): Promise<readonly AccountFinding[]> => {
  const { aws, auditTable, logGroupPrefix, emailFrom } = settings;
  const farEnds = farEndsOf(env);
  // What has been set right since is found out first.
  await within(TIMEOUT_MS, farEnds.probe()).catch(() => undefined);
  const refusing = await farEnds.refusing().catch((): readonly Refusing[] => []);
  const session = workerSession(env, aws, { region: aws.region });
  const handings = [audit(session, auditTable), logs(session, logGroupPrefix), mail(session, emailFrom)];
  const [clock, quota, destinations, signIn, ...ends] = await Promise.all([
    clockFinding(settings),
    quotaFinding(env),
    destinationFindings(env),
    signInFindings(env, settings),
    ...handings.map((handing) => farEndFinding(handing, refusing)),
  ]);
  return [clock, ...ends, workflowFinding(env), quota, ...destinations, ...signIn];
};
