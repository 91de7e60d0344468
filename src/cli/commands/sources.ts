/** Options that say which stacks are meant, for commands that follow what something else deploys. */
import type { Command } from "commander";
import type { SourceOptions } from "../plan/stack-source.ts";
import { region, type OfDeployment } from "./command.ts";

export type FromSource = OfDeployment & SourceOptions;

export const withSources = (command: Command): Command =>
  command
    .option("--app <path>", "a synthesized CDK app (cdk.out), samconfig.toml, or .serverless")
    .option("--plan <file>", "a plan, of which the stacks and their order are taken")
    .option("--stacks <names>", "stacks by CloudFormation's names: a,b or eu-west-1/a,us-east-1/b")
    .option("--stack-file <file>", "a list of them, as lines or JSON; - for the input")
    .option("--region <region>", "where stacks are that name no region; default: the server's own", region);
