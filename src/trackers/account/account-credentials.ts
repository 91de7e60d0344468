/**
 * The credentials of one account, the same in all its regions: assumes its roles, renews them in time, and hands them to
 * all objects that work there. What it keeps in storage is sealed.
 */
import { DurableObject } from "cloudflare:workers";
import { longestSession } from "../../aws/identity/assumed-role.ts";
import type { TemporaryKeys } from "../../aws/identity/credentials.ts";
import { RenewingCredentials } from "../../aws/identity/renewing-credentials.ts";
import type { LookupFailure } from "../../domain/failure/lookup-failure.ts";
import type { AccountFinding } from "../../protocol/accounts.ts";
import { aliasSchema } from "../../protocol/connection/channel.ts";
import { DEFAULT_ACCOUNT } from "../../protocol/connection/channel-names.ts";
import { failed, success, type Result } from "../../protocol/result.ts";
import type { Env } from "../../env.ts";
import { accountsOf } from "../../objects.ts";
import { settingsOf, type Settings } from "../../settings.ts";
import { accountFindings } from "./account-check.ts";
import { openRole, ownAccount, type Opened } from "./account-roles.ts";
import { KeptKeys } from "./kept-keys.ts";
import type { AccountCredentialsRpc, Purpose } from "./account-credentials-rpc.ts";

export class AccountCredentials extends DurableObject<Env> implements AccountCredentialsRpc {
  private readonly alias: string;
  private readonly settings: Settings;
  private readonly kept: KeptKeys;
  private held = new Map<Purpose, Promise<RenewingCredentials>>();

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    const settings = settingsOf(env);
    const alias = aliasSchema.safeParse(ctx.id.name?.replace(/^accounts\//, ""));
    // The Worker lets nobody in without these.
    if (!settings.ok || !alias.success) throw new Error("No account can be here");
    this.settings = settings.value;
    this.alias = alias.data;
    this.kept = new KeptKeys(ctx.storage.kv, env, settings.value);
  }

  async keys(purpose: Purpose, refused?: string): Promise<Result<TemporaryKeys, LookupFailure>> {
    const held = this.held.get(purpose) ?? this.renewing(purpose);
    this.held.set(purpose, held);
    return (await held).keys(refused);
  }

  async forget(): Promise<void> {
    this.held = new Map();
    this.kept.clear();
  }

  async check(): Promise<Result<readonly AccountFinding[], LookupFailure>> {
    await this.forget();
    const account = await this.account();
    if (account.ok || this.alias !== DEFAULT_ACCOUNT)
      return account.ok ? success(await accountFindings(this.env, this.settings, account.value)) : account;
    return success(await accountFindings(this.env, this.settings));
  }

  private async renewing(purpose: Purpose): Promise<RenewingCredentials> {
    const assume = longestSession(async (durationSeconds) => {
      const account = await this.account();
      return account.ok
        ? openRole(this.env, this.settings, account.value, purpose, durationSeconds)
        : account;
    });
    return new RenewingCredentials({
      fetch: assume,
      clock: () => Date.now(),
      random: () => Math.random(),
      kept: await this.kept.open(purpose),
      renewed: (keys) => this.ctx.waitUntil(this.kept.seal(purpose, keys)),
    });
  }

  private async account(): Promise<Result<Opened, LookupFailure>> {
    const own = this.alias === DEFAULT_ACCOUNT ? ownAccount(this.settings) : undefined;
    if (own) return success(own);
    try {
      const account = await accountsOf(this.env).find(this.alias);
      if (account) return success(account);
    } catch {
      return failed({ kind: "network", message: "the list of accounts cannot be asked" });
    }
    return failed({ kind: "unknown-account", message: `There is no account ${this.alias}` });
  }
}
