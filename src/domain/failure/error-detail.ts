/** What AWS refused, as a deployment's events tell it: the failure's kind decides on code, message and way out. */
import type { ErrorDetail } from "../../protocol/deployment/deployment-events.ts";
import type { OperationFailure } from "./operation-failure.ts";

/** For what could not be asked however often it was tried. */
export const UNREACHABLE: ErrorDetail = {
  code: "AWS_UNREACHABLE",
  message: "CloudFormation could not be reached for minutes",
  details: "Retry when it answers again",
};

export const errorDetailOf = (failure: OperationFailure): ErrorDetail => {
  switch (failure.kind) {
    case "exists":
      return { code: "STACK_EXISTS", message: failure.message };
    case "unchanged":
      return { code: "NO_CHANGES", message: failure.message };
    case "capabilities":
      return {
        code: "MISSING_CAPABILITIES",
        message: failure.message,
        details: `Add ${failure.needed.join(", ")} to the stack's capabilities`,
      };
    case "wrong-state":
      return { code: failure.status || "WRONG_STATE", message: failure.message };
    case "protected":
      return {
        code: "TERMINATION_PROTECTION",
        message: failure.message,
        details: "Switch the stack's termination protection off, then try again",
      };
    case "token-used":
      return { code: "TOKEN_USED", message: failure.message };
    case "quota":
      return { code: "AWS_QUOTA", message: failure.message };
    case "missing":
      return { code: "STACK_NOT_FOUND", message: failure.message };
    case "denied":
      return {
        code: "AWS_ACCESS_DENIED",
        message: failure.message,
        details: "Grant the credentials this permission, then retry",
      };
    case "rejected":
      return {
        code: failure.code === "TEMPLATE_TOO_LARGE" ? failure.code : "AWS_REJECTED",
        message: failure.message,
      };
    case "credentials":
      return {
        code: "AWS_CREDENTIALS",
        message: `AWS refuses Stackcast's credentials: ${failure.message} (${failure.code})`,
        details: "Give Stackcast credentials that AWS accepts, then retry",
      };
    case "throttled":
      return { code: "AWS_THROTTLED", message: "CloudFormation throttles Stackcast's calls" };
    case "unavailable":
    case "network":
    case "bad-answer":
      return UNREACHABLE;
  }
};
