/** `stackcast install`: a Worker of one's own, in one's own Cloudflare account. */
import { InvalidArgumentError, Option } from "commander";
import { examples, region, type Declaration } from "./command.ts";
import { checks, type CheckedAnswer } from "../install/checks.ts";

export type InstallOptions = Readonly<Partial<Record<Exclude<CheckedAnswer, "allowDeploy">, string>>> &
  Readonly<{ allowDeploy?: boolean; secrets?: boolean; upgrade?: boolean; dryRun?: boolean }>;

const checked = (asked: CheckedAnswer) => (text: string) => {
  const why = checks[asked](text);
  if (why !== undefined) throw new InvalidArgumentError(`It ${why}.`);
  return text;
};

export const declareInstall: Declaration = (program, run) => {
  program
    .command("install")
    .summary("install Stackcast in your Cloudflare account, or upgrade it")
    .description(
      "Writes stackcast.<name>.toml, deploys the Worker with wrangler, sets its secrets and runs doctor. On a terminal it asks " +
        "for what is not given. Cloudflare's plan must be Workers Paid. Credentials of Cloudflare come from wrangler: " +
        "wrangler login, or CLOUDFLARE_API_TOKEN. What stands below [vars] of the file is kept.",
    )
    .option("--name <name>", "of the Worker; another name is another install", checked("name"))
    .option("--region <region>", "the AWS region of stacks that are named without one", region)
    .option(
      "--account-id <digits>",
      "the AWS account that lets Stackcast in without a key; doctor says how",
      checked("accountId"),
    )
    .option("--allow-deploy", "with --account-id: Stackcast may deploy there, too")
    .option(
      "--role-arn <arn>",
      "another role that trusts Stackcast; without a role: keys of an IAM user",
      checked("roleArn"),
    )
    .option(
      "--public-url <address>",
      "its address: of workers.dev, or of a domain in this account",
      checked("publicUrl"),
    )
    .addOption(new Option("--sign-in <how>", "how people sign in").choices(["token", "oidc", "access"]))
    .option("--oidc-issuer <address>", "with oidc: the OpenID provider", checked("oidcIssuer"))
    .option("--oidc-client-id <id>", "with oidc: the client", checked("oidcClientId"))
    .option(
      "--access-team-url <address>",
      "with access: https://<team>.cloudflareaccess.com",
      checked("accessTeamUrl"),
    )
    .option(
      "--access-audience <tag>",
      "with access: the application's audience tag",
      checked("accessAudience"),
    )
    .option("--secrets", "read secrets from the input: NAME=value lines, or a JSON object")
    .option("--upgrade", "a Worker of this name may be there already")
    .option("--dry-run", "print the configuration and the commands, and change nothing")
    .addHelpText(
      "after",
      examples(
        ["stackcast install", "asks, and deploys"],
        [
          "stackcast install --name stackcast --region eu-west-1 --account-id 123456789012 --public-url https://stackcast.example.com",
          "no AWS key anywhere",
        ],
        ["stackcast install --dry-run --name stackcast-dev --region eu-west-1", "what would be done"],
        ["stackcast install --name stackcast --region eu-west-1 --secrets < secrets", "for scripts"],
      ),
    )
    .action((options: InstallOptions) =>
      run(async (surroundings) => (await import("../install/install.ts")).install(options, surroundings)),
    );
};
