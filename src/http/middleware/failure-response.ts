/** Turns failures into answers: the one place that knows which status a failure has and in what shape it is answered. */
import type { Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import * as z from "zod";
import { failureCodes, failureSchema, type Failure, type FailureCode } from "../../protocol/failure.ts";
import { refusalXml, type QueryRefusal } from "../../protocol/query-refusal.ts";
import type { AppEnv } from "./app-env.ts";

const statuses = {
  INVALID_REQUEST: 400,
  UNAUTHENTICATED: 401,
  TOKEN_EXPIRED: 401,
  FORBIDDEN: 403,
  ORIGIN_NOT_ALLOWED: 403,
  NOT_FOUND: 404,
  STACK_NOT_FOUND: 404,
  DEPLOYMENT_NOT_FOUND: 404,
  EVENTS_NOT_KEPT: 404,
  DESTINATION_NOT_FOUND: 404,
  DELIVERY_NOT_FOUND: 404,
  TOO_MANY_DESTINATIONS: 409,
  EMAIL_NOT_CONFIGURED: 422,
  ACCOUNT_NOT_FOUND: 404,
  ACCOUNT_EXISTS: 409,
  PLAN_NOT_FOUND: 404,
  CHANNEL_TAKEN: 409,
  ALREADY_THERE: 409,
  RUN_UNDERWAY: 409,
  INVALID_TRANSITION: 409,
  UNKNOWN_STACK: 422,
  EVENT_FROM_FUTURE: 422,
  CYCLIC_DEPENDENCIES: 422,
  IDEMPOTENCY_KEY_REUSED: 422,
  STACK_EXISTS: 409,
  STACK_BUSY: 409,
  STACK_TRAPPED: 409,
  KEY_PAIR_EXISTS: 409,
  CAPABILITIES_REQUIRED: 422,
  DEPLOY_REFUSED: 422,
  AWS_QUOTA: 409,
  METHOD_NOT_ALLOWED: 405,
  PAYLOAD_TOO_LARGE: 413,
  UPGRADE_REQUIRED: 426,
  TOO_MANY_REQUESTS: 429,
  INTERNAL: 500,
  AWS_CREDENTIALS: 502,
  AWS_ACCESS_DENIED: 502,
  AWS_REJECTED: 502,
  AWS_BAD_ANSWER: 502,
  AWS_THROTTLED: 503,
  KEYS_UNREACHABLE: 503,
  UNAVAILABLE: 503,
  PLATFORM_QUOTA: 503,
  CONFIGURATION: 503,
  AWS_UNREACHABLE: 504,
} as const satisfies Record<FailureCode, ContentfulStatusCode>;

/** A status that a failure can have. */
export type FailureStatus = (typeof statuses)[FailureCode];

/** Every status that a failure can have. */
export const failureStatuses: readonly FailureStatus[] = [...new Set(Object.values(statuses))];

/** The codes that are answered with a status. */
export const codesOf = (status: FailureStatus): FailureCode[] =>
  failureCodes.filter((code) => statuses[code] === status);

/** What a REST route answers when it fails. */
export const failureBodySchema = z
  .object({ success: z.literal(false), error: failureSchema })
  .meta({ id: "FailureAnswer" });

/** What `/canvas/*` answers when it fails: bare, as everything there. */
export const bareFailureSchema = failureBodySchema.omit({ success: true }).meta({ id: "BareFailureAnswer" });

type FailureBody = Readonly<z.infer<typeof failureBodySchema>>;

const headersOf = (code: FailureCode): Record<string, string> => {
  if (code === "UNAUTHENTICATED" || code === "TOKEN_EXPIRED") return { "WWW-Authenticate": "Bearer" };
  if (code === "UPGRADE_REQUIRED") return { Upgrade: "websocket" };
  if (code === "TOO_MANY_REQUESTS") return { "Retry-After": "60" };
  if (code === "PLATFORM_QUOTA") return { "Retry-After": "600" };
  if (code === "AWS_THROTTLED" || code === "UNAVAILABLE") return { "Retry-After": "5" };
  return {};
};

/** What an answer that fails so is made of, in whatever shape. */
export const partsOf = (
  c: Context<AppEnv>,
  { code, message, details }: Failure,
  headers: Record<string, string>,
) => {
  c.set("failure", code);
  return {
    error: { code, message, ...(details !== undefined && { details }), requestId: c.get("requestId") },
    status: statuses[code],
    headers: { "Cache-Control": "no-store", ...headersOf(code), ...headers },
  };
};

/** The answer of a REST route that failed. */
export const restFailure = (c: Context<AppEnv>, failure: Failure, headers: Record<string, string> = {}) => {
  const { error, status, headers: all } = partsOf(c, failure, headers);
  return c.json<FailureBody, FailureStatus>({ success: false, error }, status, all);
};

/** The answer of a REST route that refused all it was given, with what became of each part. */
export const restRefusal = <Report extends object>(c: Context<AppEnv>, failure: Failure, data: Report) => {
  const { error, status, headers } = partsOf(c, failure, {});
  return c.json({ success: false as const, error, data }, status, headers);
};

/** What AWS's own clients understand of a failure of ours. */
const queryCodeOf = (status: number): string => {
  switch (status) {
    case 401:
    case 403:
      return "AccessDenied";
    case 404:
    case 405:
      return "InvalidAction";
    case 413:
      return "RequestEntityTooLarge";
    case 429:
      return "Throttling";
    case 500:
      return "InternalFailure";
    default:
      return status < 500 ? "ValidationError" : "ServiceUnavailable";
  }
};

/** An answer in the words of AWS's Query protocol. Clients set their clocks by its date. */
export const queryRefusal = (
  c: Context<AppEnv>,
  refusal: QueryRefusal,
  headers: Record<string, string> = {},
): Response => {
  const requestId = c.get("requestId");
  return new Response(refusalXml(refusal, requestId), {
    status: refusal.status,
    headers: {
      "Content-Type": "text/xml",
      "Cache-Control": "no-store",
      Date: new Date().toUTCString(),
      "x-amzn-RequestId": requestId,
      ...headers,
    },
  });
};

/** The answer to any request that failed: in AWS's XML under `/aws/`, bare under `/canvas/`, in REST's envelope elsewhere. */
export const failureResponse = (
  c: Context<AppEnv>,
  failure: Failure,
  headers: Record<string, string> = {},
): Response => {
  if (c.req.path.startsWith("/aws/")) {
    const { status, headers: all } = partsOf(c, failure, headers);
    return queryRefusal(c, { status, code: queryCodeOf(status), message: failure.message }, all);
  }
  if (!c.req.path.startsWith("/canvas/")) return restFailure(c, failure, headers);
  const { error, status, headers: all } = partsOf(c, failure, headers);
  return c.json({ error }, status, all);
};
