/** What the list of accounts can be asked. */
import type { accountTemplate } from "../../aws/install/account-template.ts";
import type { Account, AccountChange, AccountRequest, InstallableAccount } from "../../protocol/accounts.ts";
import type { EndpointKey, EndpointKeyRequest } from "../../protocol/endpoint-keys.ts";
import type { Session } from "../../protocol/connection/session.ts";
import type { Failure } from "../../protocol/failure.ts";
import type { Result } from "../../protocol/result.ts";
import type { KeptObject } from "../../protocol/rpc/kept-object.ts";

/** A key of the endpoint, and the account that it is used for; both may be unknown. */
export type EndpointAccess = Readonly<{ key?: EndpointKey; account?: Account }>;

export interface AccountsRpc extends KeptObject {
  /** The CloudFormation template that lets Stackcast in, the same for all accounts. */
  template(): Promise<ReturnType<typeof accountTemplate>>;
  /** By alias. */
  list(): Promise<readonly Account[]>;
  find(alias: string): Promise<Account | undefined>;
  /** The account with all that is needed to open it. */
  describe(alias: string): Promise<Result<InstallableAccount, Failure>>;
  /** `origin`: where Stackcast is for whoever asks. */
  create(
    request: AccountRequest,
    origin: string,
    subject: string,
  ): Promise<Result<InstallableAccount, Failure>>;
  change(alias: string, change: AccountChange): Promise<Result<InstallableAccount, Failure>>;
  remove(alias: string): Promise<Result<void, Failure>>;
  endpointKeys(session: Session): Promise<readonly EndpointKey[]>;
  makeEndpointKey(request: EndpointKeyRequest, session: Session): Promise<Result<EndpointKey, Failure>>;
  deleteEndpointKey(accessKeyId: string, session: Session): Promise<boolean>;
  endpointAccess(accessKeyId: string, alias: string): Promise<EndpointAccess>;
}
