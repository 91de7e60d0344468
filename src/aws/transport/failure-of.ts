/**
 * An error answer of any AWS protocol becomes one of our lookup failures. AWS's own text is passed on only where it
 * cannot hold a secret: the answer to a bad signature quotes the request's headers, session token included.
 */
import type { LookupFailure } from "../../domain/failure/lookup-failure.ts";
import { isOptIn } from "../../protocol/partitions.ts";
import { errorOf } from "./error-answer.ts";
import type { AwsError, RawAnswer } from "./error-answer.ts";

// The lists are those of the AWS SDK: @smithy/core, retry/service-error-classification/constants.
const THROTTLING: ReadonlySet<string> = new Set([
  "BandwidthLimitExceeded",
  "EC2ThrottledException",
  "PriorRequestNotComplete",
  "ProvisionedThroughputExceededException",
  "RequestLimitExceeded",
  "RequestThrottled",
  "RequestThrottledException",
  "SlowDown",
  "ThrottledException",
  "Throttling",
  "ThrottlingException",
  "TooManyRequestsException",
  "TransactionInProgressException",
]);

const CLOCK: ReadonlySet<string> = new Set([
  "AuthFailure",
  "InvalidSignatureException",
  "RequestExpired",
  "RequestInTheFuture",
  "RequestTimeTooSkewed",
  "SignatureDoesNotMatch",
]);

const EXPIRED: ReadonlySet<string> = new Set([
  "ExpiredToken",
  "ExpiredTokenException",
  "TokenRefreshRequired",
]);

const WRONG_KEYS: ReadonlySet<string> = new Set([
  "IncompleteSignature",
  "IncompleteSignatureException",
  "InvalidAccessKeyId",
  "InvalidClientTokenId",
  "InvalidToken",
  "MissingAuthenticationToken",
  "MissingAuthenticationTokenException",
  "UnrecognizedClientException",
]);

const DENIED: ReadonlySet<string> = new Set([
  "AccessDenied",
  "AccessDeniedException",
  "NotAuthorized",
  "OptInRequired",
  "SubscriptionRequiredException",
  "UnauthorizedAccess",
  "UnauthorizedOperation",
]);

const TIMED_OUT: ReadonlySet<string> = new Set(["RequestTimeout", "RequestTimeoutException"]);

const MISSING: ReadonlySet<string> = new Set(["ChangeSetNotFound", "ChangeSetNotFoundException"]);

const MESSAGE_LENGTH = 500;

/**
 * The first line, capped, without the value it speaks of: AWS quotes whole templates and parameters, and what follows
 * the first line is quoted input too.
 */
const shortened = (message: string): string => {
  const line = message.replace(/\bValue '[^]*?' at '/g, "Value at '").split(/[\r\n]/, 1)[0] ?? "";
  return line.length > MESSAGE_LENGTH ? `${line.slice(0, MESSAGE_LENGTH)}…` : line;
};

/** Whether a code may mean that the signature's time is off. */
export const isClockCode = (code: string): boolean => CLOCK.has(code);

/** CloudFormation has no code for a stack that is not there, only these words, in one of two wordings. */
const saysNoSuchStack = ({ code, message }: AwsError): boolean =>
  code === "ValidationError" && /^Stack\b[^]*\bdoes not exist\.?$/.test(message);

/** The code means a quota as often as a rate; only the words tell. */
const saysTooFast = ({ code, message }: AwsError): boolean =>
  code === "LimitExceededException" && /\b(?:rate|throttl|too many)/i.test(message);

const credentialsMessage = (code: string, region: string): string | undefined => {
  if (EXPIRED.has(code)) return "the credentials have expired";
  if (CLOCK.has(code)) return "AWS does not accept the signature: the secret key or the clock is wrong";
  if (WRONG_KEYS.has(code) && isOptIn(region))
    return `AWS does not know the credentials, or the region ${region} is not enabled for their account`;
  if (WRONG_KEYS.has(code)) return "AWS does not know the credentials";
  return undefined;
};

/** Whether AWS refuses keys that were good once: other ones may do. */
export const mayBeOutdated = (failure: LookupFailure): boolean =>
  failure.kind === "credentials" && (EXPIRED.has(failure.code) || WRONG_KEYS.has(failure.code));

/** What an answer other than 2xx means that came from a region. */
export const failureOf = (answer: RawAnswer, region = ""): LookupFailure => {
  const { status } = answer;
  const error = errorOf(answer);
  if (!error) {
    if (status === 429) return { kind: "throttled", code: "429" };
    if (status >= 500) return { kind: "unavailable", status };
    return { kind: "bad-answer", message: `HTTP ${status} without an error of AWS's` };
  }
  const { code } = error;
  if (status === 429 || THROTTLING.has(code) || saysTooFast(error)) return { kind: "throttled", code };
  const message = credentialsMessage(code, region);
  if (message !== undefined) return { kind: "credentials", code, message };
  if (status >= 500 || TIMED_OUT.has(code)) return { kind: "unavailable", status };
  if (MISSING.has(code) || saysNoSuchStack(error))
    return { kind: "missing", message: shortened(error.message) };
  if (DENIED.has(code)) return { kind: "denied", code, message: shortened(error.message) };
  if (status >= 400) return { kind: "rejected", code, message: shortened(error.message) };
  return { kind: "bad-answer", message: `HTTP ${status} with the error ${code}` };
};
