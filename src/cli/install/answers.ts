/** What an install is given: by options, by the configuration that it wrote before, or by whoever sits at the terminal. */
import { DEFAULT_ACCOUNT } from "../../protocol/connection/channel-names.ts";
import { partitionOf } from "../../protocol/partitions.ts";
import { failed, success, type Result } from "../../protocol/result.ts";
import { templateRoleName } from "../../protocol/role-arn.ts";
import type { InstallOptions } from "../commands/install.ts";
import type { Surroundings } from "../surroundings.ts";
import { checks, type CheckedAnswer } from "./checks.ts";

type Vars = Readonly<Record<string, string>>;

/** An option that is missing, or that does not go with the others. */
export type Missing = Readonly<{ field: string; message: string }>;

/** The variable that each answer becomes. */
const VARIABLE = {
  region: "AWS_REGION",
  roleArn: "AWS_ROLE_ARN",
  publicUrl: "PUBLIC_URL",
  oidcIssuer: "OIDC_ISSUER",
  oidcClientId: "OIDC_CLIENT_ID",
  accessTeamUrl: "ACCESS_TEAM_URL",
  accessAudience: "ACCESS_AUDIENCE",
} as const satisfies Partial<Record<CheckedAnswer, string>>;

type Variable = keyof typeof VARIABLE;

const OPTION: Readonly<Record<CheckedAnswer, string>> = {
  name: "--name",
  region: "--region",
  accountId: "--account-id",
  allowDeploy: "--allow-deploy",
  roleArn: "--role-arn",
  publicUrl: "--public-url",
  signIn: "--sign-in",
  oidcIssuer: "--oidc-issuer",
  oidcClientId: "--oidc-client-id",
  accessTeamUrl: "--access-team-url",
  accessAudience: "--access-audience",
};

type Asking = Pick<Surroundings, "isAsked" | "readLine" | "stderr" | "interruption">;

/** The role that the account's template makes for Stackcast's own credentials. */
const templateRoleArn = (accountId: string, region: string, mayDeploy: boolean): string => {
  const name = templateRoleName(mayDeploy ? "deploy" : "observe", DEFAULT_ACCOUNT);
  return `arn:${partitionOf(region).id}:iam::${accountId}:role/${name}`;
};

/** Asks until the answer is right; what is typed without an answer is `usual`. */
const askFor = async (
  asked: CheckedAnswer,
  text: string,
  usual: string | undefined,
  { readLine, stderr, interruption }: Asking,
): Promise<string | undefined> => {
  for (;;) {
    stderr.write(`${text}${usual ? ` [${usual}]` : ""}: `);
    const line = (await readLine()).trim();
    if (interruption.aborted) return undefined;
    if (line === "") {
      if (usual !== undefined) return usual;
      return undefined;
    }
    const why = checks[asked](line);
    if (why === undefined) return line;
    stderr.write(`  It ${why}.\n`);
  }
};

/** The role by which an account lets Stackcast in without a key, if one is named. */
const accountRoleArn = async (
  options: InstallOptions,
  region: string,
  mayAsk: boolean,
  asking: Asking,
): Promise<string | undefined> => {
  const typed =
    options.accountId === undefined && mayAsk
      ? await askFor(
          "accountId",
          "AWS account that lets Stackcast in without a key, twelve digits (none: keys of an IAM user)",
          undefined,
          asking,
        )
      : undefined;
  const accountId = options.accountId ?? typed;
  if (accountId === undefined) return undefined;
  const allowed =
    typed === undefined ? undefined : await askFor("allowDeploy", "May Stackcast deploy there", "no", asking);
  return templateRoleArn(accountId, region, options.allowDeploy === true || allowed === "yes");
};

/** The name of the install. */
export const nameOf = async (
  options: InstallOptions,
  usual: string,
  asking: Asking,
): Promise<string | undefined> =>
  options.name ?? (asking.isAsked ? await askFor("name", "Name of the Worker", usual, asking) : undefined);

/** The variables that the answers become; `kept` are those of the configuration that was there, `usual` the template's. */
export const variablesOf = async (
  options: InstallOptions,
  kept: Vars,
  usual: Vars,
  asking: Asking,
): Promise<Result<Vars, readonly Missing[]>> => {
  const missing: Missing[] = [];
  const vars: Record<string, string> = { ...kept };
  const isFirst = Object.keys(kept).length === 0;
  const answer = async (
    asked: Variable,
    text: string,
    isAsked: boolean,
    byDefault?: string,
  ): Promise<string | undefined> => {
    const known = options[asked] ?? kept[VARIABLE[asked]];
    const value = known ?? (isAsked ? await askFor(asked, text, byDefault, asking) : undefined);
    if (value) vars[VARIABLE[asked]] = value.replace(/\/$/, "");
    return value;
  };
  const need = async (asked: Variable, text: string, byDefault?: string): Promise<void> => {
    if (!(await answer(asked, text, asking.isAsked, byDefault)))
      missing.push({ field: OPTION[asked], message: `is missing: ${text}` });
  };
  // What was left out once is not asked for again.
  const mayAsk = asking.isAsked && isFirst;
  await need("region", "AWS region of stacks that are named without one", usual["AWS_REGION"]);
  const named = await answer("roleArn", "", false);
  const ofAccount =
    options.roleArn === undefined
      ? await accountRoleArn(options, vars["AWS_REGION"] ?? "", mayAsk, asking)
      : undefined;
  if (ofAccount !== undefined) vars["AWS_ROLE_ARN"] = ofAccount;
  const roleArn = ofAccount ?? named;
  const keptWay = kept["OIDC_ISSUER"] ? "oidc" : kept["ACCESS_TEAM_URL"] ? "access" : undefined;
  const byOption = options.oidcIssuer ? "oidc" : options.accessTeamUrl ? "access" : undefined;
  const known = options.signIn ?? byOption ?? keptWay ?? (isFirst ? undefined : "token");
  const way =
    known ??
    (asking.isAsked ? await askFor("signIn", "Sign-in: token, oidc or access", "token", asking) : "token");
  if (way === "oidc") {
    await need("oidcIssuer", "address of the OpenID provider");
    await need("oidcClientId", "client id at the OpenID provider");
  }
  if (way === "access") {
    await need("accessTeamUrl", "address of the team, such as https://team.cloudflareaccess.com");
    await need("accessAudience", "audience tag of the application");
  }
  // Far ends know Stackcast by it.
  if (roleArn || way === "oidc") await need("publicUrl", "the address that Stackcast will have");
  else await answer("publicUrl", "Address of a domain in this account (none: that of workers.dev)", mayAsk);
  return missing.length > 0 ? failed(missing) : success(vars);
};
