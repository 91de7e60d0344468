/** What the process ends with, the same for all commands: scripts rely on these numbers. */
import type { RestFailure } from "../../client/rest-call.ts";
import type { DeploymentProgress } from "../../protocol/deployment/deployment-progress.ts";
import type { Outcome } from "../../protocol/stack/stack-frames.ts";
import { ownEntry } from "../../domain/own-entry.ts";

export const EXIT = {
  done: 0,
  failed: 1,
  usage: 2,
  unauthorised: 3,
  notFound: 4,
  rolledBack: 5,
  cancelled: 8,
  timedOut: 9,
  lost: 10,
  hungUp: 129,
  interrupted: 130,
  terminated: 143,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Of a deployment's run that has ended; undefined: it has not, or what has failed is rolled back next. */
export const exitOfDeployment = ({
  status,
  willRollBack = false,
}: Pick<DeploymentProgress, "status" | "willRollBack">): ExitCode | undefined => {
  if (willRollBack) return undefined;
  switch (status) {
    case "deployed":
    case "destroyed":
      return EXIT.done;
    case "failed":
      return EXIT.failed;
    case "rolled_back":
      return EXIT.rolledBack;
    case "cancelled":
      return EXIT.cancelled;
    case "initializing":
    case "validating":
    case "deploying":
    case "rolling_back":
    case "cancelling":
    case "destroying":
      return undefined;
  }
};

/** Of a stack on its own. */
export const exitOfStack = (outcome: Outcome): ExitCode => {
  switch (outcome) {
    case "deployed":
    case "deployed_with_orphans":
    case "deleted":
      return EXIT.done;
    case "rolled_back":
      return EXIT.rolledBack;
    case "failed":
    case "rollback_failed":
      return EXIT.failed;
  }
};

const BY_CODE: Readonly<Record<string, ExitCode>> = {
  UNAUTHENTICATED: EXIT.unauthorised,
  TOKEN_EXPIRED: EXIT.unauthorised,
  FORBIDDEN: EXIT.unauthorised,
  ORIGIN_NOT_ALLOWED: EXIT.unauthorised,
  NOT_FOUND: EXIT.notFound,
  STACK_NOT_FOUND: EXIT.notFound,
  DEPLOYMENT_NOT_FOUND: EXIT.notFound,
  // A plan has to be given.
  PLAN_NOT_FOUND: EXIT.usage,
  CONFIGURATION: EXIT.usage,
  WORKER_EXISTS: EXIT.usage,
  AWS_CREDENTIALS: EXIT.usage,
  UNREACHABLE: EXIT.lost,
};

const BY_STATUS: Readonly<Record<number, ExitCode>> = {
  400: EXIT.usage,
  401: EXIT.unauthorised,
  403: EXIT.unauthorised,
  404: EXIT.notFound,
  409: EXIT.usage,
  413: EXIT.usage,
  422: EXIT.usage,
};

/** Of a question that was refused, or that nobody answered. */
export const exitOfFailure = ({ code, status = 0 }: Pick<RestFailure, "code" | "status">): ExitCode => {
  const known = ownEntry(BY_CODE, code);
  if (known !== undefined) return known;
  // What is no answer of Stackcast's comes from a gateway on the way, or the address is another's.
  if (code === "BAD_ANSWER") return status >= 500 ? EXIT.lost : EXIT.usage;
  return BY_STATUS[status] ?? EXIT.failed;
};
