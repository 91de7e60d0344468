/** Why a stack is not deployed, said to whoever wants it deployed, with the way out where there is one. */
import type { Failure } from "../../protocol/failure.ts";
import { failedDeployOf } from "../failure/aws-failures.ts";
import type { OperationFailure } from "../failure/operation-failure.ts";
import { deployabilityOf } from "./deployability.ts";
import { wayOutOf } from "./way-out.ts";

/** Why a stack with this status cannot be deployed, or not now; undefined: it can. */
export const refusalOfStatus = (status: string): Failure | undefined => {
  switch (deployabilityOf(status)) {
    case "create":
    case "update":
    case "paused":
    case "delete-first":
      return undefined;
    case "trapped":
      return { code: "STACK_TRAPPED", message: `The stack is in ${status}: ${wayOutOf(status, "by-hand")}` };
    case "wait":
    case "busy":
      return {
        code: "STACK_BUSY",
        message: `The stack is in ${status}: deploy again when that ends`,
      };
  }
};

/** What a deployer reads when AWS does not do it. */
export const deployRefusalOf = (failure: OperationFailure, region: string): Failure =>
  (failure.kind === "wrong-state" ? refusalOfStatus(failure.status) : undefined) ??
  failedDeployOf(failure, region);
