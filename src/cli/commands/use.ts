/** `stackcast use`: what commands are about where they do not say it. */
import { Argument } from "commander";
import { deploymentId, environment, examples, type Declaration } from "./command.ts";

export type UseOptions = Readonly<{ url?: string; clear?: boolean }>;

export const declareUse: Declaration = (program, run) => {
  program
    .command("use")
    .summary("set the deployment that commands are about")
    .description(
      "Keeps a deployment, its environment and the server for commands that look: status, watch, why, audit and open then " +
        "need no names. Commands that change something still name theirs. Without arguments it shows what is kept.",
    )
    .argument("[deploymentId]", "the deployment, such as D1BRV40", deploymentId)
    .addArgument(new Argument("[environment]", "its environment, such as prod").argParser(environment))
    .option("--url <address>", "where Stackcast is (else STACKCAST_URL, if it is set)")
    .option("--clear", "forget what is kept")
    .addHelpText(
      "after",
      examples(["stackcast use shop prod", "then: stackcast watch"], ["stackcast use --clear", "forget it"]),
    )
    .action((id: string | undefined, name: string | undefined, options: UseOptions) =>
      run(async (surroundings) =>
        (await import("../questions/use.ts")).use(
          { deploymentId: id, environment: name },
          options,
          surroundings,
        ),
      ),
    );
};
