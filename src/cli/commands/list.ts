/** `stackcast list`: the deployments that there are, newest first. */
import { Option } from "commander";
import {
  environmentOption,
  examples,
  positiveNumber,
  withServer,
  type Asking,
  type Declaration,
} from "./command.ts";

export type ListOptions = Asking & Readonly<{ environment?: string; status?: string; limit: number }>;

const STATES = [
  "initializing",
  "validating",
  "deploying",
  "deployed",
  "failed",
  "rolling_back",
  "rolled_back",
  "cancelling",
  "cancelled",
  "destroying",
  "destroyed",
] as const;

export const declareList: Declaration = (program, run) => {
  withServer(
    program
      .command("list")
      .alias("ls")
      .summary("list deployments")
      .description("Lists deployments with the state of their latest run, newest first.")
      .addOption(environmentOption())
      .addOption(new Option("--status <status>", "only those that stand so").choices(STATES))
      .option("--limit <count>", "how many at most", positiveNumber, 20),
  )
    .addHelpText(
      "after",
      examples(
        ["stackcast list", "the newest"],
        ["stackcast list --environment prod --status failed", "what failed in production"],
        ["stackcast list -o json | jq '.items[].deploymentId'", "for programs"],
      ),
    )
    .action((options: ListOptions) =>
      run(async (surroundings) => (await import("../questions/list.ts")).list(options, surroundings)),
    );
};
