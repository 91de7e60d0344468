/** `stackcast accounts` and `stackcast doctor`: AWS accounts, and whether everything works. For admins. */
import { Option } from "commander";
import { alias, examples, region, withServer, type Asking, type Declaration } from "./command.ts";

export type AddAccountOptions = Asking &
  Readonly<{
    observe?: boolean;
    region: string[];
    deploy?: string;
    executionRole?: string;
    trust?: "external-id" | "web-identity";
  }>;

const regions = (text: string, before: string[] = []): string[] => [...before, region(text)];

export const declareAccounts: Declaration = (program, run) => {
  const load = () => import("../questions/accounts.ts");
  const group = program
    .command("accounts")
    .summary("AWS accounts beside Stackcast's own")
    .description("AWS accounts in which Stackcast follows and deploys stacks, each by a role of its own.")
    .addHelpText(
      "after",
      examples(
        ["stackcast accounts add prod 210987654321 --region eu-west-1", "prints how to let Stackcast in"],
        ["stackcast accounts check prod", "whether all of it works"],
        ["stackcast doctor", "everything, with what to do"],
      ),
    );
  withServer(group.command("list").summary("all accounts")).action((options: Asking) =>
    run(async (surroundings) => (await load()).listAccounts(options, surroundings)),
  );
  withServer(
    group
      .command("add")
      .summary("add an account, and say how it lets Stackcast in")
      .argument("<alias>", "its name in Stackcast, such as prod", alias)
      .argument("<accountId>", "its twelve digits")
      .requiredOption("--region <region>", "where its stacks are; may be repeated", regions)
      .option("--observe", "watch all stacks of these regions")
      .option("--deploy <roleArn>", "the role that may deploy; without one nothing is deployed there")
      .option("--execution-role <roleArn>", "the role that CloudFormation gets for what it deploys")
      .addOption(
        new Option("--trust <how>", "what opens its roles").choices(["external-id", "web-identity"]),
      ),
  ).action((name: string, accountId: string, options: AddAccountOptions) =>
    run(async (surroundings) => (await load()).addAccount(name, accountId, options, surroundings)),
  );
  withServer(
    group
      .command("check")
      .summary("try whether Stackcast can work in an account")
      .argument("<alias>", "the account, or default for Stackcast's own", alias),
  ).action((name: string, options: Asking) =>
    run(async (surroundings) => (await load()).checkAccounts([name], options, surroundings)),
  );
  withServer(
    group.command("remove").summary("remove an account").argument("<alias>", "the account", alias),
  ).action((name: string, options: Asking) =>
    run(async (surroundings) => (await load()).removeAccount(name, options, surroundings)),
  );
  withServer(
    program
      .command("doctor")
      .summary("try everything that Stackcast needs, and say what to do")
      .description(
        "Tries the credentials, each right in each region of each account, the clock, the audit table, log groups, mail, " +
          "destinations, the workflow, Cloudflare's quota and what signing in needs. Changes nothing; ends with 1 if something " +
          "does not work.",
      ),
  ).action((options: Asking) =>
    run(async (surroundings) => (await load()).checkAccounts(undefined, options, surroundings)),
  );
};
