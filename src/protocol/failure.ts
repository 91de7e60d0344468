/** Why something asked of Stackcast was not done: the code is for programs, the message for people. */
import * as z from "zod";

export const failureCodes = [
  "INVALID_REQUEST",
  "UNAUTHENTICATED",
  "TOKEN_EXPIRED",
  "FORBIDDEN",
  "ORIGIN_NOT_ALLOWED",
  "NOT_FOUND",
  "METHOD_NOT_ALLOWED",
  "UPGRADE_REQUIRED",
  "PAYLOAD_TOO_LARGE",
  "STACK_NOT_FOUND",
  "AWS_CREDENTIALS",
  "AWS_ACCESS_DENIED",
  "AWS_REJECTED",
  "AWS_THROTTLED",
  "AWS_UNREACHABLE",
  "AWS_BAD_ANSWER",
  "CONFIGURATION",
  "INTERNAL",
] as const;

export type FailureCode = (typeof failureCodes)[number];

/** What a caller is told. Holds no secret and no evidence: that goes to the log. */
export type Failure = Readonly<{ code: FailureCode; message: string; details?: unknown }>;

export const failureSchema = z.object({
  code: z.enum(failureCodes),
  message: z.string(),
  details: z.unknown().optional(),
  requestId: z.string(),
});
