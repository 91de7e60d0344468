/** Why a canvas was not deployed, in words that say what became of the key pairs that were made for it. */
import type { OperationFailure } from "../../domain/failure/operation-failure.ts";
import type { CanvasChange } from "../../protocol/deployment/canvas-deploy.ts";
import type { Failure } from "../../protocol/failure.ts";

export const staysPaused = (status: string): Failure => ({
  code: "STACK_TRAPPED",
  message:
    `The stack is in ${status}, and without disableRollback: false it is changed as it is. Leave that out, or have ` +
    "CloudFormation roll it back first (RollbackStack), then deploy again",
});

/** Of a refusal after which nobody knows whether CloudFormation has begun. */
export const uncertainAfter = (
  { code, message }: Failure,
  { keyPairs: names, isRepeatable }: CanvasChange,
): Failure => {
  const next = isRepeatable ? "send the request again with the same Idempotency-Key" : "check the stack";
  const reported = {
    code,
    message: `${message}. Whether the deployment has started is not known: ${next}`,
  };
  return names.length === 0 ? reported : withKeyPairs(reported, names, "was made, and is kept");
};

/** Undefined: as any other refusal of AWS. */
export const keyPairRefusal = (name: string, failure: OperationFailure): Failure | undefined => {
  if (failure.kind === "exists")
    return { code: "KEY_PAIR_EXISTS", message: `There is a key pair ${name} already` };
  if (failure.kind !== "denied") return undefined;
  return { code: "AWS_ACCESS_DENIED", message: "The credentials are not allowed to make key pairs" };
};

export const withKeyPairs = (failure: Failure, names: readonly string[], what: string): Failure => ({
  ...failure,
  message: `${failure.message}. Key pairs: ${names.map((name) => `${name} ${what}`).join("; ")}`,
  details: [
    ...(failure.details ?? []),
    ...names.map((name) => ({ field: `keyPairs.${name}`, message: what })),
  ],
});
