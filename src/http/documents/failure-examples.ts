/** What each failure says, as the OpenAPI document shows it. */
import type { FailureCode } from "../../protocol/failure.ts";

const messages: Readonly<Record<FailureCode, string>> = {
  INVALID_REQUEST: "environment: must hold at most 32 lower-case letters, digits and hyphens",
  UNAUTHENTICATED: "The token is not valid",
  TOKEN_EXPIRED: "The token has expired",
  FORBIDDEN: "The role deployer is required",
  ORIGIN_NOT_ALLOWED: "The page's origin is not in ALLOWED_ORIGINS",
  NOT_FOUND: "There is no such address",
  METHOD_NOT_ALLOWED: "Allowed here: GET",
  UPGRADE_REQUIRED: "This address is a WebSocket",
  PAYLOAD_TOO_LARGE: "A body holds at most 1048576 bytes",
  TOO_MANY_REQUESTS: "Too many tickets within a minute: wait a while",
  STACK_NOT_FOUND: "There is no stack of this name in this region",
  DEPLOYMENT_NOT_FOUND: "There is no such deployment",
  EVENTS_NOT_KEPT: "The events of run 3 are no longer kept",
  DESTINATION_NOT_FOUND: "There is no such destination",
  DELIVERY_NOT_FOUND: "The destination has no such message, or no longer",
  TOO_MANY_DESTINATIONS: "200 destinations are too many: delete one first",
  EMAIL_NOT_CONFIGURED: "EMAIL_FROM is not set: no email can be sent",
  ACCOUNT_NOT_FOUND: "There is no account prod",
  ACCOUNT_EXISTS: "The account 210987654321 is there already: prod",
  PLAN_NOT_FOUND: "This deployment has no plan yet: send its stacks",
  CHANNEL_TAKEN: "Another deployment has the same channel name",
  ALREADY_THERE:
    "There is something of this name already: delete it first, or import into an install that is empty",
  RUN_UNDERWAY:
    "Run 3 of this deployment is in progress: started by kim@example.com at 2025-10-09T14:30:00.000Z",
  INVALID_TRANSITION: "A stack that is deployed cannot be deploying",
  UNKNOWN_STACK: "The deployment has no stack database-rds",
  EVENT_FROM_FUTURE: "timestamp: the event has not happened yet",
  CYCLIC_DEPENDENCIES: "Stacks depend on each other: network → security → network",
  IDEMPOTENCY_KEY_REUSED: "The Idempotency-Key was used for another request",
  STACK_EXISTS: "A stack of this name already exists",
  STACK_BUSY: "The stack is in UPDATE_IN_PROGRESS: deploy again when that ends",
  STACK_TRAPPED: "The stack is in ROLLBACK_COMPLETE: its creation failed. Delete it, then deploy again",
  KEY_PAIR_EXISTS: "There is a key pair web-servers already",
  CAPABILITIES_REQUIRED: "The template needs CAPABILITY_NAMED_IAM in capabilities",
  DEPLOY_REFUSED: "CloudFormation refused it: Template format error: YAML not well-formed.",
  AWS_QUOTA: "The AWS account has reached its quota",
  AWS_CREDENTIALS: "AWS does not accept the credentials: they are wrong or have expired",
  AWS_ACCESS_DENIED: "The credentials are not allowed to read this stack",
  AWS_REJECTED: "CloudFormation refused the request",
  AWS_THROTTLED: "CloudFormation throttles Stackcast's calls",
  AWS_UNREACHABLE: "CloudFormation cannot be reached",
  AWS_BAD_ANSWER: "CloudFormation's answer could not be parsed",
  PLATFORM_QUOTA:
    "Cloudflare's daily allowance of Workers Free is used up (rows written): nothing goes on until 00:00 UTC",
  UNAVAILABLE: "A new release is being installed: try again",
  KEYS_UNREACHABLE: "The keys at AUTH_JWKS_URL could not be fetched",
  CONFIGURATION: "Settings are wrong: AWS_REGION is missing",
  INTERNAL: "Something went wrong that should not",
};

const requestId = "0f3a9c52-6f0e-4d0b-9c4e-2f1f6f0b8a11";

/** The `error` of an answer that failed so. */
export const failureExample = (code: FailureCode) => ({ code, message: messages[code], requestId });
