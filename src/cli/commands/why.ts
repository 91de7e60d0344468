/** `stackcast why`: what failed first, what did not start because of it, and what to do next. */
import {
  addressOf,
  examples,
  positiveNumber,
  withDeployment,
  type Declaration,
  type OfDeployment,
} from "./command.ts";

export type WhyOptions = OfDeployment & Readonly<{ run?: number }>;

export const declareWhy: Declaration = (program, run, context) => {
  withDeployment(
    program
      .command("why")
      .summary("explain why a deployment failed")
      .description(
        "Names the first cause of a failure over all stacks, what did not start because of it, and what to do next.",
      ),
    context,
  )
    .option("--run <number>", "of an earlier run", positiveNumber)
    .addHelpText(
      "after",
      examples(
        ["stackcast why D1BRV40 --environment dev", "of the latest run"],
        ["stackcast why D1BRV40 -e dev --run 3", "of an earlier one"],
      ),
    )
    .action((id: string, options: WhyOptions) =>
      run(async (surroundings) =>
        (await import("../questions/why.ts")).why(addressOf(id, options), options, surroundings),
      ),
    );
};
