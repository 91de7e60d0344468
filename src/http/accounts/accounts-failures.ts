/** Why an account could not be looked into. */
import type { LookupFailure } from "../../domain/failure/lookup-failure.ts";
import { tellingOf } from "../../domain/failure/trouble.ts";
import type { Failure } from "../../protocol/failure.ts";

/** Why an account could not be looked into at all. */
export const lookupFailure = (failure: LookupFailure): Failure => {
  if (failure.kind === "credentials" && failure.code === "UnknownAccount")
    return { code: "ACCOUNT_NOT_FOUND", message: failure.message };
  const { code, message } = tellingOf(failure.kind);
  return { code, message };
};
