/** `stackcast track`: has the server follow stacks that something else deploys. */
import { addressOf, examples, withDeployment, withFollowing, type Declaration } from "./command.ts";
import { withSources, type FromSource } from "./sources.ts";
import type { FollowingOptions } from "../watching.ts";

export type TrackCommandOptions = FromSource &
  FollowingOptions &
  Readonly<{ follow?: boolean; since?: string }>;

export const declareTrack: Declaration = (program, run) => {
  const command = withSources(
    withDeployment(
      program
        .command("track")
        .summary("follow stacks that something else deploys")
        .description(
          "Registers stacks that CDK, SAM, Serverless or a script deploys, and ends; the server follows them from run to run, " +
            "until stackcast cancel. Give one of --app, --plan, --stacks and --stack-file.",
        ),
    ),
  ).option("--follow", "follow the run to its end, too");
  withFollowing(command)
    .addHelpText(
      "after",
      examples(
        ["stackcast track D1BRV40 -e dev --app cdk.out", "all stacks of a CDK app"],
        ["stackcast track D1BRV40 -e dev --stacks network,database", "by their names"],
        ["aws … | stackcast track D1BRV40 -e dev --stack-file -", "names from a pipe"],
      ),
    )
    .action((id: string, options: TrackCommandOptions) =>
      run(async (surroundings) =>
        (await import("../running/tracking.ts")).track(addressOf(id, options), options, surroundings),
      ),
    );
};
