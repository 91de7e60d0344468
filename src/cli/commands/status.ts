/** `stackcast status`: where a deployment stands, now. */
import {
  addressOf,
  examples,
  positiveNumber,
  withDeployment,
  type Declaration,
  type OfDeployment,
} from "./command.ts";

export type StatusOptions = OfDeployment &
  Readonly<{ run?: number; runs?: boolean; exitCode?: boolean; verbose?: boolean; bar?: boolean }>;

export const declareStatus: Declaration = (program, run, context) => {
  withDeployment(
    program
      .command("status")
      .summary("show the state of a deployment")
      .description(
        "Shows the state of a deployment, once. The exit code is 0 if it could be read, see --exit-code.",
      ),
    context,
  )
    .option("--run <number>", "an earlier run", positiveNumber)
    .option("--runs", "all known runs, one per line")
    .option("--exit-code", "end with the code of the run's outcome; 0 while it runs")
    .option("--verbose", "with every stack's resources")
    .addHelpText(
      "after",
      examples(
        ["stackcast status D1BRV40 --environment dev", "its layers and stacks"],
        ["stackcast status D1BRV40 -e dev --runs", "how earlier runs ended"],
        ["stackcast status D1BRV40 -e dev -o json | jq .summary", "for programs"],
      ),
    )
    .action((id: string, options: StatusOptions) =>
      run(async (surroundings) =>
        (await import("../questions/status.ts")).status(addressOf(id, options), options, surroundings),
      ),
    );
};
