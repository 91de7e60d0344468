/** Why a stack is not deployed, said to whoever wants it deployed, with the way out where there is one. */
import type { Failure } from "../../protocol/failure.ts";
import { deployabilityOf } from "./deployability.ts";
import type { OperationFailure } from "../failure/operation-failure.ts";
import { tellingOf } from "../failure/trouble.ts";

/** What can be done about a stack that CloudFormation does not update. */
const WAYS_OUT: Readonly<Record<string, string>> = {
  DELETE_FAILED:
    "delete it again, with RetainResources or the deletion mode FORCE_DELETE_STACK, then deploy again",
  UPDATE_ROLLBACK_FAILED:
    "continue its rollback (ContinueUpdateRollback), skipping what cannot be rolled back, then deploy again",
  IMPORT_ROLLBACK_FAILED: "No call leaves this state. Fix its resources by hand",
};

/** Why a stack with this status cannot be deployed, or not now; undefined: it can. */
export const refusalOfStatus = (status: string): Failure | undefined => {
  switch (deployabilityOf(status)) {
    case "create":
    case "update":
    case "paused":
    case "delete-first":
      return undefined;
    case "trapped":
      return { code: "STACK_TRAPPED", message: `The stack is in ${status}: ${WAYS_OUT[status]}` };
    case "wait":
    case "busy":
      return {
        code: "STACK_BUSY",
        message: `The stack is in ${status}: deploy again when that ends`,
      };
  }
};

const toldBy = (...about: Parameters<typeof tellingOf>): Failure => {
  const { code, message } = tellingOf(...about);
  return { code, message };
};

/** What a deployer is told when AWS does not do it: AWS's words only where they are about what he sent himself. */
export const deployRefusalOf = (failure: OperationFailure, region: string): Failure => {
  switch (failure.kind) {
    case "denied":
      return { code: "AWS_ACCESS_DENIED", message: "The credentials are not allowed to deploy this stack" };
    case "throttled":
      return { code: "AWS_THROTTLED", message: "AWS throttles Stackcast's calls: try again in a moment" };
    case "missing":
      return { code: "STACK_NOT_FOUND", message: "The stack was deleted in the meantime" };
    case "credentials":
    case "unavailable":
    case "network":
    case "bad-answer":
      return toldBy(failure.kind, region);
    case "rejected":
    case "protected":
    case "token-used":
    case "unchanged":
      return { code: "DEPLOY_REFUSED", message: `AWS refused it: ${failure.message}` };
    case "exists":
      return { code: "STACK_EXISTS", message: "A stack of this name already exists" };
    case "capabilities":
      return capabilitiesRequired(failure.needed);
    case "wrong-state":
      return (
        refusalOfStatus(failure.status) ?? {
          code: "STACK_BUSY",
          message: "The stack is being changed: deploy again when that ends",
        }
      );
    case "quota":
      return { code: "AWS_QUOTA", message: "The AWS account has reached its quota" };
  }
};

export const capabilitiesRequired = (needed: readonly string[]): Failure => {
  const message = `The template needs ${needed.join(", ")} in capabilities`;
  return { code: "CAPABILITIES_REQUIRED", message, details: [{ field: "capabilities", message }] };
};

/** Whether the call may have been carried out all the same: nothing, or nothing that can be read, came back. */
export const isUncertain = ({ kind }: OperationFailure): boolean =>
  kind === "network" || kind === "unavailable" || kind === "bad-answer";
