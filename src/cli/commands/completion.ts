/** `stackcast completion`: a script that completes command lines in a shell, and the ids that it asks for. */
import { Argument } from "commander";
import { EXIT } from "../arguments/exit-code.ts";
import { examples, type Declaration } from "./command.ts";

const SHELLS = ["bash", "zsh", "fish"] as const;

export type Shell = (typeof SHELLS)[number];

/** What the scripts call, to complete the ids of deployments. */
export const IDS = "deployments";

export const declareCompletion: Declaration = (program, run) => {
  program
    .command("completion")
    .summary("print a completion script for a shell")
    .description(
      "Prints a script that completes commands, options and ids of deployments in bash, zsh or fish.",
    )
    .addArgument(
      new Argument("<shell>", "which shell; `deployments` prints the ids that the script asks for").choices([
        ...SHELLS,
        IDS,
      ]),
    )
    .addHelpText(
      "after",
      examples(
        ['eval "$(stackcast completion bash)"', "in ~/.bashrc"],
        ['eval "$(stackcast completion zsh)"', "in ~/.zshrc, after compinit"],
        ["stackcast completion fish > ~/.config/fish/completions/stackcast.fish", "once"],
      ),
    )
    .action((wanted: Shell | typeof IDS) =>
      run(async (surroundings) => {
        if (wanted === IDS)
          return (await import("../questions/deployment-ids.ts")).deploymentIds(surroundings);
        const { completionScript } = await import("../completion-script.ts");
        surroundings.stdout.write(completionScript(wanted, program));
        return EXIT.done;
      }),
    );
};
