/** Whether the accounts that a request names are there, and may be deployed to. The default one always is. */
import type { Env } from "../../env.ts";
import { accountsOf, call } from "../../objects.ts";
import { inAccount } from "../../protocol/connection/channel-names.ts";
import type { Account } from "../../protocol/accounts.ts";
import type { Failure } from "../../protocol/failure.ts";
import { failed, success, type Result } from "../../protocol/result.ts";

type Named = Readonly<{ account?: string | undefined }>;

type Accounts = ReadonlyMap<string, Account>;

/** By alias, or why one of them is not to be worked in. To be asked only once the session is known to cover them. */
export const knownAccounts = async (
  env: Env,
  places: readonly Named[],
  { deploys = false }: Readonly<{ deploys?: boolean }> = {},
): Promise<Result<Accounts, Failure>> => {
  const aliases = [...new Set(places.flatMap(({ account }) => inAccount(account).account ?? []))];
  if (aliases.length === 0) return success(new Map());
  const all = await call(
    () => accountsOf(env),
    (accounts) => accounts.list(),
  );
  const known = new Map(all.map((account) => [account.alias, account]));
  const unknown = aliases.find((alias) => !known.has(alias));
  if (unknown !== undefined)
    return failed({ code: "ACCOUNT_NOT_FOUND", message: `There is no account ${unknown}` });
  const closed = aliases.find((alias) => known.get(alias)?.deployRoleArn === undefined);
  if (!deploys || closed === undefined) return success(known);
  const message = `The account ${closed} may only be looked at: it has no deployRoleArn`;
  return failed({ code: "DEPLOY_REFUSED", message });
};
