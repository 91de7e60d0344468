/**
 * Credentials of a role, from STS: with the caller's own signature, or with a token that the role's account trusts.
 * docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html, …/API_AssumeRoleWithWebIdentity.html
 */
import * as z from "zod";
import type { LookupFailure } from "../../domain/failure/lookup-failure.ts";
import { failed, type Result } from "../../protocol/result.ts";
import { queryCall } from "../transport/query-call.ts";
import { readXml } from "../transport/query-xml.ts";
import type { CallBudget } from "../transport/signed-call.ts";
import type { TemporaryKeys } from "./credentials.ts";
import type { AwsSession } from "./session.ts";
import { ownEntry } from "../../domain/own-entry.ts";

/** Which role, and as whom. */
export type RoleRequest = Readonly<{
  roleArn: string;
  /** Shown in the account's CloudTrail. */
  sessionName: string;
  durationSeconds: number;
}>;

export type AssumedKeys = Promise<Result<TemporaryKeys, LookupFailure>>;

const BUDGET: CallBudget = { attempts: 3, totalMs: 8_000 };

const grantSchema = z
  .object({
    Credentials: z.object({
      AccessKeyId: z.string().min(1),
      SecretAccessKey: z.string().min(1),
      SessionToken: z.string().min(1),
      Expiration: z.iso.datetime({ offset: true }),
    }),
  })
  .transform(({ Credentials: keys }): TemporaryKeys => ({
    accessKeyId: keys.AccessKeyId,
    secretAccessKey: keys.SecretAccessKey,
    sessionToken: keys.SessionToken,
    expiresAt: Date.parse(keys.Expiration),
  }));

/** Refusals of the role, in words that hold nothing of the request. */
const REFUSALS: Readonly<Record<string, string>> = {
  AccessDenied:
    "the role does not exist, or its trust policy does not let Stackcast in: compare the external id, or the issuer, audience and subject",
  InvalidIdentityToken:
    "AWS does not accept Stackcast's identity token: the role's account has no identity provider for this issuer, or cannot read its keys",
  IDPRejectedClaim: "AWS does not accept the identity token's claims",
  ExpiredTokenException: "AWS takes the identity token for an expired one",
  RegionDisabledException: "STS is not active in this region for the account",
};

/** AWS could not fetch the keys of the issuer just now. */
const PASSING_CODE = "IDPCommunicationError";

const refusalOf = (failure: LookupFailure): LookupFailure => {
  if (!("code" in failure) || failure.kind === "throttled") return failure;
  const { code, message } = failure;
  if (code === PASSING_CODE) return { kind: "unavailable", status: 400 };
  // Whatever STS refuses, it refuses the credentials: nothing was asked yet that a right could lack for.
  return { kind: "credentials", code, message: ownEntry(REFUSALS, code) ?? message };
};

const assumed = async (
  session: AwsSession,
  action: "AssumeRole" | "AssumeRoleWithWebIdentity",
  { roleArn, sessionName, durationSeconds }: RoleRequest,
  proof: Readonly<Record<string, string | undefined>>,
): AssumedKeys => {
  const xml = await queryCall(session, {
    service: "sts",
    action,
    parameters: {
      RoleArn: roleArn,
      RoleSessionName: sessionName,
      DurationSeconds: String(durationSeconds),
      ...proof,
    },
    budget: BUDGET,
  });
  if (!xml.ok) return failed(refusalOf(xml.failure));
  const answer = z
    .object({ [`${action}Result`]: grantSchema })
    .transform((result) => result[`${action}Result`]!);
  return readXml(xml.value, `${action}Response`, answer);
};

/** By the session's own credentials; `externalId` as the role's trust policy asks for it. */
export const assumeRole = (
  session: AwsSession,
  request: RoleRequest & Readonly<{ externalId?: string | undefined }>,
): AssumedKeys => assumed(session, "AssumeRole", request, { ExternalId: request.externalId });

/** By a token alone: the session needs no credentials. */
export const assumeRoleWithWebIdentity = (
  session: AwsSession,
  request: RoleRequest & Readonly<{ token: string }>,
): AssumedKeys => assumed(session, "AssumeRoleWithWebIdentity", request, { WebIdentityToken: request.token });

/** Long enough for less than one call an hour; the account's template lets its roles be held so long. */
const LONG_SECONDS = 2 * 3600;
/** What AWS gives from every role, and at most from a role to another role. */
const USUAL_SECONDS = 3600;

const saysTooLong = (failure: LookupFailure): boolean =>
  failure.kind === "credentials" &&
  failure.code === "ValidationError" &&
  /DurationSeconds|MaxSessionDuration/.test(failure.message);

/** Asks for two hours, and for one from then on where AWS gives no more. */
export const longestSession = (assume: (durationSeconds: number) => AssumedKeys): (() => AssumedKeys) => {
  let seconds = LONG_SECONDS;
  return async () => {
    const keys = await assume(seconds);
    if (keys.ok || seconds === USUAL_SECONDS || !saysTooLong(keys.failure)) return keys;
    seconds = USUAL_SECONDS;
    return assume(seconds);
  };
};
