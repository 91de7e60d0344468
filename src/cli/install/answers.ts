/** What an install is given: by options, by the configuration that it wrote before, or by whoever sits at the terminal. */
import { failed, success, type Result } from "../../protocol/result.ts";
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
  roleArn: "--role-arn",
  publicUrl: "--public-url",
  signIn: "--sign-in",
  oidcIssuer: "--oidc-issuer",
  oidcClientId: "--oidc-client-id",
  accessTeamUrl: "--access-team-url",
  accessAudience: "--access-audience",
};

type Asking = Pick<Surroundings, "isAsked" | "readLine" | "stderr" | "interruption">;

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
  const roleArn = await answer(
    "roleArn",
    "IAM role that trusts Stackcast, so that no key is stored (none: keys of a user)",
    mayAsk,
  );
  const keptWay = kept["OIDC_ISSUER"] ? "oidc" : kept["ACCESS_TEAM_URL"] ? "access" : undefined;
  const given = options.oidcIssuer ? "oidc" : options.accessTeamUrl ? "access" : undefined;
  const known = options.signIn ?? given ?? keptWay ?? (isFirst ? undefined : "token");
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
