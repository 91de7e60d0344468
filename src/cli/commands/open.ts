/** `stackcast open`: the page of a deployment. */
import { addressOf, examples, withDeployment, type Declaration, type OfDeployment } from "./command.ts";

export type OpenOptions = OfDeployment & Readonly<{ browser?: boolean }>;

export const declareOpen: Declaration = (program, run, context) => {
  withDeployment(
    program
      .command("open")
      .summary("open the page of a deployment")
      .description("Prints the address of a deployment's page, and opens it in the browser."),
    context,
  )
    .option("--no-browser", "print the address only")
    .addHelpText("after", examples(["stackcast open D1BRV40 -e dev", "the page of a deployment"]))
    .action((id: string, options: OpenOptions) =>
      run(async (surroundings) =>
        (await import("../questions/open.ts")).open(addressOf(id, options), options, surroundings),
      ),
    );
};
