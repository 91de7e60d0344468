/**
 * Verifies AWS Signature Version 4 on a request: what the headers claim is signed once more with the key's secret, by the
 * library that signs our own calls, and compared.
 * docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
import { AwsV4Signer } from "aws4fetch";
import type { QueryRefusal } from "../protocol/query-refusal.ts";
import { failed, success, type Result } from "../protocol/result.ts";

/** A request as it came. `target`: path and query. */
export type SignedRequest = Readonly<{
  method: string;
  target: string;
  headers: Headers;
  body: Uint8Array<ArrayBuffer>;
}>;

/** What the signature says of itself; nothing of it is verified. `time`: `20150830T123600Z`. */
type Claim = Readonly<{
  accessKeyId: string;
  time: string;
  signedHeaders: readonly string[];
  signature: string;
}>;

type Expected = Readonly<{ region: string; service: string; host: string }>;

/** A signature may be so much older or younger than now, in milliseconds. */
const MAX_SKEW_MS = 15 * 60_000;

const SCHEME = /^AWS4-HMAC-SHA256 +(.{1,4096})$/;
const CREDENTIAL = /^([A-Za-z0-9_]{1,128})\/(\d{8})\/([^/]{1,64})\/([^/]{1,64})\/aws4_request$/;
const SIGNED_HEADERS = /^[a-z0-9-]{1,128}(?:;[a-z0-9-]{1,128}){0,49}$/;
const SIGNATURE = /^[0-9a-f]{64}$/;
const TIME = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/;

const refused = (status: number, code: string, message: string) => failed({ status, code, message });

const incomplete = (message: string) => refused(400, "IncompleteSignature", message);

/** A key that is none, has been deleted or is of AWS itself. */
export const unknownKey: QueryRefusal = {
  status: 403,
  code: "InvalidClientTokenId",
  message: "The security token included in the request is invalid: it is no key of Stackcast's endpoint",
};

const mismatch: QueryRefusal = {
  status: 403,
  code: "SignatureDoesNotMatch",
  message:
    "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method.",
};

const partsOf = (authorization: string): ReadonlyMap<string, string> =>
  new Map(
    (SCHEME.exec(authorization)?.[1] ?? "").split(",").flatMap((part) => {
      const at = part.indexOf("=");
      return at === -1 ? [] : [[part.slice(0, at).trim(), part.slice(at + 1).trim()] as const];
    }),
  );

const timeProblem = (time: string, now: number): Result<undefined, QueryRefusal> => {
  const at = Date.parse(time.replace(TIME, "$1-$2-$3T$4:$5:$6Z"));
  if (Math.abs(now - at) <= MAX_SKEW_MS) return success(undefined);
  if (Number.isNaN(at)) return incomplete("Date must be in ISO-8601 'basic format'");
  const stamp = new Date(now).toISOString().replace(/[-:]|\.\d+/g, "");
  const relation =
    at < now
      ? `Signature expired: ${time} is now earlier than`
      : `Signature not yet current: ${time} is still later than`;
  return refused(400, "RequestExpired", `${relation} ${stamp} (15 min.)`);
};

/** What a request claims, if it is of this service and region and of now. */
export const signatureClaimOf = (
  headers: Headers,
  { region, service }: Pick<Expected, "region" | "service">,
  now: number,
): Result<Claim, QueryRefusal> => {
  const authorization = headers.get("Authorization");
  if (authorization === null)
    return refused(403, "MissingAuthenticationToken", "Request is missing Authentication Token");
  const parts = partsOf(authorization);
  const credential = CREDENTIAL.exec(parts.get("Credential") ?? "");
  const signedHeaders = parts.get("SignedHeaders") ?? "";
  const signature = parts.get("Signature") ?? "";
  const time = headers.get("X-Amz-Date") ?? "";
  const [, accessKeyId = "", day = "", itsRegion = "", itsService = ""] = credential ?? [];
  if (!credential || !SIGNED_HEADERS.test(signedHeaders) || !SIGNATURE.test(signature))
    return incomplete("The request signature does not conform to AWS standards");
  if (!TIME.test(time))
    return incomplete("Authorization header requires existence of the 'X-Amz-Date' header");
  if (!time.startsWith(day)) return incomplete("The date of the credential scope is not that of X-Amz-Date");
  const inTime = timeProblem(time, now);
  if (!inTime.ok) return inTime;
  if (itsRegion !== region)
    return refused(
      403,
      "SignatureDoesNotMatch",
      `Credential should be scoped to a valid region: this is the endpoint of '${region}'.`,
    );
  if (itsService !== service)
    return refused(
      403,
      "SignatureDoesNotMatch",
      `Credential should be scoped to correct service: '${service}'.`,
    );
  // A token would be of AWS's, beside a key of ours: the client has both by mistake.
  if (headers.has("X-Amz-Security-Token"))
    return refused(
      403,
      "InvalidClientTokenId",
      "The security token included in the request is invalid: keys of Stackcast's endpoint have none, so unset AWS_SESSION_TOKEN",
    );
  const names = signedHeaders.split(";");
  if (!names.includes("host") || !names.includes("x-amz-date"))
    return incomplete("'host' and 'x-amz-date' must be among the signed headers");
  return success({ accessKeyId, time, signedHeaders: names, signature });
};

/** Takes as long wherever the two differ. */
const isEqual = (one: string, other: string): boolean => {
  let difference = one.length ^ other.length;
  for (let at = 0; at < one.length; at += 1) difference |= one.charCodeAt(at) ^ other.charCodeAt(at);
  return difference === 0;
};

const hashOf = async (body: Uint8Array<ArrayBuffer>): Promise<string> =>
  [...new Uint8Array(await crypto.subtle.digest("SHA-256", body))]
    .map((byte) => byte.toString(16).padStart(2, "0"))
    .join("");

const signatureOf = async (
  { accessKeyId, time, signedHeaders }: Claim,
  { method, target, headers, body }: SignedRequest,
  { region, service, host }: Expected,
  secretAccessKey: string,
): Promise<string | undefined> => {
  try {
    const signed = new Headers();
    for (const name of signedHeaders) {
      const value = headers.get(name);
      if (value !== null && name !== "host") signed.set(name, value);
    }
    const signer = new AwsV4Signer({
      method,
      url: new URL(target, `https://${host}`).href,
      headers: signed,
      body,
      accessKeyId,
      secretAccessKey,
      region,
      service,
      datetime: time,
      allHeaders: true,
    });
    // What the client says that it has signed has to be what is there to be signed.
    return signer.signedHeaders === signedHeaders.join(";") ? await signer.signature() : undefined;
  } catch {
    return undefined;
  }
};

/** Whether one of the secrets has signed exactly this request. `host`: as the client has addressed it. */
export const verifySignature = async (
  claim: Claim,
  request: SignedRequest,
  expected: Expected,
  secrets: readonly string[],
): Promise<Result<undefined, QueryRefusal>> => {
  const declared = request.headers.get("X-Amz-Content-Sha256");
  if (declared !== null && declared !== (await hashOf(request.body))) return failed(mismatch);
  for (const secret of secrets) {
    const signature = await signatureOf(claim, request, expected, secret);
    if (signature !== undefined && isEqual(signature, claim.signature)) return success(undefined);
  }
  return failed(mismatch);
};
