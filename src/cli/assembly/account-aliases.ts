/** Which of the server's accounts an app's account ids are. */
import { answerTo, dataOf, withFields } from "../../client/rest-call.ts";
import { failed, success, type Result } from "../../protocol/result.ts";
import type { Server } from "../arguments/server.ts";
import type { AliasOf } from "./assembly-plan.ts";
import type { AssemblyStack } from "./assembly-stacks.ts";

type Accounts = Readonly<{ items: readonly Readonly<{ alias: string; accountId: string }>[] }>;

const isAccounts = withFields<Accounts>("items");

/** One id that no account has may be the server's own; of two, one is not. */
export const aliasesFor = async (
  stacks: readonly Pick<AssemblyStack, "accountId">[],
  server: Server,
): Promise<Result<AliasOf, readonly string[]>> => {
  const ids = [...new Set(stacks.flatMap(({ accountId }) => accountId ?? []))];
  if (ids.length === 0) return success(() => undefined);
  const answer = await answerTo(server, { path: "/api/v1/accounts" });
  const accounts = answer.ok ? dataOf(answer.value, isAccounts) : answer;
  const aliases = new Map(
    (accounts.ok ? accounts.value.items : []).map(({ alias, accountId }) => [accountId, alias]),
  );
  const unknown = ids.filter((id) => !aliases.has(id));
  if (unknown.length > 1)
    return failed([
      `the app goes to the accounts ${unknown.join(" and ")}, and only one can be the server's own`,
      "  POST /api/v1/accounts registers the others",
    ]);
  return success((id) => (aliases.get(id) === "default" ? undefined : aliases.get(id)));
};
