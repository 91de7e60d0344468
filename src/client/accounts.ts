/** Stackcast's REST interface for AWS accounts: for admins. Apart from the rest, as few who watch ask for it. */
import type { Account, AccountFinding, AccountRequest, InstallableAccount } from "../protocol/accounts.ts";
import { success, type Result } from "../protocol/result.ts";
import { answerTo, askerOf, dataOf, withFields, type RestFailure, type RestOptions } from "./rest-call.ts";

type Answer<Value> = Promise<Result<Value, RestFailure>>;

/** Viewers do not see everything of it. */
type ListedAccount = Pick<Account, "alias" | "accountId" | "regions" | "observe"> & Partial<Account>;

type AccountList = Readonly<{ items: readonly ListedAccount[] }>;
export type AccountCheck = Readonly<{ ok: boolean; findings: readonly AccountFinding[] }>;

const isList = withFields<AccountList>("items");
const isInstallable = withFields<InstallableAccount>("alias", "trustPolicy", "quickCreateUrl");
const isCheck = withFields<AccountCheck>("ok", "findings");

const ROOT = "/api/v1/accounts";

/** A client of one Worker. Every call asks once and resolves to a value or to why there is none. */
export const accountsClient = (options: RestOptions) => {
  const call = askerOf(options);
  const pathOf = (alias: string): string => `${ROOT}/${encodeURIComponent(alias)}`;

  return {
    list: (): Answer<AccountList> => call({ path: ROOT }, isList),

    add: (account: AccountRequest): Answer<InstallableAccount> =>
      call({ method: "POST", path: ROOT, body: account }, isInstallable),

    /** With all that its owner needs to let Stackcast in. */
    find: (alias: string): Answer<InstallableAccount> => call({ path: pathOf(alias) }, isInstallable),

    /** `default`: that of Stackcast's own credentials, and what the install needs beside. */
    check: (alias: string): Answer<AccountCheck> =>
      call({ method: "POST", path: `${pathOf(alias)}/check` }, isCheck),

    remove: async (alias: string): Answer<Readonly<{ alias: string }>> => {
      const answer = await answerTo(options, { method: "DELETE", path: pathOf(alias) });
      if (!answer.ok) return answer;
      return answer.value.status === 204 ? success({ alias }) : dataOf(answer.value, withFields("alias"));
    },
  };
};
