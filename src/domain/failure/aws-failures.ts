/**
 * What each kind of failure of AWS means: one row a kind, for everybody who hears of it. The HTTP status follows from
 * the code, see `http/middleware/failure-response.ts`.
 */
import type { ErrorDetail } from "../../protocol/deployment/deployment-event-parts.ts";
import type { Failure, FailureCode } from "../../protocol/failure.ts";
import { isOptIn } from "../../protocol/partitions.ts";
import type { OperationFailure } from "./operation-failure.ts";

type Kind = OperationFailure["kind"];

type ByKind = { readonly [F in OperationFailure as F["kind"]]: F };

/**
 * What asking again is good for:
 * - `rate`: AWS was asked too often, asking more slowly helps;
 * - `away`: nothing came back, or nothing that can be read: whether the call was carried out is not known;
 * - `refused`: it is refused until somebody changes something;
 * - `missing`: the stack may come yet.
 */
type Nature = "rate" | "away" | "refused" | "missing";

/** What was asked, of which service, and where. */
type Asked = Readonly<{ service: string; purpose: string; region?: string | undefined }>;

/** Words for everybody: never AWS's own, which may hold names and keys. */
type Shown = Readonly<{ code: FailureCode; message: (asked: Asked) => string }>;

type Row<K extends Kind> = Readonly<{
  nature: Nature;
  shown: Shown;
  /** In a deployment's events, with the way out. */
  event: (failure: ByKind[K]) => ErrorDetail;
  /** To whoever deploys: AWS's words only where they are about what the caller sent. Absent: as everybody. */
  deploying?: (failure: ByKind[K]) => Failure;
}>;

/** For what could not be asked however often it was tried. */
export const UNREACHABLE: ErrorDetail = {
  code: "AWS_UNREACHABLE",
  message: "CloudFormation could not be reached for minutes",
  details: "Retry when it answers again",
};

const quoted = ({ message }: Readonly<{ message: string }>): Failure => ({
  code: "DEPLOY_REFUSED",
  message: `AWS refused it: ${message}`,
});

/** Why a template is not deployed that needs capabilities which were not given. */
export const capabilitiesRequired = (needed: readonly string[]): Failure => {
  const message = `The template needs ${needed.join(", ")} in capabilities`;
  return { code: "CAPABILITIES_REQUIRED", message, details: [{ field: "capabilities", message }] };
};

const REFUSED: Shown = { code: "DEPLOY_REFUSED", message: () => "AWS refused it" };

const ROWS: { readonly [K in Kind]: Row<K> } = {
  throttled: {
    nature: "rate",
    shown: { code: "AWS_THROTTLED", message: ({ service }) => `${service} throttles Stackcast's calls` },
    event: () => ({ code: "AWS_THROTTLED", message: "CloudFormation throttles Stackcast's calls" }),
    deploying: () => ({
      code: "AWS_THROTTLED",
      message: "AWS throttles Stackcast's calls: try again in a moment",
    }),
  },
  unavailable: {
    nature: "away",
    shown: { code: "AWS_UNREACHABLE", message: ({ service }) => `${service} answers with server errors` },
    event: () => UNREACHABLE,
  },
  network: {
    nature: "away",
    shown: { code: "AWS_UNREACHABLE", message: ({ service }) => `${service} cannot be reached` },
    event: () => UNREACHABLE,
  },
  "bad-answer": {
    nature: "away",
    shown: { code: "AWS_BAD_ANSWER", message: ({ service }) => `${service}'s answer could not be parsed` },
    event: () => UNREACHABLE,
  },
  missing: {
    nature: "missing",
    shown: { code: "STACK_NOT_FOUND", message: () => "There is no stack of this name in this region" },
    event: ({ message }) => ({ code: "STACK_NOT_FOUND", message }),
    deploying: () => ({ code: "STACK_NOT_FOUND", message: "The stack was deleted in the meantime" }),
  },
  credentials: {
    nature: "refused",
    shown: {
      code: "AWS_CREDENTIALS",
      message: ({ region = "" }) =>
        "AWS does not accept the credentials: they are wrong or have expired" +
        (isOptIn(region) ? `, or the region ${region} is not enabled for the account` : ""),
    },
    event: ({ code, message }) => ({
      code: "AWS_CREDENTIALS",
      message: `AWS refuses Stackcast's credentials: ${message} (${code})`,
      details: "Give Stackcast credentials that AWS accepts, then retry",
    }),
  },
  "unknown-account": {
    nature: "refused",
    shown: { code: "ACCOUNT_NOT_FOUND", message: () => "Stackcast has no account of this alias" },
    event: ({ message }) => ({
      code: "ACCOUNT_NOT_FOUND",
      message,
      details: "Add the account again, then retry",
    }),
  },
  denied: {
    nature: "refused",
    shown: {
      code: "AWS_ACCESS_DENIED",
      message: ({ purpose }) => `The credentials are not allowed to ${purpose}`,
    },
    event: ({ message }) => ({
      code: "AWS_ACCESS_DENIED",
      message,
      details: "Grant the credentials this permission, then retry",
    }),
  },
  rejected: {
    nature: "refused",
    shown: { code: "AWS_REJECTED", message: ({ service }) => `${service} refused the request` },
    event: ({ code, message }) => ({
      code: code === "TEMPLATE_TOO_LARGE" ? code : "AWS_REJECTED",
      message,
    }),
    deploying: quoted,
  },
  exists: {
    nature: "refused",
    shown: { code: "STACK_EXISTS", message: () => "A stack of this name already exists" },
    event: ({ message }) => ({ code: "STACK_EXISTS", message }),
  },
  unchanged: {
    nature: "refused",
    shown: REFUSED,
    event: ({ message }) => ({ code: "NO_CHANGES", message }),
    deploying: quoted,
  },
  capabilities: {
    nature: "refused",
    shown: REFUSED,
    event: ({ message, needed }) => ({
      code: "MISSING_CAPABILITIES",
      message,
      details: `Add ${needed.join(", ")} to the stack's capabilities`,
    }),
    deploying: ({ needed }) => capabilitiesRequired(needed),
  },
  "wrong-state": {
    nature: "refused",
    shown: {
      code: "STACK_BUSY",
      message: () => "The stack is being changed: deploy again when that ends",
    },
    event: ({ status, message }) => ({ code: status || "WRONG_STATE", message }),
  },
  protected: {
    nature: "refused",
    shown: REFUSED,
    event: ({ message }) => ({
      code: "TERMINATION_PROTECTION",
      message,
      details: "Switch the stack's termination protection off, then try again",
    }),
    deploying: quoted,
  },
  "token-used": {
    nature: "refused",
    shown: REFUSED,
    event: ({ message }) => ({ code: "TOKEN_USED", message }),
    deploying: quoted,
  },
  quota: {
    nature: "refused",
    shown: { code: "AWS_QUOTA", message: () => "The AWS account has reached its quota" },
    event: ({ message }) => ({ code: "AWS_QUOTA", message }),
  },
};

/** Whether asking again may help, and how. */
export const natureOf = (kind: Kind): Nature => ROWS[kind].nature;

/** Whether the call may have been carried out all the same. */
export const isUncertain = (kind: Kind): boolean => natureOf(kind) === "away";

/** Whether the same question may be answered later without anybody's doing. */
export const passesByItself = (kind: Kind): boolean => natureOf(kind) === "rate" || natureOf(kind) === "away";

/** What everybody may hear of a failure. `region`: an account has to enable some before they know its credentials. */
export const shownFailureOf = (kind: Kind, asked: Asked): Failure => {
  const { code, message } = ROWS[kind].shown;
  return { code, message: message(asked) };
};

const eventOf = <K extends Kind>(kind: K, failure: ByKind[K]): ErrorDetail => ROWS[kind].event(failure);

/** As a deployment's events say it. */
export const errorDetailOf = (failure: OperationFailure): ErrorDetail => eventOf(failure.kind, failure);

const deployingOf = <K extends Kind>(kind: K, failure: ByKind[K]): Failure | undefined =>
  ROWS[kind].deploying?.(failure);

/** As a request to deploy is answered, whatever the stack's status: see `run/deploy-refusal.ts`. */
export const failedDeployOf = (failure: OperationFailure, region: string): Failure =>
  deployingOf(failure.kind, failure) ??
  shownFailureOf(failure.kind, { service: "CloudFormation", purpose: "deploy this stack", region });
