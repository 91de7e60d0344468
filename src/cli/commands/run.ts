/** `stackcast run`: runs a command that deploys, while the server follows what it does. */
import { addressOf, examples, withDeployment, type Declaration } from "./command.ts";
import { withSources, type FromSource } from "./sources.ts";

export type RunOptions = FromSource & Readonly<{ endpoint?: boolean }>;

export const declareRun: Declaration = (program, run) => {
  withSources(
    withDeployment(
      program
        .command("run")
        .summary("run a command that deploys, and have it followed")
        .description(
          "Registers the stacks, runs the command as if Stackcast were not there – its terminal, its signals and its exit code " +
            "are its own, also when the server is down – and says on stderr how the deployment ended. Without --app, --plan, " +
            "--stacks and --stack-file it takes cdk.out, samconfig.toml or .serverless if one of them is in this folder.",
        ),
    ).argument("<command...>", "the command and what belongs to it, after --"),
  )
    .option(
      "--endpoint",
      "have its CloudFormation calls go through Stackcast's endpoint; its own AWS keys serve for all else",
    )
    .addHelpText(
      "after",
      examples(
        ["stackcast run D1BRV40 -e dev --app cdk.out -- cdk deploy --all", "CDK"],
        ["stackcast run D1BRV40 -e dev -- sam deploy", "SAM, by its samconfig.toml"],
        ["stackcast run D1BRV40 -e dev --stacks a,b -- ./deploy.sh", "a script"],
        ["stackcast run D1BRV40 -e dev --endpoint -- cdk deploy --all", "CDK, through the endpoint"],
      ),
    )
    .action((id: string, argv: string[], options: RunOptions) =>
      run(async (surroundings) =>
        (await import("../running/run-beside.ts")).runBeside(
          addressOf(id, options),
          argv,
          options,
          surroundings,
        ),
      ),
    );
};
