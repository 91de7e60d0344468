/** `stackcast stacks`: the stacks of observed accounts and regions. */
import { examples, positiveNumber, withServer, type Asking, type Declaration } from "./command.ts";

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
