/**
 * Checks AWS Signature Version 4 on a request, as AWS does: known key, right signature, right time, live session.
 * Written from the specification and node:crypto alone, so that it cannot share an error with a signer.
 * docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { Refusal } from "./refusal.ts";

/** Keys that requests may be signed with. */
export type Credentials = Readonly<{
  accessKeyId: string;
  secretAccessKey: string;
  /** Temporary credentials: must come with every request. */
  sessionToken?: string;
  /** Milliseconds since the epoch; requests after it are answered ExpiredToken. */
  expiresAt?: number;
  /** Whose they are; absent: the account's own user's. */
  identity?: Readonly<{ accountId: string; arn: string }>;
}>;

/** A request as it came over the wire. */
export type WireRequest = Readonly<{
  method: string;
  /** Path and query as sent. */
  target: string;
  headers: IncomingHttpHeaders;
  body: Buffer;
}>;

/** What the signature says the request is for. */
export type CredentialScope = Readonly<{ region: string; service: string }>;

const MAX_SKEW_MS = 15 * 60 * 1000;

const SCHEME =
  /^AWS4-HMAC-SHA256\s+Credential=([^/]+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request,\s*SignedHeaders=([^,\s]+),\s*Signature=([0-9a-f]+)$/;

const sha256 = (data: string | Buffer): string => createHash("sha256").update(data).digest("hex");

const hmac = (key: string | Buffer, data: string): Buffer => createHmac("sha256", key).update(data).digest();

const encoded = (text: string): string =>
  encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );

const canonicalQueryOf = (query: string): string =>
  [...new URLSearchParams(query)]
    .map(([name, value]) => `${encoded(name)}=${encoded(value)}`)
    .sort()
    .join("&");

/** Every service but S3 encodes the already encoded path once more. */
const canonicalPathOf = (path: string): string => path.split("/").map(encoded).join("/") || "/";

const canonicalHeaderOf = (headers: IncomingHttpHeaders, name: string): string => {
  const value = headers[name];
  const text = Array.isArray(value) ? value.join(",") : (value ?? "");
  return `${name}:${text.trim().replace(/ +/g, " ")}\n`;
};

const timeOf = (amzDate: string): number =>
  Date.parse(amzDate.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z"));

const signatureMismatch = (): Refusal =>
  new Refusal(
    "SignatureDoesNotMatch",
    "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.",
    403,
  );

const invalidToken = (): Refusal =>
  new Refusal("InvalidClientTokenId", "The security token included in the request is invalid.", 403);

/** A session that has ended, in the words recorded from CloudFormation. */
export const expiredToken = (): Refusal =>
  new Refusal("ExpiredToken", "The security token included in the request is expired", 403);

const checkTime = (amzDate: string, now: number): void => {
  const sentAt = timeOf(amzDate);
  if (Number.isNaN(sentAt)) {
    throw new Refusal("IncompleteSignature", "Date must be in ISO-8601 'basic format'.", 400);
  }
  if (Math.abs(now - sentAt) <= MAX_SKEW_MS) return;
  const stamp = new Date(now).toISOString().replace(/[-:]|\.\d+/g, "");
  const relation =
    sentAt < now
      ? `Signature expired: ${amzDate} is now earlier than`
      : `Signature not yet current: ${amzDate} is still later than`;
  throw new Refusal("RequestExpired", `${relation} ${stamp} (15 min.)`, 400);
};

const checkSession = (keys: Credentials, token: string | undefined, now: number): void => {
  if (keys.sessionToken !== token) throw invalidToken();
  if (keys.expiresAt !== undefined && now >= keys.expiresAt) throw expiredToken();
};

/** Resolves what the request is for, or refuses it as AWS would. */
export const verifySignature = (
  { method, target, headers, body }: WireRequest,
  known: readonly Credentials[],
  now: number,
): CredentialScope => {
  if (headers.authorization === undefined) {
    throw new Refusal("MissingAuthenticationToken", "Request is missing Authentication Token", 403);
  }
  const [, accessKeyId, day, region, service, signedHeaders, signature] =
    SCHEME.exec(headers.authorization) ?? [];
  const amzDate = String(headers["x-amz-date"] ?? "");
  if (
    !accessKeyId ||
    !day ||
    !region ||
    !service ||
    !signedHeaders ||
    !signature ||
    !amzDate.startsWith(day)
  ) {
    throw new Refusal("IncompleteSignature", "The request signature does not conform to AWS standards.", 400);
  }
  const keys = known.find((pair) => pair.accessKeyId === accessKeyId);
  if (keys === undefined) throw invalidToken();
  checkTime(amzDate, now);
  const names = signedHeaders.split(";");
  const [path = "/", query = ""] = target.split("?");
  const declared = headers["x-amz-content-sha256"];
  const payload = declared === "UNSIGNED-PAYLOAD" ? declared : sha256(body);
  const canonical = [
    method,
    canonicalPathOf(path),
    canonicalQueryOf(query),
    names.map((name) => canonicalHeaderOf(headers, name)).join(""),
    signedHeaders,
    payload,
  ].join("\n");
  const scope = `${day}/${region}/${service}/aws4_request`;
  const key = [day, region, service, "aws4_request"].reduce<string | Buffer>(
    hmac,
    `AWS4${keys.secretAccessKey}`,
  );
  const expected = hmac(key, ["AWS4-HMAC-SHA256", amzDate, scope, sha256(canonical)].join("\n"));
  const given = Buffer.from(signature, "hex");
  const isRight =
    names.includes("host") && given.length === expected.length && timingSafeEqual(given, expected);
  if (!isRight) throw signatureMismatch();
  const token = headers["x-amz-security-token"];
  checkSession(keys, Array.isArray(token) ? token[0] : token, now);
  return { region, service };
};
