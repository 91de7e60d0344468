/** `stackcast stacks` and `stackcast grouping`: the stacks of observed accounts and regions, and the rules that group them. */
import { Option, type Command } from "commander";
import {
  alias,
  duration,
  environment,
  examples,
  positiveNumber,
  region,
  withServer,
  type Asking,
  type Declaration,
} from "./command.ts";

export type StacksOptions = Asking &
  Readonly<{ account?: string; region?: string; status?: string; match?: string; limit: number }>;

export const declareStacks: Declaration = (program, run) => {
  withServer(
    program
      .command("stacks")
      .summary("list the stacks of observed regions")
      .description(
        "Lists the stacks of observed accounts and regions with their newest operation, whoever began it, newest first.",
      )
      .option("--account <alias>", "only those of this account")
      .option("--region <region>", "only those of this region")
      .option("--status <status>", "running, resting, failed, deleted, or a status of CloudFormation")
      .option("--match <text>", "only those whose names hold this")
      .option("--limit <count>", "how many at most", positiveNumber, 100),
  )
    .addHelpText(
      "after",
      examples(
        ["stackcast stacks", "the newest"],
        ["stackcast stacks --status running", "what is going on"],
        ["stackcast stacks -o json | jq '.items[].stackName'", "for programs"],
      ),
    )
    .action((options: StacksOptions) =>
      run(async (surroundings) => (await import("../questions/stacks.ts")).listStacks(options, surroundings)),
    );
};

/** What a rule is made of, beside the pattern of its names. */
export type RuleOptions = Readonly<{
  tags?: true | string[];
  account?: string;
  region?: string;
  environment?: string;
  environments?: string[];
  quiet?: number;
  at?: number;
}>;

export type GroupingOptions = Asking & RuleOptions & Readonly<{ dryRun?: boolean }>;

const environments = (text: string, before: string[] = []): string[] => [...before, environment(text)];

/** One rule; where it stands among the others. */
const withRule = (command: Command): Command =>
  withServer(
    command
      .argument("[match]", "what names are made after, such as {deployment}-{environment}-{stack}")
      .option(
        "--tags [names...]",
        "tags tell it: the usual ones, or a tag of the deployment and one of the environment",
      )
      .addOption(new Option("--account <alias>", "of this account alone").argParser(alias))
      .addOption(new Option("--region <region>", "of this region alone").argParser(region))
      .addOption(
        new Option(
          "-e, --environment <name>",
          "the environment, where neither name nor tags tell it",
        ).argParser(environment),
      )
      .option("--environments <name...>", "what {environment} may be", environments)
      .option("--quiet <span>", "a run is over once its stacks have rested so long", duration)
      .option("--at <number>", "its place among the rules; the last one by default", positiveNumber),
  );

export const declareGrouping: Declaration = (program, run) => {
  const load = () => import("../questions/grouping.ts");
  const group = program
    .command("grouping")
    .summary("rules that group stacks into deployments")
    .description(
      "Rules by which stacks of observed regions that nobody registered are grouped into deployments: the first one that is " +
        "about a stack counts. To change them needs the role admin.",
    )
    .addHelpText(
      "after",
      examples(
        ["stackcast grouping preview '{deployment}-{environment}-{stack}'", "what such a rule would group"],
        ["stackcast grouping add '{deployment}-{environment}-{stack}' --account prod", "add it"],
        ["stackcast grouping add --tags --at 1", "first of all, what tags say"],
        ["stackcast grouping delete 2 --dry-run", "what would be grouped without the second"],
      ),
    );
  withServer(group.command("list").summary("all rules, in order")).action((options: Asking) =>
    run(async (surroundings) => (await load()).listRules(options, surroundings)),
  );
  withRule(
    group.command("add").summary("add a rule").option("--dry-run", "only show what would be grouped"),
  ).action((match: string | undefined, options: GroupingOptions) =>
    run(async (surroundings) => (await load()).addRule(match, options, surroundings)),
  );
  withServer(
    group
      .command("delete")
      .alias("rm")
      .summary("delete a rule")
      .description("Deletes a rule. What it has grouped stays where it is.")
      .argument("<number>", "the rule, as list numbers it", positiveNumber)
      .option("--dry-run", "only show what would be grouped"),
  ).action((number: number, options: GroupingOptions) =>
    run(async (surroundings) => (await load()).deleteRule(number, options, surroundings)),
  );
  withRule(
    group
      .command("preview")
      .summary("show what the rules group, or would group with one more")
      .description(
        "Shows where the rules put the stacks of observed regions, and with a rule that is given beside them.",
      ),
  ).action((match: string | undefined, options: GroupingOptions) =>
    run(async (surroundings) => (await load()).previewRules(match, options, surroundings)),
  );
};
