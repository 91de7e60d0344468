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
  "TOO_MANY_REQUESTS",
  "STACK_NOT_FOUND",
  "DEPLOYMENT_NOT_FOUND",
  "EVENTS_NOT_KEPT",
  "DESTINATION_NOT_FOUND",
  "DELIVERY_NOT_FOUND",
  "TOO_MANY_DESTINATIONS",
  "EMAIL_NOT_CONFIGURED",
  "ACCOUNT_NOT_FOUND",
  "ACCOUNT_EXISTS",
  "PLAN_NOT_FOUND",
  "CHANNEL_TAKEN",
  "ALREADY_THERE",
  "RUN_UNDERWAY",
  "INVALID_TRANSITION",
  "UNKNOWN_STACK",
  "EVENT_FROM_FUTURE",
  "CYCLIC_DEPENDENCIES",
  "IDEMPOTENCY_KEY_REUSED",
  "STACK_EXISTS",
  "STACK_BUSY",
  "STACK_TRAPPED",
  "KEY_PAIR_EXISTS",
  "CAPABILITIES_REQUIRED",
  "DEPLOY_REFUSED",
  "AWS_QUOTA",
  "AWS_CREDENTIALS",
  "AWS_ACCESS_DENIED",
  "AWS_REJECTED",
  "AWS_THROTTLED",
  "AWS_UNREACHABLE",
  "AWS_BAD_ANSWER",
  "KEYS_UNREACHABLE",
  "UNAVAILABLE",
  "PLATFORM_QUOTA",
  "CONFIGURATION",
  "INTERNAL",
] as const;

export type FailureCode = (typeof failureCodes)[number];

const detailSchema = z.object({ field: z.string(), message: z.string() });

/** What a caller reads. Holds no secret and no evidence: that goes to the log. */
export type Failure = Readonly<{
  code: FailureCode;
  message: string;
  /** What is wrong with each field of the request. */
  details?: readonly Readonly<z.infer<typeof detailSchema>>[];
}>;

export const failureSchema = z.object({
  code: z.enum(failureCodes),
  message: z.string(),
  details: z.array(detailSchema).readonly().optional(),
  requestId: z.string(),
});
