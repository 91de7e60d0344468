/** Knows all accounts: adds, changes and removes them, and tells their credentials' objects of it. No key is among it. */
import { accountTemplate } from "../../aws/install/account-template.ts";
import { openingOf } from "../../aws/install/opening.ts";
import {
  accountSchema,
  MAX_ACCOUNTS,
  type Account,
  type AccountChange,
  type AccountRequest,
  type InstallableAccount,
} from "../../protocol/accounts.ts";
import { shownFailureOf } from "../../domain/failure/aws-failures.ts";
import type { EndpointKey, EndpointKeyRequest } from "../../protocol/endpoint-keys.ts";
import type { Session } from "../../protocol/connection/session.ts";
import type { Failure } from "../../protocol/failure.ts";
import { failed, success, type Result } from "../../protocol/result.ts";
import { StoredObject } from "../../channel/copy/stored-object.ts";
import type { Env } from "../../env.ts";
import { credentialsOf } from "../../objects.ts";
import { settingsOf } from "../../settings.ts";
import { logLine } from "../../log.ts";
import type { AccountsRpc, EndpointAccess } from "./accounts-rpc.ts";
import { EndpointKeys } from "./endpoint-keys.ts";
import { changedAccount, newAccount } from "./account-record.ts";
import { ownPrincipal } from "./account-roles.ts";

const ALL = "SELECT account FROM accounts ORDER BY alias";

type Row = { account: string };

const noSuch = (alias: string): Failure => ({
  code: "ACCOUNT_NOT_FOUND",
  message: `There is no account ${alias}`,
});

const taken = (message: string): Failure => ({ code: "ACCOUNT_EXISTS", message });

export class Accounts extends StoredObject implements AccountsRpc {
  protected readonly keptRows = { tables: ["accounts"] };
  private readonly sql: SqlStorage;
  private readonly keys: EndpointKeys;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.sql = ctx.storage.sql;
    this.keys = new EndpointKeys(ctx.storage.kv);
    this.sql.exec(
      "CREATE TABLE IF NOT EXISTS accounts (alias TEXT PRIMARY KEY, account_id TEXT NOT NULL UNIQUE," +
        " account TEXT NOT NULL) WITHOUT ROWID",
    );
  }

  async template(): Promise<ReturnType<typeof accountTemplate>> {
    return accountTemplate();
  }

  async list(): Promise<readonly Account[]> {
    return this.read(ALL);
  }

  async find(alias: string): Promise<Account | undefined> {
    return this.read("SELECT account FROM accounts WHERE alias = ?", alias)[0];
  }

  async describe(alias: string): Promise<Result<InstallableAccount, Failure>> {
    const account = await this.find(alias);
    return account ? this.installable(account) : failed(noSuch(alias));
  }

  async create(
    request: AccountRequest,
    origin: string,
    subject: string,
  ): Promise<Result<InstallableAccount, Failure>> {
    const made = newAccount(request, this.settings, { origin, subject, now: Date.now() });
    if (!made.ok) return made;
    const shown = await this.installable(made.value);
    if (!shown.ok) return shown;
    const { alias, accountId } = made.value;
    const known = this.read(ALL);
    if (known.some((one) => one.alias === alias))
      return failed(taken(`There is an account ${alias} already`));
    const same = known.find((one) => one.accountId === accountId);
    if (same) return failed(taken(`The account ${accountId} is there already: ${same.alias}`));
    if (known.length >= MAX_ACCOUNTS)
      return failed(taken(`${MAX_ACCOUNTS} accounts are too many: remove one first`));
    this.keep(made.value);
    await this.tell(alias);
    return shown;
  }

  async change(alias: string, change: AccountChange): Promise<Result<InstallableAccount, Failure>> {
    const account = await this.find(alias);
    if (!account) return failed(noSuch(alias));
    const changed = changedAccount(account, change, Date.now());
    if (!changed.ok) return changed;
    this.keep(changed.value);
    await this.tell(alias);
    return this.installable(changed.value);
  }

  async remove(alias: string): Promise<Result<void, Failure>> {
    if (!(await this.find(alias))) return failed(noSuch(alias));
    this.sql.exec("DELETE FROM accounts WHERE alias = ?", alias);
    await this.tell(alias);
    return success(undefined);
  }

  async endpointKeys(session: Session): Promise<readonly EndpointKey[]> {
    return this.keys.list(session, Date.now());
  }

  async makeEndpointKey(
    request: EndpointKeyRequest,
    session: Session,
  ): Promise<Result<EndpointKey, Failure>> {
    const made = this.keys.make(request, session, Date.now());
    if (made.ok) logKey("Endpoint key made", made.value.accessKeyId, session);
    return made;
  }

  /** False: there is none of this id that the session may delete. */
  async deleteEndpointKey(accessKeyId: string, session: Session): Promise<boolean> {
    const isDeleted = this.keys.delete(accessKeyId, session);
    if (isDeleted) logKey("Endpoint key deleted", accessKeyId, session);
    return isDeleted;
  }

  /** What a key lets do, also where it has ended, and the account that it is used for, but for Stackcast's own. */
  async endpointAccess(accessKeyId: string, alias: string): Promise<EndpointAccess> {
    const key = this.keys.find(accessKeyId);
    const account = await this.find(alias);
    return { ...(key && { key }), ...(account && { account }) };
  }

  private get settings() {
    const settings = settingsOf(this.env);
    // The Worker lets nobody in without these.
    if (!settings.ok) throw new Error("No accounts can be here");
    return settings.value;
  }

  private async installable(account: Account): Promise<Result<InstallableAccount, Failure>> {
    if (account.trust === "web-identity") return success({ ...account, ...openingOf(account, "") });
    const principal = await ownPrincipal(this.env, this.settings);
    if (!principal.ok) {
      const { code, message } = shownFailureOf(principal.failure.kind, {
        service: "STS",
        purpose: "ask who they are",
      });
      return failed({ code, message: `Stackcast's own credentials are of no use: ${message}` });
    }
    return success({ ...account, ...openingOf(account, principal.value) });
  }

  private keep(account: Account): void {
    this.sql.exec(
      "INSERT INTO accounts (alias, account_id, account) VALUES (?, ?, ?)" +
        " ON CONFLICT (alias) DO UPDATE SET account = excluded.account",
      account.alias,
      account.accountId,
      JSON.stringify(account),
    );
  }

  /** An object that does not hear of it renews with the changed account all the same, only later. */
  private async tell(alias: string): Promise<void> {
    await credentialsOf(this.env, alias)
      .forget()
      .catch(() => undefined);
  }

  private read(query: string, ...values: string[]): readonly Account[] {
    return this.sql
      .exec<Row>(query, ...values)
      .toArray()
      .map(({ account }) => accountSchema.parse(JSON.parse(account)));
  }
}

const logKey = (message: string, accessKeyId: string, { subject }: Session): void =>
  logLine("info", message, { accessKeyId, subject });
