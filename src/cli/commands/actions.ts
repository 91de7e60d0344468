/** `stackcast retry`, `rollback`, `cancel` and `destroy`: what can be done to a deployment, followed to its end. */
import type { DeploymentAction } from "../../protocol/deployment/deployment-requests.ts";
import type { FollowingOptions } from "../watching.ts";
import {
  addressOf,
  examples,
  withDeployment,
  withFollowing,
  type Declaration,
  type OfDeployment,
} from "./command.ts";

export type ActionOptions = OfDeployment &
  FollowingOptions &
  Readonly<{
    follow: boolean;
    yes?: boolean;
    /** Resources that block a rollback of CloudFormation's own, by commas. */
    skip?: string;
    /** Only the deploy that waits. */
    queued?: boolean;
  }>;

type Words = Readonly<{ summary: string; description: string; examples: string }>;

const WORDS: Readonly<Record<DeploymentAction, Words>> = {
  retry: {
    summary: "deploy again what is not deployed",
    description: "Starts a new run that deploys what the last one did not, and follows it.",
    examples: examples(["stackcast retry D1BRV40 --environment dev", "go on after a failure"]),
  },
  rollback: {
    summary: "roll back what a run has changed",
    description:
      "Rolls back every stack that the run has changed, and follows that. Exit code 5, rolled back.",
    examples: examples(
      ["stackcast rollback D1BRV40 --environment dev", "back to before this run"],
      ["stackcast rollback D1BRV40 -e dev --skip Handler", "leave out what blocks it"],
    ),
  },
  cancel: {
    summary: "stop a run",
    description:
      "Starts no more stacks, cancels updates in progress, and follows that. Exit code 8, cancelled.",
    examples: examples(
      ["stackcast cancel D1BRV40 --environment dev", "stop what is running"],
      ["stackcast cancel D1BRV40 -e dev --queued", "only the deploy that waits"],
    ),
  },
  destroy: {
    summary: "delete all stacks of a deployment",
    description: "Deletes all stacks of the deployment, dependent ones first, and follows that.",
    examples: examples(
      ["stackcast destroy D1BRV40 --environment dev", "asks first"],
      ["stackcast destroy D1BRV40 -e dev --yes", "for scripts"],
    ),
  },
};

export const declareActions: Declaration = (program, run) => {
  for (const action of ["retry", "rollback", "cancel", "destroy"] as const) {
    const words = WORDS[action];
    const command = withFollowing(
      withDeployment(program.command(action).summary(words.summary).description(words.description)),
    ).option("--no-follow", "start, and do not wait for the end");
    if (action === "destroy") command.option("--yes", "do not ask");
    if (action === "rollback")
      command.option(
        "--skip <ids>",
        "resources that block CloudFormation's rollback, by commas: left as they are",
      );
    if (action === "cancel") command.option("--queued", "only the deploy that waits for the end of the run");
    command
      .addHelpText("after", words.examples)
      .action((id: string, options: ActionOptions) =>
        run(async (surroundings) =>
          (await import("../acting.ts")).act(action, addressOf(id, options), options, surroundings),
        ),
      );
  }
};
