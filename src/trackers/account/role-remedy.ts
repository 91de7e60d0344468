/** What to do where a role does not let itself be opened: the command that makes it, or the trust policy that it needs. */
import { openingOf } from "../../aws/install/opening.ts";
import { roleArnOf, templateRoleName } from "../../protocol/role-arn.ts";
import type { Env } from "../../env.ts";
import type { Settings } from "../../settings.ts";
import { ownPrincipal, type Opened } from "./account-roles.ts";

/** The role is the template's, and which of its two. */
const templatePurposeOf = (alias: string, roleName: string) =>
  (["observe", "deploy"] as const).find((purpose) => templateRoleName(purpose, alias) === roleName);

export const roleRemedy = async (env: Env, settings: Settings, account: Opened): Promise<string> => {
  const { alias, roleArn, deployRoleArn, trust, issuer } = account;
  const { accountId = "", name = "" } = roleArnOf(roleArn) ?? {};
  const principal = trust === "external-id" ? await ownPrincipal(env, settings) : undefined;
  if (principal?.ok === false) return "give Stackcast credentials that AWS accepts, then check again";
  const purpose = templatePurposeOf(alias, name);
  const deploys = deployRoleArn !== undefined && (deployRoleArn !== roleArn || purpose === "deploy");
  const { deployRoleArn: _, ...looking } = account;
  const openable = { ...looking, accountId, ...(deploys && { deployRoleArn }) };
  const { installCommand, trustPolicy } = openingOf(openable, principal?.value ?? "");
  const served =
    trust === "web-identity"
      ? `; AWS has to be able to read ${issuer}/.well-known/openid-configuration without a sign-in`
      : "";
  return purpose === undefined
    ? `see that the role's trust policy is ${JSON.stringify(trustPolicy)}${served}`
    : `let Stackcast in with credentials of the account ${accountId}: ${installCommand}${served}`;
};
