/** What the object of an account's credentials can be asked. */
import type { TemporaryKeys } from "../../aws/identity/credentials.ts";
import type { LookupFailure } from "../../domain/failure/lookup-failure.ts";
import type { AccountFinding } from "../../protocol/accounts.ts";
import type { Result } from "../../protocol/result.ts";

/** Looking takes one role of an account, deploying another one. */
export type Purpose = "observe" | "deploy";

export interface AccountCredentialsRpc {
  /** Keys for a purpose; `refused` is the id of a key that AWS has just refused. */
  keys(purpose: Purpose, refused?: string): Promise<Result<TemporaryKeys, LookupFailure>>;
  /** The account has changed: what is held may be a role's that is no longer meant. */
  forget(): Promise<void>;
  /** Tries what Stackcast needs there, with the credentials of now. */
  check(): Promise<Result<readonly AccountFinding[], LookupFailure>>;
}
