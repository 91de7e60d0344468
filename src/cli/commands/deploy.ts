/** `stackcast deploy`: begins a run by a plan, by a CDK app, or by the plan of the last run, and follows it. */
import { Option } from "commander";
import {
  addressOf,
  examples,
  withDeployment,
  withFollowing,
  type Declaration,
  type OfDeployment,
} from "./command.ts";
import type { FollowingOptions } from "../watching.ts";

export type DeployOptions = OfDeployment &
  FollowingOptions &
  Readonly<{
    plan?: string;
    app?: string;
    /** Whether the app's assets are published before. */
    assets: boolean;
    onFailure?: "rollback" | "stop";
    /** Waits for the end of a run that is in progress. */
    queue?: boolean;
    follow: boolean;
  }>;

const PLAN = `
A plan names the stacks, what each depends on, and their templates, by paths relative to the plan:
  stacks:
    - name: network
      template: ./network.yaml
    - name: database
      dependsOn: [network]
      template: ./database.yaml
      parameters: { Vpc: { fromOutput: network.VpcId }, Size: db.t3.small }
      capabilities: [CAPABILITY_IAM]
  onFailure: rollback`;

export const declareDeploy: Declaration = (program, run) => {
  withFollowing(
    withDeployment(
      program
        .command("deploy")
        .summary("deploy stacks, and follow them")
        .description(
          "Deploys the stacks of a plan in the order of their dependencies, and follows them to the end. Ctrl-C " +
            "detaches: the deployment continues. A log is kept in deploy/<deploymentId>/logs.",
        ),
    ),
  )
    .option("--plan <file>", "the plan, YAML or JSON; without it: the plan of the last run")
    .option("--app <folder>", "a synthesized CDK app instead, such as cdk.out")
    .option("--no-assets", "with --app: its assets are published already, do not run cdk-assets")
    .addOption(
      new Option("--on-failure <what>", "what a failure does to the run").choices(["rollback", "stop"]),
    )
    .option(
      "--queue",
      "wait for the end of a run that is in progress, instead of a deploy that waits already",
    )
    .option("--no-follow", "start, and do not wait for the end")
    .addHelpText("after", PLAN)
    .addHelpText(
      "after",
      examples(
        ["stackcast deploy D1BRV40 --environment dev --plan plan.yaml", "by a plan"],
        ["stackcast deploy D1BRV40 -e dev --app cdk.out", "a CDK app"],
        ["stackcast deploy D1BRV40 -e dev", "again, by the last plan"],
        ["stackcast deploy D1BRV40 -e dev --bar --timeout 30m", "one bar, half an hour at most"],
      ),
    )
    .action((id: string, options: DeployOptions) =>
      run(async (surroundings) =>
        (await import("../deploying.ts")).deploy(addressOf(id, options), options, surroundings),
      ),
    );
};
